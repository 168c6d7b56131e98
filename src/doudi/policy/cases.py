"""Examples beside the rules, run against the rules: what an officer expects, what the rules answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from doudi.facts import money
from doudi.facts.household import Household, Member
from doudi.policy import assess
from doudi.policy.language.errors import RuleError, did_you_mean
from doudi.policy.pack import Pack, spread
from doudi.policy.rules import Case
from doudi.policy.tables import TableError, columns, facts_of

_SAID = {"met": True, "not_met": False, "unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of one case."""

    case: Case
    got: dict[str, Any]

    @property
    def right(self) -> bool:
        return all(self.got.get(name) == expected for name, expected in self.case.expect.items())

    def __str__(self) -> str:
        wrong = [f"{n}：要 {e}，得到 {self.got.get(n)}" for n, e in self.case.expect.items() if self.got.get(n) != e]
        return f"{self.case.where} {self.case.rule}「{self.case.name}」" + ("对" if not wrong else "；".join(["", *wrong]))


def run(pack: Pack) -> list[Outcome]:
    """Run every case of a pack.

    :raises RuleError: a case names a rule, fact, parameter or answer there is not
    """
    return [run_one(pack, case) for case in pack.cases]


def run_one(pack: Pack, case: Case) -> Outcome:
    """Run one case. What it does not write is unknown; parameters it writes replace those of the place.

    :raises RuleError: it names a rule, fact, parameter or answer there is not
    """
    try:
        household = household_of(pack, case)
        got = _answer(pack, case, household)
    except (RuleError, TableError) as why:
        raise RuleError(f"案例「{case.name}」：{why}", where=case.where) from None
    if unknown := [name for name in case.expect if name not in got]:
        raise RuleError(f"案例「{case.name}」问的“{unknown[0]}”没有", hint=did_you_mean(unknown[0], got), where=case.where)
    return Outcome(case, got)


def household_of(pack: Pack, case: Case) -> Household:
    """The household a case writes down.

    :raises RuleError, TableError: it names a fact there is not, or a value that does not fit
    """

    def read(raw: Any, where: str, *, persons: bool) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise RuleError(f"{where}要写成 {{ 名称 = 值 }}")
        return facts_of(raw, columns(["id", *raw], pack.names, persons=persons), where)

    members = tuple(Member(f"p{n}", read(raw, f"第 {n} 位成员", persons=True)) for n, raw in enumerate(case.members, start=1))
    return Household("h", case.area, read(case.facts, "facts", persons=False), members)


def _answer(pack: Pack, case: Case, household: Household) -> dict[str, Any]:
    parameters = dict(pack.parameters_at(case.area, case.on))
    for name, written in case.parameters.items():
        if name not in pack.parameters:
            raise RuleError(f"没有参数“{name}”", hint=did_you_mean(name, pack.parameters))
        parameter = pack.parameters[name]
        parameters |= spread(parameter, parameter.value_of(written), pack.names)
    asked = assess.Asked(household, case.on, case.area, pack, parameters)
    subject = asked.each[0] if asked.each else asked.whole
    if case.rule in pack.overlaps:
        found = next((o for o in asked.overlaps() if o.rule.code == case.rule and o.subject is subject), None)
        return {"state": _SAID[found.state] if found else False, "months": len(found.months) if found else 0,
                "benefits": found.benefits if found else 0}  # fmt: skip
    if case.rule in pack.indicators:
        rule = pack.indicator(case.rule, case.on)
        sign = asked.sign(rule, asked.whole if rule.subject == "household" else subject)
        clauses = [c.name for n, c in enumerate(rule.clauses) if sign and sign.mask >> n & 1]
        return {"state": _SAID[sign.state] if sign else False, "clauses": clauses, "basis": sign.basis if sign else ""}
    programme = pack.programme(case.rule, case.on)
    if programme.subject == "person" and not asked.each:
        raise RuleError(f"{programme.label}按人认定，案例里要写 members")
    answer = asked.programme(programme, asked.whole if programme.subject == "household" else subject)
    got: dict[str, Any] = {condition.name: _SAID[condition.state] for condition in answer.conditions}
    return got | {"eligible": answer.eligible, "amount": None if answer.amount_fen is None else money.yuan(answer.amount_fen)}
