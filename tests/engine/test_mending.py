"""Mends: they change what they name and nothing else, the list twice is the list once, row numbers stay."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import exchange_feeds as feeds
from doudi.engine import mending, rejected
from doudi.engine.contract import read_contracts
from doudi.engine.recognise import Refused
from doudi.facts.number import check_character

CONTRACTS = read_contracts(Path(mending.__file__).parent.parent / "exchange" / "contracts")
TEKUN, AGED = CONTRACTS["tekun"], CONTRACTS["old_age_allowance"]


def opened(folder: Path, rows, mends=(), *, contract=TEKUN, heading=feeds.TEKUN):
    path = feeds.write(folder / "x.csv", feeds.text(rows, heading=heading))
    return mending.open_delivery(path, contract, CONTRACTS, folder, file_name="x.csv", mends=mends)


def read(*told, contract=TEKUN):
    return mending.read_mends(told, contract)


def landed(folder: Path, rows, *told, **more):
    mends = read(*told, contract=more.get("contract", TEKUN))
    return mending.land(opened(folder, rows, mends, **more), mends, folder)


def rows_with(count: int, **cells):
    rows = feeds.tekun_rows(count)
    for row in rows:
        for at, value in cells.items():
            row[int(at[1:])] = value
    return rows


def test_each_kind_mends_what_it_names(tmp_path):
    rows = feeds.tekun_rows(8)
    rows[0][6] = "玖佰元"  # only a value map helps
    rows[1][6] = "￥~1200~"
    rows[2][4] = "完全自理的"
    rows[3][7] = "05/06/2021"
    rows[4][8] = "1900-01-01"
    rows[5][2] = ""
    rows.append(["合计", "", "", "", "", "", "9999", "", ""])
    before, none = landed(tmp_path, rows)
    assert (before.accepted, before.rejected, none.total) == (2, 6, 0)
    after, changes = landed(
        tmp_path,
        rows,
        {"kind": "values", "column": "amount_month", "map": {"玖佰元": "900"}},
        {"kind": "strip", "column": "amount_month", "characters": "~"},
        {"kind": "values", "column": "care_grade", "map": {"完全自理的": "full"}},
        {"kind": "dates", "column": "from_date", "order": "dmy"},
        {"kind": "clear", "column": "to_date", "reason": "placeholder_date"},
        {"kind": "cell", "row": 6, "column": "name", "value": "王芳"},
    )
    good = pq.read_table(after.good).to_pylist()
    assert (after.accepted, after.rejected, after.skipped) == (8, 0, 1)
    assert changes.cells == (1, 1, 1, 1, 1, 1)
    assert [row["row_no"] for row in good] == list(range(1, 9))
    assert [good[0]["amount_month"], good[1]["amount_month"]] == [90_000, 120_000]
    assert (f"{good[3]['from_date']}", good[4]["to_date"], good[5]["name"]) == ("2021-06-05", None, "王芳")


def test_a_column_under_another_heading_is_given_back(tmp_path):
    heading = ["供养证号", "公民身份号码", "姓名", "住哪个村", *feeds.TEKUN[4:]]
    with pytest.raises(Refused, match="村"):
        landed(tmp_path, feeds.tekun_rows(3), heading=heading)
    after, _ = landed(
        tmp_path, feeds.tekun_rows(3), {"kind": "heading", "heading": "住哪个村", "column": "area_code"}, heading=heading
    )
    assert after.accepted == 3


def test_units_totals_and_what_a_number_tells(tmp_path):
    rows = rows_with(4)
    rows[0][6], rows[1][6] = "98850", "1200"
    rows.insert(2, ["共计", "", "x", "9901010012", "", "", "100", "2020-01-01", ""])
    after, changes = landed(
        tmp_path,
        rows,
        {"kind": "unit", "column": "amount_month", "factor": "0.01", "over": "9999"},
        {"kind": "drop", "totals": True},
    )
    assert (changes.cells, changes.dropped) == ((1, 1), 1)
    assert pq.read_table(after.good)["amount_month"].to_pylist() == [98_850, 120_000, 98_850, 98_850]
    assert pq.read_table(after.good)["row_no"].to_pylist() == [1, 2, 4, 5]


def test_birth_and_sex_are_filled_from_a_trusted_number_only_where_they_say_nothing(tmp_path):
    contract = next(c for c in CONTRACTS.values() if {"birth_date", "sex"} <= set(c.by_name) and c.by_name["citizen_no"].person)
    needed = [c for c in contract.columns if c.required or c.name in ("birth_date", "sex", "citizen_no")]
    body = "99010119500203001"
    good = body + check_character(body)
    samples = {
        "citizen_no": good,
        "name": "王芳",
        "area": "990101001201",
        "date": "2020-01-01",
        "money": "1",
        "text": "A1",
        "flag": "是",
    }

    def row(**said):
        return [said.get(c.name, samples.get(c.name, samples.get(c.type, next(iter(c.codes), "1")))) for c in needed]

    rows = [
        row(birth_date="", sex=""),
        row(birth_date="31/31/1950"),
        row(birth_date="1960-01-01", sex="2"),
        row(citizen_no="123", birth_date="", sex=""),
    ]
    told = [{"kind": "fill", "column": "birth_date"}, {"kind": "fill", "column": "sex"}]
    mends = mending.read_mends(told, contract)
    one = opened(tmp_path, rows, mends, contract=contract, heading=[c.label for c in needed])
    table, _ = mending.apply(one, mends)
    at = {c.name: f"c{n}" for n, c in enumerate(needed)}
    assert table[at["birth_date"]].to_pylist() == ["1950-02-03", "1950-02-03", "1960-01-01", None]
    assert table[at["sex"]].to_pylist()[0] == "1" and table[at["sex"]].to_pylist()[2:] == ["2", None]


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "sql", "column": "name"},
        {"kind": "values", "column": "no_such", "map": {"a": "b"}},
        {"kind": "values", "column": "name", "map": {}},
        {"kind": "clear", "column": "name", "reason": "empty"},
        {"kind": "unit", "column": "amount_month", "factor": "7"},
        {"kind": "unit", "column": "name", "factor": "100"},
        {"kind": "dates", "column": "amount_month", "order": "dmy"},
        {"kind": "fill", "column": "name"},
        {"kind": "drop"},
        {"kind": "cell", "row": 0, "column": "name", "value": "x"},
        {"kind": "strip", "column": "name"},
        {"kind": "strip", "column": "name", "characters": "a", "more": 1},
    ],
)
def test_a_mend_that_cannot_be_meant_is_refused(told):
    with pytest.raises(mending.BadMend):
        read(told)


def test_a_line_that_could_not_be_split_is_whole_once_its_needed_cells_are_written(tmp_path):
    path = feeds.write(
        tmp_path / "x.csv",
        feeds.text(feeds.tekun_rows(3)) + "坏行,只有两格\r\n" + feeds.text(feeds.tekun_rows(5)[4:]).split("\r\n", 1)[1],
    )
    row = dict(zip([c.name for c in TEKUN.columns if c.label in feeds.TEKUN], feeds.tekun_row(9), strict=False))
    names = {c.label: c.name for c in TEKUN.columns}
    told = [
        {"kind": "cell", "row": 4, "column": names[label], "value": cell}
        for label, cell in zip(feeds.TEKUN, feeds.tekun_row(9), strict=True)
    ]
    assert row
    for mends, good in ((read(), 4), (read(*told), 5)):
        one = mending.open_delivery(path, TEKUN, CONTRACTS, tmp_path, file_name="x.csv", mends=mends)
        assert mending.land(one, mends, tmp_path)[0].accepted == good


TEXTS = st.sampled_from(["988.5", "", "三级", "05/06/2021", "2020-01-01", "~1~", "合计", "全自理", "x"])
COLUMNS = st.sampled_from(["care_grade", "support_form", "amount_month", "from_date", "to_date", "name"])
MENDS = st.one_of(
    st.builds(lambda c, a, b: {"kind": "values", "column": c, "map": {a: b}}, COLUMNS, TEXTS, TEXTS),
    st.builds(lambda c, a: {"kind": "strip", "column": c, "characters": a}, COLUMNS, st.sampled_from(["~", "1", "x三"])),
    st.builds(lambda o: {"kind": "dates", "column": "from_date", "order": o}, st.sampled_from(["dmy", "mdy"])),
    st.builds(lambda f: {"kind": "unit", "column": "amount_month", "factor": f}, st.sampled_from(mending.FACTORS)),
    st.builds(lambda r, c, v: {"kind": "cell", "row": r, "column": c, "value": v}, st.integers(1, 6), COLUMNS, TEXTS),
    st.builds(lambda r: {"kind": "drop", "rows": [r]}, st.integers(1, 6)),
)


@given(
    cells=st.lists(st.tuples(*[TEXTS] * 5), min_size=6, max_size=6),
    told=st.lists(MENDS, max_size=5),
)
def test_nothing_changes_that_no_mend_names_and_twice_is_once(tmp_path_factory, cells, told):
    folder = tmp_path_factory.mktemp("mend")
    rows = [[*feeds.tekun_row(n)[:4], *five] for n, five in enumerate(cells)]
    one = opened(folder, rows)
    mends, again = read(*told), read(*told, *told)
    assert mends == again == mending.read_mends(mending.written(mends), TEKUN)
    table, changes = mending.apply(one, mends)
    named = {mend.column for mend in mends if not isinstance(mend, mending.Drop)}
    gone = {row for mend in mends if isinstance(mend, mending.Drop) for row in mend.rows}
    for name, at in one.match.positions.items():
        if name in named:
            continue
        old, new = one.table[f"c{at}"].to_pylist(), table[f"c{at}"].to_pylist()
        for number, (was, now) in enumerate(zip(old, new, strict=True), start=1):
            assert now == (None if number in gone else was)
    if not mends:
        assert changes.total == 0


def test_groups_and_offers(tmp_path):
    rows = feeds.tekun_rows(60)
    for row in rows[:30]:
        row[4] = "全自理吧"
    for row in rows[30:40]:
        row[7] = "05/06/2021"
    rows[40][7] = "2021年"
    for row in rows[41:45]:
        row[6] = f"{row[6]}約"
    before, _ = landed(tmp_path, rows)
    found = rejected.groups(before.bad)
    assert sum(one.cells for one in found) == sum(before.reasons.values())
    first = found[0]
    assert (first.field, first.reason, first.cells) == ("care_grade", "unknown_code", 30)
    (offer, *_) = rejected.offers(first, TEKUN)
    assert (offer.kind, offer.guesses) == ("values", (("全自理吧", "full", 30),))
    kinds = {(one.field, one.reason): [offer.kind for offer in rejected.offers(one, TEKUN)] for one in found}
    assert kinds["from_date", "ambiguous_date"][0] == "dates"
    assert kinds["amount_month", "not_money"][0] == "strip"
    assert list(rejected.rows_of(before.bad, "care_grade", "unknown_code", first=0, count=3)) == [1, 2, 3]
