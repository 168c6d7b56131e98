"""What help costs those who bring it: the budget of typed fields of each screen, and what is counted; data in burden.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen of the desk. `most`: how many fields may be typed on it; `piece`: what is counted of it, "" for nothing."""

    code: str
    label: str
    most: int
    how: str
    piece: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """Something counted of a place and a month, and in words how."""

    code: str
    label: str
    unit: str
    how: str


def _read(kind: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("doudi.casework").joinpath("burden.toml").read_text())[kind]


@cache
def screens() -> dict[str, Screen]:
    """Every screen with a budget, in the order of the work, by its code."""
    return {code: Screen(code=code, **row) for code, row in _read("screen").items()}


@cache
def figures() -> dict[str, Figure]:
    """Everything else that is counted, by its code."""
    return {code: Figure(code=code, **row) for code, row in _read("figure").items()}
