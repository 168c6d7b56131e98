"""Reading what waits for a clerk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from doudi.casework import core
from doudi.casework.core import State
from doudi.casework.models import Case, Question
from doudi.casework.queries.rows import Counts, InboxRow, Page
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Role, Viewer
from doudi.office.queries import today
from doudi.registry import queries as registry
from doudi.verification import queries as verification

S = State
# What a line of a list says; the other columns, the sealed ones above all, stay where they are.
LINE = (
    "ref", "receipt", "name", "area", "programme", "state", "level", "channel", "handler", "rank", "due_on", "is_urgent",
    "is_near_kin",
)  # fmt: skip

# state → (why it is here, the next move)
NEXT = {
    S.SUBMITTED: ("新交来的申请", "accept"),
    S.ASKED: ("等家里补材料", "supplement"),
    S.ACCEPTED: ("受理了，要开始调查核对", "investigate"),
    S.INVESTIGATING: ("正在调查，要写初步意见", "propose"),
    S.SHOWN: ("正在公示", "end_showing"),
    S.OBJECTED: ("有人提了不同意见", "reinvestigate"),
    S.AT_COUNTY: ("镇里办完了，等确认", "confirm"),
    S.RETURNED: ("县里退回，要补一样", "resend"),
    S.HELPED: ("钱先给了，要补齐材料", "complete"),
    S.CONFIRMED: ("已经确认", ""),
    S.REFUSED: ("没有批", ""),
    S.WITHDRAWN: ("家里撤回了", ""),
}
NEXT_LABELS = {
    "accept": "受理",
    "supplement": "打电话问问",
    "investigate": "开始调查",
    "propose": "看核对，写意见",
    "end_showing": "看公示",
    "reinvestigate": "再去了解",
    "confirm": "看案卷，定下来",
    "resend": "补好再报",
    "complete": "补齐材料",
    "": "看看",
}


class NoCase(NotAllowed):
    """There is no such case, or it is not the reader's to see; the words do not tell which."""


def within(viewer: Viewer) -> Q:
    """The places a viewer may see, as a range the index can use; nobody without an area."""
    if not viewer.within:
        return Q(pk__in=[])
    return Q(area__gte=viewer.within, area__lt=after_prefix(viewer.within))


def after_prefix(code: str) -> str:
    """A text behind every area code (12 digits at most) that begins with this one, in whatever order a database sorts by."""
    return code.ljust(14, "9")


def _of(viewer: Viewer) -> QuerySet[Case]:
    viewer.need("case.list")
    return Case.objects.filter(within(viewer)).only(*LINE)


def _todo(viewer: Viewer) -> Q:
    """What waits for this post: who decides is the county, or another of the township where that confirms.

    A township's is what is open and waits for nobody else: said this way round, its place is looked through and no other.
    """
    if viewer.role == Role.COUNTY:
        return Q(state=S.AT_COUNTY, level=core.Level.COUNTY)
    others = Q(state__in=[S.ASKED, S.SHOWN]) | Q(state=S.AT_COUNTY, level=core.Level.COUNTY)
    return Q(closed_at__isnull=True) & ~others


def _pile(viewer: Viewer, pile: str) -> Q:
    closed = [state.value for state in core.CLOSED]
    piles = {
        "todo": _todo(viewer),
        "waiting": Q(state=S.ASKED),
        "shown": Q(state=S.SHOWN),
        "clear": Q(state=S.AT_COUNTY, level=core.Level.COUNTY, in_doubt=False),
        "doubt": Q(state=S.AT_COUNTY, level=core.Level.COUNTY, in_doubt=True),
        "done": Q(state__in=closed),
        "all": Q(),
    }
    if pile not in piles:
        raise NotAllowed("没有这一类。")
    return piles[pile]


def inbox(viewer: Viewer, *, at: datetime, pile: str = "todo", mine: bool = False, after: str = "", limit: int = 30) -> Page:
    """The cases of the viewer's area that wait for them: urgent, then by the day they are due.

    :param pile: todo; waiting (for the family); shown (on the board); clear or doubt (the county's two piles); done; all
    :param after: `Page.next` of the page before
    :raises NotAllowed: the post does not allow it
    """
    rows = _of(viewer).filter(_pile(viewer, pile))
    if mine:
        rows = rows.filter(handler__in=[viewer.ref, *dict(viewer.standing)])
    if after:
        rank, due, last = _cursor(after)
        rows = rows.filter(Q(rank__gt=rank) | Q(rank=rank, due_on__gt=due) | Q(rank=rank, due_on=due, pk__gt=last))
    found = list(rows.order_by("rank", "due_on", "pk")[: limit + 1])
    page, more = found[:limit], len(found) > limit
    following = f"{page[-1].rank}_{page[-1].due_on.isoformat()}_{page[-1].pk}" if more else ""
    return Page(as_rows(page, viewer, today(at)), following)


def _cursor(text: str) -> tuple[int, date, int]:
    """Read a place in the list.

    :raises NotAllowed: not one of ours
    """
    try:
        rank, due, last = text.split("_")
        return int(rank), date.fromisoformat(due), int(last)
    except ValueError:
        raise NotAllowed("这一页的地址不对，请从第一页看起。") from None


def as_rows(cases: Iterable[Case], viewer: Viewer, on: date) -> tuple[InboxRow, ...]:
    """Cases as lines of a list; one query for the names of places, and whether the family answered what a clerk still judges."""
    cases = list(cases)
    labels = office.area_labels([case.area for case in cases])
    answered = _answered([case for case in cases if State(case.state).is_open])
    standing = dict(viewer.standing)
    mine = {viewer.ref, *standing}
    rows = []
    for case in cases:
        state = State(case.state)
        why, act = NEXT[state]
        extra = [word for flag, word in ((case.is_urgent, "急难"), (case.is_near_kin, "近亲属备案")) if flag]
        if case.ref in answered:
            extra.append(f"家里人回答了 {answered[case.ref]} 处")
        rows.append(
            InboxRow(
                ref=case.ref,
                receipt=case.receipt,
                name=case.name,
                area_label=labels.get(case.area, case.area),
                programme_label=core.road(case.programme).label,
                state=state,
                state_label=core.label_at(state, case.level),
                why="；".join([why, *extra]),
                next_act=act,
                next_label=NEXT_LABELS[act],
                due_on=case.due_on,
                is_overdue=state.is_open and case.due_on < on,
                is_urgent=case.is_urgent,
                is_mine=bool(viewer.ref) and case.handler in mine,
                stands_for=standing.get(case.handler, ""),
                is_near_kin=case.is_near_kin,
                channel_label=core.CHANNELS[case.channel],
            )
        )
    return tuple(rows)


def _answered(cases: list[Case]) -> Counter[str]:
    """How many differences nobody has judged the family has said something to, by case; a question only where there are any."""
    said = verification.said_keys([case.ref for case in cases])
    if not said:
        return Counter()
    rows = Question.objects.filter(case__ref__in={ref for ref, _ in said}, choice__in=sorted(core.OPEN_CHOICES))
    return Counter(ref for ref, key in rows.values_list("case__ref", "key") if (ref, key) in said)


def counts(viewer: Viewer, *, at: datetime) -> Counts:
    """The inbox in numbers, in one query.

    :raises NotAllowed: the post does not allow it
    """
    on, todo = today(at), _todo(viewer)
    found = (
        _of(viewer)
        .filter(closed_at__isnull=True)
        .aggregate(
            todo=Count("pk", filter=todo),
            due_today=Count("pk", filter=todo & Q(due_on=on)),
            overdue=Count("pk", filter=todo & Q(due_on__lt=on)),
            waiting=Count("pk", filter=Q(state=S.ASKED)),
            shown=Count("pk", filter=Q(state=S.SHOWN)),
            clear=Count("pk", filter=Q(state=S.AT_COUNTY, level=core.Level.COUNTY, in_doubt=False)),
            doubt=Count("pk", filter=Q(state=S.AT_COUNTY, level=core.Level.COUNTY, in_doubt=True)),
        )
    )
    return Counts(**found)


def find(viewer: Viewer, text: str, *, at: datetime, limit: int = 20) -> tuple[InboxRow, ...]:
    """Cases of the viewer's area by receipt number or by the applicant's citizen number.

    :raises NotAllowed: the post does not allow it
    """
    rows, receipt = _of(viewer), core.read_receipt(text)
    if receipt is not None and (hits := list(rows.filter(Q(receipt=receipt) | Q(application__receipt=receipt)).order_by("pk"))):
        return as_rows(hits[:limit], viewer, today(at))
    if not viewer.may("person.find"):
        return ()
    person = registry.find_by_number(text.strip().upper(), viewer)
    if person is None:
        return ()
    return as_rows(rows.filter(applicant__in=registry.pids_of(person.pid)).order_by("-pk")[:limit], viewer, today(at))
