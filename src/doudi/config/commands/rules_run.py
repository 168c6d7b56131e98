"""`doudi rules run`: every rule over everybody, written as Parquet, by DuckDB or by Spark."""

from __future__ import annotations

import datetime
import tempfile
import time
from pathlib import Path

import click

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not, new_database, say, start_django
from doudi.config.commands.rules import rules
from doudi.policy import pack as packs
from doudi.policy.language.errors import RuleError


def register(cli: click.Group) -> None:
    """Add the command to `doudi rules`."""
    rules.add_command(run)


@click.command("run")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="who reckons")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="the day judged; by default the day of the published cycle")
@click.option("--facts", type=click.Path(path_type=Path), help="folder of facts; by default those of the published cycle")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="folder for the answers; replaced when there")
@click.option(
    "--compare", is_flag=True, help="reckon with the other engine too and count the rows that differ; exit code 1 if any"
)
@click.option("--pack", "names", multiple=True, metavar="NAME_OR_DIR", help="rules to use; may be given several times")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def run(
    engine: str,
    on: datetime.datetime | None,
    facts: Path | None,
    out: Path,
    compare: bool,
    names: tuple[str, ...],
    as_json: bool,
) -> None:
    """Ask every indicator, programme and overlap rule about everybody and write the answers as Parquet.

    Nothing is decided and no alert is made: that is what `doudi cycle` does.
    """
    start_django()
    new_database()
    from django.conf import settings
    from django.utils import timezone

    from doudi.engine import cycle, judged, spark, trial
    from doudi.engine.lake import Lake
    from doudi.rulebook import queries as rulebook

    try:
        pack = packs.load(names) if names else rulebook.pack()
        lake = Lake(settings.LAKE)
        current = None if facts else cycle.current(lake)
        if facts is None and current is None:
            could_not(
                "还没有发布过一轮数据。请先运行 doudi feeds load 和 doudi cycle，或者用 --facts 给一个文件夹。", as_json=as_json
            )
        day = on.date() if on else current.on if current else timezone.localdate()
        with tempfile.TemporaryDirectory(prefix="doudi-") as workshop:
            only = None
            if facts is None:
                assert current is not None
                facts = Path(workshop) / "facts"
                judged.lay(lake, current, pack, day, facts)
                silent = pack.without_life({one["dataset"] for one in current.manifest["inputs"]}, day)
                only = [rule.code for rule in pack.indicators_on(day) if rule.code not in silent]
            result: dict[str, object] = {"engine": engine, "on": day, "version": pack.version, "out": str(out)}
            asked = [(engine, out)]
            if compare:
                asked.append(("spark" if engine == "duckdb" else "duckdb", Path(workshop) / "other"))
            seconds = {}
            for who, where in asked:
                if not as_json:
                    say(f"… {who}")
                began = time.monotonic()
                if who == "spark":
                    rows = spark.with_spark(spark.session(), pack, day, facts, where, only=only)
                else:
                    rows = judged.with_duckdb(pack, day, facts, where, only=only)
                seconds[who] = round(time.monotonic() - began, 2)
                if where == out:
                    result["rows"] = rows
            result["seconds"] = seconds
            if compare:
                result["differences"] = judged.differences(out, asked[1][1])
    except (RuleError, trial.NotPublished, judged.NoFacts, spark.NoSpark) as why:
        could_not(str(why), as_json=as_json)
    different = sum(result.get("differences", {}).values())  # type: ignore[attr-defined]
    answer(result, as_json=as_json, lines=lambda: _lines(result), code=FOUND_WRONG if different else DONE)


def _lines(result: dict[str, object]) -> list[str]:
    words = {"findings": "预警", "programmes": "项目的回答", "overlaps": "叠加"}
    lines = [f"{words[kind]} {rows:,} 行" for kind, rows in result["rows"].items()]  # type: ignore[attr-defined]
    lines += [f"{who} 用了 {spent} 秒" for who, spent in result["seconds"].items()]  # type: ignore[attr-defined]
    if "differences" in result:
        lines += [f"两个引擎不一样的 {words[kind]}：{rows} 行" for kind, rows in result["differences"].items()]  # type: ignore[attr-defined]
    return [*lines, f"写在 {result['out']}"]
