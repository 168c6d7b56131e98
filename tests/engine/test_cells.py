"""One cell at a time: every form people write, and nothing that only looks like it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cells_made import DAYS, FORMS, column, dressed
from doudi.engine import cells
from doudi.engine.cells import reader
from doudi.facts.money import fen, yuan


@pytest.mark.parametrize(
    ("kind", "text", "value", "reason"),
    [
        ("date", "2026-06-30", date(2026, 6, 30), None),
        ("date", "2026/6/30", date(2026, 6, 30), None),
        ("date", "20260630", date(2026, 6, 30), None),
        ("date", "2026.6.30", date(2026, 6, 30), None),
        ("date", "2026年6月30日", date(2026, 6, 30), None),
        ("date", "2026 年 06 月 30 日", date(2026, 6, 30), None),
        ("date", "30/06/2026", date(2026, 6, 30), None),
        ("date", "6/30/2026", date(2026, 6, 30), None),
        ("date", "46203", date(2026, 6, 30), None),
        ("date", "46203.5", date(2026, 6, 30), None),
        ("date", "2026-06", date(2026, 6, 1), None),
        ("date", "2026-06-30 00:00:00", date(2026, 6, 30), None),
        ("date", "2026-06-30T08:30:00Z", date(2026, 6, 30), None),
        ("date", "2024-02-29", date(2024, 2, 29), None),
        ("date", "05/06/2026", None, "ambiguous_date"),
        ("date", "05/05/2026", date(2026, 5, 5), None),
        ("date", "2026-13-40", None, "no_such_day"),
        ("date", "2026年6月31日", None, "no_such_day"),
        ("date", "2025-02-29", None, "no_such_day"),
        ("date", "1900-01-01", None, "placeholder_date"),
        ("date", "1899/12/30", None, "placeholder_date"),
        ("date", "0001-01-01", None, "date_out_of_range"),
        ("date", "9999-12-31", None, "date_out_of_range"),
        ("date", "1950", None, "not_a_date"),
        ("date", "-2026-6-3", None, "not_a_date"),
        ("date", "26-6-30", None, "not_a_date"),
        ("date", "六月", None, "not_a_date"),
        ("date", "6.1E+17", None, "spreadsheet_damage"),
        ("date", "不详", None, None),
        ("month", "2026-06", date(2026, 6, 1), None),
        ("month", "202606", date(2026, 6, 1), None),
        ("month", "2026年6月", date(2026, 6, 1), None),
        ("month", "2026/6/30", date(2026, 6, 1), None),
        ("month", "2026-13", None, "no_such_day"),
        ("month", "六月", None, "not_a_month"),
        ("money", "735", 73500, None),
        ("money", "735.5", 73550, None),
        ("money", "1,234.56", 123456, None),
        ("money", "１２３４元", 123400, None),
        ("money", "1.2万元", 1200000, None),
        ("money", "人民币￥12 元整", 1200, None),
        ("money", "0.10000", 10, None),
        ("money", "-735", None, "negative"),
        ("money", "−7", None, "negative"),
        ("money", "1_000", None, "not_money"),
        ("money", "12,34", None, "not_money"),
        ("money", "0.001", None, "too_precise"),
        ("money", "1e3", None, "spreadsheet_damage"),
        ("money", "三百", None, "not_money"),
        ("money", "无", None, None),
        ("code", "城镇", "urban", None),
        ("code", " 城 镇 ", "urban", None),
        ("code", "urban", "urban", None),
        ("code", "Ａ级", "A", None),
        ("code", "a", "A", None),
        ("code", "1.0", "1", None),
        ("code", "郊区", None, "unknown_code"),
        ("flag", "是", True, None),
        ("flag", "Ｎ", False, None),
        ("flag", "0.0", False, None),
        ("flag", "无", False, None),
        ("flag", "不详", None, None),
        ("flag", "也许", None, "not_a_flag"),
        ("area", "990101001201", "990101001201", None),
        ("area", "990101001000", "990101001", None),
        ("area", "990101000000", "990101", None),
        ("area", "990100", "990100", None),
        ("area", "９９０１０１", "990101", None),
        ("area", "9901", None, "not_an_area"),
        ("area", "9.90101E+11", None, "spreadsheet_damage"),
        ("account", "6222 0211-2233 4455", "6222021122334455", None),
        ("account", "6.22202E+15", None, "spreadsheet_damage"),
        ("account", "存折", None, "not_an_account"),
        ("integer", "3人", 3, None),
        ("integer", "3.0", 3, None),
        ("integer", "-3", None, "negative"),
        ("integer", "三", None, "not_a_number"),
        ("number", "89.5㎡", 89.5, None),
        ("number", "50%", 0.5, None),
        ("number", "1_0", None, "not_a_number"),
        ("name", "王　小 明", "王小明", None),
        ("name", "阿依古丽•买买提", "阿依古丽·买买提", None),
        ("name", "John  Smith", "John Smith", None),
        ("name", "王\u200b小\x00明", "王小明", None),
        ("name", "王" * 61, None, "too_long"),
        ("text", "  柳塘镇１号（东） ", "柳塘镇1号（东）", None),
        ("text", "'00123", "00123", None),
        ("text", "字" * 2001, None, "too_long"),
        ("text", " \u3000", None, None),
    ],
)
def test_forms(kind: str, text: str, value: object, reason: str | None) -> None:
    assert reader(column(kind))(text) == (value, reason)


def test_an_open_end_is_no_date_and_no_problem() -> None:
    read = reader(column("date", name="valid_to"))
    assert [read(text) for text in ("长期", "9999-12-31", "2026-13-40")] == [(None, None), (None, None), (None, "no_such_day")]


def test_a_column_tells_how_it_writes_its_days() -> None:
    read = reader(column("date"), texts=["05/06/2026", "30/06/2026", "2026-06-30"])
    assert read("05/06/2026") == (date(2026, 6, 5), None)
    assert read("06/30/2026") == (date(2026, 6, 30), None)
    assert reader(column("date"), texts=["06/30/2026"])("05/06/2026") == (date(2026, 5, 6), None)
    assert reader(column("date"), texts=["06/30/2026", "30/06/2026"])("05/06/2026") == (None, "ambiguous_date")
    firsts = reader(column("date"), texts=["01/07/2026", "01/03/2025"], days=frozenset({1}))
    assert firsts("01/07/2026") == (date(2026, 7, 1), None)
    assert reader(column("date"), texts=["01/07/2026"], days=frozenset({1, 7}))("01/07/2026") == (None, "ambiguous_date")


def test_money_below_zero_where_the_contract_says_so() -> None:
    read = reader(column("money", negative=True))
    assert [read(text) for text in ("-735.50", "-1万")] == [(-73550, None), (-1000000, None)]


def test_money_counted_in_ten_thousands_where_the_heading_says_so() -> None:
    read = reader(column("money"), 10_000)
    assert [read(text) for text in ("1.2", "1.2万元", "3元")] == [(1200000, None), (1200000, None), (3000000, None)]


@given(DAYS, st.sampled_from(FORMS), st.data())
def test_a_day_survives_every_form_and_dress(day: date, form: str, data: st.DataObject) -> None:
    assert cells.day_of(data.draw(dressed(st.just(form.format(day))))) == (day, None)


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))
def test_only_days_that_exist_are_days(year: int, month: int, day: int) -> None:
    value, reason = cells.day_of(f"{year:04}-{month:02}-{day:02}")
    try:
        exists = date(year, month, day)
    except ValueError:
        assert (value, reason) == (None, "no_such_day")
    else:
        assert value == (exists if date(1901, 1, 1) <= exists <= date(2099, 12, 31) else None)
        assert (value is None) == (reason in ("date_out_of_range", "placeholder_date"))


@given(st.integers(10_000, 73_050))
def test_days_as_a_sheet_counts_them(serial: int) -> None:
    assert cells.day_of(str(serial)) == (date(1899, 12, 30) + timedelta(days=serial), None)


@given(st.integers(0, 10**13), st.data())
def test_money_survives_every_form_and_dress(amount: int, data: st.DataObject) -> None:
    for text in (yuan(amount), f"{Decimal(amount) / 100:,}", f"￥{yuan(amount)}元"):
        assert cells.money_of(data.draw(dressed(st.just(text)))) == (amount, None)


@given(st.text(alphabet="0123456789.,-元万整￥ eE_", max_size=12))
def test_money_never_says_more_than_the_facts_do(text: str) -> None:
    """What `doudi.facts.money` reads as yuan is read the same here; what it refuses is refused, but for 万 and long decimals."""
    value, _ = cells.money_of(text)
    try:
        known = fen(text)
    except ValueError:
        assert value is None or "万" in text
    else:
        assert value == (known if known >= 0 else None)


@given(
    st.text(max_size=80),
    st.sampled_from(["text", "name", "date", "month", "money", "integer", "number", "code", "flag", "area", "account"]),
)
def test_any_text_is_a_value_or_a_reason_or_nothing(text: str, kind: str) -> None:
    value, reason = reader(column(kind))(text)
    assert value is None or reason is None
