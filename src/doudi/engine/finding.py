"""Finding people in the published register by what somebody remembers of them: a few characters, a sound, digits, a place.

The index is a folder of arrays beside the lake's objects, named by the `person` object it was made from; it is made once, on
first use or right after a cycle, and mapped into memory by every process. People stand in it in the order of their area's code:
what a viewer may see is one slice, and a search reads nothing outside it, so it can neither show nor count anybody there.
Names stand in it without dots and blanks: nobody types them.
"""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.engine import cycle
from doudi.engine.lake import Lake, settle
from doudi.engine.names import readings

VERSION = 2  # of the index's form; a changed form is made anew
COUNTED = 50  # more than this are "50+"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_REGION = 6  # the first digits of a citizen number say where it was given; of too many to help
_FEW = 50_000  # people whose names are read one by one rather than all of an area's
_PATTERNS = 8  # ways to read a string of letters that are tried

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing a person must fit: characters of the name, letters of its sound, digits, or a place; or any of these.

    `areas` are places it may name, `pids` people it names for another reason (a telephone number).
    """

    han: str = ""
    letters: str = ""
    digits: str = ""
    areas: tuple[str, ...] = ()
    pids: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody found."""

    pid: str
    name: str
    area: str
    born_on: date | None
    number: str
    dead: bool


@dataclass(frozen=True, slots=True)
class Hits:
    """The best of those found, and how many there are: at most COUNTED + 1, which means "more"."""

    people: tuple[Hit, ...]
    count: int


# ---- making the index ---------------------------------------------------------------------------------------------------


def _place(lake: Lake, sha256: str) -> Path:
    return lake.root / "finding" / f"{sha256}-{VERSION}"


def make(lake: Lake, sha256: str) -> Path:
    """Make the index of a `person` object, or leave it as it is; indexes of objects that are gone are cleared."""
    place = _place(lake, sha256)
    if place.exists():
        return place
    people = pq.read_table(lake.object(sha256), columns=["pid", "citizen_no", "name", "born_on", "area", "died_on"])
    people = people.set_column(4, "area", people["area"].cast(pa.string()))
    people = people.filter(pc.and_(pc.is_valid(people["area"]), pc.not_equal(people["area"], "")))
    people = people.take(pc.sort_indices(people, [("area", "ascending"), ("name", "ascending"), ("pid", "ascending")]))
    areas = people["area"].combine_chunks().dictionary_encode()
    names = pc.replace_substring_regex(pc.fill_null(people["name"], ""), r"[·•\s\x00]", "").combine_chunks()
    codes = np.frombuffer("\0".join(["", *names.to_pylist(), ""]).encode("utf-32-le"), np.uint32)
    alphabet, flat = np.unique(codes, return_inverse=True)  # \0 between names is the first of the alphabet
    born = pc.fill_null(pc.cast(pc.strftime(people["born_on"], "%Y%m%d"), pa.int32()), 0)
    with lake.workshop() as workshop:
        draft = workshop / "index"
        draft.mkdir()
        arrays = {
            "names": flat.astype(np.uint16 if len(alphabet) < 1 << 16 else np.uint32),
            "starts": np.flatnonzero(codes == 0).astype(np.uint32)[: len(people) + 1],
            "digits": _digits(people["citizen_no"]),
            "born": born.to_numpy().astype(np.int32),
            "dead": np.asarray(pc.is_valid(people["died_on"])),
            "pid": np.array(people["pid"].to_pylist(), "S21"),
            "area": np.asarray(areas.indices).astype(np.int32),
        }
        for name, array in arrays.items():
            np.save(draft / f"{name}.npy", array)
            settle(draft / f"{name}.npy")
        words = {"alphabet": "".join(map(chr, alphabet)), "areas": areas.dictionary.to_pylist()}
        (draft / "words.json").write_text(json.dumps(words), encoding="utf-8")
        settle(draft / "words.json")
        place.parent.mkdir(exist_ok=True, mode=0o700)
        try:
            draft.rename(place)
        except OSError:  # another process was quicker
            if not place.exists():
                raise
    for other in place.parent.iterdir():
        if other != place and not lake.object(other.name.partition("-")[0]).exists():
            shutil.rmtree(other, ignore_errors=True)
    return place


def _digits(numbers: pa.ChunkedArray) -> Array:
    """The citizen numbers as eighteen rows of characters, one row a place; shorter and missing ones end in zero bytes."""
    text = np.array([number or "" for number in numbers.to_pylist()], "S18")
    return np.ascontiguousarray(text.view(np.uint8).reshape(-1, 18).T)


# ---- reading it ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _opened(place: Path) -> Finder:
    return Finder(place)


def finder(lake: Lake) -> Finder | None:
    """The index of the cycle that counts now, made when it is not there yet; None before the first cycle."""
    now = cycle.current(lake)
    return _opened(make(lake, now.manifest["objects"]["person"]["sha256"])) if now else None


@dataclass(frozen=True, slots=True)
class _Slice:
    """The people a search may touch: from `first` to before `end`."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class _Text:
    """Names one after the other, each after a zero: a stretch of all names from `first`, or gathered ones at `places`."""

    letters: Array
    first: int
    places: Array | None = None


class Finder:
    """The opened index of one register."""

    def __init__(self, place: Path) -> None:
        words = json.loads((place / "words.json").read_text(encoding="utf-8"))
        self.areas: list[str] = words["areas"]  # in order
        self.alphabet: str = words["alphabet"]
        self.names, self.starts, self.digits, self.born, self.dead, self.pid, self.area = (
            np.load(place / f"{name}.npy", mmap_mode="r") for name in ("names", "starts", "digits", "born", "dead", "pid", "area")
        )
        self._number = {character: at for at, character in enumerate(self.alphabet)}

    def find(self, terms: Sequence[Term], within: str, *, most: int = 20) -> Hits:
        """People whose area's code begins with `within` and who fit every term, the best first.

        :param within: empty: nobody
        """
        part = self._slice(within)
        if not terms or part.end <= part.first:
            return Hits((), 0)
        places: Array | None = None
        costs: Array = np.zeros(0, np.int32)
        length = 0
        # What narrows most is asked first: digits, then places, then names.
        for term in sorted(terms, key=lambda one: (not one.digits, not one.areas, -len(one.han) - len(one.letters))):
            found, cost, letters = self._fits(term, part, places, starts=terms[0] is term)
            length += letters
            if places is None:
                places, costs = found, cost
            else:
                places, mine, theirs = np.intersect1d(places, found, assume_unique=True, return_indices=True)
                costs = costs[mine] + cost[theirs]
            if not len(places):
                return Hits((), 0)
        assert places is not None
        sizes = self.starts[places + 1].astype(np.int64) - self.starts[places] - 1
        costs = costs * 4 + np.where(sizes == length, 0, 2) + self.dead[places]
        best = np.argsort(costs, kind="stable")[:most]
        people = tuple(self._hit(int(n)) for n in places[best])
        return Hits(people, min(len(places), COUNTED + 1))

    def _slice(self, within: str) -> _Slice:
        if not within:
            return _Slice(0, 0)
        inside = [at for at, code in enumerate(self.areas) if code.startswith(within)]
        if not inside:
            return _Slice(0, 0)
        first, end = np.searchsorted(self.area, [inside[0], inside[-1] + 1])
        return _Slice(int(first), int(end))

    def _hit(self, n: int) -> Hit:
        name = "".join(self.alphabet[code] for code in self.names[int(self.starts[n]) + 1 : int(self.starts[n + 1])])
        born = int(self.born[n])
        day = date(born // 10000, born // 100 % 100, born % 100) if born else None
        number = bytes(self.digits[:, n]).rstrip(b"\0").decode()
        return Hit(self.pid[n].decode(), name, self.areas[self.area[n]], day, number, bool(self.dead[n]))

    # ---- terms ---------------------------------------------------------------------------------------------------------

    def _fits(self, term: Term, part: _Slice, only: Array | None, *, starts: bool) -> tuple[Array, Array, int]:
        """Who fits a term, how badly (0: exactly), and how many characters of a name it stands for.

        :param only: nobody else is wanted; their names alone are read
        """
        text = self._text(part, only)
        found: list[tuple[Array, int]] = []
        length = 0
        if term.digits:
            found += self._by_digits(term.digits, part)
        if term.areas:
            found += [(self._inside(term.areas, part), 0)]
        if term.pids:
            wanted = np.array(sorted(term.pids), "S21")
            found += [(np.flatnonzero(np.isin(self.pid[part.first : part.end], wanted)) + part.first, 0)]
        if term.han:
            length = len(term.han)
            found += self._by_name(term, text, starts)
        if term.letters:
            by_letters, length = self._by_letters(term.letters, text, starts)
            found += by_letters
        return *_merged(found), length

    def _inside(self, areas: Collection[str], part: _Slice) -> Array:
        wanted = np.array([any(code.startswith(area) for area in areas) for code in self.areas])
        return np.flatnonzero(wanted[self.area[part.first : part.end]]) + part.first

    def _by_digits(self, digits: str, part: _Slice) -> Iterator[tuple[Array, int]]:
        """Digits anywhere in the number, short ones not in the region; or of a day of birth, where there is no number."""
        rows = self.digits[:, part.first : part.end]
        wanted = np.frombuffer(digits.encode(), np.uint8)
        size = len(wanted)
        for at in range(0 if size > _REGION else _REGION, 18 - size + 1):
            left = np.flatnonzero(rows[at] == wanted[0])
            for offset in range(1, size):
                left = left[rows[at + offset][left] == wanted[offset]]
            if len(left):
                told = at == 18 - size or at == _REGION  # its end, or the day of birth: what people say
                yield left + part.first, 0 if told else 2
        if size in (4, 6, 8) and digits.isdigit():
            born = self.born[part.first : part.end] // 10 ** (8 - size)
            yield np.flatnonzero((born == int(digits)) & (rows[0] == 0)) + part.first, 0

    def _by_name(self, term: Term, text: _Text, starts: bool) -> Iterator[tuple[Array, int]]:
        classes = []
        for character in term.han:
            own = np.zeros(len(self.alphabet), bool)
            if character in self._number:
                own[self._number[character]] = True
            classes.append(own)
        yield from self._by_classes(classes, text, 0, starts)
        if len(term.han) > 1:
            alike = [self._sounding({one for one in _plain(character)}) for character in term.han]
            yield from self._by_classes([one | own for one, own in zip(alike, classes, strict=True)], text, 4, starts)

    def _by_letters(self, letters: str, text: _Text, starts: bool) -> tuple[list[tuple[Array, int]], int]:
        found: list[tuple[Array, int]] = []
        length = 0
        for cost, units in self._readings_of(letters):
            if cost > 2 and length:
                break  # whole syllables fit somebody: parts of syllables need not be tried
            classes = [
                self._sounding({unit}) if whole else self._sounding({one for one in self._syllables if one.startswith(unit)})
                for unit, whole in units
            ]
            fits = list(self._by_classes(classes, text, cost, starts))
            if any(len(places) for places, _ in fits):
                found += fits
                length = length or len(units)
        return found, length

    def _by_classes(self, classes: Sequence[Array], text: _Text, cost: int, starts: bool) -> Iterator[tuple[Array, int]]:
        """Where characters of these classes follow each other in a name; at its beginning fits better."""
        left = np.flatnonzero(classes[0][text.letters])
        for offset, one in enumerate(classes[1:], 1):
            left = left[left + offset < len(text.letters)]
            left = left[one[text.letters[left + offset]]]
        if not len(left):
            return
        left = left + text.first if text.places is None else text.places[left]
        people = np.searchsorted(self.starts, left, side="right") - 1
        begins = self.starts[people] + 1 == left
        yield np.unique(people[begins]), cost
        yield np.unique(people[~begins]), cost + (1 if starts else 0)

    def _text(self, part: _Slice, only: Array | None) -> _Text:
        if only is None or len(only) > _FEW:
            low, high = int(self.starts[part.first]), int(self.starts[part.end])
            return _Text(self.names[low : high + 1], low)
        first = self.starts[only].astype(np.int64)
        sizes = self.starts[only + 1].astype(np.int64) - first
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        places = np.repeat(first, sizes) + within
        return _Text(self.names[places], 0, places)

    # ---- sounds --------------------------------------------------------------------------------------------------------

    @cached_property
    def _syllables(self) -> dict[str, list[int]]:
        """Every syllable met in this register's names, without tone, and the characters that can sound so."""
        found: dict[str, list[int]] = {}
        for at, character in enumerate(self.alphabet):
            for syllable in _plain(character):
                found.setdefault(syllable, []).append(at)
        return found

    def _sounding(self, syllables: Collection[str]) -> Array:
        table = np.zeros(len(self.alphabet), bool)
        for one in syllables:
            table[self._syllables.get(one, [])] = True
        return table

    def _readings_of(self, letters: str) -> list[tuple[int, tuple[tuple[str, bool], ...]]]:
        """The ways to read letters as a name: whole syllables (cost 1), initials (2), syllables and a beginning of one (3)."""
        ways: list[tuple[int, tuple[tuple[str, bool], ...]]] = []

        def walk(rest: str, before: tuple[tuple[str, bool], ...]) -> None:
            if len(ways) >= 4 * _PATTERNS or len(before) > 11:
                return
            if not rest:
                whole = all(is_whole for _, is_whole in before)
                first = all(len(unit) == 1 or unit in ("zh", "ch", "sh") for unit, _ in before)
                ways.append((1 if whole else 2 if first else 3, before))
                return
            for size in range(min(6, len(rest)), 0, -1):
                unit = rest[:size]
                if unit in self._syllables and not (size == 1 and unit not in "aoe"):
                    walk(rest[size:], (*before, (unit, True)))
                if size == 1 or unit in ("zh", "ch", "sh") or (size == len(rest) and self._begins(unit)):
                    walk(rest[size:], (*before, (unit, False)))

        walk(letters, ())
        return sorted(set(ways), key=lambda way: (way[0], len(way[1])))[:_PATTERNS]

    def _begins(self, unit: str) -> bool:
        return any(one.startswith(unit) for one in self._syllables)


def _merged(found: Sequence[tuple[Array, int]]) -> tuple[Array, Array]:
    """Everybody in any of these, once, with their least cost."""
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int32)
    places = np.concatenate([one for one, _ in found])
    costs = np.concatenate([np.full(len(one), cost, np.int32) for one, cost in found])
    order = np.lexsort((costs, places))
    places, costs = places[order], costs[order]
    once = np.ones(len(places), bool)
    once[1:] = places[1:] != places[:-1]
    return places[once], costs[once]


@lru_cache(maxsize=20_000)
def _plain(character: str) -> tuple[str, ...]:
    """How a character can sound, as typed: without tone, ü as v."""
    return tuple(dict.fromkeys(letters_of(one) for one in readings(character)))


def sounds(character: str) -> tuple[str, ...]:
    """How a character can sound, as people type it: lǚ → lv, the commonest first."""
    return _plain(character)


def letters_of(text: str) -> str:
    """Letters as they are compared: without tone marks and tone numbers, ü as v, nothing but a to z."""
    text = unicodedata.normalize("NFD", text.lower().replace("u:", "v")).replace("u\u0308", "v")
    plain = "".join(one for one in text if not unicodedata.combining(one))
    return "".join(one for one in plain if one in _LETTERS)
