"""One person or household out of the published cycle, in a few milliseconds: for pages."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.engine import fresh
from doudi.engine.cycle import GROUP, key_of
from doudi.engine.lake import Lake

Row = dict[str, Any]
_HERE = threading.local()  # files opened by this thread; a Parquet reader is not shared between threads
_MOST_FOUND = 50
_GROUPS_KEPT = 24  # a few megabytes a thread


def own_pid(number: str, key: str) -> str:
    """The pid of who has a citizen number, unless something else is known of them; `key` is the linking key."""
    return "p" + hashlib.sha256(f"{key}:{number}".encode()).hexdigest()[:20]


@lru_cache(maxsize=16)
def _columns(path: Path, columns: tuple[str, ...]) -> pa.Table:
    """Whole columns of an object; all threads share them, for they never change."""
    return pq.read_table(path, columns=list(columns), memory_map=True).combine_chunks()


class _Files:
    """The open files of one cycle: read once, used until another cycle is published."""

    def __init__(self, lake: Lake, manifest: Mapping[str, Any]) -> None:
        self.lake = lake
        self.manifest = manifest
        self._open: dict[str, pq.ParquetFile] = {}
        self._groups: OrderedDict[tuple[str, int], pa.Table] = OrderedDict()
        self._last_rows: dict[str, list[int]] = {}
        self.loads = {one["batch"]: one for one in manifest["inputs"]}

    def _path(self, name: str) -> Path:
        return self.lake.object(self.manifest["objects"][name]["sha256"])

    def file(self, name: str) -> pq.ParquetFile:
        if name not in self._open:
            self._open[name] = pq.ParquetFile(self._path(name), memory_map=True)
        return self._open[name]

    def whole(self, name: str, columns: tuple[str, ...]) -> pa.Table:
        return _columns(self._path(name), columns)

    def group(self, name: str, number: int) -> pa.Table:
        """A row group of an object of the cycle (by name) or of a load (by SHA-256). The last few are kept."""
        found = self._groups.pop((name, number), None)
        if found is None:
            file = self.file(name) if name in self.manifest["objects"] else self.load(name)
            found = file.read_row_group(number, use_threads=False)
            if len(self._groups) >= _GROUPS_KEPT:
                self._groups.popitem(last=False)
        self._groups[name, number] = found
        return found

    def row(self, name: str, place: int) -> Row:
        group, offset = divmod(place, GROUP)
        return self.group(name, group).slice(offset, 1).to_pylist()[0]

    def rows(self, name: str, first: int, end: int) -> list[Row]:
        """The rows from `first` to before `end`, read from the row groups they lie in."""
        found: list[Row] = []
        for group in range(first // GROUP, (max(end, first + 1) - 1) // GROUP + 1):
            start = max(first - group * GROUP, 0)
            stop = min(end - group * GROUP, GROUP)
            found += self.group(name, group).slice(start, stop - start).to_pylist()
        return found

    @cached_property
    def person_keys(self) -> np.ndarray[Any, Any]:
        return self.whole("person_index", ("key",))["key"].to_numpy()

    @cached_property
    def person_places(self) -> np.ndarray[Any, Any]:
        return self.whole("person_index", ("n",))["n"].to_numpy()

    @cached_property
    def links(self) -> np.ndarray[Any, Any]:
        return self.whole("person_index", ("links",))["links"].to_numpy()

    @cached_property
    def member(self) -> np.ndarray[Any, Any]:
        return self.whole("person_index", ("member",))["member"].to_numpy()

    @cached_property
    def household_keys(self) -> np.ndarray[Any, Any]:
        return self.whole("household_index", ("key",))["key"].to_numpy()

    @cached_property
    def household_places(self) -> np.ndarray[Any, Any]:
        return self.whole("household_index", ("m",))["m"].to_numpy()

    @cached_property
    def members(self) -> np.ndarray[Any, Any]:
        return self.whole("household_index", ("members",))["members"].to_numpy()

    def last_rows(self, sha256: str) -> list[int]:
        """The number of the last row in each row group of a load."""
        if sha256 not in self._last_rows:
            file = self.load(sha256)
            at = file.schema_arrow.get_field_index("row_no")
            self._last_rows[sha256] = [
                file.metadata.row_group(group).column(at).statistics.max for group in range(file.num_row_groups)
            ]
        return self._last_rows[sha256]

    def load(self, sha256: str) -> pq.ParquetFile:
        if sha256 not in self._open:
            self._open[sha256] = pq.ParquetFile(self.lake.object(sha256), memory_map=True)
        return self._open[sha256]


class Lookup:
    """Reads the cycle that counts now with what events added since, or one named, as it was published.

    Cheap to make: open files are kept by thread until others are wanted.
    """

    def __init__(self, lake: Lake | Path, cycle: str = "") -> None:
        self._lake = lake if isinstance(lake, Lake) else Lake(Path(lake))
        self._cycle = cycle

    # ---- the cycle -----------------------------------------------------------------------------------------------------

    def _files(self) -> _Files | None:
        try:
            cycle_id = self._cycle or (self._lake.root / "CURRENT").read_text().strip()
        except FileNotFoundError:
            return None
        # An earlier cycle somebody asks about must not close the files of the one everybody reads, nor the other way round.
        kept: dict[str, _Files] = _HERE.__dict__.setdefault("earlier" if self._cycle else "files", {})
        name = f"{self._lake.root}/{cycle_id}"
        if name not in kept:
            for other in [other for other in kept if other.startswith(f"{self._lake.root}/")]:
                del kept[other]
            kept[name] = _Files(self._lake, json.loads((self._lake.root / "cycles" / f"{cycle_id}.json").read_bytes()))
        return kept[name]

    @property
    def on(self) -> date | None:
        """The day the published cycle speaks of, or None before the first."""
        files = self._files()
        return date.fromisoformat(files.manifest["on"]) if files else None

    @property
    def as_of(self) -> dict[str, date]:
        """The latest day each dataset in the published cycle speaks of; empty before the first."""
        files, found = self._files(), {}
        for load in files.loads.values() if files else ():
            day = date.fromisoformat(load["as_of"])
            found[load["dataset"]] = max(day, found.get(load["dataset"], day))
        return found

    # ---- who -----------------------------------------------------------------------------------------------------------

    def person(self, pid: str) -> Row | None:
        """The person of this pid: pid, citizen_no, name, sex, born_on, area, hid, relation, home_source, tier, died_on."""
        if (added := self._added(pid)) is not None:
            return next((one for one in added["people"] if one["pid"] == pid), None)
        files = self._files()
        n = _place(files, pid, "p", "x") if files else None
        return self._person(files, n) if files and n is not None and files.row("person", n)["pid"] == pid else None

    def by_number(self, number: str, key: str) -> Row | None:
        """The person with this citizen number; `key` is the linking key."""
        return self.person(own_pid(number, key))

    def household_of(self, subject: str) -> Row | None:
        """The household of a pid or a hid: hid, area, head (pid), members (people, each with relation)."""
        files = self._files()
        if (added := self._added(subject)) is not None:
            home, members, head = added, added["people"], added["head"]
        else:
            m = self._home(files, subject) if files else None
            if files is None or m is None:
                return None
            home = files.row("household", m)
            members = [self._person(files, int(n)) for n in self._members(files, m)]
            head = files.row("person", home["head"])["pid"]
        members.sort(key=lambda one: (one["pid"] != head, one["born_on"] or date.max))
        return {"hid": home["hid"], "area": home["area"], "head": head, "members": members}

    def members(self, subject: str) -> list[Row]:
        """The people of a household, the head first."""
        found = self.household_of(subject)
        return found["members"] if found else []

    def search(self, name: str, area: str = "", *, most: int = _MOST_FOUND) -> list[Row]:
        """People of exactly this name, in places whose code begins with `area`."""
        files = self._files()
        if files is None:
            return []
        known = files.whole("person", ("name", "area"))
        fits = pc.equal(known["name"], name)
        places = np.flatnonzero(np.asarray(fits.fill_null(False)))
        areas = known["area"].take(pa.array(places)).to_pylist()
        return [self._person(files, int(n)) for n, where in zip(places, areas, strict=True) if (where or "").startswith(area)][
            :most
        ]

    def areas(self, pids: Iterable[str]) -> dict[str, str]:
        """Where these people live, in one go; who is not in the register, or lives nobody knows where, is left out."""
        files = self._files()
        if files is None:
            return {}
        known = files.whole("person", ("pid", "area"))
        here = known.filter(pc.is_in(known["pid"], pa.array(sorted(set(pids)), pa.string())))
        return {row["pid"]: row["area"] for row in here.to_pylist() if row["area"]}

    def _added(self, subject: str) -> Row | None:
        """What events added to the home of a pid or hid since the cycle that counts now (`fresh.of`); None when nothing."""
        files = None if self._cycle else self._files()
        if files is None or not fresh.folder(self._lake, files.manifest["cycle"]).exists():
            return None
        added = fresh.of(self._lake, files.manifest["cycle"], subject)
        if added is None and not subject.startswith("h") and (m := self._home(files, subject)) is not None:
            added = fresh.of(self._lake, files.manifest["cycle"], files.row("household", m)["hid"])
        return added

    def _person(self, files: _Files, n: int) -> Row:
        row = files.row("person", n)
        return {**row, "hid": files.row("household", row.pop("m"))["hid"]}

    def _home(self, files: _Files, subject: str) -> int | None:
        if subject.startswith("h"):
            m = _place(files, subject, "h")
            return m if m is not None and files.row("household", m)["hid"] == subject else None
        n = _place(files, subject, "p", "x")
        if n is None:
            return None
        row = files.row("person", n)
        return row["m"] if row["pid"] == subject else None

    def _members(self, files: _Files, m: int) -> np.ndarray[Any, Any]:
        first = int(files.members[m - 1]) if m else 0
        return files.member[first : int(files.members[m])]

    # ---- facts and where they come from --------------------------------------------------------------------------------

    def facts(self, subject: str) -> Row:
        """Every fact of a pid or hid: name → value, None where unknown; empty when nobody is of this id."""
        files = self._files()
        if files is None:
            return {}
        if (added := self._added(subject)) is not None:
            return added["facts"].get(subject, {})
        if subject.startswith("h"):
            m = self._home(files, subject)
            return files.row("household_facts", m) if m is not None else {}
        n = _place(files, subject, "p", "x")
        return files.row("person_facts", n) if n is not None and files.row("person", n)["pid"] == subject else {}

    def pairs(self) -> list[Row]:
        """The doubtful pairs of the cycle: kind, left, pid, dataset, role, batch, row_no, weight, probability, why, area."""
        files = self._files()
        return files.file("pair").read().to_pylist() if files and "pair" in files.manifest["objects"] else []

    def delivered(self, batch: int, row_no: int) -> Row | None:
        """One delivered row that counts in the cycle: dataset, as_of, values; None when its delivery does not count."""
        files = self._files()
        load = files.loads.get(batch) if files else None
        if files is None or load is None:
            return None
        values = _landed(files, load["object"], row_no)
        return {"dataset": load["dataset"], "as_of": date.fromisoformat(load["as_of"]), "values": values}

    def sources(self, subject: str, fact: str, datasets: Iterable[str]) -> list[Row]:
        """The rows a fact may come from: dataset, batch, row_no, as_of, how, values, and `columns`, those it is worked out from.

        :param datasets: the sources of the fact in the catalogue
        """
        files = self._files()
        if files is None:
            return []
        columns = files.manifest["facts"].get(fact, {})
        people = [subject] if not subject.startswith("h") else [one["pid"] for one in self.members(subject)]
        return [
            {**row, "pid": pid, "columns": columns.get(row["dataset"], [])}
            for pid in people
            for row in self.everything(pid, datasets)
        ]

    def everything(self, pid: str, datasets: Iterable[str] | None = None) -> list[Row]:
        """Every delivered row about a person, or those of some datasets: dataset, role, batch, row_no, as_of, how, values.

        Of a row that came as an event since the cycle, the batch is 0 and the row number the event's.
        """
        files, wanted = self._files(), None if datasets is None else set(datasets)
        added = (self._added(pid) or {}).get("rows", [])
        later = [
            {name: value for name, value in row.items() if name != "pid"}
            for row in added
            if row["pid"] == pid and (wanted is None or row["dataset"] in wanted)
        ]
        n = _place(files, pid, "p", "x") if files else None
        if files is None or n is None or files.row("person", n)["pid"] != pid:
            return later
        first = int(files.links[n - 1]) if n else 0
        links = [row for row in files.rows("link", first, int(files.links[n])) if wanted is None or row["dataset"] in wanted]
        found = []
        for link in links:
            load = files.loads[link["batch"]]
            values = _landed(files, load["object"], link["row_no"])
            found.append({**link, "as_of": date.fromisoformat(load["as_of"]), "values": values})
        return found + later


def _place(files: _Files, subject: str, *kinds: str) -> int | None:
    """Where a pid or hid may stand; whether it really does, its row says."""
    if len(subject) != 21 or subject[0] not in kinds or not all(c in "0123456789abcdef" for c in subject[1:]):
        return None
    keys, places = (
        (files.household_keys, files.household_places) if subject[0] == "h" else (files.person_keys, files.person_places)
    )
    key = key_of(pa.array([subject]))[0]
    at = int(np.searchsorted(keys, key))
    return int(places[at]) if at < len(keys) and keys[at] == key else None


def _landed(files: _Files, sha256: str, row_no: int) -> Row:
    """One delivered row by its number, from the row group whose range holds it."""
    group = int(np.searchsorted(files.last_rows(sha256), row_no))
    table = files.group(sha256, group)
    place = int(np.searchsorted(table["row_no"].to_numpy(), row_no))
    return table.slice(place, 1).to_pylist()[0]
