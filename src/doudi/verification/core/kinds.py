"""Kinds of differences, as comparing.toml writes them: how they are asked, what they may innocently be, which limit counts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class May:
    """What a difference may innocently be; said to clerks, to the family, or to both."""

    code: str
    words: str
    to_clerk: bool = False  # only
    to_family: bool = False  # only


@dataclass(frozen=True, slots=True)
class KindOf:
    """A kind of difference. `told` and `asks`: to the person it is about; `door`: where nothing found is shown; `applicant`: how
    the applicant is asked about another adult, or "". `right`, `denied`: it is so; there is nothing of the kind."""

    code: str
    may: tuple[May, ...]
    limit: str = ""
    told: str = ""
    asks: str = ""
    door: str = ""
    paper: str = ""
    right: str = ""
    denied: str = ""
    applicant: str = ""
    to_family: bool = True

    @property
    def explanations(self) -> tuple[str, ...]:
        """Innocent explanations, as a clerk reads them."""
        return tuple(one.words for one in self.may if not one.to_family)

    @property
    def answers(self) -> dict[str, str]:
        """What the family may tap, by code: what it may be, it is so, it is not, cannot tell; none where only clerks can say."""
        if not self.to_family:
            return {}
        own = {one.code: one.words for one in self.may if not one.to_clerk}
        plain = {"right": self.right, "denied": self.denied} | {one.code: one.words for one in _always()}
        return own | {code: words for code, words in plain.items() if words}


@cache
def _book() -> dict:
    return tomllib.loads(files("doudi.verification").joinpath("comparing.toml").read_text("utf-8"))


@cache
def _always() -> tuple[May, ...]:
    return tuple(May(**row) for row in _book()["always"])


@cache
def kinds() -> dict[str, KindOf]:
    """Every kind, by code."""
    return {code: KindOf(code, **row | {"may": tuple(May(**one) for one in row["may"])}) for code, row in _book()["kind"].items()}


@cache
def property_words() -> dict[str, str]:
    """Datasets whose silence is a question of its own, and how it is headed."""
    return {row["dataset"]: row["words"] for row in _book()["property"]}


@cache
def rolls() -> dict[str, str]:
    """Datasets of help that is held already, and how that is said."""
    return dict(_book()["roll"])


# How an answer of the household came to us.
CHANNELS = {"screen": "自己在手机上说的", "visit": "上门时说的", "telephone": "电话里说的", "window": "到窗口说的"}
