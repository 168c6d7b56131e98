"""`doudi whatif`: other numbers of the law tried on everybody in the last cycle, in counts."""

from __future__ import annotations

import datetime
import time
from typing import Any

import click

from doudi.config.cli import answer, could_not, new_database, start_django


def register(cli: click.Group) -> None:
    cli.add_command(whatif)


@click.command()
@click.option("--set", "sets", multiple=True, required=True, help="a number to try: dibao_standard=950:urban; again for more")
@click.option("--or-set", "others", multiple=True, help="a second scenario beside the first, written the same way")
@click.option("--area", default="", help="the place: a city (990100) or a county; by default everybody's")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="the day of the rules; by default the day of the data")
@click.option(
    "--reading",
    type=click.Choice(["known", "property", "roll"]),
    default="roll",
    show_default=True,
    help="what is not known: stays so; property counts as within limits; besides, who is on a roll counts as checked",
)
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def whatif(
    sets: tuple[str, ...], others: tuple[str, ...], area: str, on: datetime.datetime | None, reading: str, as_json: bool
) -> None:
    """Try numbers on everybody: cost, who is gained and lost, gap closed, what is left of 100 yuan more. Small numbers hide."""
    start_django()
    new_database()
    from doudi.monitoring import whatif as trying
    from doudi.policy.language.errors import RuleError

    began = time.monotonic()
    try:
        scenarios = [
            trying.Scenario(name, tuple(trying.read_change(text) for text in texts))
            for name, texts in (("方案一", sets), ("方案二", others))
            if texts
        ]
        day = on.date() if on else trying.judged_on()
        answers = trying.compare(trying.place_of(area), scenarios, on=day, reading=reading)
    except (RuleError, trying.NotPublished) as why:
        could_not(str(why), as_json=as_json)
    result = {"scenarios": answers, "seconds": round(time.monotonic() - began, 3)}
    answer(result, as_json=as_json, lines=lambda: [line for told in answers for line in _lines(told)])


def _lines(told: dict[str, Any]) -> list[str]:
    """A scenario in lines; `-` is a number too small to be told."""
    shown = [
        f"{told['scenario']}: {', '.join(told['changes'])} · {told['area_label']} on {told['on']}, data of {told['data_on']}",
        f"  reading: {told['reading_label']}",
        f"  a month: {_yuan(told['cost_before'])} → {_yuan(told['cost_after'])}",
        f"  poverty gap closed: {_share(told['gap']['closed_before'])} → {_share(told['gap']['closed_after'])}, "
        f"income unknown: {_count(told['gap']['unknown'])} households",
    ]
    for one in told["programmes"]:
        if one["affected"]:
            home, people = one["households"], one["persons"]
            shown.append(
                f"  {one['label']}: {_count(home['before'])} → {_count(home['after'])} households "
                f"(+{_count(home['gained'])} −{_count(home['lost'])}), "
                f"{_count(people['before'])} → {_count(people['after'])} people, "
                f"unknown {_count(one['unknown_after'])}"
                + (f", {_yuan(one['total']['cost_after'])} a month" if one["pays"] else "")
            )
    for side in ("before", "after"):
        rates = told[f"rates_{side}"]
        shown.append(
            f"  100 yuan more, {side}: of {_count(rates['households'])} helped, over 80 % taken from {_count(rates['over_80'])}, "
            f"over 100 % from {_count(rates['over_100'])}"
        )
    return shown


def _count(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _yuan(fen: int | None) -> str:
    return "-" if fen is None else f"{fen / 100:,.2f} yuan"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
