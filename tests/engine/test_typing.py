"""Typing in SQL against a reference written in Python, on whatever texts people and spreadsheets come up with."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.engine.contract import Column, Contract
from doudi.engine.statement import BAD, Layout, typed
from doudi.engine.typing import BLANKS, CONTROL, DOTS, LETTERS, MISSING_WORDS, QUOTES, UNSEEN, WIDE
from doudi.facts.number import check_character, parse

CON = duckdb.connect()
CODES = {"urban": ("城镇", "非农业"), "rural": ("农村",), "A": ("A级",), "1": ("男",)}


def column(kind: str, *, name: str = "cell", required: bool = False, negative: bool = False) -> Column:
    return Column(name=name, label="格", type=kind, required=required, negative=negative, codes=CODES if kind == "code" else {})


def through(one: Column, texts: list[str | None], factor: int = 1) -> list[tuple]:
    """(value, reason) of each text; (value, state, raw) for citizen numbers."""
    contract = Contract("x", "x", "x", "x", "x", "x", "x", "x", (one.name,), 1, (one, column("text", name="anchor")))
    layout = Layout({one.name: "c0", "anchor": "c1"}, {"c0": "格", "c1": "锚"}, {one.name: factor} if factor != 1 else {})
    CON.execute("CREATE OR REPLACE TABLE handed (n INTEGER, c0 VARCHAR, c1 VARCHAR)")
    if texts:
        CON.executemany("INSERT INTO handed VALUES (?, ?, 'x')", [[at, text] for at, text in enumerate(texts)])
    rows = CON.execute(typed(contract, layout, "SELECT c0, c1 FROM handed ORDER BY n")).fetchall()
    assert len(rows) == len(texts)
    if one.type == "citizen_no":
        return [(value, state, raw) for value, raw, state, *_ in rows]
    told = []
    for value, _, kind, problems, _ in rows:
        assert (kind == BAD) == bool(problems)
        told.append((value, problems[0]["reason"] if problems else None))
    return told


# ---- the reference -----------------------------------------------------------------------------------------------------


def half(text: str, wide: str = WIDE) -> str:
    text = "".join(chr(ord(c) - 0xFEE0) if c in wide else " " if c in BLANKS else c for c in text)
    text = "".join(c for c in text if c not in UNSEEN + CONTROL)
    return re.sub(rf"^[ \t\n\r{QUOTES}]+", "", text).rstrip(" \t\r\n")


def closed(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", "", half(text))


def is_missing(text: str) -> bool:
    return text == "" or text.lower() in MISSING_WORDS


def day_reference(text: str | None) -> tuple[date | None, str | None]:
    if text is None:
        return None, None
    plain = re.sub(r"[T \t\r\n]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$", "", half(text), flags=re.ASCII)
    plain = re.sub(r"[ \t\r\n]+", "", plain)
    if is_missing(plain):
        return None, None
    sep = r"[-/.\\年月]"
    if found := re.fullmatch(rf"([0-9]{{4}}){sep}([0-9]{{1,2}}){sep}([0-9]{{1,2}})日?", plain):
        year, month, day = map(int, found.groups())
    elif re.fullmatch(r"[0-9]{8}", plain):
        year, month, day = int(plain[:4]), int(plain[4:6]), int(plain[6:])
    elif found := re.fullmatch(rf"([0-9]{{4}}){sep}([0-9]{{1,2}})月?", plain):
        year, month, day = int(found[1]), int(found[2]), 1
    elif found := re.fullmatch(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})", plain):
        first, second, year = map(int, found.groups())
        if first <= 12 and second <= 12 and first != second:
            return None, "ambiguous_date"
        month, day = (second, first) if first > 12 else (first, second)
    elif re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", plain):
        serial = date(1899, 12, 30) + timedelta(days=int(plain[:5]))
        year, month, day = serial.year, serial.month, serial.day
    else:
        return None, "spreadsheet_damage" if re.fullmatch(r"[0-9.]+[eE][+]?[0-9]+", plain) else "not_a_date"
    try:
        found_day = date(year, month, day)
    except ValueError:
        if year == 0 and 1 <= month <= 12 and 1 <= day <= 29:  # Python has no year 0; either word will do
            return None, "no_such_day"
        return None, "no_such_day"
    if date(1901, 1, 1) <= found_day <= date(2099, 12, 31):
        return found_day, None
    return None, "placeholder_date" if date(1899, 12, 30) <= found_day <= date(1900, 1, 2) else "date_out_of_range"


def money_reference(text: str | None, factor: int = 1) -> tuple[int | None, str | None]:
    if text is None:
        return None, None
    plain = re.sub(r"^(人民币|rmb|cny|¥|￥)+|整$", "", closed(text), flags=re.IGNORECASE).replace("−", "-")
    if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3}){1,4}(\.[0-9]{1,8})?(万元|万|元)?", plain):
        plain = plain.replace(",", "")
    if is_missing(plain):
        return None, None
    found = re.fullmatch(r"(-?[0-9]{1,13}(?:\.[0-9]{1,8})?)(万元|万|元)?", plain)
    if not found:
        return None, "spreadsheet_damage" if re.fullmatch(r"[0-9]+(\.[0-9]+)?[eE][+]?[0-9]+", plain) else "not_money"
    fen = Decimal(found[1]) * (1_000_000 if (found[2] or "").startswith("万") else 100 * factor)
    if plain.startswith("-"):
        return None, "negative"
    return (int(fen), None) if fen == int(fen) else (None, "too_precise")


# ---- texts as they come -------------------------------------------------------------------------------------------------

NOISE = st.text(alphabet=WIDE[15:26] + BLANKS[:3] + UNSEEN[:4] + QUOTES + " \t0123456789-/.年月日XxEe", max_size=14)


@st.composite
def days(draw: st.DrawFn) -> str:
    year = draw(st.integers(1895, 2105) | st.integers(0, 9999))
    month, day = draw(st.integers(0, 14)), draw(st.integers(0, 33))
    form = draw(
        st.sampled_from(
            (
                *("{y:04}-{m:02}-{d:02}", "{y:04}/{m}/{d}", "{y:04}{m:02}{d:02}", "{y:04}.{m}.{d}", "{y:04}年{m}月{d}日"),
                *("{d:02}/{m:02}/{y:04}", "{y:04}-{m:02}-{d:02} 00:00:00", "{y:04} {m:02} {d:02}", "{y:04}\\{m:02}\\{d:02}"),
                *("{y:04}-{m:02}", "{y:04}年{m}月", "{y}-{m}-{d} BC", "-{y}-{m}-{d}", "{y:04}-{m:02}-{d:02}T08:30:00Z"),
            )
        )
    )
    return dress(draw, form.format(y=year, m=month, d=day))


def dress(draw: st.DrawFn, text: str) -> str:
    """What happens to a cell on its way: full-width digits, invisible characters, blanks, an apostrophe."""
    if draw(st.booleans()):
        return text
    if draw(st.booleans()):
        text = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)
    at = draw(st.integers(0, len(text)))
    text = text[:at] + draw(st.sampled_from(["", " ", "\u3000", "\u200b", "\ufeff", "\u00a0", "\x00"])) + text[at:]
    return draw(st.sampled_from(["", "'", " ", "　"])) + text + draw(st.sampled_from(["", " ", "\t", "\u200b"]))


@st.composite
def dressed(draw: st.DrawFn, of: st.SearchStrategy[str]) -> str:
    return dress(draw, draw(of))


def no_nul(texts: list[str]) -> list[str]:
    return [text.replace("\x00", "") for text in texts]


MANY = settings(max_examples=60, deadline=None)


@MANY
@given(
    st.lists(
        days() | NOISE | st.integers(0, 120_000).map(str) | st.sampled_from(["无", "长期", "6.1E+17", "1900-01-01"]), max_size=60
    )
)
def test_dates_are_read_strictly_and_like_the_reference(texts: list[str]) -> None:
    texts = no_nul(texts)
    assert through(column("date"), texts) == [day_reference(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("2026-06-30", date(2026, 6, 30), None),
        ("2026/6/30", date(2026, 6, 30), None),
        ("20260630", date(2026, 6, 30), None),
        ("2026.6.30", date(2026, 6, 30), None),
        ("2026年6月30日", date(2026, 6, 30), None),
        ("30/06/2026", date(2026, 6, 30), None),
        ("46203", date(2026, 6, 30), None),
        ("2026-06", date(2026, 6, 1), None),
        ("2026-06-30 00:00:00", date(2026, 6, 30), None),
        ("05/06/2026", None, "ambiguous_date"),
        ("2026-13-40", None, "no_such_day"),
        ("2026年6月31日", None, "no_such_day"),
        ("2025-02-29", None, "no_such_day"),
        ("1900-01-01", None, "placeholder_date"),
        ("0001-01-01", None, "date_out_of_range"),
        ("9999-12-31", None, "date_out_of_range"),
        ("1950", None, "not_a_date"),
        ("六月", None, "not_a_date"),
        ("6.1E+17", None, "spreadsheet_damage"),
        ("不详", None, None),
    ],
)
def test_date_forms(text: str, value: date | None, reason: str | None) -> None:
    assert through(column("date"), [text]) == [(value, reason)]


def test_an_open_end_is_no_date_and_no_problem() -> None:
    assert through(column("date", name="valid_to"), ["长期", "9999-12-31", "2026-13-40"]) == [
        (None, None),
        (None, None),
        (None, "no_such_day"),
    ]


@MANY
@given(
    st.lists(
        dressed(
            st.decimals(-(10**7), 10**9, places=2).map(str)
            | st.decimals(0, 10**5, places=4).map(str)
            | st.integers(0, 10**13).map(lambda n: f"{n:,}")
            | st.integers(0, 10**6).map(lambda n: f"￥{n}元")
            | st.decimals(0, 1000, places=4).map(lambda n: f"{n}万元")
        )
        | NOISE,
        max_size=60,
    ),
    st.sampled_from([1, 10_000]),
)
def test_money_is_whole_fen_like_the_reference(texts: list[str], factor: int) -> None:
    texts = no_nul(texts)
    assert through(column("money"), texts, factor) == [money_reference(text, factor) for text in texts]


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("735", 73500, None),
        ("735.5", 73550, None),
        ("1,234.56", 123456, None),
        ("１２３４元", 123400, None),
        ("1.2万元", 1200000, None),
        ("-735", None, "negative"),
        ("1_000", None, "not_money"),
        ("12,34", None, "not_money"),
        ("0.001", None, "too_precise"),
        ("1e3", None, "spreadsheet_damage"),
        ("三百", None, "not_money"),
    ],
)
def test_money_forms(text: str, value: int | None, reason: str | None) -> None:
    assert through(column("money"), [text]) == [(value, reason)]


def test_money_below_zero_where_the_contract_says_so() -> None:
    assert through(column("money", negative=True), ["-735.50", "-1万"]) == [(-73550, None), (-1000000, None)]


# ---- citizen numbers ----------------------------------------------------------------------------------------------------


@st.composite
def citizen_numbers(draw: st.DrawFn) -> str:
    region, year, order = draw(st.integers(0, 999_999)), draw(st.integers(1840, 2110)), draw(st.integers(0, 999))
    body = f"{region:06}{year:04}{draw(st.integers(0, 13)):02}{draw(st.integers(0, 32)):02}{order:03}"
    number = body + check_character(body)
    match draw(st.integers(0, 5)):
        case 0:
            number = number[:6] + number[8:17]
        case 1:
            number = number[:-1] + draw(st.sampled_from("0123456789Xx×"))
        case 2:
            number = number.lower()
    return dress(draw, number)


@MANY
@given(
    st.lists(
        citizen_numbers() | NOISE | st.sampled_from(["无", "0", "111111111111111111", "6.1E+17", "12345678901234e004"]),
        max_size=60,
    )
)
def test_citizen_numbers_are_read_like_the_reference(texts: list[str]) -> None:
    texts = no_nul(texts)
    expected = [parse(text) for text in texts]
    got = through(column("citizen_no"), texts)
    assert [(value, state) for value, state, _ in got] == [(one.value, one.state) for one in expected]
    assert [raw for _, _, raw in got] == [None if text == one.value else text for text, one in zip(texts, expected, strict=True)]


# ---- the rest -----------------------------------------------------------------------------------------------------------

ANY = st.text(alphabet="王小明李娜·•．AbcＡｂ１2 　\u200b\u3000\t'’𠮷喆（）", max_size=70)


@MANY
@given(st.lists(ANY, max_size=40))
def test_names_lose_blanks_and_agree_on_one_dot(texts: list[str]) -> None:
    expected = []
    for text in texts:
        plain = "".join("·" if c in DOTS else c for c in half(text, LETTERS))
        plain = re.sub(r"[ \t\r\n]+", " " if re.search("[A-Za-z]", plain) else "", plain)
        expected.append((plain, None) if 0 < len(plain) <= 60 else (None, "too_long" if plain else None))
    assert through(column("name"), texts) == expected


@MANY
@given(st.lists(ANY, max_size=40))
def test_texts_keep_what_people_wrote(texts: list[str]) -> None:
    expected = [half(text, LETTERS) for text in texts]
    assert through(column("text"), texts) == [(text or None, None) for text in expected]


def test_a_required_cell_may_not_be_empty() -> None:
    for kind in ("text", "name", "date", "money", "code", "flag", "area", "account", "integer", "number", "month"):
        assert through(column(kind, required=True), [None, "", "　"]) == [(None, "empty")] * 3


@pytest.mark.parametrize(
    ("kind", "text", "value", "reason"),
    [
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
        ("flag", "也许", None, "not_a_flag"),
        ("area", "990101001201", "990101001201", None),
        ("area", "990101001000", "990101001", None),
        ("area", "990101000000", "990101", None),
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
        ("month", "2026-06", date(2026, 6, 1), None),
        ("month", "202606", date(2026, 6, 1), None),
        ("month", "2026年6月", date(2026, 6, 1), None),
        ("month", "2026/6/30", date(2026, 6, 1), None),
        ("month", "2026-13", None, "no_such_day"),
        ("month", "六月", None, "not_a_month"),
    ],
)
def test_other_types(kind: str, text: str, value: object, reason: str | None) -> None:
    assert through(column(kind), [text]) == [(value, reason)]
