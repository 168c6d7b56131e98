"""`doudi supervise`: the five supervisions over every case and payment."""

from __future__ import annotations

import datetime
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not, new_database, start_django

if TYPE_CHECKING:
    from doudi.supervision.queries import Sweep

STATES = {"found": "", "no_data": "还没有数据", "unsure": "没有查到，有的说不准", "clean": "没有查到", "nobody": "没有要看的"}


def register(cli: click.Group) -> None:
    cli.add_command(supervise)


@click.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="the day judged; by default today")
@click.option("--area", default="", metavar="CODE", help="only this area and what lies inside it")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def supervise(on: datetime.datetime | None, area: str, as_json: bool) -> None:
    """Look how the office worked: over time, not paid, left out, held twice … A hit is a question, never a verdict.

    Exit code 1 when something was found. Names are masked; what cannot be told is listed as not known.
    """
    start_django()
    new_database()
    from doudi.office import queries as office
    from doudi.policy.language.errors import RuleError
    from doudi.policy.parameters import place_of
    from doudi.supervision import queries

    began = time.monotonic()
    try:
        place_of(area)
        found = queries.sweep(area, on.date() if on else office.today(office.now()))
    except RuleError as why:
        could_not(str(why), as_json=as_json)
    result = _result(found) | {"seconds": round(time.monotonic() - began, 3)}
    hits = sum(board.found for board in found.boards)
    answer(result, as_json=as_json, lines=lambda: _lines(found), code=FOUND_WRONG if hits else DONE)


def _result(found: Sweep) -> dict[str, Any]:
    return {
        "on": found.on,
        "area": found.area,
        "version": found.pack_version,
        "cycle": found.cycle,
        "cases": found.cases,
        "payments": found.payments,
        "boards": [
            {
                "board": board.code,
                "label": board.label,
                "found": board.found,
                "rules": [
                    {**asdict(rule), "state": rule.state, "hits": [asdict(hit) for hit in found.hits.get(rule.code, ())]}
                    for rule in board.rules
                ],
            }
            for board in found.boards
        ],
    }


def _lines(found: Sweep) -> list[str]:
    lines = [f"{found.on}，{found.area or '全部地方'}：{found.cases:,} 件，{found.payments:,} 笔发放"]
    for board in found.boards:
        lines += ["", f"{board.label}：{board.found:,} 处要看一看，{board.without_data} 项还没有数据"]
        for rule in board.rules:
            told = f"{rule.found:,} 处" if rule.found else STATES[rule.state]
            missing = f"，{rule.unknown:,} 件说不准（{'、'.join(rule.missing)}）" if rule.unknown else ""
            lines.append(f"  {rule.code} {rule.label}：{told}{missing}　{rule.article}")
    return lines
