"""A whole column as arrays says what reading each of its cells says."""

from __future__ import annotations

import re
from datetime import date

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from cells_made import DAYS, FORMS, column, dressed
from doudi.engine.cells import day_of, reader
from doudi.engine.columns import Read, Texts, read_column, read_numbers
from doudi.facts.number import check_character, parse
from examples import some

SOME = settings(max_examples=some(40), deadline=None)


def both_ways(texts: list[str | None]) -> list[Texts]:
    array = pa.array(texts, pa.string())
    shifted = pa.array(["x", *texts], pa.string()).slice(1)  # a piece of a larger array
    return [Texts.of(array), Texts.of(shifted), Texts.of(array.dictionary_encode())]


def told(read: Read) -> list[tuple[object, str | None]]:
    values = read.values.to_pylist()
    reasons = [None] * len(values) if read.reasons is None else [read.told[at] or None for at in read.reasons]
    return list(zip(values, reasons, strict=True))


def expected(kind: str, texts: list[str | None], *, required: bool, factor: int = 1) -> list[tuple[object, str | None]]:
    written = [text for text in texts if text is not None]
    usual = [day_of(text)[0] for text in written if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)]
    known = [day.day for day in set(usual) if isinstance(day, date)] if kind == "date" else []
    days = frozenset(known) if len(set(known)) * 20 <= len(known) else frozenset()
    read = reader(column(kind), factor, written, days)
    cells = [(None, None) if text is None else read(text) for text in texts]
    return [(value, "empty" if required and value is None and reason is None else reason) for value, reason in cells]


ANY = st.text(alphabet="王小明李娜·•．AbcＡｂ１2 　\u200b\u3000\t'’𠮷喆（）-/.0年月日", max_size=30)
CELLS = {
    "date": dressed(st.builds(str.format, st.sampled_from(FORMS), DAYS))
    | DAYS.map(str)
    | st.sampled_from(["2026-13-40", "1900-01-01", "05/06/2026", "01/07/2026", "2026-01-01"]),
    "money": dressed(st.decimals(-10, 10**10, places=2).map(str)) | st.decimals(0, 10, places=4).map(str),
    "name": ANY,
    "text": ANY | st.text(max_size=8) | st.just("字" * 700) | st.just("字" * 2001),
    "account": st.text(alphabet="0123456789- ", max_size=20),
    "code": st.sampled_from(["城镇", " 农村", "urban", "郊区", "无"]),
    "flag": st.sampled_from(["是", "否", "Ｙ", "也许", "无"]),
}


@SOME
@given(st.data(), st.sampled_from(sorted(CELLS)), st.booleans())
def test_a_column_says_what_its_cells_say(data: st.DataObject, kind: str, required: bool) -> None:
    texts = data.draw(st.lists(st.none() | CELLS[kind] | ANY, max_size=40))
    for shape in both_ways(texts):
        read = read_column(column(kind, required=required), shape)
        assert told(read) == expected(kind, texts, required=required)
        if read.identity is not None:
            same = {(value, int(one)) for value, one in zip(read.values.to_pylist(), read.identity, strict=True)}
            assert len({value for value, _ in same}) == len({one for _, one in same}) == len(same)


@SOME
@given(st.lists(CELLS["money"], max_size=30))
def test_money_in_ten_thousands(texts: list[str]) -> None:
    for shape in both_ways(texts):
        assert told(read_column(column("money"), shape, 10_000)) == expected("money", texts, required=False, factor=10_000)


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
        case 3:
            number = draw(dressed(st.just(number)))
    return number


ODD_NUMBERS = st.sampled_from(
    ["无", "0", "", "1" * 18, "0" * 18, "6.1E+17", "12345678901234e004", "1234567890123_4567", "字" * 6]
)


@SOME
@given(st.lists(st.none() | citizen_numbers() | ODD_NUMBERS, max_size=40))
def test_citizen_numbers_are_read_like_the_facts_read_them(texts: list[str | None]) -> None:
    known = [parse(text) for text in texts]
    for shape in both_ways(texts):
        read = read_numbers(shape)
        assert read.values.to_pylist() == [one.value for one in known]
        assert read.states.to_pylist() == [one.state for one in known]
        assert read.raw.to_pylist() == [None if text == one.value else text for text, one in zip(texts, known, strict=True)]
        same = {(text, int(one)) for text, one in zip(texts, read.identity, strict=True)}
        assert len({text for text, _ in same}) == len({one for _, one in same})


def test_many_different_texts_and_few_are_kept_alike() -> None:
    texts = [f"第{at}户" for at in range(5000)]
    many = read_column(column("text"), Texts.of(pa.array(texts).dictionary_encode()))
    assert many.values.to_pylist() == texts
    assert pa.types.is_string(many.values.type)
    few = read_column(column("text"), Texts.of(pa.array(texts[:10] * 3).dictionary_encode()))
    assert few.values.to_pylist() == texts[:10] * 3
    assert pa.types.is_dictionary(few.values.type)


def test_days_at_the_edges_of_the_calendar() -> None:
    texts = ["1901-01-01", "2099-12-31", "2000-02-29", "1900-12-31", "2100-01-01", "1999-02-29", "2026-00-10", "2026-10-00"]
    values = read_column(column("date"), Texts.of(pa.array(texts))).values.to_pylist()
    assert values == [date(1901, 1, 1), date(2099, 12, 31), date(2000, 2, 29), *[None] * 5]


def test_a_habit_is_told_by_many_days_only() -> None:
    firsts = [f"{year}-{month:02}-01" for year in (2024, 2025) for month in range(1, 13)]
    long, short = (read_column(column("date"), Texts.of(pa.array([*usual, "01/07/2026"]))) for usual in (firsts, firsts[:4]))
    assert told(long)[-1] == (date(2026, 7, 1), None)
    assert told(short)[-1] == (None, "ambiguous_date")
