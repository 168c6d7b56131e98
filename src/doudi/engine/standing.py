"""A published cycle held in memory, so that a few homes can be taken out of it, with all that is said of them, in milliseconds.

Every dataset is summed up once, for everybody, as a cycle does it; of the datasets that may come live the rows are held too, for
those are summed up again with each event. For 550,000 people and 1.9 million rows that is some 500 MB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.engine.contract import Contract
from doudi.engine.cycle import Cycle, key_of
from doudi.engine.facts import keep, prepare, summarise
from doudi.engine.lake import Lake
from doudi.engine.linkage import compact, roles, rows_table
from doudi.engine.sql import name_of, quote
from doudi.policy.language.names import Fact

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class _Held:
    """The rows of one dataset, load after load: `first` row of each batch here, the row numbers, the kept columns."""

    first: Mapping[int, tuple[int, int]]
    numbers: Array
    table: pa.Table


class Standing:
    """Everybody in a cycle by place: person n, household m, and the rows of each."""

    def __init__(
        self, lake: Lake, cycle: Cycle, contracts: Mapping[str, Contract], catalogue: Mapping[str, Fact], key: str, on: date
    ) -> None:
        """on: the day facts are told for."""
        self.cycle, self.contracts, self.key = cycle, contracts, key
        self._lake = lake
        person = self._object("person", ["pid", "citizen_no", "name", "sex", "born_on", "area", "m", "relation", "home_source"])
        self.person = person
        self.m: Array = person["m"].to_numpy()
        self.household = self._object("household", ["hid", "area", "head"])
        self.head: Array = self.household["head"].to_numpy()
        index = self._object("person_index", ["key", "n", "links", "member"])
        self._keys, self._places = index["key"].to_numpy(), index["n"].to_numpy()
        self._links, self._member = index["links"].to_numpy(), index["member"].to_numpy()
        homes = self._object("household_index", ["key", "m", "members"])
        self._home_keys, self._homes, self._members = (homes[name].to_numpy() for name in ("key", "m", "members"))
        self._read_links()
        self._read_loads(catalogue, on)

    def _object(self, name: str, columns: Sequence[str]) -> pa.Table:
        path = self._lake.object(self.cycle.manifest["objects"][name]["sha256"])
        return pq.read_table(path, columns=list(columns)).combine_chunks()

    def _read_links(self) -> None:
        link = self._object("link", ["dataset", "role", "batch", "row_no"])
        coded = {name: link[name].combine_chunks() for name in ("dataset", "role")}
        coded = {name: c if pa.types.is_dictionary(c.type) else c.dictionary_encode() for name, c in coded.items()}
        datasets, called = (coded[name].dictionary.to_pylist() for name in ("dataset", "role"))
        self._kinds = [(dataset, role) for dataset in datasets for role in called]
        self._kind = (
            coded["dataset"].indices.to_numpy().astype(np.int16) * len(called) + coded["role"].indices.to_numpy()
        ).astype(np.int16)
        self._batch = np.asarray(link["batch"]).astype(np.int32)
        self._row_no = np.asarray(link["row_no"]).astype(np.int32)

    def _read_loads(self, catalogue: Mapping[str, Fact], on: date) -> None:
        """Sum every dataset about people up; hold the rows of those that may come live; learn which places are urban."""
        inputs: dict[str, list[Mapping[str, Any]]] = {}
        for one in self.cycle.manifest["inputs"]:
            inputs.setdefault(one["dataset"], []).append(one)
        self.loaded = frozenset(inputs)
        self._held: dict[str, _Held] = {}
        self._sums: dict[str, _Sums] = {}
        self.kinds: dict[str, str] = {}
        n = np.repeat(np.arange(len(self._links), dtype=np.int32), np.diff(self._links, prepend=0))
        with duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "1000MB"}) as con:
            prepare(con)
            for code, loads in inputs.items():
                paths = [(one["batch"], quote(str(self._lake.object(one["object"])))) for one in loads]
                if code == "division":
                    self.kinds = _place_kinds(con, [path for _, path in paths])
                if not roles(self.contracts[code]):
                    continue
                held = self._read(con, code, paths)
                for role in roles(self.contracts[code]):
                    mine = np.flatnonzero(self._kind == self._kinds.index((code, role.called)))
                    con.register(rows_table(code, role), self._table(held, n[mine], mine))
                self._sums[code] = _Sums.of(summarise(con, self.contracts[code], catalogue, on))
                for role in roles(self.contracts[code]):
                    con.unregister(rows_table(code, role))
                if self.contracts[code].live:
                    self._held[code] = held
                elif code == "hukou":
                    self._booklets = _Held(held.first, held.numbers, held.table.select(["booklet_no"]))

    def _read(self, con: duckdb.DuckDBPyConnection, code: str, paths: Sequence[tuple[int, str]]) -> _Held:
        """The kept columns of a dataset."""
        columns = "".join(f", {sql} AS {name_of(name)}" for name, sql in self.columns(code).items())
        tables, first, begun = [], {}, 0
        for batch, path in paths:
            table = con.sql(f"SELECT row_no{columns} FROM read_parquet({path}) ORDER BY row_no").to_arrow_table()
            first[batch] = (begun, begun + len(table))
            begun += len(table)
            tables.append(table)
        whole = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
        return _Held(first, whole["row_no"].to_numpy(), whole.drop_columns(["row_no"]))

    def _table(self, held: _Held, n: Array, links: Array) -> pa.Table:
        """Rows by where their links stand: n, line, and the kept columns."""
        batch, row_no = self._batch[links], self._row_no[links]
        places = np.empty(len(links), np.int64)
        for one in np.unique(batch).tolist():
            begin, end = held.first[one]
            some = batch == one
            places[some] = begin + np.searchsorted(held.numbers[begin:end], row_no[some])
        table = held.table.take(pa.array(places))
        line = batch.astype(np.int64) * 4294967296 + row_no
        return table.add_column(0, "n", pa.array(n)).add_column(1, "line", pa.array(line))

    def columns(self, dataset: str) -> dict[str, str]:
        """The kept columns of a dataset, each with the SQL that makes it compact."""
        contract = self.contracts[dataset]
        return {name: compact(contract.by_name[name]) for name in dict.fromkeys(keep(contract))}

    # ---- who -----------------------------------------------------------------------------------------------------------

    def place(self, pid: str) -> int | None:
        """Where a person stands, or None."""
        at = _find(self._keys, self._places, pid)
        return at if at is not None and self.person["pid"][at].as_py() == pid else None

    def home(self, hid: str) -> int | None:
        """Where a household stands, or None."""
        at = _find(self._home_keys, self._homes, hid)
        return at if at is not None and self.household["hid"][at].as_py() == hid else None

    def pid_of(self, number: str) -> str:
        """The id a citizen number makes."""
        return "p" + hashlib.sha256(f"{self.key}:{number}".encode()).hexdigest()[:20]

    def hid_of(self, told: str) -> str:
        """The id of a household, from the number its roll or booklet gives it (dataset:number), or from its only member."""
        return "h" + hashlib.sha256(f"{self.key}:{told}".encode()).hexdigest()[:20]

    def members(self, m: int) -> Array:
        """The places of the people of a household."""
        first = int(self._members[m - 1]) if m else 0
        return self._member[first : int(self._members[m])]

    # ---- what is known of them -----------------------------------------------------------------------------------------

    def rows(self, people: Sequence[int], datasets: Collection[str]) -> dict[str, pa.Table]:
        """The rows about some people in datasets that may come live, by the name of their table: n (place in `people`), line …"""
        whose, at = self._links_of(people)
        kinds = self._kind[at]
        found = {}
        for kind in np.unique(kinds).tolist():
            dataset, called = self._kinds[kind]
            if dataset in datasets and dataset in self._held:
                mine = np.flatnonzero(kinds == kind)
                role = next(role for role in roles(self.contracts[dataset]) if role.called == called)
                found[rows_table(dataset, role)] = self._table(self._held[dataset], whose[mine], at[mine])
        return found

    def _links_of(self, people: Sequence[int]) -> tuple[Array, Array]:
        """Where the links of some people stand, and whose each is, by the place in `people`."""
        starts = [int(self._links[n - 1]) if n else 0 for n in people]
        ends = [int(self._links[n]) for n in people]
        at = np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)]) if people else np.zeros(0, np.int64)
        return np.repeat(np.arange(len(people), dtype=np.int32), [b - a for a, b in zip(starts, ends, strict=True)]), at

    def booklets(self, people: Sequence[int]) -> set[str]:
        """The hukou booklets some people stand in."""
        if "hukou" not in self.loaded:
            return set()
        whose, at = self._links_of(people)
        mine = self._kind[at] == self._kinds.index(("hukou", ""))
        told = self._table(self._booklets, whose[mine], at[mine])["booklet_no"].to_pylist()
        return {one for one in told if one}

    def sums(self, dataset: str, people: Sequence[int]) -> pa.Table:
        """What a dataset says of some people, in the shape of `facts.summarise`: n is the place in `people`."""
        return self._sums[dataset].of_people(np.asarray(people, np.int64))


@dataclass(frozen=True)
class _Sums:
    """What a dataset says of everybody, in the order of people; the last row holds for who is not in it."""

    n: Array
    table: pa.Table

    @classmethod
    def of(cls, summed: pa.Table) -> _Sums:
        n = summed["n"].to_numpy()[:-1].astype(np.int32)
        order = np.append(np.argsort(n, kind="stable"), len(n))
        table = summed.drop_columns(["n"]).combine_chunks().take(pa.array(order))
        return cls(np.sort(n), table.unify_dictionaries())

    def of_people(self, people: Array) -> pa.Table:
        at = np.searchsorted(self.n, people)
        here = (
            np.flatnonzero((at < len(self.n)) & (self.n[np.minimum(at, max(len(self.n) - 1, 0))] == people))
            if len(self.n)
            else at[:0]
        )
        table = self.table.take(pa.array(np.append(at[here], len(self.n))))
        return table.add_column(0, "n", pa.array([*here.tolist(), None], pa.int32()))


def _place_kinds(con: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> dict[str, str]:
    told = " UNION ALL BY NAME ".join(f"SELECT * FROM read_parquet({path})" for path in paths)
    return dict(con.execute(f"SELECT code, min(place_kind) FROM ({told}) WHERE place_kind IS NOT NULL GROUP BY code").fetchall())


def _find(keys: Array, places: Array, subject: str) -> int | None:
    if len(subject) != 21 or not all(c in "0123456789abcdef" for c in subject[1:]):
        return None
    key = key_of(pa.array([subject]))[0]
    at = int(np.searchsorted(keys, key))
    return int(places[at]) if at < len(keys) and keys[at] == key else None
