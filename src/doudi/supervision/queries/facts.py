"""From what the rooms keep to the facts of the rules of supervision: one case, one payment; unknown is never clean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from doudi.casework.core import awards
from doudi.casework.queries.work import CaseWork, WorkMember
from doudi.facts import days
from doudi.facts.household import Value
from doudi.monitoring.queries import Waiting
from doudi.payment.queries import PaidLine
from doudi.supervision.core import Told
from doudi.verification.queries import CheckDay

Facts = dict[str, Value]
OUT = ("sent", "paid")
WORKS_FROM, WORKS_UNTIL = 18, 60  # working age, as the county counts it when it sets the review
A_MONTH, A_YEAR = timedelta(days=30), 12


@dataclass(slots=True)
class Books:
    """Everything supervision reads about an area, together."""

    on: date
    cases: list[CaseWork]
    checks: Mapping[str, list[CheckDay]]
    lines: list[PaidLine]
    months_paid: Mapping[str, int]
    counties_paid: frozenset[str]
    since: date  # months before this one are not asked about
    waiting: list[Waiting]
    has_signs: bool  # whether a cycle ever reached the desks
    told: Mapping[str, Told]
    held: Mapping[str, list[tuple[str, str, str]]]
    kin: Mapping[str, frozenset[str]]  # the register of near kin: whose family was filed apart, in which cases
    lookalikes: Mapping[str, int]
    holders: Mapping[tuple[str, str], str]  # of a case and an account it changed to: whose it is
    around: Around = field(init=False)

    def __post_init__(self) -> None:
        self.around = Around(self)


class Around:
    """What a case or a line is compared with: its village, its payments, the signs about its people."""

    def __init__(self, books: Books) -> None:
        on = books.on
        self.confirmed: dict[tuple[str, str], list[date]] = defaultdict(list)
        self.villages: dict[str, list[CaseWork]] = defaultdict(list)
        self.entries: dict[str, list[date]] = defaultdict(list)
        self.ends: dict[str, list[date]] = defaultdict(list)
        self.by_benefit: dict[str, CaseWork] = {}
        for case in books.cases:
            if case.decision is not None and case.decision.kind == "confirm":
                self.confirmed[case.applicant, case.programme].append(case.decision.on)
                self.entries[case.area].append(case.decision.on)
            if case.benefit is not None:
                self.by_benefit[case.benefit.ref] = case
                if case.benefit.to_month is not None:
                    self.ends[case.area].append(case.benefit.to_month)
                if in_force(case, on):
                    self.villages[case.area].append(case)
        self.signs: dict[str, list[Waiting]] = defaultdict(list)
        for sign in books.waiting:
            for subject in {sign.pid, sign.hid} - {""}:
                self.signs[subject].append(sign)
        self.times = Counter((line.payee, line.programme, line.for_month) for line in books.lines if line.state in OUT)
        self.on_account: dict[tuple[str, date], set[str]] = defaultdict(set)
        for line in books.lines:
            if line.account and line.state in OUT:
                self.on_account[line.account, line.for_month].add(line.payee)


def in_force(case: CaseWork, on: date) -> bool:
    """Whether help runs in the month of a day."""
    month, held = on.replace(day=1), case.benefit
    return held is not None and held.from_month <= month and (held.to_month is None or held.to_month >= month)


# ---- a case -------------------------------------------------------------------------------------------------------------


def case_facts(case: CaseWork, books: Books) -> Facts:
    """The facts of one case. What no room keeps is not written: not known."""
    facts: Facts = {
        "case_programme": case.programme,
        "case_state": case.state,
        "case_accepted_on": case.accepted_on,
        "case_opinion_on": case.opinion_on,
        "case_at_county_on": case.at_county_on,
        "case_is_extended": case.is_extended,
        "case_is_near_kin": case.is_near_kin,
        "case_county_visited": any(visit.level == "county" for visit in case.visits),
        "case_was_shown": case.showing is not None,
        "case_shown_on": case.showing.from_on if case.showing else None,
        "case_shown_until": case.showing.until if case.showing else None,
        "case_shown_photo": case.showing.photographed if case.showing else None,
        "benefit_in_force": in_force(case, books.on),
    }
    facts |= _investigated(case, books.checks.get(case.ref, []))
    facts |= _decided(case, books) | _cut(case, books.on)
    facts |= _family(case, books)
    if facts["benefit_in_force"]:
        facts |= _running(case, books)
        facts |= _village(case, books)
    else:
        facts |= {"village_first": False}
    return facts


def _investigated(case: CaseWork, checks: list[CheckDay]) -> Facts:
    visits = [visit for visit in case.visits if visit.level == "township"]
    begun = [day for day in (case.investigated_on, *(visit.on for visit in case.visits), *(check.on for check in checks)) if day]
    last = visits[-1] if visits else None
    by_then = [check for check in checks if case.decision is None or check.on <= case.decision.on]
    return {
        "case_investigation_on": min(begun, default=None),
        "case_verification_on": checks[0].on if checks else None,
        "case_is_visited": bool(visits),
        "case_investigators": last.investigators if last else None,
        "case_family_signed": last.signed if last else None,
        "case_has_report": bool(by_then),
        "case_report_until": by_then[-1].valid_until if by_then else None,
    }


def _decided(case: CaseWork, books: Books) -> Facts:
    made = case.decision
    if made is None:
        return {}
    later = [day for day in books.around.confirmed[case.applicant, case.programme] if day > made.on]
    needs = [
        sign
        for sign in books.around.signs.get(case.applicant, [])
        if sign.indicator.startswith("B") and sign.raised_on >= made.on
    ]
    return {
        "case_decided_on": made.on,
        "case_notice_on": made.served_on,
        "case_has_reason": made.has_reason,
        "case_rules_said": made.rules_said,
        "case_members_counted": made.members or None,
        "case_was_confirmed_later": bool(later),
        "case_confirmed_later_on": min(later, default=None),
        "case_need_noticed": bool(needs) if books.has_signs else None,
    }


def _cut(case: CaseWork, on: date) -> Facts:
    """Whether help was cut or ended, the family was heard before, and was told why in writing; a letter has until its day."""
    cuts = case.benefit.cuts if case.benefit is not None else []
    told = [one.has_reason and (one.served_on is not None or (one.notice_due_on or on) >= on) for one in cuts]
    return {
        "benefit_is_reduced_or_ended": bool(cuts),
        "benefit_was_heard": all(one.was_heard for one in cuts) if cuts else None,
        "benefit_end_reason_given": all(told) if cuts else None,
    }


def _family(case: CaseWork, books: Books) -> Facts:
    counted = [one for one in case.members if one.counts]
    together = [one.together for one in case.members]
    ages = [days.age_on(one.born_on, books.on) if one.born_on else None for one in counted]
    alike = [books.lookalikes.get(one.pid) for one in counted]
    return {
        "case_kin_in_register": _kin_on_file(case, counted, books),
        "case_members_together": None if None in together or not together else sum(map(bool, together)),
        "case_has_worker": _any(None if age is None else WORKS_FROM <= age < WORKS_UNTIL for age in ages),
        "case_lookalikes": None if None in alike or not alike else sum(filter(None, alike)),
    }


def _kin_on_file(case: CaseWork, counted: list[WorkMember], books: Books) -> bool | None:
    """Whether somebody of the family was filed as near kin in another case; not known of who came without a number."""
    people = {case.applicant, *(one.pid for one in counted)} - {""}
    if any(books.kin.get(pid, frozenset()) - {case.ref} for pid in people):
        return True
    return None if any(not one.pid for one in counted) else False


def _running(case: CaseWork, books: Books) -> Facts:
    held, around = case.benefit, books.around
    assert held is not None
    people = {one.pid for one in case.members if one.counts} | {case.applicant}
    told = [books.told.get(pid) for pid in sorted(people)]
    died = [one.died_on for one in told if one is not None and one.died_on is not None]
    subjects = [*people, *([case.household] if case.household else [])]
    changes = [sign.raised_on for subject in subjects for sign in around.signs.get(subject, []) if sign.indicator.startswith("C")]
    elsewhere = [held for pid in people for held in books.held.get(pid, []) if held[0] != case.ref]
    pays = bool(held.amount_in(books.on.replace(day=1)))
    facts: Facts = {
        "benefit_pays": pays,
        "benefit_review_due_on": held.review_due_on,
        "benefit_review_called": held.called_on is not None,
        "benefit_called_on": held.called_on,
        "benefit_reviewed_on": held.reviewed_on,
        "benefit_review_months": days.months_between(case.decision.on, held.review_due_on) if case.decision else None,
        "benefit_somebody_died": True if died else None if any(one is None or not one.deaths for one in told) else False,
        "benefit_died_on": min(died, default=None),
        "benefit_change_waits": bool(changes) if books.has_signs else None,
        "benefit_change_since": min(changes, default=None),
        "benefit_unpaid_months": _unpaid(case, books) if pays else None,
        "benefit_same_elsewhere": len(
            {ref for ref, what, county in elsewhere if what == case.programme and county != case.area[:6]}
        ),
        "benefit_members_elsewhere": _elsewhere(case, people, books),
    }
    lists = {
        "benefit_members_on_tekun": ("tekun", ("on_tekun",)),
        "benefit_members_on_dibao": ("dibao", ("on_dibao",)),
        "benefit_members_on_subsidy": ("", ("on_living_subsidy", "on_nursing_subsidy")),
        "benefit_members_on_child": ("", ("on_child_benefit",)),
    }
    return facts | {name: _listed(case, people, books, own, columns) for name, (own, columns) in lists.items()}


def _elsewhere(case: CaseWork, people: set[str], books: Books) -> int | None:
    """How many of the family are counted in another household's help of the same kind too."""
    if any(one.counts and not one.pid for one in case.members):
        return None
    household = ("dibao", "near_dibao", "rigid_expenditure")
    return sum(
        any(ref != case.ref and what in household and case.programme in household for ref, what, _ in books.held.get(pid, []))
        for pid in people
    )


def _listed(case: CaseWork, people: set[str], books: Books, own: str, columns: tuple[str, ...]) -> int | None:
    """How many of the family stand on another list: in our own books, or on the department's."""
    found, unsure = 0, False
    for pid in people:
        told = books.told.get(pid)
        ours = bool(own) and any(ref != case.ref and what == own for ref, what, _ in books.held.get(pid, []))
        theirs = _any(None if told is None else told.lists.get(column) for column in columns)
        found += bool(ours or theirs)
        unsure |= not ours and theirs is None
    return found if found or not unsure else None


def _unpaid(case: CaseWork, books: Books) -> int | None:
    """Months past that were due and not paid; not known where the county pays through no runs of ours."""
    held = case.benefit
    assert held is not None
    if case.area[:6] not in books.counties_paid:
        return None
    last = days.add_months(books.on.replace(day=1), -1)
    first, until = max(held.from_month, books.since), min(held.to_month or last, last)
    due = sum(bool(held.amount_in(month)) for month in awards.months(first, until))
    return max(0, due - books.months_paid.get(held.ref, 0))


def _village(case: CaseWork, books: Books) -> Facts:
    """What is said once for a whole village, by the first of its cases."""
    here = books.around.villages[case.area]
    if here[0] is not case:
        return {"village_first": False}
    year_ago = days.add_months(books.on, -A_YEAR)
    entries = [day for day in books.around.entries[case.area] if day <= books.on]
    ended = books.around.ends[case.area]
    called = [one.benefit.called_on for one in here if one.benefit is not None and one.benefit.called_on is not None]
    return {
        "village_first": True,
        "village_in_force": len(here),
        "village_entries_month": sum(day > books.on - A_MONTH for day in entries),
        "village_entries_year": sum(day > year_ago for day in entries),
        "village_changes_year": sum(year_ago < day <= books.on for day in [*entries, *ended, *called]),
    }


# ---- a payment ----------------------------------------------------------------------------------------------------------


def payment_facts(line: PaidLine, books: Books) -> Facts:
    """The facts of one line of a run."""
    case = books.around.by_benefit.get(line.benefit)
    held = case.benefit if case else None
    told = books.told.get(line.payee)
    return {
        "pay_state": line.state,
        "pay_is_out": line.state in OUT,
        "pay_for_month": line.for_month,
        "pay_amount": line.amount_fen,
        "pay_has_decision": case is not None and case.decision is not None and case.decision.kind == "confirm",
        "pay_benefit_amount": held.amount_in(line.for_month) if held else None,
        "pay_benefit_ended": held.to_month is not None if held else None,
        "pay_benefit_to_month": held.to_month if held else None,
        "pay_somebody_died": None if told is None else True if told.died_on else False if told.deaths else None,
        "pay_died_on": told.died_on if told else None,
        "pay_failed_on": line.answered_on if line.state == "failed" else None,
        "pay_is_reissued": line.is_reissued,
        "pay_account_is_members": _members_account(line, case, books),
        "pay_households_on_account": len(books.around.on_account[line.account, line.for_month]) if line.account else None,
        "pay_times_this_month": books.around.times[line.payee, line.programme, line.for_month],
        "pay_run_approved": line.is_approved,
        "pay_run_month": line.run_month,
    }


def _members_account(line: PaidLine, case: CaseWork | None, books: Books) -> bool | None:
    """Whether the account is a member's: a changed one by its holder on record, one from the register always, else not known."""
    if case is None:
        return None
    holder = books.holders.get((line.case, line.account))
    if holder is not None:
        return holder in {one.pid for one in case.members} | {case.applicant}
    return True if case.account_way == "same" else None


def _any(states: Iterable[bool | None]) -> bool | None:
    """Three-valued: true as soon as one is, unknown when the known ones do not decide, unknown of nobody."""
    asked = list(states)
    return True if True in asked else None if None in asked or not asked else False
