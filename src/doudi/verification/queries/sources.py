"""Reading who is asked: the sources registered for a kind of data, or the delivered dataset itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q

from doudi.exchange import queries as exchange
from doudi.exchange.core import signing
from doudi.office.core import contains
from doudi.office.queries import today
from doudi.verification.core import SourceRow, State, Way
from doudi.verification.models import Dispatch, Question, Source


def built_in(dataset: str) -> SourceRow:
    """A kind of data read from what its department delivers.

    :raises KeyError: no such dataset
    """
    contract = exchange.contracts()[dataset]
    return SourceRow(dataset, contract.label, contract.department, dataset, Way.LAKE, answer_seconds=0)


def row_of(source: Source) -> SourceRow:
    """A registered source, frozen."""
    return SourceRow(
        code=source.code,
        label=source.label,
        department=source.department,
        dataset=source.dataset,
        adapter=Way(source.adapter),
        area=source.area,
        address=source.address,
        public_key=source.public_key,
        answer_wd=source.answer_wd,
        answer_seconds=source.answer_seconds,
        daily_quota=source.daily_quota,
        at_once=source.at_once,
        active=source.active,
    )


def source(code: str) -> SourceRow | None:
    """The source of this code, stopped ones too: registered, or the delivered dataset of this code; None for neither."""
    found = Source.objects.filter(code=code).first()
    if found is not None:
        return row_of(found)
    return built_in(code) if code in exchange.contracts() else None


def labels() -> dict[str, tuple[str, str]]:
    """code → label and department of everybody who can have been asked."""
    known = {code: (one.label, one.department) for code, one in exchange.contracts().items()}
    return known | {code: (label, by) for code, label, by in Source.objects.values_list("code", "label", "department")}


def asked_of(datasets: list[str], area: str) -> list[SourceRow]:
    """Who is asked for these kinds of data in a check of this place, in their order; another place beside our own, never instead.

    :raises KeyError: no such dataset
    """
    rows: dict[str, list[SourceRow]] = {}
    for one in Source.objects.filter(dataset__in=datasets, active=True).order_by("id"):
        rows.setdefault(one.dataset, []).append(row_of(one))
    found = []
    for dataset in datasets:
        here = [one for one in rows.get(dataset, []) if is_asked_here(one, area)]
        found += [one for one in here if one.adapter is not Way.PLACE] or [built_in(dataset)]
        found += [one for one in here if one.adapter is Way.PLACE]
    return found


def is_asked_here(source: SourceRow, area: str) -> bool:
    """Whether a source is asked about people of this place: everywhere, unless an area was written down for it."""
    return area.startswith(source.area)


def is_of_there(source: SourceRow, area: str, number: str) -> bool:
    """Whether another place may know somebody: they live there, or were first registered there (the number's first digits).

    Places are not asked about anybody else: that would tell them whom we look at, for nothing.
    """
    return contains(source.address, area) or contains(source.address, number[:6])


def with_questions(at: datetime) -> list[SourceRow]:
    """The sources asked by machine that are not resting and have a question whose time has come."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
    due = Question.objects.filter(free, state__in=[State.WAITING, State.SENT], next_try_at__lte=at).values("source")
    awake = Q(rests_until__isnull=True) | Q(rests_until__lte=at)
    by_machine = [way for way in Way if way.by_machine]
    return [row_of(one) for one in Source.objects.filter(awake, active=True, adapter__in=by_machine, code__in=due).order_by("id")]


def source_of_key(key_id: str) -> SourceRow | None:
    """The active source whose public key has this name."""
    for one in Source.objects.filter(active=True).exclude(public_key=""):
        if signing.key_id(one.public_key) == key_id:
            return row_of(one)
    return None


def question_of(source: str, ref: str) -> str:
    """The question of this ref if it was put to this source, else empty: nobody answers for another."""
    return ref if Question.objects.filter(ref=ref, source=source).exists() else ""


def answered_before(source: str, refs: list[str]) -> set[str]:
    """Which of these questions this source answered already."""
    found: set[str] = set()
    for first in range(0, len(refs), 500):
        part = refs[first : first + 500]
        found |= set(Question.objects.filter(source=source, ref__in=part, state=State.ANSWERED).values_list("ref", flat=True))
    return found


def with_files(at: datetime) -> list[SourceRow]:
    """The sources that exchange files, have questions waiting, and have had no file today."""
    had = Dispatch.objects.filter(way=Way.FILE, on=today(at)).values("source")
    waiting = Question.objects.filter(state=State.WAITING).values("source")
    rows = Source.objects.filter(active=True, adapter=Way.FILE, code__in=waiting).exclude(code__in=had)
    return [row_of(one) for one in rows.order_by("id")]


def with_folders() -> list[SourceRow]:
    """The sources whose files lie in a folder."""
    return [row_of(one) for one in Source.objects.filter(active=True, adapter=Way.FILE).exclude(address="").order_by("id")]


def open_dispatches(source: str) -> list[tuple[str, str]]:
    """Number and content of a source's files with questions not answered yet."""
    rows = Dispatch.objects.filter(source=source, carried__state=State.SENT).distinct().order_by("id")
    return [(one.number, one.content) for one in rows]


def came_later(checks: Sequence[str]) -> dict[str, int]:
    """How many answers came to each of these checks that were not there the moment it was made: by others than delivered data."""
    found: dict[str, int] = {}
    for first in range(0, len(checks), 500):
        rows = Question.objects.filter(check_asked__ref__in=checks[first : first + 500], state=State.ANSWERED)
        rows = rows.exclude(adapter=Way.LAKE, round=1)
        found |= dict(rows.values_list("check_asked__ref").annotate(Count("id")))
    return found
