"""Reading people and households: from the database where somebody acted, else from the published register."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_account, mask_name, mask_number, mask_phone
from doudi.office.sealing import blind
from doudi.registry.core import RELATIONS, SEXES, Purpose, RegisterPerson, age_on
from doudi.registry.gateways import doubts, register
from doudi.registry.models import Consent, Household, Member, Person
from doudi.registry.queries.standing import pids_of, standing, standing_of, together

_NUMBER = re.compile(r"\d{17}[\dX]")


class NotKnown(NotAllowed):
    """Nobody of this id is in the database or the register; what it says holds no id."""

    def __init__(self, ref: str = "") -> None:
        super().__init__("没有这个人或这一条，请回到上一页再找。")
        self.ref = ref


# ---- people -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person to show to somebody who may see them."""

    pid: str
    name: str
    number: str
    phone: str
    account: str
    sex: str
    born_on: date | None
    area: str
    area_label: str
    kept: bool  # in the database, because somebody acted

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)

    @property
    def masked_number(self) -> str:
        return mask_number(self.number)

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    @property
    def masked_account(self) -> str:
        return mask_account(self.account)

    @property
    def sex_label(self) -> str:
        return SEXES.get(self.sex, SEXES["0"])

    def age(self, on: date) -> int | None:
        """Whole years on a day, or None when the birthday is not known."""
        return age_on(self.born_on, on)


def _person_row(pid: str) -> PersonRow:
    """The person of an id, or of the one it was joined to."""
    pid = standing(pid)
    kept = Person.objects.filter(pid=pid).first()
    if kept is not None:
        labels = office.area_label(kept.area)
        return PersonRow(
            kept.pid, kept.name, kept.citizen_no, kept.phone, kept.account, kept.sex, kept.born_on, kept.area, labels, True
        )
    found = register.person(pid)
    if found is None:
        raise NotKnown(pid)
    label = office.area_label(found.area)
    return PersonRow(pid, found.name, found.citizen_no, "", "", found.sex, found.born_on, found.area, label, False)


def person(pid: str, viewer: Viewer) -> PersonRow:
    """A person's own particulars. The page that shows them notes the look (`office.actions.look`).

    :raises NotAllowed: the post does not allow it, or the person lives outside the viewer's area
    :raises NotKnown: nobody of this id
    """
    viewer.need("person.read")
    row = _person_row(pid)
    viewer.need("person.read", row.area)
    return row


def me(pid: str) -> PersonRow:
    """A resident's own particulars; only for the one signed in.

    :raises NotKnown: nobody of this id
    """
    return _person_row(pid)


def to_visit(pid: str, viewer: Viewer) -> tuple[PersonRow, tuple[MemberRow, ...]]:
    """Whom to knock for: the person's name and place and who lives with them; nothing of what departments hold.

    For those who visit, the village's worker too. The page that shows it notes the look.

    :raises NotAllowed: the post does not visit, or the person lives outside the viewer's area
    :raises NotKnown: nobody of this id
    """
    viewer.need("visit.record")
    row = _person_row(pid)
    viewer.need("visit.record", row.area)
    try:
        home = _household(pid).members
    except NotKnown:
        home = ()
    return replace(row, number="", account=""), home


def names(pids: list[str], viewer: Viewer) -> dict[str, str]:
    """Masked names of people in the database inside the viewer's area; others are left out."""
    rows = Person.objects.filter(pid__in=pids, area__startswith=viewer.within)
    return dict(rows.values_list("pid", "masked_name")) if viewer.within else {}


def accounts(pids: Collection[str]) -> dict[str, str]:
    """The accounts kept of people, for the month's payment only; whoever has none is left out."""
    found: dict[str, str] = {}
    stands = standing_of(pids)
    wanted = sorted(set(stands.values()))
    for first in range(0, len(wanted), 500):  # SQLite takes a thousand names at a time
        rows = Person.objects.filter(pid__in=wanted[first : first + 500]).only("pid", "account")
        found |= {row.pid: row.account for row in rows if row.account}
    return {pid: found[now] for pid, now in stands.items() if now in found}


def identities(pids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Name and citizen number of people in the database, for the evaluation that joins our own records to the register."""
    found: dict[str, tuple[str, str]] = {}
    stands = standing_of(pids)
    wanted = sorted(set(stands.values()))
    for first in range(0, len(wanted), 500):  # SQLite takes a thousand names at a time
        rows = Person.objects.filter(pid__in=wanted[first : first + 500]).only("pid", "name", "citizen_no")
        found |= {row.pid: (row.name, row.citizen_no) for row in rows}
    return {pid: found[now] for pid, now in stands.items() if now in found}


@dataclass(frozen=True, slots=True)
class Found:
    """An answer of a search: enough to know whether it is the right person."""

    pid: str
    name: str
    area: str
    area_label: str


def find_by_number(number: str, viewer: Viewer) -> Found | None:
    """The person of this citizen number inside the viewer's area; None when nobody is, or they live elsewhere.

    :raises NotAllowed: the post does not allow searching
    """
    viewer.need("person.find")
    kept = Person.objects.filter(number_blind=blind(number)).values_list("pid", "masked_name", "area").first()
    if kept is None:
        found = register.by_number(number) or _by_second_number(number)
        if found is None:
            return None
        kept = (found.pid, mask_name(found.name), found.area)
    pid, name, area = kept
    if (now := standing(pid)) != pid:
        row = _person_row(now)
        pid, name, area = row.pid, row.masked_name, row.area
    return Found(pid, name, area, office.area_label(area)) if viewer.sees(area) else None


def _by_second_number(number: str) -> RegisterPerson | None:
    """The person whom the cycle itself found to have this number beside their own."""
    if not _NUMBER.fullmatch(number):  # a name, or part of a number: anything is typed into a search
        return None
    likely = doubts.likely(name="", number=number, born=None, area="")[:1]
    return next((register.person(one.pid) for one in likely if one.why[:1] == (("number", "same"),)), None)


def find_by_name(name: str, viewer: Viewer) -> list[Found]:
    """People of exactly this name inside the viewer's area, as the register knows them.

    :raises NotAllowed: the post does not allow searching
    """
    viewer.need("person.find")
    if not viewer.within:
        return []
    found = register.by_name(name.strip(), viewer.within)
    stands = standing_of([one.pid for one in found])
    found = [one for one in found if stands[one.pid] == one.pid or stands[one.pid] not in stands]
    labels = office.area_labels([one.area for one in found])
    return [Found(one.pid, mask_name(one.name), one.area, labels.get(one.area, one.area)) for one in found]


def sign_in(name: str, number: str) -> str | None:
    """The pid of who has this name and citizen number (or, once in the database, its last four); None when they do not fit.

    It never says which of the two was wrong.
    """
    name, number = name.strip(), number.strip().upper()
    if len(number) == 4:
        fits = Person.objects.filter(short_blind=short_blind(name, number)).values_list("pid", flat=True)[:20]
        pids = set(standing_of(list(fits)).values())
        return pids.pop() if len(pids) == 1 else None
    kept = Person.objects.filter(number_blind=blind(number)).first() if number else None
    if kept is not None:
        return standing(kept.pid) if kept.name == name else None
    found = register.by_number(number) if number else None
    return standing(found.pid) if found is not None and found.name == name else None


def short_blind(name: str, number: str) -> str:
    """The blind hash of a name and the last four of a number."""
    return blind(f"{name}:{number[-4:]}", "short")


# ---- households ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A person in a household: what the register says, what was said, side by side."""

    pid: str
    name: str
    relation: str
    born_on: date | None
    register_says: bool | None  # None: the register does not know them here
    said: bool | None  # None: nobody said anything
    said_at: datetime | None

    @property
    def relation_label(self) -> str:
        return RELATIONS.get(self.relation, self.relation)

    @property
    def together(self) -> bool:
        """Whether they count as living together until somebody has looked: what was said last, else the register."""
        return self.register_says is True if self.said is None else self.said

    @property
    def differs(self) -> bool:
        """Whether what was said is not what the register says."""
        return self.said is not None and self.said != (self.register_says is True)


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    hid: str
    area: str
    area_label: str
    members: tuple[MemberRow, ...]
    kept: bool


def _household(subject: str) -> HouseholdRow:
    subject = subject if subject.startswith("h") else standing(subject)
    kept = Household.objects.filter(hid=subject).first() or (
        Household.objects.filter(members__person_id=subject, members__to_on__isnull=True).order_by("-kept_at").first()
    )
    if kept is not None:
        rows = Member.objects.filter(household=kept, to_on__isnull=True).select_related("person").order_by("id")
        return HouseholdRow(kept.hid, kept.area, office.area_label(kept.area), _once(_members(list(rows))), True)
    found = register.household_of(subject)
    if found is None:
        raise NotKnown(subject)
    members = tuple(
        MemberRow(one.person.pid, one.person.name, one.relation, one.person.born_on, True, None, None) for one in found.members
    )
    return HouseholdRow(found.hid, found.area, office.area_label(found.area), _once(members), False)


def _once(members: tuple[MemberRow, ...]) -> tuple[MemberRow, ...]:
    """Members without those who were found to be another member of the same household."""
    stands = standing_of([one.pid for one in members]) if len(members) > 1 else {one.pid: one.pid for one in members}
    return tuple(one for one in members if stands[one.pid] == one.pid or stands[one.pid] not in stands)


def _members(rows: list[Member]) -> tuple[MemberRow, ...]:
    versions: dict[str, dict[str, Member]] = {}
    for row in rows:
        versions.setdefault(row.person_id, {})[row.source] = row
    members = []
    for pid, of in versions.items():
        in_register, said = of.get(Member.Source.REGISTER), of.get(Member.Source.SAID)
        any_version = in_register or said
        assert any_version is not None
        members.append(
            MemberRow(
                pid=pid,
                name=any_version.person.name,
                relation=any_version.relation,
                born_on=any_version.person.born_on,
                register_says=in_register.together if in_register else None,
                said=said.together if said else None,
                said_at=said.kept_at if said else None,
            )
        )
    return tuple(members)


def household(subject: str, viewer: Viewer) -> HouseholdRow:
    """The household of a hid or pid.

    :raises NotAllowed: the post does not allow it, or the household lives outside the viewer's area
    :raises NotKnown: no such household
    """
    viewer.need("household.read")
    row = _household(subject)
    viewer.need("household.read", row.area)
    return row


def my_household(pid: str) -> HouseholdRow:
    """A resident's own household; only for the one signed in.

    :raises NotKnown: no such household
    """
    return _household(pid)


# ---- consent ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConsentRow:
    ref: str
    pid: str
    purpose: Purpose
    sources: tuple[str, ...]
    channel: str
    guardian: str
    given_at: datetime
    withdrawn_at: datetime | None


def consents(pid: str, *, purpose: Purpose | None = None, in_force: bool = False) -> list[ConsentRow]:
    """What a person consented to, latest first; only what still holds with `in_force`."""
    rows = Consent.objects.filter(person_id__in=pids_of(pid)).order_by("-given_at", "ref")
    if purpose is not None:
        rows = rows.filter(purpose=purpose)
    if in_force:
        rows = rows.filter(withdrawn_at__isnull=True)
    return [
        ConsentRow(
            row.ref,
            pid,
            Purpose(row.purpose),
            tuple(row.sources),
            row.channel,
            row.guardian,
            row.given_at,
            row.withdrawn_at,
        )
        for row in rows
    ]


def consented(pids: list[str], purpose: Purpose, at: datetime) -> set[str]:
    """Which of these people's consent to a purpose holds at a moment."""
    rows = Consent.objects.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at), given_at__lte=at)
    known_by = together(pids)
    every = {one for group in known_by.values() for one in group}
    given = set(rows.filter(person_id__in=every, purpose=purpose).values_list("person_id", flat=True))
    return {pid for pid, group in known_by.items() if not given.isdisjoint(group)}


def still_given(refs: Collection[str], at: datetime) -> set[str]:
    """Which of these consents (refs) hold at a moment."""
    rows = Consent.objects.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at), ref__in=refs, given_at__lte=at)
    return set(rows.values_list("ref", flat=True))


# ---- the whole page -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One delivered row about a person: who said it, as of which day, where it stands, how it was joined, what it says."""

    dataset: str
    batch: int
    row_no: int
    as_of: date
    values: dict[str, Any]
    role: str = ""  # what the person is in the row, where the row is another's: guardian, spouse
    how: str = ""  # how the row was joined to the person: number, or what stood in for it


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything known about a person on one page; cases and payments are put beside it by the page."""

    person: PersonRow
    household: HouseholdRow | None
    facts: dict[str, Any]
    household_facts: dict[str, Any]
    rows: tuple[SourceRow, ...]
    consents: tuple[ConsentRow, ...]


def person_page(pid: str, viewer: Viewer) -> PersonPage:
    """Everything known about a person: particulars, household, facts, every delivered row with its source and day, consents.

    The page that shows it notes the look (`office.actions.look`).

    :raises NotAllowed: the post does not allow it, or the person lives outside the viewer's area
    :raises NotKnown: nobody of this id
    """
    row = person(pid, viewer)
    try:
        home = household(pid, viewer)
    except (NotKnown, NotAllowed):  # no household, or one registered elsewhere: the person's own data still may be seen
        home = None
    return PersonPage(
        person=row,
        household=home,
        facts=register.facts(row.pid),
        household_facts=register.facts(home.hid) if home else {},
        rows=tuple(_source(found) for one in pids_of(row.pid) for found in register.everything(one)),
        consents=tuple(consents(row.pid)),
    )


def rows_behind(subject: str, facts: dict[str, tuple[str, ...]], viewer: Viewer) -> list[tuple[SourceRow, frozenset[str]]]:
    """The delivered rows some facts of a person or household were worked out from, each with the columns that were read;
    none named: worked out from the row as a whole, as a household's facts are from those of its members.

    :param facts: fact → the datasets the catalogue names for it
    :raises NotAllowed: the post does not allow it, or they live outside the viewer's area
    :raises NotKnown: nobody of this id
    """
    viewer.need("person.read")
    viewer.need("person.read", _household(subject).area if subject.startswith("h") else _person_row(subject).area)
    subject = subject if subject.startswith("h") else standing(subject)
    rows: dict[tuple[str, int, int], SourceRow] = {}
    read: dict[tuple[str, int, int], set[str]] = {}
    for fact, datasets in facts.items():
        for found in register.rows_behind(subject, fact, datasets):
            place = (found["dataset"], found["batch"], found["row_no"])
            rows[place] = _source(found)
            read.setdefault(place, set()).update(found["columns"])
    return [(rows[place], frozenset(read[place])) for place in sorted(rows)]


def _source(found: dict[str, Any]) -> SourceRow:
    return SourceRow(
        found["dataset"], found["batch"], found["row_no"], found["as_of"], found["values"], found["role"], found["how"]
    )


def lookalikes(pids: set[str]) -> dict[str, int]:
    """How many others share name, birthday and the end of the number with each of these people; for supervision only.

    Somebody nobody has brought in is left out: not known.
    """
    alike: dict[tuple[str, date], list[str]] = {}
    found: dict[str, int] = {}
    for pid, short, born_on in Person.objects.values_list("pid", "short_blind", "born_on"):
        if pid in pids:
            found[pid] = 0
        if short and born_on:
            alike.setdefault((short, born_on), []).append(pid)
    stands = standing_of({pid for group in alike.values() if len(group) > 1 for pid in group})
    for group in alike.values():
        people = {stands.get(pid, pid) for pid in group}  # who was found to be one person is nobody's lookalike
        for pid in group:
            if pid in found:
                found[pid] = len(people) - 1
    return found
