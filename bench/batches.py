"""A whole roll against every list of the city, beside merely reading those columns; a roll of millions in bounded memory."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from bench.city import ON
from bench.measure import Cost, cpu_of, run
from bench.table import Row
from doudi.sample.city.names import family_names, given_names, surnames
from doudi.sample.city.plan import Plan

ROLL = "disability_subsidy"
MANY = int(os.environ.get("MANY", "2000000"))  # rows of the made-up roll
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # of the seventeen digits, for the eighteenth (GB 11643)
SHARE = 200  # one in so many of them is on the other list as well
VILLAGES = 12 * 20 * 20  # of the made-up roll
DAYS = 31_013  # its people are born on, from 1930 on: 85 years, and a prime, so that no village has birthdays of its own


def columns_read(home: Path, sources: list[dict[str, object]]) -> float:
    """CPU seconds to have the columns that say who somebody is, of every list compared, in memory once."""
    batches = [one["batch"] for one in sources]
    with sqlite3.connect(home / "doudi.sqlite3") as db:
        marks = ",".join("?" * len(batches))
        objects = [sha for (sha,) in db.execute(f"SELECT object FROM exchange_load WHERE id IN ({marks})", batches)]
    paths = [path for sha in objects for path in (home / "lake").rglob(f"{sha}*.parquet")]

    def read() -> None:
        with duckdb.connect() as con:
            for path in paths:
                con.sql(f"SELECT citizen_no, name FROM read_parquet('{path}')").to_arrow_table()

    read()
    return cpu_of(read)


def people_of_many() -> pa.Table:
    """Number in line, birth, number of that day and name: names as many and as uneven over the villages as the city's own."""
    plan, at = Plan("city", 1), np.arange(MANY)
    apart = 999 // (MANY // DAYS + 1)  # numbers of one day lie over all the numbers a day has
    born, turn = np.datetime64("1930-01-01") + at % DAYS, at // DAYS * apart + at % apart + 1
    sex, year = np.where(turn % 2, 1, 2), born.astype("datetime64[Y]").astype(int) + 1970
    family = surnames()[0][family_names(plan, MANY, at % VILLAGES, VILLAGES)]
    names = pa.array(family + given_names(plan, sex, year, at), pa.string())
    return pa.table({"i": at, "born": born, "turn": turn, "name": names})


def many(root: Path) -> tuple[Cost, Path]:
    """A home with a roll of millions, the household register they stand in, and a list that holds some of them, checked once,
    without a published cycle. Without the register every one of them would be weighed against every other like them.
    """
    home, feeds = root / "home-many", root / "many"
    feeds.mkdir(parents=True, exist_ok=True)
    who = (
        "SELECT i, born, name, "
        "'9901' || lpad((i % 12 + 1)::VARCHAR, 2, '0') || strftime(born, '%Y%m%d') || lpad(turn::VARCHAR, 3, '0') AS body, "
        "'9901' || lpad((i % 12 + 1)::VARCHAR, 2, '0') || lpad((i // 12 % 20 + 1)::VARCHAR, 3, '0') || "
        "(201 + i // 240 % 20)::VARCHAR AS area FROM made"
    )
    weighed = " + ".join(f"substr(body, {at}, 1)::INTEGER * {weight}" for at, weight in enumerate(WEIGHTS, start=1))
    with duckdb.connect() as con:
        con.register("made", people_of_many())
        con.execute(
            f"CREATE TABLE who AS SELECT i, born, name, area, body || '10X98765432'[({weighed}) % 11 + 1] AS number FROM ({who})"
        )
        con.execute(
            f"""COPY (SELECT 'H' || i AS 户号, number AS 公民身份号码, name AS 姓名, '户主' AS 与户主关系,
            area AS "村(社区)代码", '农村' AS 户籍类别, born AS 出生日期, '正常' AS 户籍状态
            FROM who) TO '{feeds}/hukou_{ON}.csv' (HEADER)"""
        )
        con.execute(
            f"""COPY (SELECT number AS 公民身份号码, name AS 姓名, area AS "村(社区)代码", '是' AS 生活补贴, '否' AS 护理补贴,
            '肢体' AS 残疾类别, '二级' AS 残疾等级, 100 AS 月金额, '62220000' || lpad(i::VARCHAR, 8, '0') AS 银行账号,
            '2020-01-01' AS 起始日期 FROM who) TO '{feeds}/disability_subsidy_{ON}.csv' (HEADER)"""
        )
        con.execute(
            f"""COPY (SELECT 'TK' || i AS 供养证号, number AS 公民身份号码, name AS 姓名, area AS "村(社区)代码",
            '全自理' AS 自理能力, '分散' AS 供养方式, 988 AS 月金额,
            '2026-03-01' AS 起始日期, '' AS 终止日期 FROM who WHERE i % {SHARE} = 0)
            TO '{feeds}/tekun_{ON}.csv' (HEADER)"""
        )
    if refused := run("feeds", "load", str(feeds), "--json", home=home).answer["refused"]:
        raise SystemExit(f"not taken in: {refused}")
    order = run("city", "order", "--another", "--json", home=home).answer["order"]
    return run("check", "--order", order, "--roll", ROLL, "--against", "tekun", "--on", ON, "--json", home=home), home


def measure(root: Path, profile: str) -> list[Row]:
    """The check of the roll against all lists under a new order, then the roll of millions.

    HOME_CITY names an installation that holds the city already; otherwise the one `city` made is asked.
    """
    home = Path(os.environ.get("HOME_CITY", root / "home"))
    nothing = run("city", "order", "--json", home=home)
    order = run("city", "order", "--another", "--json", home=home).answer["order"]
    done = run("check", "--order", order, "--roll", ROLL, "--against", "*", "--on", ON, "--json", home=home)
    again = run("check", "--order", order, "--roll", ROLL, "--against", "*", "--on", ON, "--json", home=home)
    read = columns_read(home, done.answer["sources"])
    told, spent = done.answer, done.cpu - nothing.cpu
    rows = [
        Row(
            f"{told['persons']:,} people of a roll × {len(told['lists'])} lists, {told['anomalies']:,} to look at, kept as rows",
            f"**{done.cpu:.2f} CPU s, {done.wall:.1f} s, {done.peak_mb:.0f} MB** ({spent / read:.1f} × the reading)",
            f"merely reading number and name of those lists: {read:.2f} CPU s; starting doudi: {nothing.cpu:.2f}",
            "< 10 s, < 2 GB",
        ),
        Row("the same again (adds nothing)", f"{again.cpu:.2f} CPU s, {again.wall:.1f} s", "", ""),
    ]
    cost, _ = many(root)
    rows.append(
        Row(
            f"a roll of {cost.answer['persons']:,} people and their household register, linked on the spot, "
            f"{cost.answer['anomalies']:,} to look at",
            f"{cost.cpu:.1f} CPU s, {cost.wall:.0f} s, {cost.peak_mb:.0f} MB",
            "",
            "bounded memory: < 2 GB",
        )
    )
    return rows
