"""How every case was worked on, for supervision: many at once, one query a table; no names, no stories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q

from doudi.casework.core import CLOSED
from doudi.casework.core.awards import Given, in_month
from doudi.casework.models import (
    Adjustment,
    Award,
    Benefit,
    BoardPhoto,
    Case,
    CaseMember,
    Decision,
    Opinion,
    Review,
    Showing,
    Survey,
    SurveyPaper,
)
from doudi.casework.queries.inbox import after_prefix
from doudi.office.core import prefix
from doudi.office.queries import today


@dataclass(frozen=True, slots=True)
class WorkMember:
    """Somebody of a family as a case has them; `together` None: nobody said."""

    pid: str
    born_on: date | None
    together: bool | None
    counts: bool


@dataclass(frozen=True, slots=True)
class WorkVisit:
    """A visit. `signed`: the family signed on the screen, or on the sheet that was photographed, or it is written down before a
    witness why it did not; None by telephone or video."""

    on: date
    level: str
    investigators: int
    signed: bool | None


@dataclass(frozen=True, slots=True)
class WorkShowing:
    from_on: date
    until: date  # the last day it really stood
    photographed: bool  # whether a photograph of the board is kept


@dataclass(frozen=True, slots=True)
class WorkDecision:
    """The final decision of a case. `rules_said`: the assessment it stands on."""

    kind: str
    on: date
    served_on: date | None
    has_reason: bool
    members: int
    rules_said: str


@dataclass(frozen=True, slots=True)
class WorkCut:
    """A decided change that gives less or ends: whether the family was heard, and whether it was told why in writing."""

    was_heard: bool
    has_reason: bool
    served_on: date | None
    notice_due_on: date | None


@dataclass(slots=True)
class WorkBenefit:
    ref: str
    from_month: date
    to_month: date | None
    review_due_on: date
    called_on: date | None
    reviewed_on: date | None = None  # when the newest review was closed; None: it is open, or there was none
    awards: list[Given] = field(default_factory=list)
    cuts: list[WorkCut] = field(default_factory=list)

    def amount_in(self, month: date) -> int | None:
        """What was awarded for a month; None before its first."""
        one = in_month(self.awards, month)
        return one.amount_fen if one else None


@dataclass(slots=True)
class CaseWork:
    """One case: its days, its visits, what was shown and decided, the help that follows."""

    ref: str
    receipt: str
    masked_name: str
    area: str
    programme: str
    state: str
    applicant: str
    household: str
    account_way: str
    is_near_kin: bool
    is_extended: bool
    accepted_on: date | None
    investigated_on: date | None
    at_county_on: date | None
    opinion_on: date | None = None
    decision: WorkDecision | None = None
    benefit: WorkBenefit | None = None
    showing: WorkShowing | None = None
    visits: list[WorkVisit] = field(default_factory=list)
    members: list[WorkMember] = field(default_factory=list)

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED


def _day(at: datetime | None) -> date | None:
    return None if at is None else today(at)


def _inside(area: str, column: str = "area") -> Q:
    """Places of an area as a range the index can use; everywhere without an area."""
    start = prefix(area)
    return Q(**{f"{column}__gte": start, f"{column}__lt": after_prefix(start)}) if start else Q()


def work(area: str) -> list[CaseWork]:
    """Every case of an area as it was worked on, in the order they came; for supervision only, which asks who looks."""
    columns = (
        "id", "ref", "receipt", "masked_name", "area", "programme", "state", "applicant", "household", "account_way",
        "is_near_kin", "extended_reason", "accepted_at", "investigated_at", "at_county_on",
    )  # fmt: skip
    found: dict[int, CaseWork] = {}
    for row in Case.objects.filter(_inside(area)).order_by("id").values_list(*columns):
        key, *told, extended, accepted, investigated, at_county = row
        found[key] = CaseWork(*told, bool(extended), _day(accepted), _day(investigated), at_county)
    of_cases = _inside(area, "case__area")
    papers = SurveyPaper.objects.filter(_inside(area, "survey__case__area"), role__in=["family", "sheet"])
    signed = set(papers.values_list("survey_id", flat=True))
    for one, key, level, on, way, first, second, unsigned in Survey.objects.filter(of_cases).values_list(
        "id", "case_id", "level", "on", "way", "first", "second", "unsigned"
    ):
        if key in found:
            seen = one in signed or (None if way != "visit" else bool(unsigned))
            found[key].visits.append(WorkVisit(on, level, len({first, second} - {""}), seen))
    pictured = set(BoardPhoto.objects.filter(_inside(area, "showing__case__area")).values_list("showing_id", flat=True))
    shown = Showing.objects.filter(of_cases).exclude(state="stopped").order_by("id")
    for one, key, from_on, to_on, ended_at in shown.values_list("id", "case_id", "from_on", "to_on", "ended_at"):
        if key in found:
            found[key].showing = WorkShowing(from_on, min(to_on, _day(ended_at) or to_on), one in pictured)
    for key, at in Opinion.objects.filter(of_cases).order_by("-id").values_list("case_id", "at"):
        if key in found:
            found[key].opinion_on = _day(at)  # the last assigned is the first written
    _add_decisions(found, of_cases, area)
    _add_members(found, of_cases)
    return list(found.values())


def _add_decisions(found: dict[int, CaseWork], of_cases: Q, area: str) -> None:
    final = Decision.objects.filter(of_cases, kind__in=["confirm", "refuse"])
    for key, kind, on, served, reason, members, said in final.values_list(
        "case_id", "kind", "on", "served_at", "reason", "members", "assessment__outcome"
    ):
        if key in found:
            found[key].decision = WorkDecision(kind, on, _day(served), bool(reason.strip()), members, said)
    for key, *told, called in Benefit.objects.filter(of_cases).values_list(
        "case_id", "ref", "from_month", "to_month", "review_due_on", "called_at"
    ):
        if key in found:
            found[key].benefit = WorkBenefit(*told, _day(called))
    awards = Award.objects.filter(_inside(area, "benefit__area")).order_by("pk")
    for key, *given in awards.values_list("benefit__case_id", "from_month", "amount_fen", "members"):
        held = found[key].benefit if key in found else None
        if held is not None:
            held.awards.append(Given(*given))
    _add_after(found, area)


def _add_after(found: dict[int, CaseWork], area: str) -> None:
    """What became of help in force: its newest review, and every decided change that gives less."""
    reviews = Review.objects.filter(_inside(area, "benefit__area")).order_by("id")
    for key, called, closed in reviews.values_list("benefit__case_id", "called_at", "closed_at"):
        held = found[key].benefit if key in found else None
        if held is not None:
            held.called_on, held.reviewed_on = _day(called), _day(closed)
    less = Adjustment.objects.filter(_inside(area, "benefit__area"), state="decided", is_less=True).order_by("id")
    for key, heard, reason, served, due in less.values_list("benefit__case_id", "heard", "reason", "served_at", "notice_due_on"):
        held = found[key].benefit if key in found else None
        if held is not None:
            held.cuts.append(WorkCut(bool(heard), bool(reason.strip()), _day(served), due))


def _add_members(found: dict[int, CaseWork], of_cases: Q) -> None:
    rows = CaseMember.objects.filter(of_cases).order_by("id")
    for key, pid, born_on, proposed, together, counted in rows.values_list(
        "case_id", "pid", "born_on", "proposed", "together", "counted"
    ):
        if key in found:
            said = proposed if together is None else together
            found[key].members.append(WorkMember(pid, born_on, together, said if counted is None else counted))


def held_by(known_by: Mapping[str, Collection[str]], *, month: date) -> dict[str, list[tuple[str, str, str]]]:
    """Help in force everywhere by member: pid → case, programme, county. For supervision, which shows only how many.

    :param known_by: every id each of these people was ever known by; whoever has two has all of it under each
    """
    held = Q(case__benefit__to_month__isnull=True) | Q(case__benefit__to_month__gte=month)
    rows = CaseMember.objects.filter(held & _counts(), case__benefit__from_month__lte=month).exclude(pid="")
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for pid, ref, programme, area in rows.values_list("pid", "case__ref", "case__programme", "case__area"):
        found[pid].append((ref, programme, area[:6]))
    return {pid: held for pid, ids in known_by.items() if (held := [one for known in ids for one in found.get(known, [])])}


def near_kin_on_file(known_by: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """The register of near kin by member: pid → the cases everywhere filed apart (D57 Art. 11) with them in the family.

    For supervision, which says only that somebody stands there.

    :param known_by: every id each of these people was ever known by; whoever has two stands there under each
    """
    found: dict[str, set[str]] = defaultdict(set)
    filed = CaseMember.objects.filter(_counts(), case__is_near_kin=True).exclude(pid="")
    for pid, ref in filed.values_list("pid", "case__ref"):
        found[pid].add(ref)
    filed_in = {pid: frozenset().union(*(found.get(known, ()) for known in ids)) for pid, ids in known_by.items()}
    return {pid: refs for pid, refs in filed_in.items() if refs}


def _counts() -> Q:
    """Members that count as living together, as `CaseMember.counts` says of one."""
    return (
        Q(counted=True) | Q(counted__isnull=True, together=True) | Q(counted__isnull=True, together__isnull=True, proposed=True)
    )
