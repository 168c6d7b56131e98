"""The catalogue of papers: what a step prints, who signs it, who may read it, how long it is kept (papers.toml)."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from doudi.facts import days

# How a letter reached the family. Refused: left where they live, two witnesses saw it (the letter counts as handed over).
WAYS = {
    "handed": "交到本人手里",
    "kin": "交给一起住的家里人",
    "read": "念给本人听，信也留下了",
    "posted": "邮寄",
    "refused": "不肯收，信留在家里",
}
WITNESSED = {"read": 1, "refused": 2}  # how many people have to have seen it
LEGIBLE = {"yes": "看得清", "partly": "有的地方看不清", "no": "看不清，要再拍一张"}

Part = dict[str, Any]  # one block of a paper: kind, heading and what it holds; see parts.py
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """An entry of the catalogue. `elsewhere`: the page that prints it, for papers other pages print already."""

    code: str
    label: str
    step: str
    row: int  # the row of the fact sheet's table of papers it belongs to
    signers: tuple[str, ...]
    parts: tuple[str, ...]
    programmes: tuple[str, ...]  # empty: all
    keeps: str
    is_letter: bool
    is_blank: bool  # may be printed empty, for the village without signal
    own: bool  # whether the family reads it in its own file
    elsewhere: str
    words: tuple[str, ...]
    lines: tuple[str, ...]
    boxes: dict[str, tuple[str, ...]]

    def serves(self, programme: str) -> bool:
        """Whether it belongs to the road of a programme."""
        return not self.programmes or programme in self.programmes


@dataclass(frozen=True, slots=True)
class Keep:
    """How long papers of a class are kept after the case is closed and help ended."""

    code: str
    label: str
    years: int
    basis: str

    def until(self, closed_on: date) -> date:
        """The last day it is kept."""
        return days.add_months(closed_on, 12 * self.years)


@cache
def _book() -> dict[str, Any]:
    return tomllib.loads(files("doudi.casework").joinpath("papers.toml").read_text())


@cache
def catalogue() -> dict[str, Paper]:
    """Every paper, by code, in the order of the road."""
    found = {}
    for code, row in _book()["paper"].items():
        found[code] = Paper(
            code=code,
            label=row["label"],
            step=row["step"],
            row=row["row"],
            signers=tuple(row.get("signers", ())),
            parts=tuple(row.get("parts", ())),
            programmes=tuple(row.get("programmes", ())),
            keeps=row.get("keeps", "file"),
            is_letter=row.get("is_letter", False),
            is_blank=row.get("is_blank", False),
            own=row.get("own", False),
            elsewhere=row.get("elsewhere", ""),
            words=tuple(row.get("words", ())),
            lines=tuple(row.get("lines", ())),
            boxes={heading: tuple(choices) for heading, choices in row.get("boxes", {}).items()},
        )
    return found


@cache
def keeps() -> dict[str, Keep]:
    """The classes of keeping, by code."""
    return {code: Keep(code, row["label"], row["years"], row["basis"]) for code, row in _book()["keep"].items()}


def of_programme(programme: str) -> Iterable[Paper]:
    """The papers of a programme's road that are printed for a case."""
    return (one for one in catalogue().values() if one.serves(programme))


def as_bytes(body: Body) -> bytes:
    """A paper's words as bytes, whatever order they were put together in; a letter's PDF carries them inside."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(body: Body) -> str:
    """What the journal keeps of a paper: SHA-256 over its words."""
    return hashlib.sha256(as_bytes(body)).hexdigest()
