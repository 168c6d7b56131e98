"""`doudi assess`: a table of households against one programme, each condition with its state, sentence and article."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import click
from tqdm import tqdm

from doudi.config.cli import DONE, answer, could_not, say, start_django
from doudi.policy import answers
from doudi.policy import pack as packs
from doudi.policy.language.errors import RuleError
from doudi.policy.parameters import place_of
from doudi.policy.tables import TableError, households

LARGEST_TABLE = 1 << 30
EVERY_LABEL = "每一项"


def register(cli: click.Group) -> None:
    """Add the command."""
    cli.add_command(assess_command)


@click.command("assess")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--programme", required=True, help="code of the programme: dibao, near_dibao, tekun …; all: every one in force")
@click.option("--on", "on_text", metavar="DATE", help="day of judgement, 2026-07-01")
@click.option("--area", default="", metavar="CODE", help="area whose numbers count, where a row has no area of its own")
@click.option("--pack", "names", multiple=True, metavar="NAME_OR_DIR", help="rules to use; may be given several times")
@click.option("--persons", type=click.Path(path_type=Path), help="table of members, with a column `household`")
@click.option("--known-on", "known_text", metavar="DATE", help="judge by the rules and numbers as they were known on this day")
@click.option("--person", "pid", metavar="PID", help="instead of a table: a person of the register, with their household")
@click.option("--as-known-on", "replay_text", metavar="DATE", help="with --person: data, rules and numbers as known on this day")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def assess_command(
    file: Path | None, programme: str, on_text: str | None, area: str, names: tuple[str, ...], persons: Path | None,
    known_text: str | None, pid: str | None, replay_text: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Assess the households of FILE (CSV, Parquet or JSON, one row a household) for a programme.

    Columns are named by the fact catalogue or its Chinese labels; money in yuan; empty is unknown, never no.
    """
    if pid:
        if file or names or persons or known_text or area:
            could_not("--person 问的是库里的人：不要再给表、--pack、--persons、--area、--known-on。", as_json=as_json)
        _replay(pid, programme, on_text, replay_text, as_json=as_json)
    if file is None or replay_text:
        could_not("要给一张家庭表（.csv、.parquet、.json），或者用 --person 问库里的一个人。", as_json=as_json)
    try:
        if on_text is None:
            raise RuleError("少了 --on：要写算哪一天的，比如 --on 2026-07-01")
        on = _day(on_text)
        known_on = _day(known_text) if known_text else None
        place_of(area)
        pack = packs.load(names or packs.DEFAULT)
        pack = pack.known(known_on) if known_on else pack
        rules = answers.programmes(pack, programme, on)
        rows = read_table(file)
        made = households(rows, pack.names, persons=read_table(persons) if persons else None)
        for household in made:
            place_of(household.area)
    except (RuleError, TableError) as why:
        could_not(str(why), as_json=as_json)
    except OSError as why:
        could_not(f"读不了 {why.filename or file}：{why.strerror or why}", as_json=as_json)
    every = programme == answers.EVERY
    entries = [
        answers.household(answers.ask(household, on, household.area or area, pack), rules, every=every)
        for household in tqdm(made, desc="assess", unit="户", delay=2, leave=False)
    ]
    result = {
        "programme": programme, "label": EVERY_LABEL if every else rules[0].label, "on": on.isoformat(), "area": area,
        "pack": {"names": [Path(folder).name for folder in pack.folders], "version": pack.version},
        "money": {"code": pack.names.money.code, "unit": pack.names.money.unit},
        "households": entries,
    }  # fmt: skip
    answer(result, as_json=as_json, lines=lambda: _lines(result))


def _replay(pid: str, programme: str, on_text: str | None, replay_text: str | None, *, as_json: bool) -> NoReturn:
    """A person of the register: the same bytes as the reason sheet shows, its digest on standard error."""
    start_django()
    from doudi.monitoring import answers as replayed
    from doudi.office import queries as office

    try:
        on, known_on = (_day(text) if text else None for text in (on_text, replay_text))
        found = replayed.ask(pid, programme, at=office.now(), on=on, known_on=known_on)
    except (RuleError, replayed.CannotAnswer) as why:
        could_not(str(why), as_json=as_json)
    say(f"sha256 {found.sha256}")
    if found.program_changed:
        say("程序在那次算完以后升级过：数据、规则和数字仍是那天的，算的办法是今天的程序。")
    if as_json:
        click.echo(found.raw)
    else:
        for one in found.body["answers"]:
            click.echo(f"{one['label']}（{one['programme']}） {one['subject']}：{_WORDS[one['eligible']]}{_paid(one)}")
            for line in _reasons(one):
                click.echo(line)
    sys.exit(DONE)


def _day(text: str) -> date:
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise RuleError(f"“{text}”不是日期，要写成 2026-07-01") from None


def read_table(path: Path) -> list[dict[str, Any]]:
    """The rows of a CSV (UTF-8 or GB18030), Parquet or JSON file.

    :raises TableError: it is none of these, or not a table
    """
    if path.is_file() and path.stat().st_size > LARGEST_TABLE:
        raise TableError(f"{path.name} 太大了，请分成几个文件")
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.read_table(path).to_pylist()
        except pa.ArrowException as why:
            raise TableError(f"{path.name} 不是能读的 Parquet：{why}") from None
    if suffix not in (".json", ".csv"):
        raise TableError(f"{path.name}：文件要是 .csv、.json 或 .parquet")
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise TableError(f"{path.name} 的文字既不是 UTF-8 也不是 GB18030")
    return _json(text, path.name) if suffix == ".json" else _csv(text, path.name)


def _json(text: str, name: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as why:
        raise TableError(f"{name} 不是能读的 JSON：{why}") from None
    if isinstance(found, dict):
        found = found.get("households")
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise TableError(f"{name}：JSON 要是家庭的清单 [{{…}}, {{…}}]")
    return found


def _csv(text: str, name: str) -> list[dict[str, Any]]:
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)  # spreadsheets in many countries write semicolons
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True, delimiter=mark))
    except csv.Error as why:
        raise TableError(f"{name} 不是能读的 CSV：{why}") from None
    if not rows:
        return []
    header, found = [column.strip() for column in rows[0]], []
    if twice := {column for column in header if header.count(column) > 1}:
        raise TableError(f"{name}：列名 {'、'.join(sorted(twice))} 写了两遍")
    for number, row in enumerate(rows[1:], start=1):
        if not row:
            continue
        if len(row) != len(header):
            raise TableError(f"{name} 第 {number} 行有 {len(row)} 列，表头有 {len(header)} 列")
        found.append(dict(zip(header, row, strict=True)))
    return found


_WORDS = {"yes": "够得上", "no": "够不上", "unknown": "还说不准"}
_SIGNS = {"yes": "＝", "unknown": "＝（如果都符合）"}
_MARKS = {"met": "✓", "not_met": "✗", "unknown": "？"}


def _paid(one: dict[str, Any], unit: str = "元") -> str:
    return f"，{one['amount']} {unit}" if one["amount"] else ""


def _lines(result: dict[str, Any]) -> list[str]:
    unit = result["money"]["unit"]
    where = result["area"] or "没有说哪个地方"
    lines = [f"{result['label']}（{result['programme']}），{result['on']}，{where}，规则 {result['pack']['version']}"]
    for household in result["households"]:
        if "programmes" not in household:
            lines += [
                f"{household['id']}：{_WORDS[household['eligible']]}{_paid(household, unit)}",
                *_of_household(household, unit),
            ]
            continue
        lines.append(f"{household['id']}：")
        for one in household["programmes"]:
            lines += [
                f" {one['label']}（{one['programme']}）：{_WORDS[one['eligible']]}{_paid(one, unit)}",
                *_of_household(one, unit),
            ]
        lines += [f" 不能同时领：{one['sentence']}" for one in household["overlaps"] if one["state"] == "met"]
        if together := household["package"]["proposed"]:
            lines.append(" 可以一起领：" + "、".join(f"{one['label']}{_paid(one, unit)}" for one in together))
        lines += [f" 先放一边：{one['label']}，{one['reason']}" for one in household["package"]["aside"]]
    return lines


def _of_household(found: dict[str, Any], unit: str) -> list[str]:
    lines = []
    for one in found.get("persons", [found]):
        if "persons" in found and len(found["persons"]) > 1:
            lines.append(f"  {one['id']}：{_WORDS[one['eligible']]}")
        lines += _reasons(one, unit)
    return lines


def _reasons(one: dict[str, Any], unit: str = "元") -> list[str]:
    lines = [f"  {_MARKS[c['state']]} {c['sentence']}　{c['article']}" for c in one["conditions"]]
    steps = [step for step in one["steps"] if step["amount"] is not None]
    reckoned = [step["sentence"] or f"{step['label']}：{step['amount']} {unit}" for step in steps]
    lines += [f"  {_SIGNS[one['eligible']]} {sentence}" for sentence in reckoned if one["eligible"] != "no"]
    return lines + [f"  要弄清：{unknown['label']}——{unknown['settle']}" for unknown in one["unknowns"]]
