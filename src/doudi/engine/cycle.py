"""A cycle: from the loads of a day to register, facts and findings, published in one step.

What a cycle made lies in the lake as objects named by their content; one manifest names them all, and CURRENT names the manifest.
A cycle killed anywhere leaves at most objects nobody names; run again it ends in the same state.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi import __version__
from doudi.engine import facts, living_tables, matching, people, register, unseen, weights
from doudi.engine.contract import Contract
from doudi.engine.households import Said
from doudi.engine.lake import Lake, rename, settle
from doudi.engine.linkage import Landed, Settled
from doudi.engine.people import Laid
from doudi.policy import sweep
from doudi.policy.pack import Pack

GROUP = 4096  # rows that are read together when one person is looked up
# Columns that say much the same for many; the others are written as they are.
_REPEATING = (
    "sex",
    "area",
    "relation",
    "home_source",
    "tier",
    "dataset",
    "role",
    "how",
    "batch",
    "indicator",
    "level",
    "subject_kind",
)

Mark = Callable[[str], None]


class NothingLoaded(Exception):
    """No department has delivered anything for this day."""


@dataclass(frozen=True)
class Cycle:
    """A published cycle: its manifest, read."""

    id: str
    manifest: Mapping[str, Any]
    sha256: str  # of the manifest

    @property
    def on(self) -> date:
        return date.fromisoformat(self.manifest["on"])

    @property
    def counts(self) -> Mapping[str, Any]:
        """What the cycle counted: persons, households, links, findings, by_indicator, tiers, silent."""
        return self.manifest["counts"]


def _stable(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@cache
def engine_version() -> str:
    """A name for the way cycles are built: it changes with the program, so that a changed program builds anew."""
    told = hashlib.sha256(__version__.encode())
    folder = Path(__file__).parent
    for path in sorted([*folder.glob("*.py"), *folder.glob("*.toml"), *(folder.parent / "policy").rglob("*.py")]):
        told.update(path.read_bytes())
    return told.hexdigest()[:16]


def _inputs(
    loads: Sequence[Landed], pack: Pack, on: date, key: str, settled: Sequence[Settled], said: Sequence[Said]
) -> dict[str, Any]:
    """Everything a cycle depends on. Of the linking key only a fingerprint, of what people settled and said only a hash."""
    delivered = [
        {"dataset": load.dataset, "batch": load.batch, "object": load.object.stem, "as_of": load.as_of.isoformat()}
        for load in sorted(loads, key=lambda load: (load.dataset, load.batch))
    ]
    fingerprint = hashlib.sha256(b"fingerprint:" + key.encode()).hexdigest()[:16]
    given = {"on": on.isoformat(), "inputs": delivered, "packs": pack.version, "engine": engine_version(), "key": fingerprint}
    if settled:
        told = _stable([[one.kind, one.left, one.right, one.verdict] for one in sorted(set(settled))])
        given["settled"] = hashlib.sha256(told).hexdigest()
    if said:
        told = _stable([[one.kind, one.a, one.b, one.holds, one.since.isoformat()] for one in said])
        given["said"] = hashlib.sha256(told).hexdigest()
    return given


def cycle_path(lake: Lake, cycle_id: str) -> Path:
    """Where the manifest of a cycle lies."""
    return lake.root / "cycles" / f"{cycle_id}.json"


def read(lake: Lake, cycle_id: str) -> Cycle | None:
    """A published cycle, or None when there is none of this name."""
    path = cycle_path(lake, cycle_id)
    if not path.exists():
        return None
    text = path.read_bytes()
    return Cycle(cycle_id, json.loads(text), hashlib.sha256(text).hexdigest())


def current(lake: Lake) -> Cycle | None:
    """The cycle that counts now, or None before the first."""
    path = lake.root / "CURRENT"
    return read(lake, path.read_text().strip()) if path.exists() else None


def run(
    lake: Lake,
    contracts: Mapping[str, Contract],
    loads: Sequence[Landed],
    pack: Pack,
    on: date,
    *,
    key: str,
    mark: Mark = lambda step: None,
    memory: str = "1000MB",
    settled: Sequence[Settled] = (),
    said: Sequence[Said] = (),
    point: bool = True,
) -> Cycle:
    """Build the cycle of a day and publish it; the same inputs again change nothing.

    :param loads: the loads that count on that day, of all datasets
    :param key: the linking key, which makes the ids of people
    :param settled: what people decided about doubtful pairs
    :param said: what families and officers said of who lives with whom, in the order it was said
    :param mark: is told each step before it begins
    :param point: whether it becomes the cycle that counts now; a past one built again does not
    :raises NothingLoaded: there are no loads
    """
    if not loads:
        raise NothingLoaded(f"{on}: 还没有任何部门的数据。请先运行 doudi feeds load。")
    given = _inputs(loads, pack, on, key, settled, said)
    if own_weights := weights.standing(lake.root)[1]:
        given["weights"] = own_weights
    cycle_id = f"{on:%Y%m%d}-{hashlib.sha256(_stable(given)).hexdigest()[:20]}"
    made = read(lake, cycle_id)
    if made is None or not all(lake.object(one["sha256"]).exists() for one in made.manifest["objects"].values()):
        built = _build(lake, contracts, loads, pack, on, key=key, mark=mark, memory=memory, settled=settled, said=said)
        manifest = {"cycle": cycle_id, **given, **built}
        mark("manifest")
        _write(lake, cycle_path(lake, cycle_id), _stable(manifest))
        made = read(lake, cycle_id)
        assert made is not None
    if not point:
        return made
    mark("current")
    pointer = lake.root / "CURRENT"
    if not pointer.exists() or pointer.read_text().strip() != cycle_id:
        _write(lake, pointer, cycle_id.encode())
    return made


def _write(lake: Lake, target: Path, content: bytes) -> None:
    """Give a file its name only when it is whole."""
    with lake.workshop() as workshop:
        draft = workshop / "draft"
        draft.write_bytes(content)
        settle(draft)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        rename(draft, target)


def _build(
    lake: Lake,
    contracts: Mapping[str, Contract],
    loads: Sequence[Landed],
    pack: Pack,
    on: date,
    *,
    key: str,
    mark: Mark,
    memory: str,
    settled: Sequence[Settled],
    said: Sequence[Said],
) -> dict[str, Any]:
    """Make all objects of a cycle and say what they are."""
    by_dataset: dict[str, list[Landed]] = {}
    for load in sorted(loads, key=lambda load: (load.dataset, load.batch)):
        by_dataset.setdefault(load.dataset, []).append(load)
    catalogue = pack.names.facts
    with lake.workshop() as workshop:
        settings = {"memory_limit": memory, "temp_directory": str(workshop / "spill")}
        with duckdb.connect(":memory:", config=settings) as con:
            mark("link")
            datasets = register.link(
                con, contracts, by_dataset, on, key=key, settled=settled, weights=weights.standing(lake.root)[0]
            )
            mark("sum_up")
            summed = register.sum_up(con, contracts, datasets, catalogue, on)
            kinds = register.place_kinds(con, by_dataset.get("division", []))
            mark("lay")
            laid, proposed = people.lay(con, summed, catalogue, kinds, key, on, said)
            del summed
            mark("find")
            silent = pack.without_life(by_dataset, on)
            found = _find(con, laid, pack, on, [rule.code for rule in pack.indicators_on(on) if rule.code not in silent])
            mark("write")
            links = con.sql(register.links_sql(contracts, datasets)).to_arrow_table()
            pairs = con.sql("SELECT * FROM pair ORDER BY ALL").to_arrow_table()
            placing = matching.kept(con)
        tables = {
            "person": laid.person,
            "person_facts": laid.person_facts,
            "household": laid.household,
            "household_facts": laid.household_facts,
            "living": living_tables.living_table(proposed, on),
            "edge": living_tables.tie_table(proposed),
            "link": links.drop_columns(["n"]),
            "pair": pairs,
            **placing,
            "finding": found,
            "unseen": unseen.measure(
                links,
                laid.person,
                {load.batch: load.as_of for load in loads},
                {code: max(load.as_of for load in of_code) for code, of_code in by_dataset.items()},
                on,
            ),
            **_indexes(laid, links["n"].to_numpy()),
        }
        objects = {}
        for name, table in tables.items():
            mark(f"keep {name}")
            draft = workshop / f"{name}.parquet"
            repeating = [
                column.name for column in table.schema if column.name in _REPEATING or pa.types.is_dictionary(column.type)
            ]
            pq.write_table(
                table, draft, compression="snappy", row_group_size=GROUP, use_dictionary=repeating, write_statistics=False
            )
            objects[name] = {"sha256": lake.keep_object(draft), "rows": len(table)}
    counts = {
        "persons": len(laid.person),
        "households": len(laid.household),
        "links": _counted(links["how"]),
        "pairs": _counted(pairs["kind"]),
        "facts": {"person": laid.person_facts.num_columns, "household": laid.household_facts.num_columns},
        "tiers": _counted(laid.person["tier"]),
        "to_visit": living_tables.to_visit(proposed),
        "findings": len(found),
        "by_indicator": _counted(found["indicator"]),
        "silent": silent,
        "switched_off": [[one.code, one.place] for one in pack.switched_off(on)],
    }
    traced = {name: facts.columns_of(name, contracts) for name in catalogue}
    return {"objects": objects, "counts": counts, "facts": {name: of for name, of in traced.items() if of}}


def _counted(column: pa.ChunkedArray) -> dict[str, int]:
    counted = pc.value_counts(column.cast(pa.string()).combine_chunks())
    found = {value["values"].as_py(): value["counts"].as_py() for value in counted}
    return {word: found[word] for word in sorted(word for word in found if word is not None)}


# ---- findings -----------------------------------------------------------------------------------------------------------


def _find(con: duckdb.DuckDBPyConnection, laid: Laid, pack: Pack, on: date, only: Sequence[str]) -> pa.Table:
    """Ask every rule about everybody. The rules see people and households as numbers; who they are is put beside the answers."""
    needed = sweep.needed(pack, on)
    area = laid.household["area"].combine_chunks()
    scope = common([code for code in area.dictionary.to_pylist() if code])  # what does not differ inside it is one number
    m = laid.person["m"].combine_chunks()
    count = len(laid.person)
    views = {
        "person_facts": {"pid": pa.array(np.arange(count, dtype=np.int32)), "hid": m, "area": area.take(m)},
        "household_facts": {"hid": pa.array(np.arange(len(laid.household), dtype=np.int32)), "area": area},
    }
    for name, columns in views.items():
        table: pa.Table = getattr(laid, name)
        con.register(name, pa.table(columns | {column: table[column] for column in needed[name]}))
    asked = sweep.findings_sql(pack, on, only=only, scope=scope)
    found = con.sql(asked).to_arrow_table()
    code = found["indicator"].combine_chunks().dictionary_encode()  # by code, then place: numbers sort quicker than texts
    rank = pc.rank(code.dictionary).to_numpy()[code.indices.to_numpy()].astype(np.int64)
    found = found.take(np.argsort((rank << 32) + found["subject"].cast(pa.int64()).to_numpy(), kind="stable"))
    for name in views:
        con.unregister(name)
    subject = found["subject"].cast(pa.int32()).to_numpy()
    is_person = np.asarray(pc.equal(found["subject_kind"], "person"))
    whose = pa.array(np.where(is_person, subject, laid.household["head"].to_numpy()[np.where(is_person, 0, subject)]))
    home = m.take(whose)
    pid, hid = laid.person["pid"].take(whose), laid.household["hid"].take(home)
    names = laid.person["name"].take(whose)
    stars = pc.binary_repeat("*", pc.max_element_wise(pc.subtract(pc.utf8_length(names), 2), 1))
    first, last = pc.utf8_slice_codeunits(names, 0, 1), pc.utf8_slice_codeunits(names, -1)
    long = pc.greater(pc.utf8_length(names), 2)
    masked = pc.binary_join_element_wise(first, stars, pc.if_else(long, last, ""), "")
    return pa.table(
        {
            "indicator": found["indicator"],
            "level": found["level"],
            "subject_kind": found["subject_kind"],
            "subject": pc.if_else(pa.array(is_person), pid, hid),
            "pid": pid,
            "hid": hid,
            "area": pc.coalesce(found["area"].cast(pa.string()), pa.scalar(scope)),
            "masked_name": pc.coalesce(masked, pa.scalar("*")),
            "basis": found["basis"],
            "mask": found["mask"],
            "values": found["values"],
        }
    )


def common(codes: Sequence[str]) -> str:
    """What all area codes begin with: everybody lives inside it."""
    first, last = min(codes, default=""), max(codes, default="")
    return first[: next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


def findings(lake: Lake, cycle: Cycle) -> Iterator[tuple[Any, ...]]:
    """What a cycle found: indicator, level, subject_kind, subject, pid, hid, area, masked_name, basis, mask, values (JSON)."""
    file = pq.ParquetFile(lake.object(cycle.manifest["objects"]["finding"]["sha256"]))
    for batch in file.iter_batches(batch_size=20_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


# ---- indexes ------------------------------------------------------------------------------------------------------------


def _indexes(laid: Laid, link_n: np.ndarray[Any, Any]) -> dict[str, pa.Table]:
    """How one person or household is found without reading everybody.

    person_index: `key`, the middle of a pid as a number, in order, and `n`, whose it is; for person n, `links`: where their rows
    in `link` end; `member`: all people in the order of their households. household_index: `key` and `m` alike; for household m,
    `members`: where its people in `member` end.
    """
    count, homes = len(laid.person), len(laid.household)
    m = laid.person["m"].to_numpy()

    def keyed(ids: pa.ChunkedArray) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        key = key_of(ids)
        order = np.argsort(key, kind="stable").astype(np.int32)
        return key[order], order

    person_key, n = keyed(laid.person["pid"])
    household_key, which = keyed(laid.household["hid"])
    return {
        "person_index": pa.table(
            {
                "key": person_key,
                "n": n,
                "links": np.cumsum(np.bincount(link_n, minlength=count)).astype(np.int32),
                "member": np.argsort(m, kind="stable").astype(np.int32),
            }
        ),
        "household_index": pa.table(
            {"key": household_key, "m": which, "members": np.cumsum(np.bincount(m, minlength=homes)).astype(np.int32)}
        ),
    }


def key_of(ids: pa.ChunkedArray | pa.Array) -> np.ndarray[Any, Any]:
    """Eight bytes of each id (its second to seventeenth character) as a whole number."""
    text = pc.utf8_slice_codeunits(ids, 1, 17)
    joined = (
        b"".join(chunk.buffers()[2].to_pybytes()[: 16 * len(chunk)] for chunk in text.chunks)
        if isinstance(text, pa.ChunkedArray)
        else text.buffers()[2].to_pybytes()[: 16 * len(text)]
    )
    return np.frombuffer(bytes.fromhex(joined.decode()), ">u8").astype(np.uint64)
