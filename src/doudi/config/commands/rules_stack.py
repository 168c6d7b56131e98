"""`doudi rules stack`: a table of benefits held, judged by the stacking matrix for each month of entitlement."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from typing import Any

import click

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not
from doudi.config.commands.assess import read_table
from doudi.config.commands.rules import rules
from doudi.facts import money
from doudi.policy import pack as packs
from doudi.policy import stacking
from doudi.policy.language.errors import RuleError
from doudi.policy.matrix import RELATIONS
from doudi.policy.tables import TableError


def register(cli: click.Group) -> None:
    """Add the command to `doudi rules`."""
    rules.add_command(stack)


@click.command("stack")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="the last day judged, 2026-08-31")
@click.option("--person", help="only this person, month by month in words")
@click.option("--pack", "names", multiple=True, metavar="NAME_OR_DIR", help="rules to use; may be given several times")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def stack(file: Path, until: datetime.datetime, person: str | None, names: tuple[str, ...], as_json: bool) -> None:
    """Judge the benefits held in FILE (CSV, Parquet, JSON: person, programme, from, to, amount, kind, born).

    Exit code 1 when something is held that may not be held together.
    """
    try:
        pack = packs.load(names or packs.DEFAULT)
        held = stacking.holdings(read_table(file), pack)
    except (RuleError, TableError) as why:
        could_not(str(why), as_json=as_json)
    except OSError as why:
        could_not(f"读不了 {why.filename or file}：{why.strerror or why}", as_json=as_json)
    if person and person not in {one.pid for one in held}:
        could_not(f"表里没有“{person}”", as_json=as_json)
    months = _one(held, pack, until.date(), person) if person else _everybody(held, pack, until.date())
    barred = Counter(one["code"] for one in months if one["relation"] in ("X", "C") and one["certain"])
    labels = {cell.code: cell.label for cell in reversed(pack.stacking)}
    result = {
        "until": until.date().isoformat(), "version": pack.version, "holdings": len(held), "barred": dict(sorted(barred.items())),
        "months": months,
    }  # fmt: skip
    answer(
        result,
        as_json=as_json,
        lines=lambda: [
            f"{len(held)} 行，{len({one.pid for one in held})} 人",
            *(f"{code} {labels[code]}：{count} 个月次" for code, count in sorted(barred.items())),
            *(one["sentence"] + f"（{one['article']}）" for one in months if person),
        ],
        code=FOUND_WRONG if barred else DONE,
    )


def _everybody(held: list[stacking.Holding], pack: packs.Pack, until: datetime.date) -> list[dict[str, Any]]:
    from doudi.engine import holdings

    return [_written(row) for row in holdings.judge(held, pack, until).to_pylist()]


def _one(held: list[stacking.Holding], pack: packs.Pack, until: datetime.date, person: str) -> list[dict[str, Any]]:
    found = stacking.judge([one for one in held if one.pid == person], pack, until)
    names = ("pid", "month", "code", "row", "column", "relation", "certain", "stops", "better", "due_fen", "income")
    return [
        _written({name: getattr(one, name) for name in names}) | {"sentence": one.sentence, "article": one.article}
        for one in found
    ]


def _written(row: dict[str, Any]) -> dict[str, Any]:
    due = row["due_fen"]
    return row | {
        "month": row["month"].isoformat(), "means": RELATIONS[row["relation"]], "due": None if due is None else money.yuan(due),
    }  # fmt: skip
