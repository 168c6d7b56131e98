"""Benefits held by everybody in a table, judged by the stacking matrix in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import pyarrow as pa

from doudi.policy import stacking
from doudi.policy.pack import Pack
from doudi.policy.stacking import Holding

_TYPES = {
    "pid": pa.string(), "seq": pa.int64(), "programme": pa.string(), "from_on": pa.date32(), "to_on": pa.date32(),
    "amount_fen": pa.int64(), "kind": pa.string(), "born_on": pa.date32(),
}  # fmt: skip


def judge(holdings: Sequence[Holding], pack: Pack, until: date) -> pa.Table:
    """What `stacking.judge` says about each person, for all of them at once; columns as in `stacking.sql`."""
    columns = {name: [getattr(one, name) for one in holdings] for name in _TYPES if name != "seq"} | {
        "seq": list(range(len(holdings)))
    }
    with duckdb.connect() as con:
        con.register("holdings", pa.table({name: pa.array(columns[name], kind) for name, kind in _TYPES.items()}))
        return con.sql(stacking.sql(pack, until)).to_arrow_table()
