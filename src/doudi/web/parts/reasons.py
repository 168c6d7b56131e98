"""The reason sheet 理由单: an answer of the rules laid out for people; what is another adult's stays covered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import segno
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from doudi.exchange import queries as exchange
from doudi.monitoring.answers import EVERY, Answer
from doudi.policy.language.errors import RuleError
from doudi.registry.core import age_on
from doudi.rulebook import queries as rulebook
from doudi.web.parts.templatetags.parts import full_day, yuan

ADULT = 18
SHOWN_DIGITS = 16  # of the digest, printed on paper and in its picture
SIGNER = signing.Signer(salt="reason sheet", sep=".")
GROUPS = ("yes", "unknown", "no")


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact a condition stands on: what, whose, its value, which department said so and of which day."""

    label: str
    whose: str
    value: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Line:
    """One condition: met, not_met or unknown, its sentence, its article, its facts; or covered."""

    label: str
    state: str
    sentence: str
    article: str
    facts: tuple[FactLine, ...]
    covered: bool

    @property
    def mark(self) -> str:
        return {"met": "✓", "not_met": "✗", "unknown": "？"}[self.state]

    @property
    def words(self) -> str:
        """The mark for those who do not see it."""
        return {"met": _("够得上"), "not_met": _("够不上"), "unknown": _("还不清楚")}[self.state]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One programme for one person or household."""

    programme: str
    label: str
    subject: str
    name: str
    outcome: str
    amount_fen: int | None
    lines: tuple[Line, ...]
    steps: tuple[str, ...]
    unknowns: tuple[dict[str, Any], ...]
    assumed: tuple[str, ...]
    article: str
    covered: bool  # something on it is another adult's

    @property
    def says(self) -> str:
        """The outcome in one sentence, as the rules see it."""
        if self.outcome == "yes" and self.amount_fen is not None and not self.covered:
            amount = yuan(self.amount_fen)
            return _("按规则算，够得上%(label)s，算出来是 %(amount)s。") % {"label": self.label, "amount": amount}
        if self.outcome == "yes":
            return _("按规则算，够得上%(label)s。") % {"label": self.label}
        if self.outcome == "no":
            return _("按现在知道的，%(label)s可能够不上；情况特殊也可以申请。") % {"label": self.label}
        return _("还有事情不清楚，%(label)s够不够得上，现在说不准。") % {"label": self.label}

    @property
    def why(self) -> str:
        """The first thing that decides it, for a line of a list."""
        wanted = "not_met" if self.outcome == "no" else "unknown"
        return next((line.sentence for line in self.lines if line.state == wanted), "") if self.outcome != "yes" else ""


def sheets(answer: Answer, *, reader: str = "", agreed: Iterable[str] = ()) -> list[Sheet]:
    """Every sheet of an answer that the reader may see.

    :param reader: the pid of a resident, who sees their own, their children's, and what other adults agreed to show;
        nobody named: a clerk, who may see the household
    :param agreed: other adults of the household who agreed that their data are used
    """
    on = date.fromisoformat(answer.body["asked"]["on"])
    covered = _covered(answer, reader, set(agreed), on) if reader else set()
    if covered:
        covered.add(answer.body["household"]["id"])  # a sum over the family tells what the others have
    return [
        _sheet(found, answer, covered)
        for found in answer.body["answers"]
        if found["unit"] == "household" or found["subject"] not in covered
    ]


def _covered(answer: Answer, reader: str, agreed: set[str], on: date) -> set[str]:
    def adult(pid: str) -> bool:
        age = age_on(answer.born.get(pid), on)
        return age is None or age >= ADULT

    return {pid for pid in answer.names if pid != reader and pid not in agreed and adult(pid)}


def _sheet(found: dict[str, Any], answer: Answer, covered: set[str]) -> Sheet:
    lines = tuple(_line(one, answer, covered) for one in found["conditions"])
    hidden = bool(covered) and any(line.covered for line in lines)
    labels = {fact["name"]: fact["label"] for one in found["conditions"] for fact in one["facts"]}
    assumed = dict.fromkeys(labels[name] for one in found["conditions"] for name in one["assumed"] if name in labels)
    return Sheet(
        programme=found["programme"],
        label=found["label"],
        subject=found["subject"],
        name=answer.names.get(found["subject"], "") if found["unit"] == "person" else _("全家"),
        outcome=found["eligible"],
        amount_fen=found["amount_fen"],
        lines=lines,
        steps=() if hidden or found["eligible"] == "no" else tuple(_step(one) for one in found["steps"] if one["amount"]),
        unknowns=tuple(
            {"label": one["label"], "settle": one["settle"], "whose": _names(one["members"], answer)} for one in found["unknowns"]
        ),
        assumed=tuple(assumed),
        article=found["article"],
        covered=hidden,
    )


def _step(one: dict[str, Any]) -> str:
    return one["sentence"] or f"{one['label']}：{one['amount']} 元"


def _line(one: dict[str, Any], answer: Answer, covered: set[str]) -> Line:
    hidden = any(fact["whose"] in covered and fact["name"] in answer.sensitive for fact in one["facts"])
    return Line(
        label=one["label"],
        state=one["state"],
        sentence=_("%(label)s：数字里有家里别的大人的，要他们同意才显示。") % {"label": one["label"]}
        if hidden
        else one["sentence"],
        article=one["article"],
        facts=() if hidden else _facts(one["facts"], answer),
        covered=hidden,
    )


def _facts(found: list[dict[str, Any]], answer: Answer) -> tuple[FactLine, ...]:
    """One line for each fact; members of whom the same is known of the same day stand together."""
    together: dict[tuple[str, str | None, str], list[str]] = {}
    for fact in found:
        together.setdefault((fact["label"], fact["value"], _source(fact)), []).append(answer.names.get(fact["whose"], ""))
    everybody = len(answer.names)
    return tuple(
        FactLine(label, _("每个人") if len(whose) == everybody > 1 else "、".join(filter(None, whose)), value, source)
        for (label, value, source), whose in together.items()
    )


def _source(fact: dict[str, Any]) -> str:
    """Which departments said so and of which day; the latest two say enough on paper, the rows are on the person's page."""
    said = sorted({(row["as_of"], row["dataset"]) for row in fact["rows"]}, reverse=True)
    return "、".join(f"{source_label(dataset)}，{full_day(date.fromisoformat(as_of))}" for as_of, dataset in said[:2])


def _names(pids: Iterable[str], answer: Answer) -> str:
    return "、".join(answer.names[pid] for pid in pids if pid in answer.names)


@cache
def _contracts() -> dict[str, str]:
    return {code: f"{one.department}“{one.label}”" for code, one in exchange.contracts().items()}


def source_label(dataset: str) -> str:
    """A dataset as people know it: its department and what it is called there."""
    return _contracts().get(dataset, dataset)


# ---- the paper can be checked -------------------------------------------------------------------------------------------


def token(answer: Answer) -> str:
    """What a printed sheet's picture holds: what was asked, and the beginning of the digest, signed; nobody's name or number."""
    asked = answer.body["asked"]
    told = "~".join(
        (asked["programme"], asked["on"], asked["known_on"], answer.body["pack"]["version"], answer.sha256[:SHOWN_DIGITS])
    )
    return SIGNER.sign(told)


def read_token(text: str) -> dict[str, Any] | None:
    """What a picture says, if this house wrote it."""
    try:
        programme, on, known_on, version, digest = SIGNER.unsign(text).split("~")
        days = {"on": date.fromisoformat(on), "known_on": date.fromisoformat(known_on)}
    except (signing.BadSignature, ValueError):
        return None
    return {"label": _label(programme, days["on"]), **days, "version": version, "digest": digest}


def _label(programme: str, on: date) -> str:
    """What a programme is called; the code itself where today's rules do not know it any more."""
    if programme == EVERY:
        return _("可能够得上什么")
    try:
        return rulebook.pack().programme(programme, on).label
    except RuleError:
        return programme


def code(request: HttpRequest, answer: Answer) -> SafeString:
    """The picture of the address where a printed sheet is checked."""
    address = request.build_absolute_uri(reverse("public:reasons-check", args=[token(answer)]))
    drawn = segno.make(address, error="l", micro=False).svg_inline(omitsize=True, border=1)
    return mark_safe(drawn)  # drawn here from our own address


def frame(request: HttpRequest, answer: Answer) -> dict[str, Any]:
    """What every sheet of an answer shows around its reasons."""
    asked = answer.body["asked"]
    return {
        "on": date.fromisoformat(asked["on"]),
        "known_on": date.fromisoformat(asked["known_on"]),
        "data_on": date.fromisoformat(answer.body["facts"]["on"]),
        "published_at": answer.published_at,
        "cycle": answer.body["facts"]["cycle"],
        "pack": answer.body["pack"]["version"],
        "digest": answer.sha256,
        "short": answer.sha256[:SHOWN_DIGITS],
        "code": code(request, answer),
        "upgraded": answer.program_changed,
    }


@dataclass(frozen=True, slots=True)
class Reach:
    """A programme in a list: for whom it comes out this way, and what decides it."""

    programme: str
    label: str
    sheets: tuple[Sheet, ...]
    why: str


def grouped(found: list[Sheet]) -> list[dict[str, Any]]:
    """Sheets of one household by outcome, the likely ones first, each programme once; nobody is told "no"."""
    titles = {"yes": _("可能够得上"), "unknown": _("还要弄清一些事"), "no": _("按现在知道的，这几项可能够不上")}
    groups = []
    for outcome in GROUPS:
        by_programme: dict[str, list[Sheet]] = {}
        for one in found:
            if one.outcome == outcome:
                by_programme.setdefault(one.programme, []).append(one)
        reaches = [Reach(code, held[0].label, tuple(held), held[0].why) for code, held in by_programme.items()]
        if reaches:
            groups.append({"outcome": outcome, "title": titles[outcome], "reaches": reaches})
    return groups


def aside(answer: Answer, found: list[Sheet]) -> list[dict[str, Any]]:
    """What may not be received beside something likelier, of those whose sheet the reader may see."""
    seen = {(one.programme, one.subject) for one in found}
    return [
        {**one, "name": answer.names.get(one["subject"], "")}
        for one in answer.body["package"]["aside"]
        if (one["programme"], one["subject"]) in seen
    ]
