"""`doudi roads`: the road of each programme in sentences: who takes which step, by which article, within how many days."""

from __future__ import annotations

from typing import Any

import click

from doudi.casework.core import aloud
from doudi.casework.core import roads as table
from doudi.config.cli import answer, could_not


def register(cli: click.Group) -> None:
    """Add the command."""
    cli.add_command(roads)


@click.command()
@click.argument("programme", required=False)
@click.option("--page", "as_page", is_flag=True, help="all of them as the page docs/reference/roads.md")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def roads(programme: str | None, as_page: bool, as_json: bool) -> None:
    """Read the roads aloud: of one PROGRAMME (its code), or of all."""
    if programme and programme not in table():
        could_not(f"没有“{programme}”这个项目；有：{'、'.join(table())}", as_json=as_json)
    chosen = [road for code, road in table().items() if not programme or code == programme]
    result: dict[str, Any] = {
        "roads": [
            {
                "code": road.code,
                "label": road.label,
                "unit": road.unit,
                "procedure": road.procedure.code,
                "moves": [
                    {"act": one.act, "from": list(one.sources), "to": one.target, "by": one.by, "article": one.article}
                    for one in road.procedure.moves.values()
                ],
                "demands": [{"before": one.before, "code": one.code, "article": one.article} for one in road.procedure.demands],
                "limits": road.clock,
            }
            for road in chosen
        ]
    }
    told = [aloud.page().rstrip("\n")] if as_page else [line for road in chosen for line in aloud.sentences(road)]
    answer(result, as_json=as_json, lines=lambda: told)
