"""How long what is kept: the dated rules, and one thing that is over its time."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Rule:
    """For how many days a kind of thing is kept, why, by which article; None: never destroyed by the job."""

    kind: str
    label: str
    days: int | None
    since: date
    article: str
    why: str


@dataclass(frozen=True, slots=True)
class Item:
    """Something over its time: what, by its content's hash or an opaque id, since when it is kept, how many rows and bytes."""

    kind: str
    name: str
    kept_since: date
    rows: int
    size: int


@cache
def _all() -> tuple[Rule, ...]:
    told = tomllib.loads((Path(__file__).parents[1] / "retention.toml").read_text(encoding="utf-8"))
    return tuple(
        Rule(one["kind"], one["label"], one.get("days"), one["from"], one["article"], one["why"]) for one in told["rule"]
    )


def rules(on: date) -> dict[str, Rule]:
    """The rule that holds for each kind on a day."""
    found: dict[str, Rule] = {}
    for one in sorted(_all(), key=lambda one: one.since):
        if one.since <= on:
            found[one.kind] = one
    return found
