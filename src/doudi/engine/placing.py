"""One new record placed among everybody, in a few milliseconds: whose is it, how sure, and why.

It weighs as a cycle does (`scoring`): the same levels, the same weights, nobody weighed with the candidates; a test holds the
two to the same figures. What a cycle compared rows with lies in it as an object; sorted once a process, it answers from then on.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.engine import matching, weights
from doudi.engine.contract import Contract
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.engine.linkage import CERTIFICATE_FORM, CHILD_STAGES, Role
from doudi.engine.names import heard, plain
from doudi.engine.scoring import COMMON, RARE
from doudi.engine.trial import NotPublished
from doudi.engine.weights import COUNTED, EVIDENCE, LEVELS, NEAR_NAME, ONE_PERSON, Weights

Why = tuple[tuple[str, str], ...]  # what was compared and how far it agrees, as in the `why` of the cycle's pairs
Levels = dict[str, int]  # comparison → place of the level in LEVELS; not in it where there is nothing to compare
_MOST_SHOWN = 5
_OPENING = threading.Lock()
_OPEN: dict[tuple[str, str], Index] = {}  # of each lake the cycle asked last


@dataclass(frozen=True)
class Record:
    """What a new row says about who it is; empty where it says nothing."""

    dataset: str
    role: str = ""
    number: str = ""  # a number that can be trusted, in eighteen characters
    written: str = ""  # the number as written where it cannot
    name: str = ""
    born: date | None = None
    area: str = ""
    place_no: str = ""  # the household number of the roll, or of the booklet
    guardian: str = ""  # the trusted number of the guardian
    spouse: str = ""  # the trusted number of the other spouse
    young: bool = False  # it can only be about a child or a student
    certificate: str = ""  # of a disability


def record_of(contract: Contract, role: Role, row: Mapping[str, Any]) -> Record:
    """A row as it landed (column → value, `…_raw` beside numbers) as a record."""
    own = row if not role.called else {}
    spouse = "spouse_no" if not role.called else "citizen_no"
    return Record(
        contract.code,
        role.called,
        row.get(role.number) or "",
        "" if row.get(role.number) else row.get(role.number + "_raw") or "",
        row.get(role.name) or "",
        own.get("birth_date"),
        own.get("area_code") or "",
        own.get("household_no") or own.get("booklet_no") or "",
        own.get("guardian_no") or "",
        (row.get(spouse) or "") if "spouse_no" in contract.by_name else "",
        contract.code == "child_benefit" or (contract.code == "student" and own.get("stage") in CHILD_STAGES),
        (own.get("certificate_no") or "") if contract.code == "disability_certificate" else "",
    )


@dataclass(frozen=True)
class Candidate:
    """Somebody a record may be about."""

    pid: str
    probability: float
    weight: float  # log2 of the odds of all that was compared
    why: Why


@dataclass(frozen=True)
class Placement:
    """Where a record belongs. pid is None where nobody fits well enough; `candidates` are the likely ones, likeliest first."""

    pid: str | None
    probability: float
    why: Why
    candidates: Sequence[Candidate]


def place(lake: Lake, cycle: Cycle, record: Record, key: str) -> Placement:
    """Find the person a record is about, by the weights the cycle itself is linked with.

    A number decides, unless the name and something else contradict it, as in a cycle.
    :param key: the linking key
    :raises NotPublished: the cycle holds nothing to place with, or its objects are gone
    """
    index = opened(lake, cycle)
    asked = _Asked(index, record)
    told = index.weights
    if not record.number:
        return index.answer(asked, index.known_share(record), told.threshold["sure"])
    owner = index.by_k(asked.k)
    if owner is None:  # a number nobody has: perhaps the second one of somebody
        return index.answer(asked, told.prior["number"], told.threshold["same"], second=True)
    level = asked.levels(owner).get("name", 0)
    blurred_alike = level <= LEVELS["name"].index("lost")
    own: Why = (("number", "same"), ("name", LEVELS["name"][level]))
    one = Candidate(index.pid(owner), 1.0, 0.0, own)
    if blurred_alike:
        return Placement(one.pid, 1.0, own, (one,))
    if asked.contradicts(owner, cycle.on.year):
        found = index.answer(asked, index.known_share(record), told.threshold["sure"], wrong=True)
        return found if found.pid else Placement(None, 0.0, (), (*found.candidates, one))
    found = index.answer(asked, told.prior["probe"], told.threshold["sure"], doubted=True)
    return found if found.pid else Placement(one.pid, 1.0, own, (one, *found.candidates))


def opened(lake: Lake, cycle: Cycle) -> Index:
    """What a cycle can be asked with: sorted at the first question of a process (about two seconds for a city), then kept.

    :raises NotPublished: the cycle holds nothing to place with, or its objects are gone
    """
    with _OPENING:
        name = (str(lake.root), cycle.id)
        if name not in _OPEN:
            for other in [other for other in _OPEN if other[0] == name[0]]:
                del _OPEN[other]
            _OPEN[name] = _read(lake, cycle)
        return _OPEN[name]


def _read(lake: Lake, cycle: Cycle) -> Index:
    paths = {}
    for name in ("placing", "placing_beside", "person"):
        told = cycle.manifest["objects"].get(name)
        if told is None or not lake.object(told["sha256"]).exists():
            raise NotPublished(f"{cycle.on} 那次没有留下认人用的索引。请重新运行 doudi cycle。")
        paths[name] = str(lake.object(told["sha256"]))
    people, beside = (pq.read_table(paths[name]).combine_chunks() for name in ("placing", "placing_beside"))
    pids = pq.read_table(paths["person"], columns=["pid"], memory_map=True)["pid"].combine_chunks()
    return Index(people, beside, pids, weights.standing(lake.root)[0])


class Index:
    """Everybody rows are compared with, sorted by what brings candidates."""

    def __init__(self, people: pa.Table, beside: pa.Table, pids: pa.Array, told: Weights) -> None:
        self.weights = told
        self.people = people
        self._pids = pids
        self.count = max(len(people), 1)
        self.k = people["k"].to_numpy()
        self.born = (self.k // 1000) % 100000000
        self.n = people["n"].to_numpy()
        self.area, self.lives = (people[name].fill_null(-1).to_numpy() for name in ("area", "lives"))
        self.place = people["place"].fill_null(0).to_numpy()
        self._text = {name: people[name].combine_chunks() for name in ("name", "sound", "blurred", "gapped")}
        with duckdb.connect() as con:
            con.register("people", people)
            keys = ", ".join(f"coalesce(md5_number_lower({name}), 0) AS {name}" for name in ("name", "sound", "blurred"))
            hashed = con.sql(f"SELECT {keys} FROM people").to_arrow_table()
        self._name_keys = {name: hashed[name].to_numpy() for name in hashed.column_names}
        self._sorted: dict[str, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = {}
        self._beside = {kind: _of_kind(beside, kind) for kind in (0, 1)}
        said = json.loads((people.schema.metadata or {}).get(b"placing", b"{}"))
        self._shares: Mapping[str, float] = said.get("known", {})
        self._place_share: Mapping[str, float] = said.get("places", {})

    # ---- candidates ----------------------------------------------------------------------------------------------------

    def _keys(self, kind: str) -> np.ndarray[Any, Any]:
        if kind in ("name", "sound", "blurred"):
            return self._name_keys[kind]
        if kind == "order":
            return self.k // 10**11 * 1000 + self.k % 1000
        return {"k": self.k, "born": self.born, "area": self.area, "lives": self.lives, "place": self.place, "n": self._was}[kind]

    @cached_property
    def _was(self) -> np.ndarray[Any, Any]:
        return self.people["was"].to_numpy()

    def among(self, kind: str, key: int | None) -> np.ndarray[Any, Any]:
        """The places of all people of a key."""
        if key is None:
            return np.empty(0, np.int64)
        if kind not in self._sorted:
            keys = self._keys(kind)
            order = np.argsort(keys, kind="stable")
            self._sorted[kind] = keys[order], order
        keys, order = self._sorted[kind]
        wanted = keys.dtype.type(key)
        return order[np.searchsorted(keys, wanted, "left") : np.searchsorted(keys, wanted, "right")]

    def by_k(self, k: int | None) -> int | None:
        """The place of the person of a number."""
        found = self.among("k", k)
        return int(found[0]) if len(found) else None

    def text(self, column: str, at: int) -> str | None:
        return self._text[column][at].as_py()

    def pid(self, at: int) -> str:
        return self._pids[int(self.n[at])].as_py()

    def beside(self, kind: int, key: int) -> list[int]:
        keys, values = self._beside[kind]
        wanted = np.uint64(key)
        return [int(one) for one in values[np.searchsorted(keys, wanted, "left") : np.searchsorted(keys, wanted, "right")]]

    def known_share(self, record: Record) -> float:
        """Which share of such rows is about somebody known."""
        return self._shares.get(f"{record.dataset}|{record.role}", self.weights.prior["row"])

    # ---- weighing ------------------------------------------------------------------------------------------------------

    def weight(self, comparison: str, level: int, bearers: Mapping[str, int]) -> float:
        """log2 of m by u; of names u is counted, of places it is not below what it is here."""
        key = LEVELS[comparison][level]
        m, u = self.weights.m[comparison][key], self.weights.u[comparison][key]
        if comparison == "name" and key in COUNTED:
            return math.log2(m * self.count / bearers[{"same": "name"}.get(key, key)])
        if comparison == "place":
            u = max(u, self._place_share.get(key, 0.0))
        return math.log2(m / u)

    def weigh(self, asked: _Asked, known: float) -> list[tuple[float, float, int, Levels]]:
        """Everybody worth weighing: probability, weight, place, levels; the likeliest first."""
        found = []
        for at in asked.candidates():
            if asked.bad is not None and int(self.k[at]) == asked.bad:
                continue
            levels = asked.levels(at)
            if levels.get("name", 0) >= 5 and levels.get("number", 9) > 2:
                continue
            bearers = (
                {kind: self._bearers(kind, at) for kind in ("name", "sound", "blurred")} if levels.get("name", 9) < 3 else {}
            )
            weight = sum(self.weight(comparison, level, bearers) for comparison, level in levels.items())
            if weight > 0:
                found.append((2.0**weight * known / self.count, weight, at, levels))
        total = sum(odds for odds, *_ in found) + 1 - known
        found.sort(key=lambda one: (-one[0], int(self._was[one[2]])))
        return [(odds / total, weight, at, levels) for odds, weight, at, levels in found]

    def _bearers(self, kind: str, at: int) -> int:
        return max(len(self.among(kind, int(self._keys(kind)[at]))), 1)

    def answer(
        self, asked: _Asked, known: float, sure: float, *, second: bool = False, doubted: bool = False, wrong: bool = False
    ) -> Placement:
        """Weigh, and join to the likeliest if that is sure enough and more than a name agrees."""
        asked.whole = second
        weighed = self.weigh(asked, known)
        candidates = tuple(
            Candidate(self.pid(at), probability, weight, _why(levels))
            for probability, weight, at, levels in weighed[:_MOST_SHOWN]
        )
        if weighed:
            probability, _, _, levels = weighed[0]
            fits = _enough(levels)
            if second:
                fits = fits and levels.get("name", 9) <= NEAR_NAME and _agrees(levels, ONE_PERSON)
            if wrong:
                fits = fits and (levels.get("name") == 0 or levels.get("birth") == 0 or levels.get("place") == 0)
            if doubted:
                fits = levels.get("name") == 0 and (levels.get("place") == 0 or levels.get("birth") == 0)
            if fits and probability >= sure:
                return Placement(candidates[0].pid, probability, candidates[0].why, candidates)
        return Placement(None, 0.0, (), candidates)


class _Asked:
    """A record prepared for comparing."""

    def __init__(self, index: Index, record: Record) -> None:
        self.index = index
        self.record = record
        name = plain(record.name)
        self.plain = name
        said = heard([name]) if name else {"folded": [None], "sound": [None], "blurred": [None], "gapped": [None]}
        self.name, self.sound, self.blurred, self.gapped = (said[one][0] for one in ("folded", "sound", "blurred", "gapped"))
        self.k = int(record.number[:17]) if record.number else None
        self.bad = self.k
        self.whole = False
        digits = record.number or "".join(one for one in record.written.upper() if one in "0123456789X")
        self.digits = digits if 15 <= len(digits) <= 19 and digits.strip(digits[0]) else ""
        if record.number and index.by_k(self.k) is not None:
            self.digits = ""  # somebody else's number says nothing about whose the row is
        self.born = int(record.born.strftime("%Y%m%d")) if record.born else None
        if record.number and not self.born and self.digits:
            self.born = int(record.number[6:14])
        self.hint = self.born or _born_in(self.digits)
        self.certificate = int(record.certificate[:17]) if re.fullmatch(CERTIFICATE_FORM, record.certificate) else None
        beside = index.by_k(int(record.spouse[:17])) if record.spouse else None
        self.partners = set(index.beside(1, int(index._was[beside]))) if beside is not None else set()
        self.place = self._household(beside)

    def _household(self, spouse: int | None) -> int:
        """The household of the register it most likely belongs to; 0 where nothing says."""
        index, record, found = self.index, self.record, []
        if record.dataset == "hukou" and record.place_no:
            found.append(md5_number(record.place_no))
        elif record.place_no:
            found += index.beside(0, md5_number(f"{record.dataset}|{record.place_no}"))
        for k in (int(record.guardian[:17]) if record.guardian else None, self.bad):
            at = index.by_k(k)
            found += [int(index.place[at])] if at is not None else []
        found += [int(index.place[spouse])] if spouse is not None else []
        return min((one for one in found if one), default=0)

    def candidates(self) -> list[int]:
        """Whom it may be about at all, as in `scoring`."""
        index, found = self.index, []
        for kind, text, most in (("name", self.name, COMMON), ("sound", self.sound, COMMON), ("blurred", self.blurred, RARE)):
            if text:
                those = index.among(kind, md5_number(text))
                found.append(those if len(those) <= most else those[:0])
        found.append(index.among("born", self.hint))
        if self.place:
            found.append(index.among("place", self.place))
        if self.record.area:
            here = index.among("area", int(self.record.area))
            if self.hint:
                both = np.concatenate([here, index.among("lives", int(self.record.area))])
                found.append(both[index.born[both] // 10000 == self.hint // 10000])
            elif self.blurred:
                found.append(np.array([at for at in here if (index.text("blurred", at) or " ")[0] == self.blurred[0]], np.int64))
        if len(self.digits) == 18 and (self.digits[:6] + self.digits[14:17]).isdigit():
            found.append(index.among("order", int(self.digits[:6]) * 1000 + int(self.digits[14:17])))
        found.append(index.among("k", self.certificate))
        found += [index.among("n", n) for n in self.partners]
        return [int(at) for at in np.unique(np.concatenate(found).astype(np.int64))]

    def levels(self, at: int) -> Levels:
        """How far it agrees with somebody, comparison by comparison."""
        index, found = self.index, {}
        number = self._number(at)
        name = self._name(at)
        area, lives = int(index.area[at]), int(index.lives[at])
        if name is not None:
            found["name"] = name
        if self.born is not None and not (number is not None and number < 4):
            found["birth"] = _birth(self.born, int(index.born[at]))
        if number is not None:
            found["number"] = number
        if self.place and self.place == int(index.place[at]):
            found["place"] = 0
        elif self.record.area and area >= 0:
            found["place"] = min(_near(self.record.area, str(one)) for one in (area, lives) if one >= 0)
        if self.partners:
            found["couple"] = 0 if int(index._was[at]) in self.partners else 1
        return found

    def _name(self, at: int) -> int | None:
        name, sound, blurred, gapped = (self.index.text(one, at) for one in ("name", "sound", "blurred", "gapped"))
        if not self.name or name is None or not self.blurred or not blurred:
            return None
        if self.name == name:
            return 0
        if self.sound == sound:
            return 1
        if self.blurred == blurred:
            return 2
        if (self.gapped and like(name, self.gapped)) or (gapped and like(self.name, gapped)):
            return 3
        if self.blurred[0] != blurred[0]:
            return 6
        return 4 if close(self.blurred, blurred) else 5

    def _number(self, at: int) -> int | None:
        k = str(self.index.k[at])
        if self.certificate is not None and self.certificate == int(self.index.k[at]):
            return 0
        digits = self.digits
        if not digits:
            return None
        if len(digits) == 18:
            apart = sum(a != b for a, b in zip(digits, k, strict=False))
            if apart <= 1 or (apart == 2 and sorted(digits[:17]) == sorted(k)):
                return 1
            if apart <= 3:
                return 2
            if self.whole:
                return None
            return 3 if digits[6:14] == k[6:14] else 4
        if len(digits) == 15:
            apart = sum(a != b for a, b in zip(digits, k[:6] + k[8:], strict=False))
            return 1 if apart <= 1 else 2 if apart <= 3 else 3 if digits[6:12] == k[8:14] else 4
        edits = levenshtein(digits, k, 4)
        return 1 if edits <= 2 else 2 if edits <= 4 else 4

    def contradicts(self, owner: int, year: int) -> bool:
        """Whether name and something else do not fit the number's owner, as `matching` says it in SQL."""
        index = self.index
        k, name = int(index.k[owner]), index.text("name", owner) or ""
        if self.gapped or self.sound == index.text("sound", owner) or set(self.plain[1:]) & set(name[1:]):
            return False
        born = int(index.born[owner])
        if self.record.born is not None and abs(_rough(self.born or 0) - _rough(born)) > matching.WEEKS_APART:
            return True
        if self.record.guardian and int(self.record.guardian[:17]) == k:
            return True
        if self.record.young and born // 10000 < year - matching.ADULT:
            return True
        area = index.area[owner]
        return self.record.born is None and self.plain[:1] != name[:1] and self.record.area[:6] != str(area)[:6]


def _why(levels: Levels) -> Why:
    return tuple((name, LEVELS[name][levels[name]]) for name in LEVELS if name in levels)


def _enough(levels: Levels) -> bool:
    """Whether a candidate may be joined at all, as `scoring.enough` says it in SQL."""
    named = "name" in levels and levels["name"] <= NEAR_NAME
    close_born = levels.get("name") == NEAR_NAME + 1 and levels.get("birth") == 0
    return _agrees(levels, EVIDENCE) and (named or levels.get("number", 9) <= 1 or close_born)


def _agrees(levels: Levels, agreements: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether one of these agreements holds, as `scoring.agrees_sql` says it in SQL."""
    return any(name in levels and LEVELS[name][levels[name]] in those for name, those in agreements.items())


def md5_number(text: str) -> int:
    """What DuckDB's md5_number_lower makes of a text."""
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[8:], "little")


def _of_kind(beside: pa.Table, kind: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    here = beside["kind"].to_numpy() == kind
    return beside["key"].to_numpy()[here], beside["value"].to_numpy()[here]


def _born_in(digits: str) -> int | None:
    """The birth date a broken number seems to hold."""
    told = digits[6:14] if len(digits) == 18 else "19" + digits[6:12] if len(digits) == 15 else ""
    return int(told) if told.isdigit() else None


def _birth(said: int, born: int) -> int:
    if said == born:
        return 0
    one, other = _day(said), _day(born)
    if one is not None and other is not None and 18 <= (other - one).days <= 52:
        return 1
    if sum(a != b for a, b in zip(str(said), str(born), strict=False)) == 1:
        return 2
    return 3 if said // 10000 == born // 10000 else 4


def _day(yyyymmdd: int) -> date | None:
    try:
        return date(yyyymmdd // 10000, yyyymmdd // 100 % 100, yyyymmdd % 100)
    except ValueError:
        return None


def _rough(yyyymmdd: int) -> int:
    return yyyymmdd // 10000 * 372 + (yyyymmdd // 100) % 100 * 31 + yyyymmdd % 100


def _near(said: str, area: str) -> int:
    if len(said) == 12 and said == area:
        return 1
    if len(said) >= 9 and said[:9] == area[:9]:
        return 2
    return 3 if said[:6] == area[:6] else 4


def like(name: str, gapped: str) -> bool:
    """Whether a name fits one with gaps."""
    return len(name) == len(gapped) and all(b in ("_", a) for a, b in zip(name, gapped, strict=True))


def close(one: str, other: str) -> bool:
    """Whether two sounds of one surname share a syllable more: one of two, or most of a longer name."""
    if len(one) != len(other) or len(one) < 3:
        return False
    if len(one) == 3:
        return one[1] == other[1] or one[2] == other[2]
    return one[:2] == other[:2] or one[-2:] == other[-2:]


def levenshtein(one: str, other: str, most: int) -> int:
    """Edits from one text to the other; more than `most` where they are more."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        above, row = row, [at]
        for place, against in enumerate(other, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != against)))
        if min(row) > most:
            return most + 1
    return row[-1]
