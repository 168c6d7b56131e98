"""How much help costs those who bring it, by place and month: counted from rows, nothing opened, nobody named or ranked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Substr, TruncMonth

from doudi.casework import core
from doudi.casework.core import Clock
from doudi.casework.core.papers import catalogue
from doudi.casework.models import (
    Call,
    Case,
    CaseMember,
    Decision,
    Line,
    Opinion,
    PaperForm,
    Question,
    RunningClock,
    SettledFact,
    Sheet,
    Survey,
)
from doudi.casework.queries.inbox import after_prefix
from doudi.facts import days
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, prefix
from doudi.office.fields import is_written

NEXT = {4: 6, 6: 9, 9: 12}  # digits of a place's code → of the places it is made of
BY_STAFF = "clerk:"  # how the journal names who typed, where that is a clerk

Told = tuple[str, date, str, int]  # place, first day of the month, code of burden.toml, how many


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a step took that was done in a month: how many were, and how many days all of them together."""

    done: int
    days: float

    @property
    def each(self) -> float | None:
        """Days on average; None where nothing was done."""
        return self.days / self.done if self.done else None


@dataclass(slots=True)
class Counted:
    """What was counted of one place in one month."""

    pieces: Counter[str] = field(default_factory=Counter)  # screen → how many were done
    typed: Counter[str] = field(default_factory=Counter)  # screen → how many fields were typed for them
    figures: Counter[str] = field(default_factory=Counter)
    waits: dict[str, Wait] = field(default_factory=dict)  # core.Clock → how long

    def each(self, screen: str) -> float | None:
        """Fields typed for a piece of work, on average; None where none was done."""
        return self.typed[screen] / self.pieces[screen] if self.pieces[screen] else None

    @property
    def by_hand(self) -> int:
        """What was typed into applications clerks registered."""
        return self.typed["window"]

    @property
    def share(self) -> int | None:
        """Of a hundred things an application holds, how many data had filled in; None where nothing was registered."""
        known, every = self.figures["prefilled"], self.figures["prefilled"] + self.by_hand
        return round(known * 100 / every) if every else None

    @property
    def twice(self) -> int:
        """What was written a second time."""
        return self.figures["known_typed"] + self.figures["paper_typed"] + self.figures["settled_again"]

    @property
    def visited(self) -> int:
        """Visits of every kind."""
        return self.figures["surveys"] + self.figures["visits"]


@dataclass(frozen=True, slots=True)
class PlaceBurden:
    """One place, this month and the one before."""

    area: str
    label: str
    now: Counted
    before: Counted

    @property
    def has_parts(self) -> bool:
        """Whether it is made of places that are counted by themselves."""
        return len(prefix(self.area)) in NEXT


@dataclass(frozen=True, slots=True)
class Burden:
    """A place with the places it is made of. Months by their first day; this one is not over yet."""

    whole: PlaceBurden
    places: tuple[PlaceBurden, ...]
    month: date
    month_before: date

    @property
    def waited(self) -> tuple[Clock, ...]:
        """The steps that were done in one of the two months, in the order of the road."""
        return tuple(one for one in Clock if one in self.whole.now.waits or one in self.whole.before.waits)


def burden(viewer: Viewer, *, at: datetime, area: str = "", told: Iterable[Told] = ()) -> Burden:
    """What was typed, asked for, printed, visited, settled and waited for, by place, this month and last, in fourteen queries.

    Nothing sealed is opened: that something was written is told by its length.

    :param area: a place within the viewer's; all of theirs by default
    :param told: what rooms above count by the same places and months
    :raises NotAllowed: the post does not allow it, or the place is another's, or no place
    """
    viewer.need("burden.read", area or None)
    here = area or viewer.area
    labels = dict(office.places_within(prefix(here))) if here else {}
    if area and area not in labels:
        raise NotAllowed("没有这个地方。")
    start = prefix(here) or "x"
    month = office.today(at).replace(day=1)
    span = Span(start, NEXT.get(len(start), 12), days.add_months(month, -1), days.add_months(month, 1))
    found: dict[tuple[str, date], Counted] = defaultdict(Counted)
    others = ((place, first, "figures", code, number) for place, first, code, number in told if place.startswith(start))
    for place, first, what, code, number in (*_rows(span), *others):
        if number and span.first <= first < span.until:
            getattr(found[place[: span.digits], first], what)[code] += number
    for place, first, kind, done, waited in _waits(span):
        found[place, first].waits[kind] = Wait(done, waited)
    codes = sorted({place for place, _ in found})
    months = (month, days.add_months(month, -1))
    return Burden(
        PlaceBurden(here, labels.get(here, here), *(_together([found[code, one] for code in codes]) for one in months)),
        tuple(PlaceBurden(code, labels.get(code, code), *(found[code, one] for one in months)) for code in codes),
        *months,
    )


def _together(counted: Iterable[Counted]) -> Counted:
    whole = Counted()
    for one in counted:
        whole.pieces += one.pieces
        whole.typed += one.typed
        whole.figures += one.figures
        for kind, wait in one.waits.items():
            before = whole.waits.get(kind, Wait(0, 0))
            whole.waits[kind] = Wait(before.done + wait.done, before.days + wait.days)
    return whole


@dataclass(frozen=True, slots=True)
class Span:
    """Where and when is counted: inside a prefix, by so many digits of a place, from a first day until before another."""

    start: str
    digits: int
    first: date
    until: date

    def of(self, rows: QuerySet, when: str, where: str = "case__area") -> QuerySet:
        """These rows inside the span, grouped by place and month."""
        since, until = (datetime(day.year, day.month, day.day, tzinfo=office.HERE) for day in (self.first, self.until))
        inside = {
            f"{where}__gte": self.start, f"{where}__lt": after_prefix(self.start), f"{when}__gte": since, f"{when}__lt": until,
        }  # fmt: skip
        place, month = Substr(where, 1, self.digits), TruncMonth(when, tzinfo=office.HERE)
        return rows.filter(**inside).order_by().values(place=place, month=month)

    def counts(self, rows: QuerySet, when: str, where: str = "case__area", **counted: Q) -> Iterable[tuple[str, date, list[int]]]:
        """How many rows, and how many of them each condition holds for, by place and month."""
        names = ["number", *counted]
        found = self.of(rows, when, where).annotate(
            number=Count("pk"), **{name: Count("pk", filter=condition) for name, condition in counted.items()}
        )
        for row in found:
            yield row["place"], row["month"].date(), [row[name] for name in names]


def _registered(to_case: str = "") -> Q:
    """Applications a clerk registered, each once: the first case of an application bears its number."""
    return Q(
        **{f"{to_case}submitted_by__startswith": BY_STAFF, f"{to_case}receipt": F(f"{to_case}application__receipt")},
    )


def _rows(span: Span) -> Iterable[tuple[str, date, str, str, int]]:
    """Place, month, what of (a field of Counted), the code of a screen or figure, how many: one query for each table."""
    by_staff, story, account = _registered(), Q(is_written("story")), Q(account_way="other")
    cases = span.counts(
        Case.objects.all(), "submitted_at", "area", registered=by_staff, story=by_staff & story, account=by_staff & account,
        same=by_staff & Q(account_way="same"), asked=~Q(asked_for=""),
    )  # fmt: skip
    for place, month, (_, registered, story, account, same, asked) in cases:
        yield place, month, "pieces", "window", registered
        yield place, month, "typed", "window", story + 2 * account
        yield place, month, "figures", "prefilled", same
        yield place, month, "figures", "asked", asked
    known = Q(Exists(Line.objects.filter(case=OuterRef("case"), kind=OuterRef("kind"), found_fen__isnull=False)))
    by_hand = Q(found_fen__isnull=True, said_fen__isnull=False)
    lines = Line.objects.filter(_registered("case__")), Q(found_fen__isnull=False), by_hand, by_hand & known
    added = Q(proposed=False)
    members = CaseMember.objects.filter(_registered("case__")), Q(proposed=True), added, added & ~Q(pid="")
    for rows, found, typed, again in (lines, members):
        counted = span.counts(rows, "case__submitted_at", found=found, typed=typed, again=again)
        for place, month, (_, prefilled, by_hand, known_typed) in counted:
            yield place, month, "figures", "prefilled", prefilled
            yield place, month, "typed", "window", by_hand
            yield place, month, "figures", "known_typed", known_typed
    judged = span.counts(
        Question.objects.all(), "judged_at", reason=is_written("reason"), amount=Q(amount_fen__isnull=False),
        settled=~Q(choice__in=core.OPEN_CHOICES), by_data=Q(choice="data_right"),
    )  # fmt: skip
    for place, month, (_, reason, amount, settled, by_data) in judged:
        yield place, month, "typed", "accepted", reason + amount
        yield place, month, "figures", "by_data", by_data
        yield place, month, "figures", "by_people", settled - by_data
    earlier = SettledFact.objects.filter(
        case=OuterRef("case"), member=OuterRef("member"), name=OuterRef("name"), at__lt=OuterRef("at")
    )
    settled = SettledFact.objects.filter(by__startswith=BY_STAFF)
    for place, month, (number, again) in span.counts(settled, "at", again=Q(Exists(earlier))):
        yield place, month, "typed", "accepted", number
        yield place, month, "figures", "settled_again", again
    yield from _steps(span)
    letters = [code for code, paper in catalogue().items() if paper.is_letter]
    plain = {
        "paper_typed": (PaperForm.objects.all(), "typed_at", "area"),
        "printed": (Sheet.objects.exclude(code__in=letters), "at", "case__area"),
    }
    for code, (rows, when, where) in plain.items():
        for place, month, (number,) in span.counts(rows, when, where):
            yield place, month, "figures", code, number


def _steps(span: Span) -> Iterable[tuple[str, date, str, str, int]]:
    """What was written for each step, by the screen it is written on."""
    own = Q(amount_fen=F("assessment__amount_fen"))
    taken = Case.objects.all(), "accepted_at", "area", {"missing": ~Q(asked_for=""), "kin": is_written("near_kin_of")}
    written = {name: is_written(name) for name in ("reason", "differs_reason")}
    steps = {
        "submitted": taken,
        "accepted": (
            Survey.objects.all(), "at", "case__area",
            {"day": Q(on__isnull=False), **{name: is_written(name) for name in ("signed_by", "note", "way_reason")}},
        ),
        "surveyed": (
            Opinion.objects.all(), "at", "case__area",
            {**written, "amount": Q(kind="help") & (Q(assessment__amount_fen__isnull=True) | ~own)},
        ),
        "at_county": (
            Decision.objects.all(), "at", "case__area",
            {**written, "thing": ~Q(one_thing=""), "amount": Q(kind="confirm") & ~Q(amount_fen=F("opinion__amount_fen"))},
        ),
        "call": (Call.objects.all(), "at", "area", {name: is_written(name) for name in ("phone", "said", "answered")}),
    }  # fmt: skip
    for screen, (rows, when, where, fields) in steps.items():
        for place, month, (done, *each) in span.counts(rows, when, where, **fields):
            yield place, month, "pieces", screen, done
            yield place, month, "typed", screen, sum(each)
            if screen == "accepted":
                yield place, month, "figures", "surveys", done


def _waits(span: Span) -> Iterable[tuple[str, date, str, int, float]]:
    """Place, month, clock, how many of it were done, days from its start until then, all together."""
    done = span.of(RunningClock.objects.all(), "done_at", "area").values("place", "month", "kind")
    for row in done.annotate(number=Count("pk"), length=Sum(F("done_at") - F("started_at"))):
        yield row["place"], row["month"].date(), row["kind"], row["number"], row["length"] / timedelta(days=1)
