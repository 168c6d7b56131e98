"""核对报告: what of a report is one person's own, what changed between two of one check, and whether it still holds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from doudi.office.core import NotAllowed
from doudi.office.merkle import stable_json
from doudi.verification.core.questions import Said

ISSUED = "verification.issue"  # the act, as the journal calls it
FORM = "doudi.report.1"  # the shape of a body; another shape gets another number, so that old bodies stay readable
REFERENCE = "供参考，不是决定"
EACH_ISSUE = frozenset(
    {"issued_at", "issued_by", "number", "valid_until", "version", "why"}
)  # what says nothing about the household

Body = dict[str, Any]


class NothingNew(NotAllowed):
    """The same was reported before; there is nothing a new report would say."""


class Standing(StrEnum):
    """Whether a report may be leaned on."""

    VALID = "valid"
    EXPIRED = "expired"
    REPLACED = "replaced"

    @property
    def label(self) -> str:
        return STANDING_LABELS[self]


STANDING_LABELS = {Standing.VALID: "有效", Standing.EXPIRED: "过了有效期", Standing.REPLACED: "已经有新的一份"}


def standing(*, valid_until: date, replaced: bool, on: date) -> Standing:
    """Whether a report holds on a day: replaced by a newer one, over its time, or valid (its last day included)."""
    if replaced:
        return Standing.REPLACED
    return Standing.EXPIRED if on > valid_until else Standing.VALID


def as_bytes(body: Body) -> bytes:
    """The one way a report is written: sorted keys, no spaces, UTF-8. Its digest is over these bytes.

    :raises TypeError: a fraction, or something JSON does not know
    """
    return stable_json(body).encode()


def read(text: str) -> Body:
    found: Body = json.loads(text)
    return found


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def same_content(one: Body, other: Body) -> bool:
    """Whether two reports say the same about the household, whatever their number and day."""
    return _content(one) == _content(other)


def _content(body: Body) -> Body:
    return {name: value for name, value in body.items() if name not in EACH_ISSUE}


def tally(answers: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many answers said what; every kind is named, also with none."""
    counted = Counter(row["said"] for row in answers if not row.get("covered"))
    return {kind.value: counted[kind.value] for kind in Said}


# ---- one's own --------------------------------------------------------------------------------------------------------


def whose(body: Body, pid: str) -> set[str]:
    """Whom somebody may read: themselves, and the minors they agreed for."""
    return {pid, *(one["pid"] for one in body["people"] if one["guardian"] == pid)}


def own(body: Body, pid: str) -> Body:
    """The report as one of the people it asks about has it (PIPL Art. 45): complete for them and the minors they agreed for;
    of other adults only that they were asked. What is the family's together shows what the others have, so it is covered too.

    :raises NotAllowed: not about this person
    """
    people = {one["pid"]: one for one in body["people"]}
    if pid not in people:
        raise NotAllowed("没有这份核对报告，或者不是关于您的。")
    mine = whose(body, pid)
    alone = mine >= {*people, *(row["pid"] for row in body["compared"] if row["pid"])}
    answers = [row if row["pid"] in mine else _only_asked(row) for row in body["answers"]]
    return body | {
        "answers": answers,
        "compared": [row if row["pid"] in mine or (alone and not row["pid"]) else _covered(row) for row in body["compared"]],
        "copy_for": people[pid]["name"],
        "people": [one if one["pid"] in mine else one | {"authorisation": ""} for one in body["people"]],
        "rulings": [row for row in body["rulings"] if row["pid"] in mine],
        "said": tally(answers),
    }


def _only_asked(row: Mapping[str, Any]) -> Body:
    kept = ("asked_at", "dataset", "department", "label", "pid", "source", "source_label", "whose")
    return {name: row[name] for name in kept} | {"covered": True}


def _covered(row: Mapping[str, Any]) -> Body:
    return {"covered": True, "heading": row["heading"] if not row["pid"] else "", "pid": row["pid"], "whose": row["whose"]}


# ---- what changed -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise in a newer report: whose, what it is about, before and now (empty: was not there)."""

    whose: str
    about: str
    before: str
    now: str


def changes(before: Body, now: Body) -> list[Change]:
    """What a newer report of the same check says otherwise: answers and rows of each source, and what was compared."""
    found = []
    for seen in (_answers, _compared, _rulings):
        old, new = seen(before), seen(now)
        for key in dict.fromkeys([*old, *new]):
            was, reads = old.get(key, ""), new.get(key, "")
            if was != reads:
                found.append(Change(key[0], key[1], was, reads))
    return found


def _answers(body: Body) -> dict[tuple[str, str], str]:
    return {(row["whose"], row["source_label"]): _answer_words(row) for row in body["answers"] if not row.get("covered")}


def _answer_words(row: Mapping[str, Any]) -> str:
    rows = "；".join(item["words"] or "有一条记录" for item in row["items"])
    return "：".join(filter(None, (row["said_label"], rows or row["why"])))


def _compared(body: Body) -> dict[tuple[str, str], str]:
    return {(row["whose"], row["heading"]): compared_words(row) for row in body["compared"] if not row.get("covered")}


def _rulings(body: Body) -> dict[tuple[str, str], str]:
    """How disputed lines ended, by whose line of which source; bodies from before there were any have none."""
    found: dict[tuple[str, str], str] = {}
    for row in body.get("rulings", ()):
        key, words = (
            (row["whose"], f"不同意见：{row['source_label']}"),
            "：".join(filter(None, (row["outcome_label"], row["instead"]))),
        )
        found[key] = f"{found[key]}；{words}" if key in found else words
    return found


def compared_words(row: Mapping[str, Any]) -> str:
    """A comparison in one line: what the family said, what was found, the limit, what the family answers to the difference."""
    answers = "；".join("，".join(filter(None, (one["choice"], one["words"]))) for one in row["household_says"])
    return "；".join(
        filter(
            None,
            (
                f"本人说：{row['person_says'] or '没有说到'}",
                f"查到：{row['data_says'] or '没有'}",
                f"按规定：{row['limit']['says']}" if row["limit"] else "",
                f"家里人回答：{answers}" if answers else "",
            ),
        )
    )
