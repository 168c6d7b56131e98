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
    """A rule that is not understood. It is refused when the pack is loaded: never everybody, never nobody.

    where: file, rule and key. file_line: the line in the file. missing: the name that is not known, if that is what is wrong.
    others: further mistakes found in the same reading, in order.
    """

    def __init__(
        self,
        message: str,
        place: Place | None = None,
        hint: str = "",
        where: str = "",
        *,
        missing: str = "",
        file_line: int = 0,
        others: tuple[RuleError, ...] = (),
    ) -> None:
        self.message, self.place, self.hint, self.where = message, place, hint, where
        self.missing, self.file_line, self.others = missing, file_line, others
        super().__init__(message)

    def inside(self, where: str, file_line: int = 0) -> RuleError:
        """The same error with the name of the rule it was found in, and the line where that stands unless one is closer."""
        return RuleError(
            self.message,
            self.place,
            self.hint,
            where if not self.where else f"{where} {self.where}",
            missing=self.missing,
            file_line=self.file_line or file_line,
            others=tuple(other.inside(where, file_line) for other in self.others),
        )

    def with_others(self, others: tuple[RuleError, ...]) -> RuleError:
        """The same mistake with these beside it."""
        return RuleError(
            self.message, self.place, self.hint, self.where, missing=self.missing, file_line=self.file_line, others=others
        )

    def every(self) -> list[RuleError]:
        """This mistake and the others found with it, one by one."""
        return [self.with_others(()), *(one for other in self.others for one in other.every())]

    @property
    def line(self) -> int | None:
        return self.place.line if self.place else None

    @property
    def column(self) -> int | None:
        return self.place.column if self.place else None

    def alone(self) -> str:
        """This mistake in a sentence, without the others."""
        at = f"第 {self.place.line} 行第 {self.place.column} 列" if self.place else ""
        if self.file_line:
            file, _, rest = self.where.partition(" ")
            where = f"{file} 第 {self.file_line} 行{'，' if rest or at else ''}{rest}"
            at = f"式子{at}" if at else ""
        else:
            where = self.where
        head = " ".join(part for part in (where, at) if part)
        return f"{head}：{self.message}{self.hint}" if head else f"{self.message}{self.hint}"

    def __str__(self) -> str:
        more = len(self.every()) - 1
        return self.alone() + (f"（另外还有 {more} 处，用 doudi rules check 可以一次看全）" if more else "")


def together(errors: list[RuleError]) -> RuleError:
    """Several mistakes as one error: the first speaks, the others are with it."""
    first, *rest = [one for error in errors for one in error.every()]
    return first.with_others(tuple(rest))


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
