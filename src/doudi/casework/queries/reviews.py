"""Looking again: what was known when help was decided beside what data say now, so that "nothing changed" takes seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doudi.casework.core import awards as sums
from doudi.casework.core.calculation import INCOMES
from doudi.casework.core.causes import CAUSES, next_month
from doudi.casework.core.replay import Effect
from doudi.casework.gateways import register, replay
from doudi.casework.models import Adjustment, Benefit, CaseMember, Happening, Line
from doudi.casework.queries.awards import given
from doudi.facts import money
from doudi.office.queries import today
from doudi.verification.core import reading


@dataclass(frozen=True, slots=True)
class Beside:
    """One thing then and now; `same` None: nobody can say."""

    what: str
    then: str
    now: str
    same: bool | None


@dataclass(frozen=True, slots=True)
class ThenAndNow:
    """The comparison a person closes a review on."""

    rows: tuple[Beside, ...]
    data_of: date | None  # the newest day data about these people speak of

    @property
    def is_same(self) -> bool:
        """Whether the data show everything unchanged; what nobody can say is not unchanged."""
        return all(one.same is True for one in self.rows)

    def kept(self) -> dict[str, Any]:
        """As the review keeps it."""
        rows = [{"what": one.what, "then": one.then, "now": one.now, "same": one.same} for one in self.rows]
        return {"rows": rows, "data_of": self.data_of.isoformat() if self.data_of else None}


def earlier_effects(benefit: Benefit, *, without: Adjustment | None = None) -> list[Effect]:
    """What adjustments decided so far made different in the household; what was put right later does not count."""
    rows = list(Adjustment.objects.filter(benefit=benefit, state="decided").order_by("decided_at", "pk"))
    wrong = {one.rights_id for one in rows if one.kind == "restore"} | ({without.pk} if without else set())
    return [Effect.read(one) for row in rows if row.pk not in wrong for one in row.effects]


def then_and_now(benefit: Benefit, at: datetime) -> ThenAndNow:
    """What was known when the help was decided, beside what departments' data and the rules say now."""
    on, month = today(at), next_month(today(at))
    effects = earlier_effects(benefit)
    gone = {one.pid for one in effects if one.what == "out"}
    living = [one for one in CaseMember.objects.filter(case=benefit.case_id).order_by("id") if one.counts and one.pid]
    living = [one for one in living if one.pid not in gone]
    found = {one.pid: register.rows_of(one.pid) for one in living}
    newest = max((row["as_of"] for rows in found.values() for row in rows if row.get("as_of")), default=None)
    rows = [_people(living), *_incomes(benefit, living, found, effects, on), _told(benefit), _ruled(benefit, effects, month)]
    return ThenAndNow(tuple(rows), newest)


def _people(living: list[CaseMember]) -> Beside:
    died = []
    for one in living:
        day = register.facts_of(one.pid).get("died_on")
        if day is not None:
            died.append(f"登记写着有人 {day} 去世")
    then = f"{len(living)} 口人"
    return Beside("一起吃住的人", then, "；".join(died) or "没有查到去世、搬走的", not died)


def _incomes(
    benefit: Benefit, living: list[CaseMember], found: dict[str, list[dict[str, Any]]], effects: list[Effect], on: date
) -> Iterable[Beside]:
    """Each income data knew then and know now; what was adjusted since is looked at as a whole."""
    if any(one.what == "income" for one in effects):
        yield Beside("收入", "上次改金额时核实过", "请再核实一次", None)
        return
    lines = Line.objects.filter(case=benefit.case_id, found_fen__isnull=False).order_by("id")
    then = {(one.pid, one.kind): one.found_fen for one in lines}
    now = {(one.pid, one.kind): one.fen for pid, rows in found.items() for one in reading.incomes(pid, rows, on)}
    names = {one.pid: one.name[:1] + "某" for one in living}
    for pid, kind in sorted({*then, *now}):
        was, is_ = then.get((pid, kind)), now.get((pid, kind))
        what = f"{names.get(pid, '家里')}的{INCOMES.get(kind, kind)}"
        said = [f"{money.spoken(fen)} 元" if fen is not None else "没有查到" for fen in (was, is_)]
        yield Beside(what, said[0], said[1], was == is_)
    if not then and not now:
        yield Beside("收入", "没有查到", "没有查到", True)


def _told(benefit: Benefit) -> Beside:
    told = [CAUSES[kind].label for kind in Happening.objects.filter(benefit=benefit, state="open").values_list("kind", flat=True)]
    return Beside("说过、查到的变化", "没有", "、".join(told) or "没有", not told)


def _ruled(benefit: Benefit, effects: list[Effect], month: date) -> Beside:
    now = sums.in_month(given(benefit), month)
    subject = benefit.case.recipient or benefit.case.applicant
    facts = benefit.decision.assessment.facts
    said, _ = replay.by_rule(benefit.programme, facts, effects, [month], benefit.area, subject=subject)
    fen, was = said[0].amount_fen, now.amount_fen if now else 0
    words = "规则说不准" if fen is None else f"{money.spoken(fen)} 元"
    return Beside("按下个月的标准算", f"{money.spoken(was)} 元", words, None if fen is None else fen == was)
