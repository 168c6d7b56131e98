"""Examples beside the rules, run against the rules: what an officer expects, what the rules answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from doudi.facts.household import Household, Member
from doudi.policy import assess, supervise
from doudi.policy.language.errors import RuleError, did_you_mean
from doudi.policy.pack import Pack, spread
from doudi.policy.rules import Case
from doudi.policy.tables import TableError, columns, facts_of, value

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
        found = columns(["id", *raw], pack.names, persons=persons)
        if not persons and (alone := [fact.name for fact in found.facts.values() if fact.subject == "person"]):
            raise RuleError(f"“{alone[0]}”是个人的事，要写在 members 里")
        return facts_of(raw, found, where)

    members = tuple(Member(f"p{n}", read(raw, f"第 {n} 位成员", persons=True)) for n, raw in enumerate(case.members, start=1))
    return Household("h", case.area, read(case.facts, "facts", persons=False), members)


def record_of(pack: Pack, case: Case, kind: str) -> dict[str, Any]:
    """The case or payment an example of supervision writes down.

    :raises RuleError, TableError: it names a fact there is not, or a value that does not fit
    """
    known = {name: fact for name, fact in pack.names.facts.items() if fact.subject == kind}
    for name in case.record:
        if name not in known:
            hint = did_you_mean(name, known, labels={n: fact.label for n, fact in known.items()})
            raise RuleError(f"record 里不认识“{name}”", hint=hint)
    return {name: value(written, known[name], pack.names.money) for name, written in case.record.items()}


def _supervised(pack: Pack, case: Case, household: Household, parameters: dict[str, Any]) -> dict[str, Any]:
    kind = pack.supervision[case.rule][0].subject
    if kind in ("case", "payment"):
        facts, members = record_of(pack, case, kind), ()
    else:
        own = household.members[0].facts if kind == "person" and household.members else {}
        facts, members = {**household.facts, **own}, tuple(member.facts for member in household.members)
    found = supervise.one(pack, case.rule, facts, case.on, case.area, members=members, parameters=parameters)
    clauses = [c.name for n, c in enumerate(found.rule.clauses) if found.mask >> n & 1] if found else []
    return {"state": _SAID[found.state] if found else False, "clauses": clauses, "basis": found.basis if found else "",
            "level": found.level if found else ""}  # fmt: skip


def _answer(pack: Pack, case: Case, household: Household) -> dict[str, Any]:
    parameters = dict(pack.parameters_at(case.area, case.on))
    for name, written in case.parameters.items():
        if name not in pack.parameters:
            raise RuleError(f"没有参数“{name}”", hint=did_you_mean(name, pack.parameters))
        parameter = pack.parameters[name]
        parameters |= spread(parameter, parameter.value_of(written), pack.names)
    if case.rule in pack.supervision:
        return _supervised(pack, case, household, parameters)
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
        return {"state": _SAID[sign.state] if sign else False, "clauses": clauses, "basis": sign.basis if sign else "",
                "level": sign.level if sign else ""}  # fmt: skip
    programme = pack.programme(case.rule, case.on)
    if programme.subject == "person" and not asked.each:
        raise RuleError(f"{programme.label}按人认定，案例里要写 members")
    answer = asked.programme(programme, asked.whole if programme.subject == "household" else subject)
    got: dict[str, Any] = {condition.name: _SAID[condition.state] for condition in answer.conditions}
    amount = None if answer.amount_fen is None else pack.names.money.plain(answer.amount_fen)
    return got | {"eligible": answer.eligible, "amount": amount}
