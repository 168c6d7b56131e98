"""A folder of files in, counts and refusals out; twice, cut short, hostile, killed."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from django.conf import settings as django_settings

from doudi.config.cli import cli
from doudi.engine import lake as lake_module
from doudi.exchange import jobs, queries
from doudi.exchange.models import Load, Refusal
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Viewer
from doudi.office.models import Clerk, JournalEntry
from exchange_feeds import TEKUN, book, number, tekun_row, tekun_rows, text, write
from people import NOON, auditor_chen, clerk_li, keeper_wu, officer_zhao

pytestmark = pytest.mark.django_db
BY = Party.system("feeds")


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings) -> None:
    settings.LAKE = tmp_path / "lake"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "delivery"
    made.mkdir()
    return made


def load(where: Path, **more) -> jobs.Outcome:
    return jobs.pick_up(where, by=BY, at=NOON, **more)


def reasons(outcome: jobs.Outcome) -> list[str]:
    return [one.reason for one in outcome.refused]


def counts(outcome: jobs.Outcome, dataset: str = "tekun") -> tuple[int, int, int, int]:
    one = outcome.datasets()[dataset]
    return one["rows"], one["accepted"], one["rejected"], one["repeated"]


def rows_of(dataset: str = "tekun", columns: str = "*") -> list[tuple]:
    (row,) = queries.current_loads(date(2026, 7, 1))
    assert row.dataset == dataset
    return duckdb.connect().execute(f"SELECT {columns} FROM read_parquet('{row.object}') ORDER BY row_no").fetchall()


# ---- the ways a good file is written -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_way_of_writing_text_gives_the_same_rows(folder: Path, encoding: str, delimiter: str) -> None:
    rows = tekun_rows(50)
    rows[3][2] = "𠮷田喆"  # four bytes in GB18030
    write(folder / "名单.csv", text(rows, delimiter=delimiter), encoding)
    assert counts(load(folder)) == (50, 50, 0, 0)
    got = rows_of(columns="row_no, citizen_no, name, amount_month, from_date, to_date, care_grade")
    assert got[3] == (4, rows[3][1], "𠮷田喆", 98850, date(2020, 1, 1), None, "full")
    assert [row[0] for row in got] == list(range(1, 51))


def test_a_book_with_title_total_and_hidden_sheet(folder: Path) -> None:
    rows = [[*row[:6], 988.5, date(2020, 1, 1), None] for row in tekun_rows(30)]
    sheet = [["特困供养在册"], [], list(TEKUN), *rows, [], ["合计", None, None, None, None, None, 29655.0]]
    book(folder / "t.xlsx", {"六月": sheet, "旧的": [list(TEKUN), *rows[:5]], "说明": [["请勿外传"]]}, hidden=["旧的"])
    outcome = load(folder)
    assert counts(outcome) == (30, 30, 0, 0)
    assert rows_of(columns="amount_month, from_date")[0] == (98850, date(2020, 1, 1))
    notes = " ".join(outcome.datasets()["tekun"]["notes"])
    assert "旧的" in notes and "说明" in notes


def test_sheets_of_one_dataset_count_together_in_whatever_order_their_columns_stand(folder: Path) -> None:
    rows = tekun_rows(6)
    turned = [list(reversed(TEKUN)), *[list(reversed(row)) for row in rows[3:]]]
    book(folder / "t.xlsx", {"a": [list(TEKUN), *rows[:3]], "b": turned})
    assert counts(load(folder)) == (6, 6, 0, 0)
    assert [row[0] for row in rows_of(columns="citizen_no")] == [row[1] for row in rows]


@pytest.mark.parametrize("options", [{"constant_memory": True}, {"in_memory": True}])
def test_both_ways_of_writing_texts_in_a_book(folder: Path, options: dict) -> None:
    rows = tekun_rows(40)
    rows[0][2] = "王 & <小> 明"
    book(folder / "t.xlsx", {"a": [list(TEKUN), *rows]}, **options)
    assert counts(load(folder)) == (40, 40, 0, 0)
    assert rows_of(columns="name")[0] == ("王&<小>明",)


def test_headings_in_other_words_wide_letters_and_units(folder: Path) -> None:
    heading = [
        "特困证号",
        "身份证 号码",
        "　姓名*",
        "区划代码",
        "护理等级",
        "供养方式",
        "发放金额（万元）",
        "起始时间",
        "停发日期",
        "备注",
    ]
    rows = [[*row[:6], "0.09885", *row[7:], "x"] for row in tekun_rows(5)]
    write(folder / "a.csv", text(rows, heading=heading))
    outcome = load(folder)
    assert counts(outcome) == (5, 5, 0, 0)
    assert rows_of(columns="amount_month")[0] == (98850,)
    assert "备注" in outcome.datasets()["tekun"]["notes"][-1]


# ---- bad rows ----------------------------------------------------------------------------------------------------------


def test_bad_rows_are_kept_apart_with_every_reason(folder: Path) -> None:
    rows = tekun_rows(20)
    rows[2][7] = "2026-13-40"
    rows[5][2] = " "
    rows[5][6] = "很多"
    rows[7][6] = "-5"
    rows[9][7] = "1900-01-01"
    outcome = load(write(folder / "a.csv", text(rows)))
    assert counts(outcome) == (20, 16, 4, 0)
    assert outcome.datasets()["tekun"]["reasons"] == {
        "empty": 1,
        "negative": 1,
        "no_such_day": 1,
        "not_money": 1,
        "placeholder_date": 1,
    }
    assert 3 not in [row[0] for row in rows_of(columns="row_no")]
    (found,) = Load.objects.all()
    with duckdb.connect() as con:
        kept = con.execute(f"SELECT * FROM read_parquet('{queries.lake().object(found.rejects)}') ORDER BY row_no").fetchall()
    assert [row[0] for row in kept] == [3, 6, 8, 10]
    assert kept[0][1] == [{"field": "from_date", "value": "2026-13-40", "reason": "no_such_day"}]
    assert {told["reason"] for told in kept[1][1]} == {"empty", "not_money"}
    assert json.loads(kept[1][2])["月金额"] == "很多"


def test_people_without_a_number_to_trust_are_kept(folder: Path) -> None:
    rows = tekun_rows(6)
    rows[0][1], rows[1][1], rows[2][1] = "", "无", rows[2][1][:-1] + ("0" if rows[2][1][-1] != "0" else "1")
    rows[3][1], rows[4][1] = "6.1E+17", number(7)[:6] + number(7)[8:17]
    outcome = load(write(folder / "a.csv", text(rows)))
    assert counts(outcome) == (6, 6, 0, 0)
    assert outcome.datasets()["tekun"]["without_number"] == {"bad_check": 1, "malformed": 1, "missing": 2}
    got = rows_of(columns="citizen_no, citizen_no_raw, citizen_no_state")
    assert got[3] == (None, "6.1E+17", "malformed")
    assert got[4] == (number(7), rows[4][1], "from15")
    assert got[5] == (rows[5][1], None, "ok")


def test_rows_repeated_in_every_column_count_once(folder: Path) -> None:
    rows = tekun_rows(10)
    other = [*rows[4][:6], "1000", *rows[4][7:]]
    outcome = load(write(folder / "a.csv", text([*rows, rows[0], rows[3], rows[3], other])))
    assert counts(outcome) == (14, 11, 0, 3)
    assert [row[0] for row in rows_of(columns="row_no")] == [*range(1, 11), 14]


def test_large_files_take_another_road_to_the_same_place(folder: Path, monkeypatch) -> None:
    rows = tekun_rows(300)
    rows[10][7], rows[20][1] = "x", ""
    content = text([*rows, rows[0], *rows[150:160]])
    first = load(write(folder / "a.csv", content)).datasets()["tekun"]
    small = rows_of()
    Load.objects.all().delete()
    monkeypatch.setattr("doudi.engine.csv_text.HELD_BYTES", 10)
    monkeypatch.setattr("doudi.engine.csv_text._PIECE", 3000)  # bytes: rows and their repetitions fall into different pieces
    second = load(folder).datasets()["tekun"]
    assert first == second
    assert rows_of() == small


def test_ten_in_a_hundred_lines_are_garbage(folder: Path) -> None:
    chance = random.Random(7)
    lines = text(tekun_rows(1000)).encode().splitlines(keepends=True)
    bad = set(chance.sample(range(1, 1001), 100))
    for at in bad:
        junk = [b"\xff\xfe\x00\x81\r\n", b"garbage\r\n", b'"' + lines[at], b"a,b,c\r\n", lines[at].rstrip() + b",more,cells\r\n"]
        lines[at] = chance.choice(junk)
    (folder / "a.csv").write_bytes(b"".join(lines))
    outcome = load(folder)
    assert outcome.refused == []
    assert counts(outcome) == (1000, 900, 100, 0)
    assert {row[0] for row in rows_of(columns="row_no")} == set(range(1, 1001)) - bad
    assert set(outcome.datasets()["tekun"]["reasons"]) <= {"broken_text", "wrong_columns", "stray_quote"}


def test_quoted_cells_may_hold_lines_quotes_and_commas(folder: Path) -> None:
    rows = tekun_rows(5)
    rows[1][5] = "分散"
    rows[1][2] = "王\r\n小明"
    broken = text(rows) + "half a line\r\n"  # one broken line sends the file down the careful road
    for name, content in {"a": text(rows), "b": broken}.items():
        Load.objects.all().delete()
        assert counts(load(write(folder / name / "a.csv", content)))[1] == 5
        assert rows_of(columns="name")[1] == ("王小明",)


# ---- files that are refused --------------------------------------------------------------------------------------------


def cut(content: str, at: float) -> str:
    return content[: int(len(content) * at)]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (80 << 20))
    return out.getvalue()


def lying_bomb() -> bytes:
    """A zip whose table of contents says 10 bytes."""
    content = bytearray(bomb())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(content)


def zipped(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


GOOD = text(tekun_rows(20))
HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "no_rows"),
    "heading only": (text([]).encode(), "no_rows"),
    "junk": (random.Random(1).randbytes(5000), "not_text"),
    "nul": (b"\0" * 5000, "not_text"),
    "another table": ("日期,天气\n2026-06-30,晴\n".encode(), "unknown_file"),
    "prose": ("各位同事：\n附件是名单。\n".encode(), "unknown_file"),
    "missing column": (GOOD.replace("起始日期", "开通").encode(), "missing_column"),
    "column twice": (text([[*row, "x"] for row in tekun_rows(3)], heading=[*TEKUN, "名字"]).encode(), "column_twice"),
    "cut in a line": (GOOD[: GOOD.rindex("TK") + 30].encode(), "cut_short"),
    "cut in a quote": ((GOOD + 'TK1,"' + "x" * 40).encode(), "cut_short"),
    "cut in a character": (GOOD.encode()[: GOOD.encode().rindex("分散".encode()) + 1], "cut_short"),
    "old book": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "has_password"),
    "broken zip": (zipped({"a.csv": GOOD.encode()})[:-40], "broken_zip"),
    "bomb": (bomb(), "zip_bomb"),
    "lying bomb": (lying_bomb(), "zip_bomb"),
    "leads out": (zipped({"../../a.csv": GOOD.encode()}), "unsafe_path"),
    "absolute": (zipped({"/etc/a.csv": GOOD.encode()}), "unsafe_path"),
    "windows": (zipped({"c:\\a.csv": GOOD.encode()}), "unsafe_path"),
    "zip in zip": (zipped({"a.zip": zipped({"a.csv": b"x"})}), "zip_in_zip"),
    "book bomb": (
        zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"<c>" * (30 << 20)}),
        "zip_bomb",
    ),
    "not a book": (zipped({"[Content_Types].xml": b"", "word/document.xml": b"x"}), "not_a_workbook"),
    "macros": (zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/vbaProject.bin": b"x"}), "has_macros"),
    "empty book": (zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b"<workbook/>"}), "broken_zip"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bad_file_is_refused_clearly_kept_and_stops_nothing_else(folder: Path, name: str) -> None:
    content, reason = HOSTILE[name]
    (folder / "a-bad").write_bytes(content)
    write(folder / "b-good.csv", GOOD)
    outcome = load(folder)
    assert reasons(outcome) == [reason]
    (told,) = outcome.refused
    assert told.file.startswith("a-bad") and told.message and told.fix
    assert counts(outcome) == (20, 20, 0, 0)
    assert Load.objects.count() == 1 and Refusal.objects.get().reason == reason
    assert queries.lake().delivery(hashlib.sha256(content).hexdigest()).read_bytes() == content
    again = load(folder)
    assert reasons(again) == [reason] and Refusal.objects.count() == 1 and Load.objects.count() == 1


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.csv", GOOD)
    (folder / "a.csv").symlink_to(secret)
    assert reasons(load(folder)) == ["not_a_file"]
    assert Load.objects.count() == 0


def test_two_contracts_equally_near_are_not_guessed_but_a_name_or_manifest_may_tell(folder: Path) -> None:
    content = "姓名,身份证号,出生日期\n王秀英,,1940-01-01\n"
    assert reasons(load(write(folder / "x.csv", content))) != []
    (folder / "x.csv").unlink()
    outcome = load(write(folder / "高龄津贴在册.csv", content))
    assert counts(outcome, "old_age_allowance") == (1, 1, 0, 0)


def test_names_nobody_expected(folder: Path) -> None:
    names = ["特困.csv".encode("gb18030"), b"\xff\xfe.csv", b"a\nb.csv", b"=cmd.csv", b"x" * 240 + b".csv"]
    for at, name in enumerate(names):
        with open(os.fsencode(folder) + b"/" + name, "wb") as file:
            file.write(text(tekun_rows(at + 1)).encode())
    (folder / "b.zip").write_bytes(
        zipped({"\ud800.csv".encode("utf-8", "surrogatepass").decode("latin-1"): text(tekun_rows(9)).encode()})
    )
    (folder / "c.csv").write_bytes(b"\0\xe5\xa7\x93" + GOOD.encode()[:500])
    outcome = load(folder)
    assert counts(outcome)[0] == 1 + 2 + 3 + 4 + 5 + 9
    assert "特困.csv" in outcome.datasets()["tekun"]["files"]
    json.dumps(outcome.datasets(), ensure_ascii=False).encode()
    assert reasons(outcome) == ["unknown_file"] or reasons(outcome) == ["not_text"]


def test_headings_and_manifests_nobody_expected(folder: Path) -> None:
    heading = [*TEKUN, "\0备注" * 40]
    write(folder / "a.csv", text([[*row, "x"] for row in tekun_rows(300)], heading=heading))
    (folder / "manifest.json").write_text(json.dumps({"files": {"a.csv": {"sender": "长\0" * 300, "part": "p" * 300}}}))
    assert counts(load(folder)) == (300, 300, 0, 0)


# ---- manifests ---------------------------------------------------------------------------------------------------------


def manifest(folder: Path, **entry) -> None:
    (folder / "manifest.json").write_text(json.dumps({"files": [{"file": "a.csv", **entry}]}), "utf-8")


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"sha256": "0" * 64}, "hash_differs"),
        ({"rows": 21}, "cut_short"),
        ({"rows": 19}, "rows_differ"),
        ({"dataset": "dibao"}, "wrong_file"),
        ({"dataset": "nothing"}, "unknown_dataset"),
        ({"sha256": "0"}, "bad_manifest"),
        ({"rows": "many"}, "bad_manifest"),
    ],
)
def test_a_promise_that_is_not_kept(folder: Path, entry: dict, reason: str) -> None:
    write(folder / "a.csv", GOOD)
    manifest(folder, **entry)
    assert reasons(load(folder)) == [reason]


def test_a_promise_that_is_kept(folder: Path) -> None:
    write(folder / "a.csv", GOOD)
    manifest(folder, dataset="tekun", rows=20, sha256=hashlib.sha256(GOOD.encode()).hexdigest(), as_of="2026-05-31")
    assert counts(load(folder)) == (20, 20, 0, 0)
    assert Load.objects.get().as_of == date(2026, 5, 31)


def test_a_promised_file_that_did_not_come(folder: Path) -> None:
    write(folder / "b.csv", GOOD)
    manifest(folder, dataset="dibao")
    outcome = load(folder)
    assert reasons(outcome) == ["not_delivered"] and counts(outcome) == (20, 20, 0, 0)


def test_a_month_with_nothing_in_it_can_be_promised(folder: Path) -> None:
    write(folder / "a.csv", text([]))
    manifest(folder, rows=0)
    assert counts(load(folder)) == (0, 0, 0, 0)


def test_files_in_a_zip_count_as_if_sent_alone(folder: Path) -> None:
    promise = json.dumps({"files": {"a.csv": {"rows": 20, "as_of": "2026-06-30"}}}).encode()
    (folder / "all.zip").write_bytes(
        zipped({"六月/a.csv": GOOD.encode(), "六月/manifest.json": promise, "__MACOSX/._a.csv": b"x"})
    )
    assert counts(load(folder)) == (20, 20, 0, 0)
    write(folder / "alone.csv", GOOD)
    assert load(folder).datasets()["tekun"]["already_loaded"]
    assert Load.objects.count() == 1


# ---- twice, other days, other snapshots ---------------------------------------------------------------------------------


def test_running_twice_changes_nothing(folder: Path) -> None:
    write(folder / "a.csv", GOOD + text(tekun_rows(3)).split("\r\n", 1)[1])
    first = load(folder).datasets()["tekun"]
    lines = JournalEntry.objects.count()
    second = load(folder).datasets()["tekun"]
    assert (first.pop("already_loaded"), second.pop("already_loaded")) == (False, True)
    assert first == second
    assert Load.objects.count() == 1 and JournalEntry.objects.count() == lines
    load(folder, snapshot="p2")
    assert Load.objects.count() == 2 and not queries.current_loads(date(2026, 7, 1), "p3")


def test_which_loads_count_on_a_day(folder: Path) -> None:
    for month, rows in (("2026-05-31", 5), ("2026-06-30", 6), ("2026-07-31", 7)):
        write(folder / f"tekun_{month}.csv", text(tekun_rows(rows)))
    load(folder)

    def on(day: date) -> list[int]:
        return [Load.objects.get(pk=row.batch).rows for row in queries.current_loads(day)]

    assert on(date(2026, 5, 30)) == []
    assert on(date(2026, 6, 29)) == [5]
    assert on(date(2026, 6, 30)) == [6]
    assert on(date(2026, 8, 1)) == [7]
    load(write(folder / "again" / "tekun_2026-06-30.csv", text(tekun_rows(8))))  # the same part, corrected
    assert on(date(2026, 6, 30)) == [8]
    load(write(folder / "again" / "tekun_east_2026-06-30.csv", text(tekun_rows(2))))
    assert on(date(2026, 6, 30)) == [2, 8] or on(date(2026, 6, 30)) == [8, 2]


def test_parts_by_county_stay_until_that_county_sends_again(folder: Path) -> None:
    heading = ["公民身份号码", "姓名", "困难事由", "救助类型", "救助金额", "发放日期", "乡镇(街道)"]
    for name in ("临时救助_990101_2026-05-31", "临时救助_990102_2026-05-31", "临时救助_990101_2026-06-30"):
        write(
            folder / f"{name}.csv",
            text([[number(len(name)), "王秀英", "疾病", "支出型", "1000", "2026-05-01", name]], heading=heading),
        )
    load(folder)
    current = [(Load.objects.get(pk=row.batch).part, row.as_of.month) for row in queries.current_loads(date(2026, 7, 1))]
    assert sorted(current) == [("临时救助-990101", 6), ("临时救助-990102", 5)]


# ---- killed ------------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """As if the process had been killed here."""


@pytest.mark.parametrize("step", range(6))
def test_stopped_at_any_rename_and_run_again(folder: Path, monkeypatch, step: int) -> None:
    rows = tekun_rows(30)
    rows[3][7] = "x"
    write(folder / "a.csv", text(rows))
    book(folder / "b.xlsx", {"a": [list(TEKUN), *tekun_rows(9)]})
    happened = 0
    real = os.replace

    def replace(*args) -> None:
        nonlocal happened
        happened += 1
        if happened == step + 1:
            raise Killed
        real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(lake_module.os, "replace", replace)
        with suppress(Killed):
            load(folder)
    outcome = load(folder)
    assert counts(outcome) == (39, 38, 1, 0)
    assert Load.objects.count() == 2
    lake = queries.lake()
    referred = {getattr(load, name) for load in Load.objects.all() for name in ("object", "rejects")} - {""}
    assert {path.stem for path in lake.root.glob("objects/*/*.parquet")} == referred
    for path in lake.root.glob("objects/*/*.parquet"):
        assert lake_module.digest(path) == path.stem
    assert [path for path in (lake.root / "tmp").iterdir()] == []


# ---- pushed by machines ------------------------------------------------------------------------------------------------


def pushed(rows: list[dict], key: str = "k1") -> jobs.Pushed:
    return jobs.push_rows("tekun", rows, sender="禾安县民政局", batch_key=key, by=BY, at=NOON)


def test_pushed_rows_are_typed_like_files_and_answered_one_by_one() -> None:
    good = dict(zip(TEKUN, tekun_row(1), strict=True))
    answer = pushed([good, good | {"起始日期": "2026-13-40"}, good, good | {"月金额": 1000.5, "姓名": "李桂芳"}])
    assert [row["state"] for row in answer.rows] == ["accepted", "rejected", "repeated", "accepted"]
    (problem,) = answer.rows[1]["problems"]
    assert (problem["field"], problem["reason"]) == ("from_date", "no_such_day") and problem["message"] and problem["fix"]
    assert not answer.already_loaded
    again = pushed([good, good | {"起始日期": "2026-13-40"}, good, good | {"月金额": 1000.5, "姓名": "李桂芳"}])
    assert again.already_loaded and again.load == answer.load and again.rows == answer.rows
    assert Load.objects.count() == 1


def test_a_batch_key_is_for_one_batch() -> None:
    good = dict(zip(TEKUN, tekun_row(1), strict=True))
    pushed([good])
    with pytest.raises(jobs.Refused, match="批次号"):
        pushed([good, good])


def test_pushed_rows_add_to_the_last_full_delivery(folder: Path) -> None:
    load(write(folder / "tekun_2026-06-30.csv", GOOD))
    pushed([dict(zip(TEKUN, tekun_row(99), strict=True))])
    assert len(queries.current_loads(date(2026, 7, 1))) == 2


@pytest.mark.parametrize("rows", [[], [{"姓名": "王"}]])
def test_pushed_rows_that_do_not_fit_are_refused(rows: list[dict]) -> None:
    with pytest.raises(jobs.Refused):
        pushed(rows)
    assert Load.objects.count() == 0


# ---- back to the sender ------------------------------------------------------------------------------------------------


def test_rejected_rows_go_back_with_what_to_do(folder: Path, tmp_path: Path) -> None:
    rows = tekun_rows(5)
    rows[1][7], rows[2][2] = "2026-13-40", '=HYPERLINK("x")'
    rows[2][6] = "很多"
    load(write(folder / "a.csv", text(rows)))
    (back,) = jobs.return_rejects(tmp_path / "back", by=BY, at=NOON, to="民政")
    assert (back.dataset, back.file_name, back.rows) == ("tekun", "a.csv", 2)
    with back.path.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["行号"], first["哪里不对"], first["起始日期"]) == ("2", "起始日期：没有这一天（2026-13-40）", "2026-13-40")
    assert first["怎么改"] and first["公民身份号码"].strip("\t") == rows[1][1]
    assert second["姓名"].startswith("'=")
    assert JournalEntry.objects.filter(act="exchange.return_rejects").count() == 1
    fixed = [list(row.values())[3:] for row in (first, second)]
    fixed[0][7], fixed[1][6] = "2026-01-01", "100"
    assert counts(load(write(folder / "fixed.csv", text(fixed)))) == (2, 2, 0, 0)  # and may be sent again as it stands


def seen_by(clerk: Clerk) -> Viewer:
    found = office.viewer(clerk, "feed.list", NOON)
    assert found is not None
    return found


def test_who_may_see_deliveries_and_whose_rows(folder: Path) -> None:
    rows = tekun_rows(4)
    for row, area in zip(rows, ("990101001201", "990102001201", "990101001202", ""), strict=True):
        row[3], row[7] = area, "x"
    load(write(folder / "a.csv", text(rows)))
    write(folder / "b.csv", "x")
    load(folder)
    keeper = replace(seen_by(keeper_wu()), area="990100")
    (line,) = queries.loads(keeper)
    assert (line.label, line.rejected, line.reasons[0][1]) == ("特困供养在册", 4, 4)
    assert [one.file_name for one in queries.refusals(keeper)] == ["b.csv"]
    assert [one.row_no for one in queries.rejects(line.id, keeper, first=1, count=2)] == [2, 3]
    assert queries.rejects(line.id, keeper)[0].problems[0].label == "起始日期"
    county = replace(keeper, area="990101")
    assert [one.row_no for one in queries.rejects(line.id, county)] == [1, 3]
    for query in (
        queries.loads,
        queries.refusals,
        lambda viewer: queries.rejects(line.id, viewer),
        lambda viewer: queries.load(line.id, viewer),
    ):
        with pytest.raises(NotAllowed):
            query(seen_by(clerk_li()))


def test_only_who_takes_in_data_may(folder: Path) -> None:
    write(folder / "a.csv", GOOD)
    for by in (clerk_li(), officer_zhao(), auditor_chen(), Party.resident("p1")):
        with pytest.raises(NotAllowed):
            jobs.pick_up(folder, by=by, at=NOON)
        with pytest.raises(NotAllowed):
            jobs.push_rows("tekun", [dict(zip(TEKUN, tekun_row(1), strict=True))], sender="x", batch_key="k", by=by, at=NOON)
    assert Load.objects.count() == 0
    outcome = jobs.pick_up(folder, by=keeper_wu(), at=NOON)
    assert counts(outcome) == (20, 20, 0, 0)
    assert Load.objects.get().received_by == f"clerk:{keeper_wu().ref}"


# ---- the command -------------------------------------------------------------------------------------------------------


@pytest.mark.lake
@pytest.mark.slow
def test_the_command_answers_with_one_object_and_its_exit_code(
    folder: Path, tmp_path: Path, lay_tables: Callable[[Path], object]
) -> None:
    (tmp_path / "home").mkdir()
    lay_tables(tmp_path / "home" / "doudi.sqlite3")
    write(folder / "a.csv", GOOD)
    environment = {**os.environ, "DOUDI_HOME": str(tmp_path / "home"), "DATABASE_URL": ""}
    environment.pop("DJANGO_SETTINGS_MODULE", None)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(Path(sys.executable).with_name("doudi")), "feeds", *words, "--json"],
            env=environment,
            capture_output=True,
            text=True,
        )

    first = run("load", str(folder))
    assert first.returncode == 0
    answer = json.loads(first.stdout)
    assert (answer["rows"], answer["accepted"], answer["datasets"]["tekun"]["already_loaded"]) == (20, 20, False)
    (folder / "b.csv").write_bytes(b"x")
    assert run("load", str(folder)).returncode == 1
    assert CliRunner().invoke(cli, ["feeds", "load", str(tmp_path / "nowhere"), "--json"]).exit_code == 2


def test_settings_point_into_the_test(tmp_path: Path) -> None:
    assert Path(django_settings.LAKE).is_relative_to(tmp_path)
