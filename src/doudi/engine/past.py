"""Earlier cycles: which one knew what on which day, and how one whose objects are gone is built again, byte for byte.

Two days are meant when one asks about the past. What was *true on* a day is told by the deliveries that speak of it; what was
*known on* a day by those that had arrived. A cycle has both: the day it judges, and the moment it was made known, which is
written down in one line of `cycles/known`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.engine import cycle
from doudi.engine.contract import Contract
from doudi.engine.cycle import Cycle, Mark
from doudi.engine.households import Said
from doudi.engine.lake import Lake, rename, settle
from doudi.engine.linkage import Settled
from doudi.policy.pack import Pack


class CannotRestore(Exception):
    """A past cycle cannot be built again as it was; the words say why."""


@dataclass(frozen=True, slots=True)
class Known:
    """From which moment a cycle was what we knew."""

    at: datetime
    cycle: str

    @property
    def on(self) -> date:
        """The day the cycle judges."""
        return date.fromisoformat(self.cycle[:8])


def _log(lake: Lake) -> Path:
    return lake.root / "cycles" / "known"


def known(lake: Lake) -> list[Known]:
    """Every cycle with the moment from which it was known, in order of these moments."""
    path = _log(lake)
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="ascii").splitlines():
        moment, _, name = line.partition(" ")
        found.append(Known(datetime.fromisoformat(moment), name))
    return found


def note(lake: Lake, more: Iterable[Known]) -> None:
    """Write down from when cycles were known; what stands there already stays. Whole or not at all."""
    before = known(lake)
    after = sorted({*before, *more}, key=lambda one: (one.at, one.cycle))
    if after == before:
        return
    _put(lake, _log(lake), "".join(f"{one.at.isoformat()} {one.cycle}\n" for one in after).encode())


def _put(lake: Lake, path: Path, content: bytes) -> None:
    with lake.workshop() as workshop:
        draft = workshop / "draft"
        draft.write_bytes(content)
        settle(draft)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        rename(draft, path)


def is_whole(lake: Lake, made: Cycle) -> bool:
    """Whether everything a cycle made is still in the lake."""
    return all(lake.object(one["sha256"]).exists() for one in made.manifest["objects"].values())


def best(lake: Lake, on: date, until: datetime) -> tuple[Known, Cycle] | None:
    """The cycle that says best how things stood on a day, of those known by a moment: of the latest day not after it; of
    several of that day the one known last. None: nothing was known of that day by then."""
    for one in sorted(known(lake), key=lambda one: (one.on, one.at), reverse=True):
        if one.on <= on and one.at <= until:
            made = cycle.read(lake, one.cycle)
            if made is not None:
                return one, made
    return None


@dataclass(frozen=True)
class _Load:
    dataset: str
    batch: int
    object: Path
    as_of: date


def loads_of(lake: Lake, made: Cycle) -> list[_Load]:
    """The loads a cycle was made from, our own records among them."""
    return [
        _Load(one["dataset"], one["batch"], lake.object(one["object"]), date.fromisoformat(one["as_of"]))
        for one in made.manifest["inputs"]
    ]


def restore(
    lake: Lake,
    contracts: Mapping[str, Contract],
    cycle_id: str,
    pack: Pack,
    *,
    key: str,
    mark: Mark = lambda step: None,
    settled: Sequence[Settled] = (),
    said: Sequence[Said] = (),
) -> Cycle:
    """Build a kept cycle's missing objects again from the loads its manifest names; it never becomes the one that counts.

    :param pack: the rules it was made with
    :param settled: what people had decided about doubtful pairs by then; `said`: and said of who lives with whom
    :raises CannotRestore: a load is gone, the program or the rules are not the same, or it came out otherwise
    """
    made = cycle.read(lake, cycle_id)
    if made is None:
        raise CannotRestore(f"没有 {cycle_id} 这一次计算。")
    if is_whole(lake, made):
        return made
    loads = loads_of(lake, made)
    gone = sorted({f"{one.dataset} 第 {one.batch} 批" for one in loads if not one.object.exists()})
    if gone:
        raise CannotRestore(f"当时用的数据已经按期限销毁：{'、'.join(gone)}。这一天不能再算。")
    if made.manifest["engine"] != cycle.engine_version():
        raise CannotRestore("程序已经升级，照现在的程序算不出一模一样的结果。请用当时的版本来恢复。")
    if made.manifest["packs"] != pack.version:
        raise CannotRestore("当时的规则没有保留，不能照原样再算。")
    path = cycle.cycle_path(lake, cycle_id)
    before = path.read_bytes()
    again = cycle.run(lake, contracts, loads, pack, made.on, key=key, mark=mark, settled=settled, said=said, point=False)
    if again.id != cycle_id or path.read_bytes() != before:
        _put(lake, path, before)
        raise CannotRestore("再算一次，结果和当时的不一样；没有改动任何东西。人对疑似重复、对谁和谁一起住的说法可能已经变了。")
    return made


def tiers(lake: Lake, cycle_id: str, within: str) -> dict[str, int]:
    """How many living people of each tier a cycle knows in places whose code begins so; "none" for those with no tier."""
    made = cycle.read(lake, cycle_id)
    if made is None:
        return {}
    table = pq.read_table(lake.object(made.manifest["objects"]["person"]["sha256"]), columns=["area", "tier", "died_on"])
    here = pc.starts_with(table["area"].cast(pa.string()), within)
    kept = table.filter(pc.and_(here.fill_null(False), pc.is_null(table["died_on"])))
    counted = pc.value_counts(pc.coalesce(kept["tier"].cast(pa.string()), pa.scalar("none")).combine_chunks())
    return {one["values"].as_py(): one["counts"].as_py() for one in counted}
