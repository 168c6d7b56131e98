"""One proposed household out of a published cycle: who is counted, who is left out and why, every tie between them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.engine.lookup import Lookup, Row

Array = np.ndarray[Any, Any]
_TIE = ("kind", "source", "word", "from_on", "to_on", "batch", "row_no", "holds")


class Proposed(Lookup):
    """Reads the households a cycle proposes, beside the register's own."""

    def living(self, pid: str) -> Row | None:
        """The household proposed for a person, or None where the cycle proposes none.

        head (pid); people: each with pid, name, sex, born_on, hid, tier, home_source, and own, counted, reason, article, clause,
        certain, look; ties: kind, source, a and b (pids), word, from_on, to_on, batch, row_no, holds; elsewhere: pids of the
        heads of other households this person is left out of. Ties reach one step out of the household.
        """
        files = self._files()
        if files is None or "living" not in files.manifest["objects"]:
            return None
        n = self._n(pid)
        if n is None:
            return None
        whole = files.whole("living", ("home", "n", "own"))
        homes, people, own = (whole[name].to_numpy(zero_copy_only=False) for name in ("home", "n", "own"))
        mine = np.flatnonzero(people == n)
        head = int(homes[mine[own[mine]]][0])
        first, end = (int(np.searchsorted(homes, head, side=side)) for side in ("left", "right"))  # type: ignore[call-overload]
        rows = files.rows("living", first, end)
        found = [{**self._person(files, row.pop("n")), **row} for row in rows]
        here = np.array(sorted({int(one) for one in people[first:end]}), np.int32)
        names = {row["pid"]: row["name"] for row in found}
        ties = []
        for tie in self._ties(here):
            for side in ("a", "b"):
                other = files.row("person", tie[side])
                tie[side] = other["pid"]
                names[other["pid"]] = other["name"]
            ties.append(tie)
        elsewhere = [files.row("person", int(one))["pid"] for one in homes[mine[~own[mine]]]]
        told = {"head": files.row("person", head)["pid"], "people": found, "ties": ties, "elsewhere": elsewhere, "names": names}
        return told | {"on": self.on}

    def _n(self, pid: str) -> int | None:
        from doudi.engine.lookup import _place

        files = self._files()
        n = _place(files, pid, "p", "x") if files else None
        return n if files and n is not None and files.row("person", n)["pid"] == pid else None

    def _ties(self, people: Array) -> list[Row]:
        files = self._files()
        assert files is not None
        whole = files.whole("edge", ("a", "b"))
        a, b = whole["a"].to_numpy(), whole["b"].to_numpy()
        first, end = np.searchsorted(a, people, side="left"), np.searchsorted(a, people, side="right")
        of_a = np.concatenate([np.arange(start, stop) for start, stop in zip(first, end, strict=True)]) if len(people) else []
        places = np.union1d(of_a, np.flatnonzero(np.isin(b, people))).astype(np.int64)
        return [files.row("edge", int(place)) for place in places]


def changes(lake: Lake, before: Cycle, after: Cycle) -> list[Row]:
    """What happened in families between two cycles, as data tell it: kind, pid, other ('' where alone), on (None: unknown), area.

    kind: birth, death, marriage, divorce, moved_out, custody, released. Only of people proposed to live with somebody who is on a
    roll or in hardship on record, before or after; sorted by area, kind and person.
    """
    told = [_read(lake, one) for one in (before, after)]
    return sorted([*_of_couples(*told), *_of_people(*told)], key=lambda one: (one["area"], one["kind"], one["pid"], one["other"]))


_FACTS = ("died_on", "moved_out_on", "is_in_custody", "custody_from", "released_on", "born_on", "tier")


def _read(lake: Lake, made: Cycle) -> dict[str, pa.Table]:
    objects = made.manifest["objects"]

    def table(name: str, columns: list[str]) -> pa.Table:
        return pq.read_table(lake.object(objects[name]["sha256"]), columns=columns).combine_chunks()

    person = table("person", ["pid", "area"])
    facts = table("person_facts", list(_FACTS))
    if "edge" not in objects:  # a cycle of before households were proposed
        return {"person": person, "facts": facts, "edge": None, "watched": pa.table({"is": facts["tier"].is_valid()})}
    living = table("living", ["home", "n", "own"])
    living = living.filter(living["own"])
    home = np.zeros(len(person), np.int64)
    home[living["n"].to_numpy()] = living["home"].to_numpy()
    helped = np.zeros(len(person), bool)
    helped[home[np.asarray(facts["tier"].is_valid())]] = True
    watched = pa.table({"is": pa.array(helped[home])})
    return {"person": person, "facts": facts, "edge": table("edge", ["kind", "a", "b", "from_on"]), "watched": watched}


def _of_couples(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    if before["edge"] is None or after["edge"] is None:
        return []
    found: list[Row] = []
    for kind, called in (("married", "marriage"), ("divorced", "divorce")):
        rows = [_pairs(one, kind) for one in (before, after)]
        new = rows[1].filter(pc.invert(pc.is_in(rows[1]["key"], rows[0]["key"].combine_chunks())))
        for row in new.filter(new["watched"]).to_pylist():
            found.append({"kind": called, "pid": row["a"], "other": row["b"], "on": row["on"], "area": row["area"] or ""})
    return found


def _pairs(of: Mapping[str, Any], kind: str) -> pa.Table:
    edge = of["edge"].filter(pc.equal(of["edge"]["kind"].cast(pa.string()), kind))
    a, b = edge["a"], edge["b"]
    pid = of["person"]["pid"]
    first, second = pid.take(a).cast(pa.string()), pid.take(b).cast(pa.string())
    day = edge["from_on"].cast(pa.string())
    watched = pc.or_(of["watched"]["is"].take(a), of["watched"]["is"].take(b))
    key = pc.binary_join_element_wise(first, second, pc.fill_null(day, ""), "|")
    area = of["person"]["area"].take(a).cast(pa.string())
    return pa.table({"key": key, "a": first, "b": second, "on": edge["from_on"], "watched": watched, "area": area})


def _of_people(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    pids = after["person"]["pid"].combine_chunks().cast(pa.string())
    earlier = pc.index_in(pids, before["person"]["pid"].combine_chunks().cast(pa.string()))
    was = {name: before["facts"][name].take(earlier) for name in _FACTS}
    now = {name: after["facts"][name] for name in _FACTS}
    seen = np.asarray(earlier.is_valid())
    watched = np.asarray(after["watched"]["is"]) | np.asarray(before["watched"]["is"].take(earlier).fill_null(False))

    def appeared(name: str) -> Array:
        return seen & np.asarray(was[name].is_null()) & np.asarray(now[name].is_valid())

    inside = [np.asarray(of["is_in_custody"].fill_null(False)) for of in (was, now)]
    births = ~seen & np.asarray(pc.greater(now["born_on"], _a_year_before(after)).fill_null(False))
    events = (
        ("birth", births, "born_on"),
        ("death", appeared("died_on"), "died_on"),
        ("moved_out", appeared("moved_out_on"), "moved_out_on"),
        ("custody", seen & ~inside[0] & inside[1], "custody_from"),
        ("released", seen & inside[0] & ~inside[1], "released_on"),
    )
    area = after["person"]["area"]
    return [
        {"kind": kind, "pid": pids[at].as_py(), "other": "", "on": now[day][at].as_py(), "area": area[at].as_py() or ""}
        for kind, here, day in events
        for at in np.flatnonzero(here & watched).tolist()
    ]


def _a_year_before(after: Mapping[str, Any]) -> pa.Scalar:
    latest = pc.max(after["facts"]["born_on"]).as_py() or date(1970, 1, 1)
    return pa.scalar(date.fromordinal(latest.toordinal() - 365), pa.date32())
