"""`doudi assess`: a table of households against one programme, each condition with its state, sentence and article."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from doudi.config.cli import answer, could_not
from doudi.facts import money
from doudi.facts.household import Household
from doudi.policy import pack as packs
from doudi.policy.assess import Assessment, assess_each
from doudi.policy.language.errors import RuleError
from doudi.policy.language.names import MONEY_UNIT
from doudi.policy.parameters import place_of
from doudi.policy.rules import Expression
from doudi.policy.tables import TableError, households

LARGEST_TABLE = 1 << 30
SUMMARY = ("yes", "unknown", "no")


def register(cli: click.Group) -> None:
    """Add the command."""
    cli.add_command(assess_command)


@click.command("assess")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--programme", required=True, help="code of the programme: dibao, near_dibao, rigid_expenditure, tekun …")
@click.option("--on", "on_text", required=True, metavar="DATE", help="day of judgement, 2026-07-01")
@click.option("--area", required=True, metavar="CODE", help="area whose numbers count, where a row has no area of its own")
@click.option("--pack", "names", multiple=True, metavar="NAME_OR_DIR", help="rules to use; may be given several times")
@click.option("--persons", type=click.Path(path_type=Path), help="table of members, with a column `household`")
@click.option("--known-on", "known_text", metavar="DATE", help="judge by the numbers as they were known on this day")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def assess_command(
    file: Path, programme: str, on_text: str, area: str, names: tuple[str, ...], persons: Path | None, known_text: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Assess the households of FILE (CSV, Parquet or JSON, one row a household) for a programme.

    Columns are named by the fact catalogue or its Chinese labels; money in yuan; empty is unknown, never no.
    """
    try:
        on = _day(on_text)
        known_on = _day(known_text) if known_text else None
        place_of(area)
        if not area:
            raise RuleError("--area 是空的")
        pack = packs.load(names or packs.DEFAULT)
        rule = pack.programme(programme, on)
        rows = read_table(file)
        made = households(rows, pack.names, persons=read_table(persons) if persons else None)
        for household in made:
            place_of(household.area)
    except (RuleError, TableError) as why:
        could_not(str(why), as_json=as_json)
    except OSError as why:
        could_not(f"读不了 {why.filename or file}：{why.strerror or why}", as_json=as_json)
    entries = [
        entry(household, assess_each(programme, household, on, household.area or area, pack, known_on=known_on), rule.subject)
        for household in tqdm(made, desc="assess", unit="户", delay=2, leave=False)
    ]
    result = {
        "programme": programme, "label": rule.label, "on": on.isoformat(), "area": area,
        "pack": {"names": [Path(folder).name for folder in pack.folders], "version": pack.version},
        "households": entries,
    }  # fmt: skip
    answer(result, as_json=as_json, lines=lambda: _lines(result))


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
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
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


def entry(household: Household, answers: tuple[Assessment, ...], subject: str) -> dict[str, Any]:
    """What is answered for one household; for a programme of persons also for each member."""
    if subject == "household":
        return {"id": household.hid, **assessment(answers[0])}
    persons = [{"id": one.subject, **assessment(one)} for one in answers]
    states = {person["eligible"] for person in persons}
    paid = [one.amount_fen for one in answers if one.amount_fen is not None]
    alone = persons[0] if len(persons) == 1 else {"conditions": [], "unknowns": [], "steps": []}
    total = sum(paid) if paid else None
    return {
        "id": household.hid,
        "eligible": next((state for state in SUMMARY if state in states), "unknown"),
        "amount": None if total is None else money.yuan(total),
        "amount_fen": total,
        **{key: alone[key] for key in ("conditions", "unknowns", "steps")},
        "persons": persons,
    }


def assessment(found: Assessment) -> dict[str, Any]:
    """One assessment as JSON: money in yuan as text, whole fen beside it."""
    return {
        "eligible": found.eligible,
        "amount": None if found.amount_fen is None else money.yuan(found.amount_fen),
        "amount_fen": found.amount_fen,
        "article": found.article,
        "conditions": [
            {
                "name": one.name,
                "label": one.label,
                "state": one.state,
                "sentence": one.sentence,
                "article": one.article,
                "assumed": [unknown.name for unknown in one.assumed] if one.state != "unknown" else [],
                "values": {name: written(value, one.condition.values[name]) for name, value in one.values.items()},
            }
            for one in found.conditions
        ],
        "unknowns": [
            {"name": one.name, "label": one.label, "settle": one.settle, "members": list(one.members)} for one in found.unknowns
        ],
        "steps": [
            {
                "name": one.name,
                "label": one.label,
                "amount": None if one.fen is None else money.yuan(one.fen),
                "amount_fen": one.fen,
                "sentence": one.sentence,
            }
            for one in found.steps
        ],
    }


def written(value: Any, expression: Expression) -> Any:
    """A value for machines: yuan with two decimals, days as YYYY-MM-DD, ratios as decimal text, unknown null."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if expression.unit == MONEY_UNIT:
        return money.yuan(value if expression.down == 1 else round(Decimal(value) / expression.down))
    return value if expression.down == 1 else f"{(Decimal(value) / expression.down).normalize():f}"


_WORDS = {"yes": "够得上", "no": "够不上", "unknown": "还说不准"}
_SIGNS = {"yes": "＝", "unknown": "＝（如果都符合）"}
_MARKS = {"met": "✓", "not_met": "✗", "unknown": "？"}


def _lines(result: dict[str, Any]) -> list[str]:
    lines = [f"{result['label']}（{result['programme']}），{result['on']}，{result['area']}，规则 {result['pack']['version']}"]
    for household in result["households"]:
        amount = f"，{household['amount']} 元" if household["amount"] else ""
        lines.append(f"{household['id']}：{_WORDS[household['eligible']]}{amount}")
        for one in household.get("persons", [household]):
            if "persons" in household and len(household["persons"]) > 1:
                lines.append(f"  {one['id']}：{_WORDS[one['eligible']]}")
            lines += [f"  {_MARKS[c['state']]} {c['sentence']}　{c['article']}" for c in one["conditions"]]
            reckoned = [step["sentence"] or step["label"] for step in one["steps"] if step["amount"] is not None]
            lines += [f"  {_SIGNS[one['eligible']]} {sentence}" for sentence in reckoned if one["eligible"] != "no"]
            lines += [f"  要弄清：{unknown['label']}——{unknown['settle']}" for unknown in one["unknowns"]]
    return lines
