"""Files made elsewhere: any order of columns, any agreed heading, any encoding, line end and separator; and odd ones."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.engine import landing
from doudi.engine.recognise import Refused
from doudi.exchange import jobs, queries
from doudi.exchange.models import Load
from examples import some
from exchange_feeds import TEKUN, book, tekun_rows, text, write
from people import HALL, NOON

ROWS = tekun_rows(40)
ROWS[3][2] = "𠮷田喆"  # four bytes in GB18030
CONTRACT = queries.contracts()["tekun"]
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}  # letters as wide as characters
COLUMNS = [next(column for column in CONTRACT.columns if label in (column.label, *column.aliases)) for label in TEKUN]


@st.composite
def somebody_elses(draw: st.DrawFn) -> tuple[bytes, str]:
    """The same forty rows as some other department's system would write them."""
    order = draw(st.permutations(range(len(TEKUN))))
    headings = [draw(st.sampled_from((column.label, column.name, *column.aliases))) for column in COLUMNS]
    headings = [draw(st.sampled_from((one, f" {one} ", f"{one}*", one.translate(WIDE)))) for one in headings]
    more = draw(st.lists(st.sampled_from(("备注", "序号", "经办", "x1")), max_size=2, unique=True))
    at = draw(st.integers(0, len(order)))
    names = [headings[place] for place in order]
    rows = [[row[place] for place in order] for row in ROWS]
    head, rows = [*names[:at], *more, *names[at:]], [[*row[:at], *("甲" for _ in more), *row[at:]] for row in rows]
    title = draw(st.sampled_from(([], [["特困供养在册"]], [["特困供养在册"], ["制表：某县"]])))
    out = io.StringIO()
    quoting = draw(st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
    delimiter, end = draw(st.sampled_from(",;\t")), draw(st.sampled_from(("\n", "\r\n")))
    lines = [[*line, *[""] * (len(head) - len(line))] for line in title] + [head, *rows]
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(lines)
    encoding = draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "gb18030")))
    return out.getvalue().encode(encoding), f"{encoding} {delimiter!r} {head}"


@settings(max_examples=some(15), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(somebody_elses())
def test_files_made_elsewhere_give_the_same_rows(tmp_path: Path, made: tuple[bytes, str]) -> None:
    content, how = made
    path = tmp_path / "送来的.csv"
    path.write_bytes(content)
    (landed,) = landing.land_csv(path, queries.contracts(), tmp_path, file_name=path.name)
    assert (landed.dataset, landed.rows, landed.accepted, landed.rejected) == ("tekun", 40, 40, 0), how
    query = "SELECT case_no, citizen_no, name, amount_month, from_date FROM read_parquet(?) ORDER BY row_no"
    rows = duckdb.connect().execute(query, [str(landed.good)]).fetchall()
    assert rows == [(row[0], row[1], row[2], 98850, date(2020, 1, 1)) for row in ROWS], how


# ---- odd and hostile ones ----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, settings, db) -> Path:
    settings.LAKE = tmp_path / "lake"
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def load(where: Path) -> jobs.Outcome:
    return jobs.pick_up(where, by=HALL, at=NOON)


def counts(outcome: jobs.Outcome) -> tuple[int, int, int]:
    one = outcome.datasets()["tekun"]
    return one["rows"], one["accepted"], one["rejected"]


@pytest.mark.lake
def test_a_cell_of_forty_megabytes_is_one_bad_row(folder: Path) -> None:
    lines = text(tekun_rows(20)).splitlines(keepends=True)
    lines[5] = lines[5].replace("芳", "长" * (14 << 20), 1)
    outcome = load(write(folder / "a.csv", "".join(lines)))
    assert counts(outcome) == (20, 19, 1) and set(outcome.datasets()["tekun"]["reasons"]) <= {"too_long", "broken_text"}


@pytest.mark.lake
def test_formulas_and_scripts_in_cells_are_only_texts(folder: Path, tmp_path: Path) -> None:
    rows = tekun_rows(4)
    rows[0][2], rows[1][2], rows[2][2] = '=HYPERLINK("http://x","王")', "<script>alert(1)</script>", "@SUM(A1)"
    rows[0][7] = "x"
    assert counts(load(write(folder / "a.csv", text(rows)))) == (4, 3, 1)
    (back,) = jobs.return_rejects(tmp_path / "back", by=HALL, at=NOON)
    assert "'=HYPERLINK" in back.path.read_text("utf-8-sig")
    book(folder / "b.xlsx", {"a": [list(TEKUN), *rows[1:]]})
    assert "b.xlsx" not in [one.file for one in load(folder).refused]


@pytest.mark.lake
def test_headings_again_and_totals_in_a_text_are_no_rows(folder: Path) -> None:
    rows = [*tekun_rows(10), list(TEKUN), *tekun_rows(20)[10:], [""] * 9, ["合计", "", "", "", "", "", "19770", "", ""]]
    outcome = load(write(folder / "a.csv", text(rows)))
    assert counts(outcome) == (20, 20, 0) and Load.objects.get().skipped >= 2


def test_last_months_file_again_is_told_and_taken_only_when_meant(folder: Path) -> None:
    may, june = folder / "tekun_2026-05-31.csv", folder / "tekun_2026-06-30.csv"
    for path in (may, june):
        write(path, text(tekun_rows(5)))
    outcome = load(folder)
    (told,) = outcome.refused
    assert told.reason == "same_as_before" and "2026-06-30" in told.message and "2026-05-31" in told.message
    assert Load.objects.count() == 1
    assert [one.reason for one in load(folder).refused] == ["same_as_before"]
    (folder / "manifest.json").write_text('{"files": {"tekun_2026-06-30.csv": {"unchanged": true}}}')
    assert load(folder).refused == [] and [str(one.as_of) for one in Load.objects.order_by("as_of")] == [
        "2026-05-31",
        "2026-06-30",
    ]
    again = load(folder)
    assert again.refused == [] and Load.objects.count() == 2
    assert len({one.number for one in again.receipts}) == 2


def test_twice_under_another_name_is_one_load_and_two_receipts_that_say_so(folder: Path) -> None:
    for name in ("a.csv", "b.csv"):
        write(folder / name, text(tekun_rows(5)))
    outcome = load(folder)
    assert Load.objects.count() == 1 and len({one.number for one in outcome.receipts}) == 2
    assert {load["load"] for one in outcome.receipts for load in one.loads} == {Load.objects.get().pk}
    assert [one.number for one in load(folder).receipts] == [one.number for one in outcome.receipts]


@pytest.mark.parametrize("said", ["gb18030", "utf-8", "utf-16"])
@pytest.mark.lake
def test_the_encoding_is_what_it_is_and_not_what_somebody_says(folder: Path, said: str) -> None:
    write(folder / f"{said}编码.csv", text(tekun_rows(5)), "gb18030")
    assert counts(load(folder)) == (5, 5, 0)


@pytest.mark.lake
def test_utf16_without_a_mark_and_latin_are_not_guessed(folder: Path) -> None:
    write(folder / "a.csv", text(tekun_rows(5)), "utf-16-le")
    (folder / "b.csv").write_bytes("name,pr\xe9nom,ville\nJos\xe9,x,y\n".encode("latin-1"))
    outcome = load(folder)
    assert {one.reason for one in outcome.refused} <= {"not_text", "unknown_file"} and len(outcome.refused) == 2


@pytest.mark.lake
def test_a_workbook_with_a_password_says_what_to_do(folder: Path) -> None:
    """Excel wraps an encrypted workbook into an OLE file; a zip with a password says so itself."""
    (folder / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000 + "EncryptedPackage".encode("utf-16-le"))
    with zipfile.ZipFile(folder / "b.zip", "w") as archive:
        archive.writestr("a.csv", "x")
    content = bytearray((folder / "b.zip").read_bytes())
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    (folder / "b.zip").write_bytes(content)
    outcome = load(folder)
    assert [one.reason for one in outcome.refused] == ["has_password", "has_password"]
    assert all("密码" in one.message and "去掉密码" in one.fix for one in outcome.refused)


@pytest.mark.lake
def test_a_million_rows_that_are_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doudi.engine.csv_text.HELD_BYTES", 10)
    monkeypatch.setattr("doudi.engine.csv_text._PIECE", 1 << 20)
    path = tmp_path / "a.csv"
    line = text(tekun_rows(1)).splitlines(keepends=True)
    path.write_text(line[0] + line[1] * 100_000 + "".join(text(tekun_rows(3)).splitlines(keepends=True)[2:]))
    (landed,) = landing.land_csv(path, queries.contracts(), tmp_path)
    assert (landed.rows, landed.accepted, landed.repeated) == (100_002, 3, 99_999)


def test_nothing_of_a_refused_file_is_left_half(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", text(tekun_rows(3)).replace("起始日期", "别的"))
    with pytest.raises(Refused) as why:
        landing.land_csv(path, queries.contracts(), tmp_path)
    assert why.value.reason == "missing_column" and "起始日期" in str(why.value)
