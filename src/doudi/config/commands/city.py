"""`doudi city`: make the made-up city, recount it, score what was found in it."""

from __future__ import annotations

import datetime
import json
import os
import time
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not, start_django

KINDS = ("linking", "checks", "warnings", "quality", "register", "households", "answers")


def register(cli: click.Group) -> None:
    cli.add_command(city)


@click.group()
def city() -> None:
    """The made-up city 禾安市: nobody in it is real."""


@city.command()
@click.argument("where", type=click.Path(path_type=Path))
@click.option("--profile", type=click.Choice(["unit", "pilot", "city", "hard"]), default="pilot", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default="2026-06-30", show_default=True, help="the snapshot day")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def make(where: Path, profile: str, seed: int, as_of: datetime.datetime, as_json: bool) -> None:
    """Write departments' files (WHERE/feeds, beyond the 26 kinds WHERE/more), the papers' lists (WHERE/checks) and the truth."""
    from doudi.sample.city.make import make_city
    from doudi.sample.city.plan import Plan

    began = time.monotonic()
    bar = tqdm(unit="part", leave=False, delay=2)

    def progress(step: str) -> None:
        bar.set_description_str(step, refresh=False)
        bar.update()

    try:
        made = make_city(where, Plan(profile, seed, as_of.date()), progress)
    except OSError as why:
        could_not(f"{where} cannot be written: {why}", as_json=as_json)
    finally:
        bar.close()
    result = {
        "where": str(where),
        "profile": profile,
        "seed": seed,
        "as_of": as_of.date(),
        **made,
        "seconds": round(time.monotonic() - began, 3),
    }

    def lines() -> list[str]:
        shown = [f"{dataset:24} {rows:>9,} rows" for dataset, rows in made["datasets"].items()]
        return [*shown, f"{made['rows']:,} rows about {made['persons']:,} persons in {result['seconds']} s: {where}"]

    answer(result, as_json=as_json, lines=lines)


@city.command()
@click.argument("where", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def verify(where: Path, as_json: bool) -> None:
    """Recount a city from its files alone; exit code 1 when a count is not what was promised."""
    from doudi.sample.city.verify import verify as recount

    try:
        told = recount(where)
    except (FileNotFoundError, KeyError) as why:
        could_not(f"{where} holds no whole city: {why}", as_json=as_json)

    def lines() -> list[str]:
        shown = [f"{one['what']}: {one['found']:,}, promised {one['expected']:,}" for one in told["wrong"]]
        return [*shown, f"{told['checked']} counts, {len(told['wrong'])} wrong"]

    answer(told, as_json=as_json, lines=lines, code=DONE if told["right"] else FOUND_WRONG)


@city.command()
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option(
    "--truth", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="the truth folder of a city"
)
@click.option("--visited", type=int, multiple=True, help="of households: also after so many were visited (reads all rows again)")
@click.option("--home", type=click.Path(path_type=Path), help="the installation scored; DOUDI_HOME by default")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def score(kind: str, truth: Path, visited: tuple[int, ...], home: Path | None, as_json: bool) -> None:
    """Score what was found against what was planted: precision and recall."""
    if home:
        os.environ["DOUDI_HOME"] = str(home)
    start_django()
    from doudi.exchange.queries import lake
    from doudi.sample.city import published
    from doudi.sample.city import score as scorer

    planted = scorer.Planted(truth)
    try:
        if kind == "quality":
            from doudi.sample.city.score_quality import quality

            told = quality(planted, lake())
        elif kind == "register":
            from doudi.sample.city.score_register import register

            told = register(planted, lake())
        elif kind == "answers":
            told = _answers(truth)
        elif kind == "checks":
            told = scorer.checks(planted, published.from_checks(lake()))
        elif kind == "households":
            told = _households(planted, visited)
        else:
            links, warned = published.from_cycle(lake())
            told = _linking(planted, links) if kind == "linking" else scorer.warnings(planted, links, warned)
    except (published.NothingPublished, FileNotFoundError) as why:
        could_not(str(why), as_json=as_json)

    def lines() -> list[str]:
        return _flat(told)

    answer(
        {"kind": kind, **told}, as_json=as_json, lines=lines, code=FOUND_WRONG if kind == "answers" and told["wrong"] else DONE
    )


def _linking(planted: Any, links: Any) -> dict[str, Any]:
    """Pairs of rows, and row by row where it is hard."""
    from doudi.exchange.queries import lake
    from doudi.sample.city import score
    from doudi.sample.city.doubts import doubts
    from doudi.sample.city.score_rows import by_row

    return {**score.linking(planted, links), "by_row": by_row(planted, links, doubts(lake()))}


def _answers(truth: Path) -> dict[str, Any]:
    """What sources outside answered, against what is true there; the truth is the city's seed."""
    from doudi.exchange.queries import contracts
    from doudi.sample.city.plan import Plan
    from doudi.sample.responders.book import Book
    from doudi.sample.responders.manner import manners
    from doudi.sample.responders.score import answers
    from doudi.verification.queries.kept import kept_answers

    told = json.loads((truth / "plan.json").read_text(encoding="utf-8"))
    book = Book(Plan(told["profile"], told["seed"], datetime.date.fromisoformat(told["as_of"])))
    return answers(book, kept_answers(manners()), contracts())


def _households(planted: Any, visited: tuple[int, ...]) -> dict[str, Any]:
    """Households against the truth: of the register, as proposed, and after visits."""
    from django.conf import settings

    from doudi.engine import cycle
    from doudi.exchange.queries import lake
    from doudi.sample.city import published, score_homes, visits

    links, _ = published.from_cycle(lake())
    register, proposed = published.homes(lake())
    true = score_homes.truth(planted, links)
    told = {"register": score_homes.score(true, register), "proposed": score_homes.score(true, proposed)}
    if visited:
        made = cycle.current(lake())
        assert made is not None
        known = visits.known_of(lake(), made, settings.LINKING_KEY)
        told["booklets"] = score_homes.score(true, visits.booklets(known))
        told["visited"] = visits.after_visits(known, made.on, true, visited)
    return told


def _flat(told: dict[str, Any], under: str = "") -> list[str]:
    """A score as lines: one for each object that holds figures."""
    figures = {key: value for key, value in told.items() if not isinstance(value, (dict, list))}
    said = "  ".join(f"{key} {'-' if value is None else format(value, ',')}" for key, value in figures.items())
    shown = [f"{under or 'all':32} {said}"] if figures else []
    for key, value in told.items():
        if isinstance(value, dict):
            shown += _flat(value, f"{under} {key}".strip())
    return shown
