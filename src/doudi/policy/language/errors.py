"""What is said when a rule cannot be understood: where, what, and what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the text of a rule; both count from 1."""

    line: int = 1
    column: int = 1


class RuleError(ValueError):
    """A rule that is not understood. It is refused when the pack is loaded: never everybody, never nobody."""

    def __init__(self, message: str, place: Place | None = None, hint: str = "", where: str = "") -> None:
        self.message, self.place, self.hint, self.where = message, place, hint, where
        super().__init__(message)

    def inside(self, where: str) -> RuleError:
        """The same error with the name of the rule it was found in."""
        return RuleError(self.message, self.place, self.hint, where if not self.where else f"{where} {self.where}")

    @property
    def line(self) -> int | None:
        return self.place.line if self.place else None

    @property
    def column(self) -> int | None:
        return self.place.column if self.place else None

    def __str__(self) -> str:
        at = f"第 {self.place.line} 行第 {self.place.column} 列" if self.place else ""
        head = " ".join(part for part in (self.where, at) if part)
        return f"{head}：{self.message}{self.hint}" if head else f"{self.message}{self.hint}"


def did_you_mean(word: str, known: Iterable[str], *, labels: dict[str, str] | None = None) -> str:
    """A hint that names the closest known words; labels (word → Chinese) are also searched and shown."""
    names = list(known)
    labels = labels or {}
    by_label = [name for name in names if labels.get(name) == word]
    close = by_label or difflib.get_close_matches(word.lower(), names, n=3, cutoff=0.6)
    if not close:
        close = [name for name in names if word and (word.lower() in name or word in labels.get(name, ""))][:3]
    if not close:
        return ""
    shown = "、".join(f"{name}（{labels[name]}）" if name in labels else name for name in close)
    return f"。是不是想写 {shown}？"
