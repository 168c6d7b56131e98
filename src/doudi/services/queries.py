"""Reading referrals: the office's lists, a department's own pile, what the family sees, and what was looked up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from doudi.casework import queries as casework
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer
from doudi.office.queries import today
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook
from doudi.services import core
from doudi.services.core import OPEN, PASSED, Climb, State
from doudi.services.models import Answer, Lookup, Referral, Reminder

ANSWER_DAYS, URGENT_DAYS, DIRECTOR_DAYS = "monitor_referral_days", "referral_urgent_days", "referral_director_days"
PILES = ("open", "late", "answered", "closed")


class NoReferral(NotAllowed):
    """There is no such referral, or it is not the reader's to see; the words do not tell which."""


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One line of a list: a masked name, what, whom, by when."""

    ref: str
    number: str
    kind: str
    label: str
    department_label: str
    masked_name: str
    area: str
    area_label: str
    case: str
    state: State
    due_on: date
    sent_at: datetime
    verdict: str
    verdict_label: str
    arrived: bool | None
    climbed: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What the department answered."""

    verdict: str
    verdict_label: str
    thing: str
    amount_fen: int | None
    from_on: date | None
    to_on: date | None
    reason: str
    letter: str
    at: datetime
    by: str

    @property
    def gives(self) -> bool:
        return self.verdict in ("yes", "partly")


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """One referral whole; to a department with what was passed on and nothing else about the person."""

    row: ReferralRow
    pid: str
    name: str
    need: str
    passed: tuple[tuple[str, str], ...]
    reason: str
    consent_label: str
    way: str
    way_label: str
    where: str
    article: str
    plain: str
    not_asked: tuple[str, ...]
    version: int
    visit: str
    sent_by: str
    taken_at: datetime | None
    taken_by: str
    answer: AnswerRow | None
    withdrawn_at: datetime | None
    withdrawn_why: str
    arrived_at: datetime | None
    arrived_said: str

    @property
    def is_open(self) -> bool:
        return self.row.is_open


# ---- numbers a place sets -----------------------------------------------------------------------------------------------


def days_of(name: str, area: str, on: date) -> int:
    """A number of days of the rules, as it stands in a place on a day.

    :raises NotAllowed: nobody has set it
    """
    setting = rulebook.pack().parameters[name].at(area, on)
    if setting is None:
        raise NotAllowed(f"还没有定转介的期限：请在“规则”里给 {name} 定一个数。")
    return int(setting.value)


def answer_days(kind: core.Kind, area: str, on: date) -> int:
    """How many calendar days a department has for its answer."""
    return days_of(URGENT_DAYS if kind.urgent else ANSWER_DAYS, area, on)


# ---- the office's own side ----------------------------------------------------------------------------------------------


def _mine(viewer: Viewer) -> QuerySet[Referral]:
    """The referrals a viewer may see: those of their area, or those sent to their department there."""
    if not viewer.within:
        return Referral.objects.none()
    rows = Referral.objects.filter(area__startswith=viewer.within)
    return rows.filter(department=viewer.department) if viewer.department else rows


def _pile(rows: QuerySet[Referral], pile: str, on: date) -> QuerySet[Referral]:
    if pile == "open":
        return rows.filter(state__in=OPEN).order_by("due_on", "id")
    if pile == "late":
        return rows.filter(state__in=OPEN, due_on__lt=on).order_by("due_on", "id")
    if pile == "answered":
        return rows.filter(state=State.ANSWERED, arrived__isnull=True).order_by("due_on", "id")
    if pile == "closed":
        return rows.filter(Q(state=State.WITHDRAWN) | Q(state=State.ANSWERED, arrived__isnull=False)).order_by("-id")
    raise KeyError(pile)


def referrals(viewer: Viewer, *, on: date, pile: str = "open", first: int = 0, count: int = 50) -> tuple[ReferralRow, ...]:
    """Referrals of the viewer's area, the most pressing first.

    :param pile: open, late, answered (asked of the family: did it arrive), or closed
    :raises NotAllowed: the post does not allow it
    :raises KeyError: no such pile
    """
    viewer.need("referral.receive" if viewer.department else "referral.list")
    return _rows(_pile(_mine(viewer), pile, on).select_related("answer")[first : first + count])


def counts(viewer: Viewer, *, on: date) -> dict[str, int]:
    """How many each pile holds, in one query.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("referral.receive" if viewer.department else "referral.list")
    answered, done = Q(state=State.ANSWERED), Q(arrived__isnull=False)
    return _mine(viewer).aggregate(
        open=Count("id", filter=Q(state__in=OPEN)),
        late=Count("id", filter=Q(state__in=OPEN, due_on__lt=on)),
        answered=Count("id", filter=answered & ~done),
        closed=Count("id", filter=Q(state=State.WITHDRAWN) | (answered & done)),
    )


def of_case(ref: str, viewer: Viewer) -> tuple[ReferralRow, ...]:
    """What was asked of others in one case, inside the viewer's area.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("referral.list")
    return _rows(_mine(viewer).filter(case=ref).select_related("answer").order_by("-id"))


def referral(ref: str, viewer: Viewer) -> ReferralPage:
    """One referral. The page that shows it notes the look (`office.actions.look`).

    :raises NoReferral: none in the viewer's area, or sent to another department
    :raises NotAllowed: the post does not allow it
    """
    viewer.need("referral.receive" if viewer.department else "referral.list")
    row = _mine(viewer).filter(ref=ref).select_related("answer").first()
    if row is None:
        raise NoReferral("没有这件转介，或者不归您看。")
    page = _page(row)
    if viewer.department and row.state == State.WITHDRAWN:  # the person took their consent back with it
        return replace(page, pid="", name="", need="", passed=(), withdrawn_why="")
    return page


def _rows(found: Collection[Referral] | QuerySet[Referral]) -> tuple[ReferralRow, ...]:
    rows = list(found)
    labels = office.area_labels([row.area for row in rows])
    steps: dict[int, list[str]] = {}
    for key, step in (
        Reminder.objects.filter(referral__in=[row.pk for row in rows]).order_by("id").values_list("referral", "step")
    ):
        steps.setdefault(key, []).append(Climb(step).label)
    return tuple(_row(row, labels.get(row.area, row.area), tuple(steps.get(row.pk, ()))) for row in rows)


def _row(row: Referral, area_label: str, climbed: tuple[str, ...]) -> ReferralRow:
    kind, answer = core.kind(row.kind), getattr(row, "answer", None)
    verdict = answer.verdict if answer is not None else ""
    return ReferralRow(
        ref=row.ref,
        number=row.number,
        kind=row.kind,
        label=kind.label,
        department_label=kind.department_label,
        masked_name=row.masked_name,
        area=row.area,
        area_label=area_label,
        case=row.case,
        state=State(row.state),
        due_on=row.due_on,
        sent_at=row.sent_at,
        verdict=verdict,
        verdict_label=core.VERDICTS.get(verdict, ""),
        arrived=row.arrived,
        climbed=climbed,
    )


def _page(row: Referral) -> ReferralPage:
    kind, answer = core.kind(row.kind), getattr(row, "answer", None)
    by = [one.partition(":")[2] for one in (row.sent_by, row.taken_by, answer.by if answer else "") if one.startswith("clerk:")]
    names = office.clerk_names(by)
    return ReferralPage(
        row=_rows([row])[0],
        pid=row.pid,
        name=row.name,
        need=row.need,
        passed=tuple((label, row.passed[key]) for key, label in PASSED.items() if key in row.passed),
        reason=row.reason,
        consent_label=core.CONSENTS[row.consent] + ("（监护人同意的）" if row.consent_of == "guardian" else ""),
        way=row.way,
        way_label=core.WAYS[row.way],
        where=kind.where,
        article=kind.article,
        plain=kind.plain,
        not_asked=kind.not_asked,
        version=row.version,
        visit=row.visit,
        sent_by=names.get(row.sent_by.partition(":")[2], ""),
        taken_at=row.taken_at,
        taken_by=names.get(row.taken_by.partition(":")[2], ""),
        answer=_answer(answer, names) if answer is not None else None,
        withdrawn_at=row.withdrawn_at,
        withdrawn_why=row.withdrawn_why,
        arrived_at=row.arrived_at,
        arrived_said=row.arrived_said,
    )


def _answer(row: Answer, names: dict[str, str]) -> AnswerRow:
    return AnswerRow(
        verdict=row.verdict,
        verdict_label=core.VERDICTS[row.verdict],
        thing=row.thing,
        amount_fen=row.amount_fen,
        from_on=row.from_on,
        to_on=row.to_on,
        reason=row.reason,
        letter=row.letter,
        at=row.at,
        by=names.get(row.by.partition(":")[2], ""),
    )


# ---- whom it is for -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """One kind of help that may be asked for somebody, and whether the law names them for it."""

    kind: core.Kind
    named: bool
    running: str  # ref of one that is open already


def offered(pid: str, *, on: date) -> tuple[Offered, ...]:
    """Everything that can be asked of departments for a person; nothing is chosen, nothing is hidden."""
    held = {one.programme for one in casework.recognised(pid, on=on)} if pid else set()
    running = dict(Referral.objects.filter(pid=pid, state__in=OPEN).values_list("kind", "ref")) if pid else {}
    return tuple(Offered(one, one.is_for(held), running.get(one.code, "")) for one in core.kinds().values())


# ---- the family's side --------------------------------------------------------------------------------------------------


def my_referrals(pid: str) -> tuple[ReferralPage, ...]:
    """What was asked of others for a resident, or for somebody they speak for, latest first; only for the one signed in."""
    mine = registry.pids_of(pid)
    rows = Referral.objects.filter(Q(pid__in=mine) | Q(speaker__in=mine)).select_related("answer").order_by("-id")[:20]
    return tuple(_page(row) for row in rows)


def my_referral(ref: str, pid: str) -> ReferralPage:
    """One of them.

    :raises NoReferral: none, or not theirs
    """
    mine = registry.pids_of(pid)
    row = Referral.objects.filter(Q(pid__in=mine) | Q(speaker__in=mine), ref=ref).select_related("answer").first()
    if row is None:
        raise NoReferral("没有这件事，或者不是您的。")
    return _page(row)


# ---- what is due --------------------------------------------------------------------------------------------------------


def overdue(at: datetime) -> tuple[str, ...]:
    """Refs of open referrals whose last day is today or over; for the job that lets them climb."""
    return tuple(
        Referral.objects.filter(state__in=OPEN, due_on__lte=today(at)).order_by("due_on", "id").values_list("ref", flat=True)
    )


def late_by_department(area: str, *, on: date) -> dict[str, tuple[int, int]]:
    """Of an area, for supervision: department → referrals without an answer, and how many of them are late."""
    rows = Referral.objects.filter(area__startswith=area, state__in=OPEN).values_list("department")
    counted = rows.annotate(Count("id"), Count("id", filter=Q(due_on__lt=on))).order_by("department")
    return {department: (every, late) for department, every, late in counted}


# ---- look-ups -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LookupRow:
    """That somebody's status was looked up: when, by which department, what for; no name."""

    at: datetime
    department: str
    label: str
    in_force: bool | None


def my_lookups(pid: str, *, limit: int = 20) -> tuple[LookupRow, ...]:
    """Who looked a resident's status up, latest first; only for the one signed in."""
    rows = Lookup.objects.filter(pid__in=registry.pids_of(pid)).order_by("-id")[:limit]
    return tuple(LookupRow(row.at, row.department, core.kind(row.kind).label, row.in_force) for row in rows)
