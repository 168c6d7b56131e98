"""Finding people: in the published register and among those in our own database, only inside the viewer's area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.office import queries as office
from doudi.office.core import Viewer, mask_name
from doudi.office.sealing import blind
from doudi.registry.core import search as core
from doudi.registry.core.search import Piece
from doudi.registry.gateways import register
from doudi.registry.gateways.register import Asked, most_counted
from doudi.registry.models import Person, SearchKey, Told
from doudi.registry.queries.standing import standing_of

MOST = 20
_KEYS_ASKED = 400  # people one key may name


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody found: enough to know whether it is the right person, and no more."""

    pid: str  # empty: the village told of them, and no cycle has them yet
    masked_name: str
    area: str
    area_label: str
    born_year: int | None
    dead: bool


@dataclass(frozen=True, slots=True)
class Matches:
    """The best of those found inside the viewer's area."""

    people: tuple[Match, ...]
    count: int
    more: bool  # there are more than are counted: never how many
    kinds: tuple[str, ...]  # what kinds of keys were asked by

    @property
    def count_words(self) -> str:
        return f"{self.count}+" if self.more else str(self.count)


def blind_key(key: str) -> str:
    """The keyed hash of one search key."""
    return blind(key, "search")


def search(text: str, viewer: Viewer, *, most: int = MOST) -> Matches:
    """People who fit every piece of a question, inside the viewer's area; those outside are neither shown nor counted.

    The page that asks leaves a trace (`registry.actions.search`).

    :raises NotAllowed: the post does not allow searching
    """
    viewer.need("person.find")
    pieces = core.read(text)
    if not viewer.within or not pieces:
        return Matches((), 0, False, ())
    places = office.places_within(viewer.within)
    pieces = tuple(one for piece in pieces for one in core.split_place(piece, places))
    named = [tuple(core.places_named(piece, places)) for piece in pieces]
    kept = [_kept(piece, viewer.within) for piece in pieces]
    asked = [
        Asked(piece.kind, piece.text, where, frozenset(pids)) for piece, where, pids in zip(pieces, named, kept, strict=True)
    ]
    hits = register.find(asked, viewer.within, most)
    own = _own(kept, named, viewer.within)
    rows = {row.pid: row for row in Person.objects.filter(pid__in=own | {hit.pid for hit in hits.people})}
    stands = standing_of([hit.pid for hit in hits.people])  # of two records found to be one person, one is opened
    people, moved = [], 0
    for hit in hits.people:
        row = rows.pop(hit.pid, None)
        if stands[hit.pid] != hit.pid and stands[hit.pid] in stands:
            moved += 1
            continue
        if row is not None and not viewer.sees(row.area):  # they moved away; the register does not know it yet
            moved += 1
            continue
        area = row.area if row else hit.area
        people.append((stands[hit.pid], mask_name(hit.name), area, hit.born_on, hit.dead))
    strangers = [row for row in rows.values() if register.person(row.pid) is None]
    people += [(row.pid, row.masked_name, row.area, row.born_on, False) for row in strangers]
    heard = _told(pieces, named, viewer.within)
    people += [("", row.masked_name, row.area, None, False) for row in heard]
    count = hits.count - moved + len(strangers) + len(heard)
    labels = dict(places)
    most_said = most_counted()
    return Matches(
        tuple(_match(*one, labels) for one in people[:most]),
        min(count, most_said),
        count > most_said,
        _kinds(pieces, named),
    )


def _match(pid: str, name: str, area: str, born_on: date | None, dead: bool, labels: dict[str, str]) -> Match:
    return Match(pid, name, area, labels.get(area, area), born_on.year if born_on else None, dead)


def _kept(piece: Piece, within: str) -> set[str]:
    """People in the database one of whose keys answers a piece."""
    keys = [blind_key(key) for key in core.asked_keys(piece)]
    found = SearchKey.objects.filter(key__in=keys, person__area__startswith=within)
    pids = set(found.values_list("person_id", flat=True)[:_KEYS_ASKED])
    if piece.kind == "digits" and len(piece.text) == 18:
        own = Person.objects.filter(number_blind=blind(piece.text), area__startswith=within)
        pids |= set(own.values_list("pid", flat=True))
    return pids


def _own(kept: list[set[str]], named: list[tuple[str, ...]], within: str) -> set[str]:
    """People of the database who fit every piece: by a key, or by where they live."""
    by_key = [pids for pids in kept if pids]
    if not by_key:
        return set()
    some = set().union(*by_key)
    areas = dict(Person.objects.filter(pid__in=some).values_list("pid", "area"))
    return {
        pid
        for pid, area in areas.items()
        if area.startswith(within)
        and all(pid in pids or area.startswith(where or ("-",)) for pids, where in zip(kept, named, strict=True))
    }


def _told(pieces: tuple[Piece, ...], named: list[tuple[str, ...]], within: str) -> list[Told]:
    """People the village told of whom no cycle has yet: few, so their names are opened and compared here."""
    waiting = Told.objects.filter(area__startswith=within, pid="").order_by("-told_at")[:_KEYS_ASKED]
    return [
        row
        for row in waiting
        if all(
            core.asked_keys(piece) & core.name_keys(row.name, "", None) or row.area.startswith(where or ("-",))
            for piece, where in zip(pieces, named, strict=True)
        )
    ]


def _kinds(pieces: tuple[Piece, ...], named: list[tuple[str, ...]]) -> tuple[str, ...]:
    kinds = set()
    for piece, where in zip(pieces, named, strict=True):
        if where:
            kinds.add("place")
        elif piece.kind == "digits":
            kinds.add("phone" if piece.is_phone else "number")
        else:
            kinds.add("name" if piece.kind == "han" else "letters")
    return tuple(sorted(kinds))
