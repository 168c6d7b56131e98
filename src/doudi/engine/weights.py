"""How much each agreement between a row and a person says: the trained weights, read from weights.toml or a file trained here."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

# What is compared, and how far it agrees, the best agreement first. The words people read for them are in registry.core.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "name": ("same", "sound", "blurred", "lost", "close", "surname", "other"),
    "birth": ("same", "lunar", "digit", "year", "other"),
    "number": ("certificate", "edit", "edits", "birth", "other"),
    "place": ("house", "village", "town", "county", "elsewhere"),
    "couple": ("yes", "no"),
}
# Agreements that, beside the name, make a join possible; a name alone never does.
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "birth": ("same", "lunar", "digit"),
    "number": ("certificate", "edit", "edits", "birth"),
    "place": ("house", "village", "town"),
    "couple": ("yes",),
}
# Of these one must agree before two good numbers are one person unseen; a rare name and a near birthday are not enough.
ONE_PERSON: Mapping[str, tuple[str, ...]] = {
    "birth": ("same",),
    "number": ("edit", "birth"),
    "place": ("house", "village"),
}
COUNTED = ("same", "sound", "blurred")  # levels of the name whose u is counted: how many here are called so
NEAR_NAME = 3  # levels of the name up to and with `lost`: another way of writing the same
_HERE = Path(__file__).with_name("weights.toml")


class BadWeights(ValueError):
    """A file of weights that cannot be used; says which table and what is missing."""


@dataclass(frozen=True)
class Weights:
    """m and u of every level, prior shares, and the probabilities from which something is done."""

    m: Mapping[str, Mapping[str, float]]
    u: Mapping[str, Mapping[str, float]]
    prior: Mapping[str, float]
    threshold: Mapping[str, float]

    def weight(self, comparison: str, level: str) -> float:
        """log2 of m by u: what a level adds to the odds."""
        return math.log2(self.m[comparison][level] / self.u[comparison][level])

    def list(self, comparison: str) -> list[float]:
        """The weights of a comparison's levels in order."""
        return [self.weight(comparison, level) for level in LEVELS[comparison]]


def of(told: Mapping[str, Any], where: str) -> Weights:
    """Weights from what a TOML file says.

    :raises BadWeights: a comparison or level is missing, or a share is not between 0 and 1
    """
    m: dict[str, dict[str, float]] = {}
    u: dict[str, dict[str, float]] = {}
    for comparison, levels in LEVELS.items():
        for level in levels:
            try:
                one = told[comparison][level]
                share_m, share_u = float(one["m"]), float(one["u"])
            except (KeyError, TypeError, ValueError):
                raise BadWeights(f"{where}: [{comparison}] {level} needs m and u") from None
            if not (0 < share_m < 1 and 0 < share_u < 1):
                raise BadWeights(f"{where}: [{comparison}] {level}: m and u are shares between 0 and 1")
            m.setdefault(comparison, {})[level], u.setdefault(comparison, {})[level] = share_m, share_u
    for table, names in (("prior", ("row", "number", "probe")), ("threshold", ("sure", "same", "offered"))):
        for name in names:
            if not 0 < float(told.get(table, {}).get(name, 0)) < 1:
                raise BadWeights(f"{where}: [{table}] {name} must be a share between 0 and 1")
    return Weights(m, u, dict(told["prior"]), dict(told["threshold"]))


FILE = "weights.toml"  # in the lake, where this installation trained its own


def standing(lake: Path) -> tuple[Weights, str]:
    """The weights that count for a lake, and a name for them: trained here, or those the program comes with ("").

    :raises BadWeights: the file trained here cannot be used
    """
    path = lake / FILE
    if not path.exists():
        return trained(), ""
    text = path.read_bytes()
    try:
        told = tomllib.loads(text.decode())
    except ValueError as why:
        raise BadWeights(f"{path}: {why}") from None
    return of(told, str(path)), hashlib.sha256(text).hexdigest()[:16]


def text_of(weights: Weights, why: str) -> str:
    """Weights as a TOML file; `why` is its first line."""
    lines = [f"# {why}"]
    for table in ("prior", "threshold"):
        lines += ["", f"[{table}]", *(f"{name} = {share:.6g}" for name, share in getattr(weights, table).items())]
    for comparison, levels in LEVELS.items():
        lines += ["", f"[{comparison}]"]
        for level in levels:
            lines.append(f"{level} = {{ m = {weights.m[comparison][level]:.6g}, u = {weights.u[comparison][level]:.6g} }}")
    return "\n".join(lines) + "\n"


@cache
def trained() -> Weights:
    """The weights this program comes with."""
    with _HERE.open("rb") as file:
        return of(tomllib.load(file), _HERE.name)
