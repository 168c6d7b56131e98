"""A published cycle held in memory, so that a few homes can be taken out of it with every row behind them in milliseconds.

Of the rows only the columns facts and register need are held: for 550,000 people and 1.9 million rows about 300 MB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.engine.contract import Contract
from doudi.engine.cycle import Cycle, key_of
from doudi.engine.facts import keep
from doudi.engine.lake import Lake
from doudi.engine.linkage import compact, roles, rows_table
from doudi.engine.sql import name_of, quote

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class _Held:
    """The rows of one dataset, load after load: `first` row of each batch here, the row numbers, the kept columns."""

    first: Mapping[int, tuple[int, int]]
    numbers: Array
    table: pa.Table


class Standing:
    """Everybody in a cycle by place: person n, household m, and the rows of each."""

    def __init__(self, lake: Lake, cycle: Cycle, contracts: Mapping[str, Contract], key: str) -> None:
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
        self._read_loads()

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

    def _read_loads(self) -> None:
        """Hold the kept columns of every dataset about people, and which places are urban."""
        inputs: dict[str, list[Mapping[str, Any]]] = {}
        for one in self.cycle.manifest["inputs"]:
            inputs.setdefault(one["dataset"], []).append(one)
        self.loaded = frozenset(inputs)
        self.batches = frozenset(one["batch"] for one in self.cycle.manifest["inputs"])
        self._held: dict[str, _Held] = {}
        self.kinds: dict[str, str] = {}
        with duckdb.connect(":memory:") as con:
            for code, loads in inputs.items():
                paths = [(one["batch"], quote(str(self._lake.object(one["object"])))) for one in loads]
                if code == "division":
                    told = " UNION ALL BY NAME ".join(f"SELECT * FROM read_parquet({path})" for _, path in paths)
                    self.kinds = dict(
                        con.execute(
                            f"SELECT code, min(place_kind) FROM ({told}) WHERE place_kind IS NOT NULL GROUP BY code"
                        ).fetchall()
                    )
                if not roles(self.contracts[code]):
                    continue
                columns = "".join(f", {sql} AS {name_of(name)}" for name, sql in self.columns(code).items())
                tables, first, begun = [], {}, 0
                for batch, path in paths:
                    table = con.sql(f"SELECT row_no{columns} FROM read_parquet({path}) ORDER BY row_no").to_arrow_table()
                    first[batch] = (begun, begun + len(table))
                    begun += len(table)
                    tables.append(table)
                whole = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
                self._held[code] = _Held(first, whole["row_no"].to_numpy(), whole.drop_columns(["row_no"]))

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

    def rows(self, people: Sequence[int]) -> dict[str, pa.Table]:
        """Every row about some people, by the name of its table: n (place in `people`), line, and the kept columns."""
        starts = [int(self._links[n - 1]) if n else 0 for n in people]
        ends = [int(self._links[n]) for n in people]
        at = np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)]) if people else np.zeros(0, np.int64)
        whose = np.repeat(np.arange(len(people), dtype=np.int32), [b - a for a, b in zip(starts, ends, strict=True)])
        kinds = self._kind[at]
        found = {}
        for kind in np.unique(kinds).tolist():
            dataset, called = self._kinds[kind]
            mine = np.flatnonzero(kinds == kind)
            held, here = self._held[dataset], at[mine]
            batch, row_no = self._batch[here], self._row_no[here]
            places = np.empty(len(mine), np.int64)
            for one in np.unique(batch).tolist():
                begin, end = held.first[one]
                some = batch == one
                places[some] = begin + np.searchsorted(held.numbers[begin:end], row_no[some])
            table = held.table.take(pa.array(places))
            line = batch.astype(np.int64) * 4294967296 + row_no
            role = next(role for role in roles(self.contracts[dataset]) if role.called == called)
            found[rows_table(dataset, role)] = table.add_column(0, "n", pa.array(whose[mine])).add_column(
                1, "line", pa.array(line)
            )
        return found

    def nothing(self, dataset: str) -> pa.Table:
        """A table of no row, as `rows` gives it."""
        empty = self._held[dataset].table.slice(0, 0)
        return empty.add_column(0, "n", pa.array([], pa.int32())).add_column(1, "line", pa.array([], pa.int64()))


def _find(keys: Array, places: Array, subject: str) -> int | None:
    if len(subject) != 21 or not all(c in "0123456789abcdef" for c in subject[1:]):
        return None
    key = key_of(pa.array([subject]))[0]
    at = int(np.searchsorted(keys, key))
    return int(places[at]) if at < len(keys) and keys[at] == key else None
