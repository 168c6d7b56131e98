"""Rows repeated in every column are found, however they are spread, and no other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.engine.apart import set_apart
from doudi.engine.recognise import recognise
from doudi.exchange import queries
from exchange_feeds import TEKUN, tekun_row

SOME = st.builds(
    lambda order, case, name, amount: [case, *tekun_row(order)[1:2], name, *tekun_row(order)[3:6], amount, *tekun_row(order)[7:]],
    st.integers(0, 3),
    st.sampled_from(["TK1", "TK2", "TK3"]),
    st.sampled_from(["王秀英", "李桂芳", "王 秀英", ""]),
    st.sampled_from(["100", "100.00", "200", "很多"]),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SOME, max_size=30), st.sampled_from([(), (2,), (1, 2, 3, 4, 5, 6, 7, 8)]), st.integers(1, 12))
def test_repeated_rows(tmp_path: Path, rows: list[list[str]], encoded: tuple[int, ...], piece: int) -> None:
    match = recognise([TEKUN], {"tekun": queries.contracts()["tekun"]})
    seen, good, bad, repeated = set(), [], [], 0
    for at, row in enumerate(rows, start=1):
        said = (row[0], row[1], row[2].replace(" ", ""), *row[3:6], row[6].removesuffix(".00"), *row[7:])
        if not row[2] or row[6] == "很多":
            bad.append(at)
        elif said in seen:
            repeated += 1
        else:
            seen.add(said)
            good.append(at)

    def table(of: list[list[str]]) -> pa.Table:
        columns = [pa.array([row[place] or None for row in of], pa.string()) for place in range(len(TEKUN))]
        named = [column.dictionary_encode() if place in encoded else column for place, column in enumerate(columns)]
        return pa.table(named, names=[f"c{place}" for place in range(len(TEKUN))])

    whole = set_apart(match, [table(rows)], tmp_path, may_be_empty=True)
    pieces = [table(rows[at : at + piece]) for at in range(0, len(rows), piece)]
    split = set_apart(match, pieces, tmp_path, may_be_empty=True)
    for landed in (whole, split):
        assert (landed.accepted, landed.rejected, landed.repeated) == (len(good), len(bad), repeated)
        assert pq.read_table(landed.good)["row_no"].to_pylist() == good
        if bad:
            assert pq.read_table(landed.bad)["row_no"].to_pylist() == bad
    assert pq.read_table(whole.good).to_pylist() == pq.read_table(split.good).to_pylist()


def test_a_file_that_is_there_many_times_over(tmp_path: Path) -> None:
    match = recognise([TEKUN], {"tekun": queries.contracts()["tekun"]})
    rows = [tekun_row(order) for order in range(500)]
    columns = [pa.array([row[place] or None for row in rows], pa.string()) for place in range(len(TEKUN))]
    once = pa.table(columns, names=[f"c{place}" for place in range(len(TEKUN))])
    landed = set_apart(match, [once] * 20, tmp_path)
    assert (landed.rows, landed.accepted, landed.repeated) == (10_000, 500, 9_500)
    assert np.array_equal(pq.read_table(landed.good)["row_no"].to_numpy(), np.arange(1, 501))


def test_many_rows_alike_in_all_but_their_own_texts(tmp_path: Path) -> None:
    match = recognise([TEKUN], {"tekun": queries.contracts()["tekun"]})
    rows = [[f"TK{order % 3000}", "", *tekun_row(1)[2:]] for order in range(6000)]
    columns = [pa.array([row[place] or None for row in rows], pa.string()) for place in range(len(TEKUN))]
    landed = set_apart(match, [pa.table(columns, names=[f"c{place}" for place in range(len(TEKUN))])], tmp_path)
    assert (landed.accepted, landed.repeated) == (3000, 3000)
