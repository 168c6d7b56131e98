"""Reading proposed households: who is counted or left out and why, ties, what was said and happened; and what a cycle needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from doudi.engine.households import Said
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_name
from doudi.registry.core import RELATIONS, age_on
from doudi.registry.core import homes as words
from doudi.registry.core.homes import EVENTS, SAYINGS, EventState, LivingHome
from doudi.registry.gateways import homes, register
from doudi.registry.models import FamilyEvent, Member, Person, Saying
from doudi.registry.queries.people import HouseholdRow, NotKnown, _household, _person_row

PAGE = 30


@dataclass(frozen=True, slots=True)
class LivingRow:
    """A person counted in, or left out, in words."""

    pid: str
    name: str
    age: int | None
    relation: str
    relation_code: str  # to the head of the household; empty where nothing says
    counted: bool
    reason: str
    reason_label: str
    says: str
    citation: str
    certain: str
    certain_label: str
    look: str
    here: bool  # may be opened by who looks
    said: tuple[SayingRow, ...]


@dataclass(frozen=True, slots=True)
class TieRow:
    """A tie in words: who with whom, what says so, which day, in which row; and whether the proposal holds it."""

    kind: str
    label: str
    a: str
    b: str
    a_name: str
    b_name: str
    word: str
    source: str
    source_label: str
    on: date | None
    batch: int | None
    row_no: int | None
    holds: bool


@dataclass(frozen=True, slots=True)
class SayingRow:
    """Something said about a family, with who said it, and who took it back."""

    ref: str
    kind: str
    label: str
    words: str
    a: str
    b: str
    a_name: str
    b_name: str
    holds: bool
    since: date
    reason: str
    by: str
    by_family: bool
    at: datetime
    undone_by: str
    undone_at: datetime | None
    undone_why: str


@dataclass(frozen=True, slots=True)
class SpokenRow:
    """One version of what was said of a member of the register's household; closed where it was taken back or said anew."""

    pid: str
    name: str
    together: bool
    reason: str
    from_on: date
    to_on: date | None
    by: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something that happened in a family, with both its days and what it may touch."""

    ref: str
    kind: str
    label: str
    person: str
    other: str
    name: str
    other_name: str
    area: str
    area_label: str
    on: date | None
    known_on: date
    channel_label: str
    paper: str
    paper_wanted: str
    note: str
    state: EventState
    by: str
    settled_by: str
    settled_at: datetime | None
    settled_why: str
    touches: tuple[str, ...]
    from_data: bool


@dataclass(frozen=True, slots=True)
class Differing:
    """Somebody whom the register's household and the proposal do not agree about."""

    pid: str
    name: str
    in_register: bool
    proposed: bool


@dataclass(frozen=True, slots=True)
class HomePage:
    """A proposed household beside the register's, with everything behind it."""

    pid: str
    name: str
    hid: str
    area: str
    area_label: str
    on: date | None
    head: str
    members: tuple[LivingRow, ...]
    left_out: tuple[LivingRow, ...]
    ties: tuple[TieRow, ...]
    differs: tuple[Differing, ...]
    spoken: tuple[SpokenRow, ...]
    sayings: tuple[SayingRow, ...]
    events: tuple[EventRow, ...]
    looks: tuple[str, ...]
    register: HouseholdRow | None

    @property
    def people(self) -> tuple[LivingRow, ...]:
        """Everybody named, the counted first."""
        return self.members + self.left_out


def home_page(pid: str, viewer: Viewer) -> HomePage:
    """The household proposed for a person, for the office. The page that shows it notes the look.

    :raises NotAllowed: the post does not read households, or the person lives outside the viewer's area
    :raises NotKnown: nobody of this id
    """
    viewer.need("household.read")
    row = _person_row(pid)
    viewer.need("household.read", row.area)
    return _page(pid, viewer)


def my_home(pid: str) -> HomePage:
    """A resident's own household as it is proposed; only for the one signed in.

    :raises NotKnown: nobody of this id
    """
    return _page(pid, None)


def _page(pid: str, viewer: Viewer | None) -> HomePage:
    row = _person_row(pid)
    home = homes.living(pid)
    try:
        kept = _household(pid)
    except NotKnown:
        kept = None
    people = home.people if home else ()
    own = {one.pid for one in kept.members} if kept else set()
    seen = {one.pid: one.own or one.pid in own if viewer is None else viewer.sees(one.area) for one in people}
    names = _names(home, kept, seen)
    names.setdefault(pid, row.name)
    about = {pid, *(one.pid for one in people), *((one.pid for one in kept.members) if kept else ())}
    sayings = _sayings(about, names)
    on = home.on if home else None
    rows = tuple(
        LivingRow(
            pid=one.pid,
            name=names.get(one.pid, one.name),
            age=age_on(one.born_on, on) if on else None,
            relation=RELATIONS.get(_relation(home, one.pid), ""),
            relation_code=_relation(home, one.pid),
            counted=one.counted,
            reason=one.reason,
            reason_label=words.REASONS[one.reason][0],
            says=words.REASONS[one.reason][1],
            citation=words.citation(one.article, one.clause),
            certain=one.certain,
            certain_label=words.CERTAIN[one.certain],
            look=words.LOOKS.get(one.look, ""),
            here=viewer is not None and seen[one.pid],
            said=tuple(said for said in sayings if one.pid in (said.a, said.b) and said.undone_at is None),
        )
        for one in people
    )
    assert home is None or home.on == on
    members = sorted((one for one in rows if one.counted), key=lambda one: home is None or one.pid != home.head)
    left = tuple(one for one in rows if not one.counted)
    return HomePage(
        pid=pid,
        name=row.name,
        hid=kept.hid if kept else "",
        area=row.area,
        area_label=row.area_label,
        on=on,
        head=home.head if home else "",
        members=tuple(members),
        left_out=left,
        ties=_ties(home, names),
        differs=_differs(rows, kept),
        spoken=_spoken(kept, names),
        sayings=sayings,
        events=events_of(about, names),
        looks=tuple(dict.fromkeys(one.look for one in rows if one.look)),
        register=kept,
    )


def _names(home: LivingHome | None, kept: HouseholdRow | None, seen: dict[str, bool]) -> dict[str, str]:
    """Names in full of people of this household inside the viewer's area, masked of all others."""
    found = {pid: mask_name(name) for pid, name in (home.names.items() if home else ())}
    for one in home.people if home else ():
        found[one.pid] = one.name if seen[one.pid] else mask_name(one.name)
    for member in kept.members if kept else ():
        if member.pid not in found:
            found[member.pid] = member.name
    return found


def _relation(home: LivingHome | None, pid: str) -> str:
    """What somebody is to the head, as a roll or the booklet says."""
    if home is None or pid == home.head:
        return "self" if home else ""
    told = [tie.word for tie in home.ties if (tie.a, tie.b) == (home.head, pid) and tie.kind in ("roll", "booklet")]
    return told[-1] if told else ""


def _ties(home: LivingHome | None, names: dict[str, str]) -> tuple[TieRow, ...]:
    return tuple(
        TieRow(
            tie.kind, words.TIES[tie.kind], tie.a, tie.b, names.get(tie.a, ""), names.get(tie.b, ""), RELATIONS.get(tie.word, ""),
            tie.source, words.TIE_SOURCES[tie.source], tie.from_on, tie.batch, tie.row_no, tie.holds,
        )
        for tie in (home.ties if home else ())
    )  # fmt: skip


def _differs(rows: Sequence[LivingRow], kept: HouseholdRow | None) -> tuple[Differing, ...]:
    proposed = {one.pid: one.name for one in rows if one.counted}
    register = {one.pid: one.name for one in kept.members if one.register_says} if kept else {}
    if not rows or kept is None:
        return ()
    apart = [pid for pid in (*register, *proposed) if (pid in register) != (pid in proposed)]
    return tuple(Differing(pid, (register | proposed)[pid], pid in register, pid in proposed) for pid in dict.fromkeys(apart))


# ---- what was said ------------------------------------------------------------------------------------------------------


def _sayings(people: set[str], names: dict[str, str]) -> tuple[SayingRow, ...]:
    rows = list(Saying.objects.filter(Q(a__in=people) | Q(b__in=people)).order_by("-said_at", "ref"))
    who = _parties({party for row in rows for party in (row.said_by, row.undone_by)})
    return tuple(_saying(row, names, who) for row in rows)


def _spoken(kept: HouseholdRow | None, names: dict[str, str]) -> tuple[SpokenRow, ...]:
    if kept is None or not kept.kept:
        return ()
    rows = list(Member.objects.filter(household_id=kept.hid, source=Member.Source.SAID).order_by("-kept_at", "-id"))
    who = _parties({row.kept_by for row in rows})
    return tuple(
        SpokenRow(row.person_id, names.get(row.person_id, ""), row.together, row.reason, row.from_on, row.to_on, who[row.kept_by])
        for row in rows
    )


def _parties(told: Iterable[str]) -> dict[str, str]:
    """Who said or settled something, in words: a clerk by name, a resident as one of the family."""
    refs = {party.partition(":")[2] for party in told if party.startswith("clerk:")}
    names = office.clerk_names(sorted(refs)) if refs else {}
    kinds = {"resident": "家里人", "proxy": "代办人", "system": "系统"}
    return {
        party: names.get(party.partition(":")[2], "工作人员")
        if party.startswith("clerk:")
        else kinds.get(party.split(":")[0], "")
        for party in told
    }


def _saying(row: Saying, names: dict[str, str], who: dict[str, str]) -> SayingRow:
    kind = SAYINGS[row.kind]
    return SayingRow(
        ref=row.ref,
        kind=row.kind,
        label=kind.label,
        words=kind.holds if row.holds else kind.holds_not,
        a=row.a,
        b=row.b,
        a_name=names.get(row.a, ""),
        b_name=names.get(row.b, ""),
        holds=row.holds,
        since=row.since,
        reason=row.reason,
        by=who[row.said_by],
        by_family=row.said_by.startswith("resident:"),
        at=row.said_at,
        undone_by=who[row.undone_by],
        undone_at=row.undone_at,
        undone_why=row.undone_why,
    )


def said(on: date) -> list[Said]:
    """What families and officers said and nobody took back, in the order it was said: for the cycle of a day."""
    told = [
        (row.said_at, Said(row.kind, row.a, row.b, row.holds, row.since))
        for row in Saying.objects.filter(undone_at__isnull=True, since__lte=on).defer("reason", "undone_why")
    ]
    told += [(row.kept_at, one) for row, one in _of_members(on)]
    return [one for _, one in sorted(told, key=lambda pair: (pair[0], pair[1].kind, pair[1].a, pair[1].b))]


def _of_members(on: date) -> list[tuple[Member, Said]]:
    """What was said of members, as ties to another of the household: the head, or for the head the next."""
    rows = list(Member.objects.filter(source=Member.Source.SAID, to_on__isnull=True, from_on__lte=on).order_by("id"))
    others: dict[str, list[str]] = {}
    register = Member.objects.filter(
        source=Member.Source.REGISTER, to_on__isnull=True, household_id__in={row.household_id for row in rows}
    )
    for household, pid, relation in register.order_by("id").values_list("household_id", "person_id", "relation"):
        of = others.setdefault(household, [])
        of.insert(0, pid) if relation == "self" else of.append(pid)
    found = []
    for row in rows:
        anchor = next((pid for pid in others.get(row.household_id, ()) if pid != row.person_id), "")
        if anchor:
            found.append((row, Said("together", row.person_id, anchor, row.together, row.from_on)))
    return found


# ---- what happened ------------------------------------------------------------------------------------------------------


def events_of(people: set[str], names: dict[str, str]) -> tuple[EventRow, ...]:
    """What happened to these people, the latest known first."""
    rows = FamilyEvent.objects.filter(Q(person__in=people) | Q(other__in=people)).order_by("-known_on", "-reported_at", "ref")
    return _events(list(rows), names)


def _events(rows: Sequence[FamilyEvent], names: dict[str, str]) -> tuple[EventRow, ...]:
    labels = office.area_labels([row.area for row in rows])
    who = _parties({party for row in rows for party in (row.reported_by, row.settled_by)})
    return tuple(
        EventRow(
            ref=row.ref,
            kind=row.kind,
            label=EVENTS[row.kind].label,
            person=row.person,
            other=row.other,
            name=names.get(row.person, "") or row.named,
            other_name=names.get(row.other, ""),
            area=row.area,
            area_label=labels.get(row.area, row.area),
            on=row.effective_on,
            known_on=row.known_on,
            channel_label=words.CHANNELS[row.channel],
            paper=row.paper,
            paper_wanted=EVENTS[row.kind].paper,
            note=row.note,
            state=EventState(row.state),
            by=who[row.reported_by],
            settled_by=who[row.settled_by],
            settled_at=row.settled_at,
            settled_why=row.settled_why,
            touches=EVENTS[row.kind].touches,
            from_data=row.channel == "data",
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events that wait for a person, a page of them."""

    rows: tuple[EventRow, ...]
    count: int


def _reported(viewer: Viewer) -> QuerySet[FamilyEvent]:
    viewer.need("event.confirm")
    if not viewer.within:
        return FamilyEvent.objects.none()
    return FamilyEvent.objects.filter(state=EventState.REPORTED, area__startswith=viewer.within)


def events_count(viewer: Viewer) -> int:
    """How many family events inside the viewer's area nobody has confirmed yet.

    :raises NotAllowed: the post does not confirm events
    """
    return _reported(viewer).count()


def events_waiting(viewer: Viewer, *, first: int = 0) -> EventPage:
    """Family events inside the viewer's area that nobody has confirmed yet, the longest known first.

    :raises NotAllowed: the post does not confirm events
    """
    rows = _reported(viewer)
    some = list(rows.order_by("known_on", "ref")[first : first + PAGE])
    pids = {pid for row in some for pid in (row.person, row.other) if pid}
    names = dict(Person.objects.filter(pid__in=pids).values_list("pid", "masked_name"))
    for pid in pids - set(names):  # nobody acted for them yet: the register is asked, which is no query
        found = register.person(pid)
        names[pid] = mask_name(found.name) if found else ""
    return EventPage(_events(some, names), rows.count())


def event_place(ref: str, viewer: Viewer) -> EventRow:
    """One event inside the viewer's area.

    :raises NotAllowed: the post does not allow it, or it is of another place
    :raises NotKnown: no such event
    """
    viewer.need("household.read")
    row = FamilyEvent.objects.filter(ref=ref).first()
    if row is None:
        raise NotKnown(ref)
    if not viewer.sees(row.area):
        raise NotAllowed("这户不在您负责的地方。")
    return _events([row], {})[0]


@dataclass(frozen=True, slots=True)
class Happened:
    """Something told or found to have happened to somebody: who, on which day, told how. For help in force, which looks at it."""

    ref: str
    kind: str
    pids: tuple[str, ...]
    on: date
    channel: str


def happened_since(day: date) -> list[Happened]:
    """What is known since a day to have happened in families, unless somebody said it is not so; for the schedule only."""
    rows = FamilyEvent.objects.filter(known_on__gte=day, effective_on__isnull=False)
    rows = rows.filter(state__in=[EventState.REPORTED, EventState.CONFIRMED]).order_by("known_on", "ref")
    return [
        Happened(row.ref, row.kind, tuple(filter(None, (row.person, row.other))), row.effective_on, row.channel)
        for row in rows
        if row.effective_on is not None
    ]
