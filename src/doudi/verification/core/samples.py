"""Random samples of a check: what looking at them may give, and what a share of them says about all."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from doudi.office.core import NotAllowed

AT_MOST = 1000  # people drawn at once; who looks is a person
RESULTS = ("right", "wrong", "unclear")
LABELS = {
    True: {"right": "属实", "wrong": "不是这么回事", "unclear": "弄不清楚"},
    False: {"right": "确实没有问题", "wrong": "漏了", "unclear": "弄不清楚"},
}
"""Results in words: of those a check found, and of the rest of the roll."""
_Z = 1.959964  # of a two-sided interval of 95 %


def check_draw(permille: int, seed: str) -> None:
    """Stop a draw of no share or more than all, or of a seed nobody can write down.

    :raises NotAllowed: in words for whoever draws
    """
    if not 1 <= permille <= 1000:
        raise NotAllowed("抽查比例要在 0.1% 和 100% 之间。")
    if not 4 <= len(seed) <= 40 or not seed.isalnum() or not seed.isascii():
        raise NotAllowed("抽签的种子用 4 到 40 个字母或数字。")


@dataclass(frozen=True, slots=True)
class Share:
    """How many of those looked at were so, and where the true share lies with 95 % (Wilson); None while nobody looked."""

    so: int
    of: int
    population: int

    @property
    def rate(self) -> float | None:
        return self.so / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """From and to, between 0 and 1. When everybody was looked at, the share itself."""
        if not self.of:
            return None
        p, n = self.so / self.of, self.of
        if n >= self.population:
            return p, p
        middle, width = p + _Z**2 / (2 * n), _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        return max(0.0, (middle - width) / (1 + _Z**2 / n)), min(1.0, (middle + width) / (1 + _Z**2 / n))

    @property
    def people(self) -> tuple[int, int] | None:
        """How many of all of them that would be, from and to."""
        if self.interval is None:
            return None
        low, high = self.interval
        return round(low * self.population), round(high * self.population)
