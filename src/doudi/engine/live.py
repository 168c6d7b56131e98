"""One event after another, each with all it changes: whose it is, the facts of that home, what the rules then say.

Nothing here is reckoned a second way: rows are summed up by `facts.summarise`, laid beside people by `people.side_by_side`, and
the rules are asked in the closures the equality tests hold against SQL. Only who lives with whom is taken as the last cycle
published it; events of the datasets that may come live do not change that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from doudi.engine import facts, landing, linkage
from doudi.engine.contract import Contract
from doudi.engine.cycle import Cycle, common
from doudi.engine.lake import Lake
from doudi.engine.linkage import roles, rows_table
from doudi.engine.lookup import Lookup
from doudi.engine.names import plain
from doudi.engine.people import HOMES, Homes, Laid, Spread, side_by_side
from doudi.engine.placing import place, record_of
from doudi.engine.sql import name_of, quote
from doudi.engine.standing import Standing
from doudi.engine.trial import NotPublished
from doudi.facts.household import Household, Member
from doudi.policy.assess import Asked, Sign
from doudi.policy.pack import Pack

BATCH = 0  # where a row stands that is in no load of the cycle (loads count from 1): the row number is then the event's
_LAST = 2147483647  # as if a load later than all others; events count in their order
Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """One event: its number, the dataset, its row as `landing.read_rows` keeps it, the day it came."""

    sequence: int
    dataset: str
    row: Mapping[str, Any]
    day: date


@dataclass(frozen=True)
class Whose:
    """Whose an event is. `how` is one of linkage.HOWS; `repeated`: the very same row is known already and says nothing new."""

    event: Told
    pid: str
    how: str
    repeated: bool = False


@dataclass
class _Person:
    """Somebody the cycle does not know: known from events alone."""

    pid: str
    number: str | None
    name: str | None = None
    area: str | None = None
    born_on: date | None = None


@dataclass(frozen=True)
class Home:
    """One home after events: its people and household with all their facts, the findings, the rows that are in no cycle yet."""

    hid: str
    area: str | None
    head: str
    people: tuple[Row, ...]  # as Lookup.person tells them
    facts: Mapping[str, Row]  # of each pid, and of the hid
    findings: tuple[tuple[Any, ...], ...]  # as cycle.findings
    rows: tuple[Row, ...]  # as Lookup.everything, with pid


@dataclass
class Live:
    """What events add to a published cycle, on a day. One thread."""

    lake: Lake
    cycle: Cycle
    contracts: Mapping[str, Contract]
    pack: Pack
    key: str
    on: date
    told: dict[str, list[Whose]] = field(default_factory=dict)  # by pid, in order

    def __post_init__(self) -> None:
        self._standing = Standing(self.lake, self.cycle, self.contracts, self.pack.names.facts, self.key, self.on)
        self._lookup = Lookup(self.lake, self.cycle.id)
        self._new: dict[str, _Person] = {}
        self._con = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "500MB"})
        facts.prepare(self._con)
        self._absent: dict[str, pa.Table] = {}
        self._empty: dict[str, pa.Table] = {}
        self._datasets = {code for code in self._standing.loaded if roles(self.contracts[code])}
        area = self._standing.household["area"].combine_chunks()
        codes = area.dictionary.to_pylist() if pa.types.is_dictionary(area.type) else area.unique().to_pylist()
        self._scope = common([code for code in codes if code])
        self._silent: tuple[frozenset[str], frozenset[str]] | None = None

    def close(self) -> None:
        """Let go of memory."""
        self._con.close()

    def begin_again(self) -> None:
        """Forget every event, not the cycle."""
        self.told.clear()
        self._new.clear()

    # ---- whose it is ---------------------------------------------------------------------------------------------------

    def take(self, event: Told) -> Whose:
        """Find out whose an event is, and count it as known from now on unless it says nothing new."""
        contract = self.contracts[event.dataset]
        pid, how = self._find(contract, event)
        found = Whose(event, pid, how, self._repeated(pid, event))
        if not found.repeated:
            self.told.setdefault(pid, []).append(found)
            self._datasets.add(event.dataset)
            if self._standing.place(pid) is None:
                self._learn(contract, pid, event)
        return found

    def _find(self, contract: Contract, event: Told) -> tuple[str, str]:
        role, row = roles(contract)[0], event.row
        number, name = row.get(role.number), row.get(role.name) or ""
        if number:
            pid = self._standing.pid_of(number)
            n = self._standing.place(pid)
            known = self._standing.person["name"][n].as_py() if n is not None else self._named(pid)
            if known is not None and plain(known) == plain(name):
                return pid, "number15" if row.get(role.number + "_state") == "from15" else "number"
        values = landing.kept_row(contract, row)
        try:
            placed = place(self.lake, self.cycle, record_of(contract, role, values), self.key).pid
        except NotPublished:  # a cycle of before there was an index: a number decides, a name does not
            placed = self._standing.pid_of(number) if number else None
        if placed is not None:
            owner = bool(number) and placed == self._standing.pid_of(number)
            return placed, "number" if owner else "name_birth"
        if number and self._standing.place(self._standing.pid_of(number)) is None:
            return self._standing.pid_of(number), "number"
        return self._alone(contract, event), "review" if number else "alone"

    def _named(self, pid: str) -> str | None:
        return self._new[pid].name if pid in self._new else None

    def _alone(self, contract: Contract, event: Told) -> str:
        """The id of somebody nobody knows, as a cycle makes it: the same rows in the same order get the same ids."""
        role = roles(contract)[0]
        said = linkage.particulars(contract, role)
        digits = "regexp_replace(upper(CASE WHEN k IS NULL THEN {} END), '[^0-9X]', '', 'g')".format(said["raw"])
        who = (
            f"concat_ws('|', {quote(contract.code)}, {quote(role.called)}, {said['name']}, {said['born']}, {said['area']}, "
            f"{digits}, k, {said['identity']})"
        )
        self._con.register("one", landing.kept_table(contract, [event.row]))
        read = f"SELECT *, {linkage.key_of(name_of(role.number))} AS k FROM one"
        identity = self._con.execute(f"SELECT {who} FROM ({read})").fetchall()[0][0]
        self._con.unregister("one")
        turn = 1
        while True:
            pid = self._standing.pid_of(f"{identity}|{turn}").replace("p", "x", 1)
            known = self._standing.place(pid) is not None or pid in self.told
            if not known or self._repeated(pid, event):
                return pid
            turn += 1

    def _repeated(self, pid: str, event: Told) -> bool:
        """Whether the very same row is known already, from a delivery or another event."""
        own = self.told.get(pid, ())
        if any(one.event.dataset == event.dataset and one.event.row == event.row for one in own):
            return True
        n = self._standing.place(pid)
        if n is None or event.dataset not in self._standing.loaded:
            return False
        contract = self.contracts[event.dataset]
        there = self._standing.rows([n], (event.dataset,)).get(rows_table(event.dataset, roles(contract)[0]))
        if there is None:
            return False
        whole = landing.kept_row(contract, event.row)
        plainly = [c.name for c in contract.columns if c.name in there.column_names and not c.codes and c.type != "area"]
        for one in there.to_pylist():
            if all(one[name] == whole[name] for name in plainly):
                delivered = self._lookup.delivered(one["line"] >> 32, one["line"] & 0xFFFFFFFF)
                if delivered and {**delivered["values"], "row_no": 1} == whole:
                    return True
        return False

    def _learn(self, contract: Contract, pid: str, event: Told) -> None:
        """What an event says about somebody the cycle does not know; the first that says something counts."""
        role, row = roles(contract)[0], event.row
        number = row.get(role.number) if pid.startswith("p") else None
        person = self._new.setdefault(pid, _Person(pid, number))
        person.name = person.name or row.get(role.name)
        person.area = person.area or (row.get("area_code") if "area_code" in contract.by_name else None)
        if person.born_on is None and number:
            person.born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        elif person.born_on is None and row.get("birth_date"):
            person.born_on = date.fromisoformat(row["birth_date"])

    # ---- the homes -----------------------------------------------------------------------------------------------------

    def homes(self, pids: Sequence[str]) -> list[Home]:
        """The homes of some people as they are now, and what the rules say of each."""
        standing = self._standing
        known = [n for pid in pids if (n := standing.place(pid)) is not None]
        asked = sorted({int(standing.m[n]) for n in known})
        people = [int(n) for m in asked for n in standing.members(m)]
        new = [self._new[pid] for pid in dict.fromkeys(pids) if standing.place(pid) is None and pid in self._new]
        around = self._around(people, set(asked))
        everybody = people + [int(n) for m in around for n in standing.members(m)]
        laid = self._lay([*asked, *around], everybody, new)
        return self._judge(laid, asked, len(around), new)

    def _around(self, people: Sequence[int], asked: set[int]) -> list[int]:
        """The homes of those who stand in the hukou booklets of these people and live elsewhere: a newborn's, for one."""
        named = {self._standing.hid_of(f"hukou:{no}") for no in self._standing.booklets(people)}
        return sorted({m for hid in named if (m := self._standing.home(hid)) is not None} - asked)

    def _lay(self, homes: Sequence[int], everybody: Sequence[int], new: Sequence[_Person]) -> Laid:
        standing = self._standing
        at, count = pa.array(everybody, pa.int64()), len(everybody) + len(new)
        told = standing.person.take(at)

        def column(name: str, more: Sequence[Any], kind: pa.DataType) -> pa.Array:
            own = told[name].cast(pa.string()) if pa.types.is_dictionary(told[name].type) else told[name]
            return pa.concat_arrays([own.cast(kind).combine_chunks(), pa.array(more, kind)])

        area = column("area", [one.area for one in new], pa.string())
        people = pa.table(
            {
                "pid": column("pid", [one.pid for one in new], pa.string()),
                "number": column("citizen_no", [one.number for one in new], pa.string()),
                "name": column("name", [one.name for one in new], pa.string()),
                "area": area.cast(pa.int64()),
                "born_on": column("born_on", [one.born_on for one in new], pa.date32()),
                "sex": column("sex", [_sex(one.number) for one in new], pa.string()),
            }
        )
        local = {m: place for place, m in enumerate(homes)}
        where = {n: place for place, n in enumerate(everybody)}
        source = column("home_source", ["none"] * len(new), pa.string()).to_pylist()
        first_new = len(everybody)
        found = Homes(
            m=np.array([local[int(m)] for m in standing.m[everybody]] + [len(homes) + i for i in range(len(new))], np.int32),
            source=np.array([HOMES.index(word) for word in source], np.int8),
            relation=column("relation", ["self"] * len(new), pa.string()),
            area=area.dictionary_encode(),
            hid=pa.array(
                [standing.household["hid"][m].as_py() for m in homes] + [standing.hid_of(one.pid) for one in new], pa.string()
            ),
            head=np.array([where[int(standing.head[m])] for m in homes] + [first_new + i for i in range(len(new))], np.int32),
        )
        summed = self._sum_up(everybody, new)
        spread = {code: Spread(table, count) for code, table in summed.items()}
        return side_by_side(people, spread, found, standing.kinds, self.pack.names.facts, self.on)

    def _sum_up(self, everybody: Sequence[int], new: Sequence[_Person]) -> dict[str, pa.Table]:
        """What each dataset says of these people: the cycle's rows and the events', summed up as a cycle sums them up."""
        pids = self._standing.person["pid"].take(pa.array(everybody, pa.int64())).to_pylist() + [one.pid for one in new]
        events: dict[str, list[tuple[int, Told]]] = {}
        for n, pid in enumerate(pids):
            for one in self.told.get(pid, ()):
                events.setdefault(one.event.dataset, []).append((n, one.event))
        summed = {}
        for dataset in sorted(self._datasets):
            if dataset in events:
                summed[dataset] = self._sum_up_again(dataset, everybody, events[dataset])
            elif dataset in self._standing.loaded:
                summed[dataset] = self._standing.sums(dataset, everybody)
            else:
                summed[dataset] = self._nobody(dataset)
        return summed

    def _sum_up_again(self, dataset: str, everybody: Sequence[int], events: Sequence[tuple[int, Told]]) -> pa.Table:
        contract, catalogue = self.contracts[dataset], self.pack.names.facts
        tables = self._standing.rows(everybody, (dataset,))
        table = self._compact(dataset, [event.row for _, event in events])
        line = [(_LAST << 32) + event.sequence for _, event in events]
        table = table.add_column(0, "n", pa.array([n for n, _ in events], pa.int32()))
        table = table.add_column(1, "line", pa.array(line, pa.int64()))
        names = [rows_table(dataset, role) for role in roles(contract)]
        tables[names[0]] = pa.concat_tables([tables[names[0]], table]).unify_dictionaries() if names[0] in tables else table
        for name in names:
            self._con.register(name, tables.get(name, self._nothing(dataset)))
        try:
            return facts.summarise(self._con, contract, catalogue, self.on)
        finally:
            for name in names:
                self._con.unregister(name)

    def _nobody(self, dataset: str) -> pa.Table:
        """What a dataset says of those who are not in it; the same for everybody."""
        if dataset not in self._absent:
            names = [rows_table(dataset, role) for role in roles(self.contracts[dataset])]
            for name in names:
                self._con.register(name, self._nothing(dataset))
            self._absent[dataset] = facts.summarise(self._con, self.contracts[dataset], self.pack.names.facts, self.on)
            for name in names:
                self._con.unregister(name)
        return self._absent[dataset]

    def _nothing(self, dataset: str) -> pa.Table:
        if dataset not in self._empty:
            empty = self._compact(dataset, [])
            empty = empty.add_column(0, "n", pa.array([], pa.int32())).add_column(1, "line", pa.array([], pa.int64()))
            self._empty[dataset] = empty
        return self._empty[dataset]

    def _compact(self, dataset: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        columns = ", ".join(f"{sql} AS {name_of(name)}" for name, sql in self._standing.columns(dataset).items())
        self._con.register("told", landing.kept_table(self.contracts[dataset], rows))
        try:
            return self._con.sql(f"SELECT {columns} FROM told").to_arrow_table()
        finally:
            self._con.unregister("told")

    # ---- what the rules say --------------------------------------------------------------------------------------------

    def _judge(self, laid: Laid, asked: Sequence[int], around: int, new: Sequence[_Person]) -> list[Home]:
        """The asked homes and the new people out of what was laid; those around them are only looked at."""
        wanted = [*range(len(asked)), *range(len(asked) + around, len(asked) + around + len(new))]
        people, person_facts = laid.person.to_pylist(), laid.person_facts.to_pylist()
        households, home_facts = laid.household.to_pylist(), laid.household_facts.to_pylist()
        members: dict[int, list[int]] = {}
        for n, one in enumerate(people):
            members.setdefault(one["m"], []).append(n)
        silent = self._cannot_speak()
        found = []
        for m in wanted:
            home, own = households[m], members[m]
            hid, head = home["hid"], home["head"]
            living = tuple(Member(people[n]["pid"], _known(person_facts[n])) for n in own)
            household = Household(hid, home["area"] or "", _known(home_facts[m]), living)
            by_pid = {people[n]["pid"]: people[n] for n in own}
            signs = [
                sign
                for sign in Asked(household, self.on, household.area, self.pack).signs()
                if sign.state == "met" and sign.indicator.code not in silent
            ]
            found.append(
                Home(
                    hid=hid,
                    area=home["area"],
                    head=people[head]["pid"],
                    people=tuple({**{k: v for k, v in people[n].items() if k != "m"}, "hid": hid} for n in own),
                    facts={**{people[n]["pid"]: person_facts[n] for n in own}, hid: home_facts[m]},
                    findings=tuple(self._finding(sign, household, people[head], by_pid) for sign in signs),
                    rows=tuple(self._row(one) for pid in by_pid for one in self.told.get(pid, ())),
                )
            )
        return found

    def _cannot_speak(self) -> frozenset[str]:
        there = frozenset(self._datasets | self._standing.loaded)
        if self._silent is None or self._silent[0] != there:
            self._silent = (there, frozenset(self.pack.without_life(there, self.on)))
        return self._silent[1]

    def _finding(self, sign: Sign, household: Household, head: Row, people: Mapping[str, Row]) -> tuple[Any, ...]:
        whose = people[sign.subject.member.pid] if sign.subject.member else head
        name = whose["name"]
        masked = "*" if name is None else _masked(name)
        subject = whose["pid"] if sign.subject.member else household.hid
        told = json.dumps({name: _told(value) for name, value in sign.values.items()}, ensure_ascii=False, separators=(",", ":"))
        return (
            sign.indicator.code, sign.level, sign.subject_kind, subject, whose["pid"], household.hid,
            household.area or self._scope, masked, sign.basis, sign.mask, told,
        )  # fmt: skip

    def _row(self, one: Whose) -> Row:
        return {
            "dataset": one.event.dataset,
            "role": roles(self.contracts[one.event.dataset])[0].called,
            "batch": BATCH,
            "row_no": one.event.sequence,
            "how": one.how,
            "as_of": one.event.day,
            "pid": one.pid,
            "values": landing.kept_row(self.contracts[one.event.dataset], one.event.row) | {"row_no": one.event.sequence},
        }


def _sex(number: str | None) -> str | None:
    return None if number is None else "1" if int(number[16]) % 2 else "2"


def _known(told: Row) -> Row:
    return {name: value for name, value in told.items() if value is not None}


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _masked(name: str) -> str:
    """As `cycle` masks names."""
    return name[:1] + "*" * max(len(name) - 2, 1) + (name[-1] if len(name) > 2 else "")
