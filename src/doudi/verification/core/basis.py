"""授权书 and the legal basis of a question: may this be asked about this person, for this, at these sources, now."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from doudi.office.core import NotAllowed
from doudi.verification.core.questions import Asked


class NoBasis(NotAllowed):
    """A question nobody authorised and no order carries; it is not asked. `reason` is stable, the text is for people."""

    def __init__(self, words: str, reason: str = "no_authorisation") -> None:
        super().__init__(words)
        self.reason = reason


class Ended(StrEnum):
    """Why an authorisation does not hold any more."""

    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    CASE_WITHDRAWN = "case_withdrawn"
    ASSISTANCE_ENDED = "assistance_ended"
    MEMBERS_CHANGED = "members_changed"
    LEFT = "left"
    RENEWED = "renewed"

    @property
    def label(self) -> str:
        return ENDED_LABELS[self]

    @property
    def reason(self) -> str:
        """The word a refused question gets: withdrawn and members_changed for themselves, the others as run out."""
        return str(self) if self in (Ended.WITHDRAWN, Ended.MEMBERS_CHANGED) else "expired"


ENDED_LABELS = {
    Ended.WITHDRAWN: "本人撤回了",
    Ended.REFUSED: "申请没有批准，授权跟着结束",
    Ended.CASE_WITHDRAWN: "申请撤回了，授权跟着结束",
    Ended.ASSISTANCE_ENDED: "救助结束了，授权跟着结束",
    Ended.MEMBERS_CHANGED: "家里一起吃住的人变了，要重新签",
    Ended.LEFT: "不算一起吃住的人了，不用再查",
    Ended.RENEWED: "重新签过一份",
}

# Why a question may not be asked about somebody; the least nearly allowed first.
WHY_NOT = {
    "no_authorisation": "还没有签授权书",
    "no_guardian": "要由监护人签，本人签的不算",
    "withdrawn": "授权撤回了",
    "expired": "授权过期了",
    "members_changed": "家里一起吃住的人变了，要重新签",
    "wrong_purpose": "签的不是这一项救助",
    "wrong_sources": "签的时候没有写明要查这些",
}


@dataclass(frozen=True, slots=True)
class Signed:
    """One person's authorisation as the basis of a question."""

    number: str
    pid: str
    role: str  # member | supporter
    signer: str  # the pid of who signed: themselves, or their guardian
    subject: str  # the case it was signed for
    programmes: tuple[str, ...]
    datasets: tuple[str, ...]
    household: tuple[str, ...]  # pids of all living together when it was signed; of a supporter's sheet, none
    from_at: datetime
    until_on: date | None  # the last day; None: as long as assistance lasts
    ended_at: datetime | None = None
    ended_why: str = ""

    def standing(self, at: datetime, on: date) -> str:
        """Empty while it holds; else why not: withdrawn, expired, members_changed, or no_authorisation before it was signed."""
        if at < self.from_at:
            return "no_authorisation"
        if self.ended_at is not None and self.ended_at <= at:
            return Ended(self.ended_why).reason
        return "expired" if self.until_on is not None and on > self.until_on else ""


def why_not(
    signed: Signed, one: Asked, *, household: Collection[str], datasets: Collection[str], programme: str, subject: str,
    at: datetime, on: date,
) -> str:  # fmt: skip
    """Why this authorisation does not carry these questions about somebody; empty when it does.

    :param household: pids of everybody asked about as living together
    :param datasets: what is asked about this person
    :param subject: the case asked for; empty where any case of theirs may carry it
    """
    if signed.role != one.role or (subject and signed.subject != subject):
        return "no_authorisation"
    if not one.is_adult and signed.signer == signed.pid:
        return "no_guardian"
    if (why := signed.standing(at, on)) != "":
        return why
    if one.role == "member" and not set(household) <= set(signed.household):
        return "members_changed"
    if programme not in signed.programmes:
        return "wrong_purpose"
    return "" if set(datasets) <= set(signed.datasets) else "wrong_sources"


def carries(
    papers: Iterable[Signed], one: Asked, *, household: Collection[str], datasets: Collection[str], programme: str, subject: str,
    at: datetime, on: date,
) -> tuple[str, str]:  # fmt: skip
    """The number of the authorisation that carries these questions, the latest first; else why the nearest does not.

    :returns: (number, "") or ("", reason of WHY_NOT)
    """
    reasons = ["no_authorisation"]
    for paper in sorted(papers, key=lambda paper: (paper.from_at, paper.number), reverse=True):
        why = why_not(
            paper, one, household=household, datasets=datasets, programme=programme, subject=subject, at=at, on=on
        )  # fmt: skip
        if not why:
            return paper.number, ""
        reasons.append(why)
    return "", max(reasons, key=list(WHY_NOT).index)


class Capacity(StrEnum):
    """Whether somebody signs for themselves (Civil Code Art. 17–22)."""

    ADULT = "adult"
    MINOR = "minor"
    INCAPABLE = "incapable"


@dataclass(frozen=True, slots=True)
class Terms:
    """What stands on every authorisation."""

    to_whom: str
    until: str
    promises: tuple[str, ...]
    withdrawing: tuple[str, ...]  # what taking it back means, said before
    capacity: dict[str, str]
    role: dict[str, str]
    way: dict[str, str]


@cache
def terms() -> Terms:
    """What stands on every authorisation, from authorisation.toml."""
    read: dict[str, Any] = tomllib.loads((files("doudi.verification") / "authorisation.toml").read_text(encoding="utf-8"))
    return Terms(**read | {"promises": tuple(read["promises"]), "withdrawing": tuple(read["withdrawing"])})


class BadSignature(NotAllowed):
    """What was given is not a signature, not by who may sign, or without the paper that proves it; in words."""


class NotExplained(NotAllowed):
    """What taking an authorisation back means was not said first."""


class AlreadyEnded(NotAllowed):
    """It does not hold any more; says why."""


def check_signer(capacity: Capacity, pid: str, signer: str, *, papers: Collection[str]) -> None:
    """Stop a paper signed by somebody who may not sign it.

    :param papers: kinds of papers handed in with it
    :raises BadSignature: in words for who handles it
    """
    if capacity is Capacity.ADULT and signer != pid:
        raise BadSignature("大人要自己签。不能自己拿主意的，请选监护人签，并拍下监护证明。")
    if capacity is not Capacity.ADULT and signer == pid:
        raise BadSignature("未满十八岁和不能自己拿主意的人，要由监护人签。")
    if capacity is Capacity.INCAPABLE and "guardian" not in papers:
        raise BadSignature("替不能自己拿主意的大人签，要有监护证明（法院判决、居委会或民政部门的指定），请拍照交上来。")


CHILD = frozenset({"son", "daughter"})  # whose parents are guardians by law; anybody else proves it (Civil Code Art. 27)


def owed(*, way: str, capacity: str, relation: str, typed: bool, kinds: Collection[str]) -> tuple[str, ...]:
    """What an authorisation still lacks on paper, in words. It counts from the moment it was signed."""
    lacking = []
    if way == "screen" and not typed and "signature" not in kinds:
        lacking.append("还差手写签名")
    if way == "paper" and "form" not in kinds:
        lacking.append("还差签好的纸的照片")
    if way == "voice" and "voice" not in kinds:
        lacking.append("还差录音")
    if way == "visit" and not {"form", "voice", "signature"} & set(kinds):
        lacking.append("还差签好的纸的照片，或录音")
    if capacity == Capacity.MINOR and relation not in CHILD and "guardian" not in kinds:
        lacking.append("还差监护证明")
    return tuple(lacking)


def wording(
    *, number: str, name: str, signer_name: str, capacity: str, role: str, programmes: Iterable[str], sources: Iterable[str],
    until: str,
) -> str:  # fmt: skip
    """The whole text that is signed; kept as it was, whatever is changed later.

    :param programmes: in words
    :param sources: what is asked, in words
    """
    said = terms()
    whose = f"{name}（由监护人{signer_name}签）" if capacity != Capacity.ADULT else name
    lines = [
        f"核对授权书 {number}",
        f"签的人：{signer_name}。查的是：{whose}，{said.role[role]}。",
        f"为了：{'、'.join(programmes)}。不用来办别的事。",
        f"交给：{said.to_whom}。",
        f"查这些：{'、'.join(sources)}。",
        f"多久：{said.until}{until}",
        *said.promises,
        "随时可以撤回。撤回前查过的还算数。",
    ]
    return "\n".join(lines)
