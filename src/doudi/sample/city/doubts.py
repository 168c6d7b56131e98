"""What the current cycle gives people to settle, in the words of the scorer."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.sample.city.published import NothingPublished, _named, _object, files


def doubts(lake: Lake) -> pa.Table:
    """What the current cycle gives people to settle: kind, dataset, file, row_no, role, entity (offered), other (the same as it).

    :raises NothingPublished: no cycle has been published yet, or one of before doubtful pairs were kept
    """
    made = cycle.current(lake)
    if made is None or "pair" not in made.manifest["objects"]:
        raise NothingPublished("No cycle with doubtful pairs has been published. Run `doudi cycle` first.")
    pair, pids = _object(lake, made, "pair"), _object(lake, made, "person")["pid"].combine_chunks()
    rows = pair.filter(pair["batch"].is_valid())
    people = pair.filter(pair["batch"].is_null())
    parts = []
    for part, file in ((rows, _named(rows["batch"], files())), (people, pa.nulls(len(people), pa.string()))):
        parts.append(
            pa.table(
                {
                    **{name: part[name].cast(pa.string()) for name in ("kind", "dataset")},
                    "file": file,
                    "row_no": part["row_no"],
                    "role": part["role"].cast(pa.string()),
                    "entity": pc.index_in(part["pid"], value_set=pids),
                    "other": pc.index_in(part["left"], value_set=pids),
                }
            )
        )
    return pa.concat_tables(parts)
