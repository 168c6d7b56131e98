"""Drawing a sample that anybody can draw again, and what its answers say about everybody."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from math import sqrt

NINETY_FIVE = 1.959964  # of the normal distribution


def drawn(refs: Iterable[str], seed: str, count: int) -> list[str]:
    """The refs whose hash with the seed is smallest: the same seed and refs give the same sample, in any order of refs."""
    return sorted(refs, key=lambda ref: sha256(f"{seed}:{ref}".encode()).digest())[:count]


def interval(hits: int, asked: int) -> tuple[float, float] | None:
    """Between which shares the truth lies with 95 % confidence (Wilson's score interval); None when nobody answered."""
    if not asked:
        return None
    share, z = hits / asked, NINETY_FIVE
    middle = (share + z * z / (2 * asked)) / (1 + z * z / asked)
    half = z * sqrt(share * (1 - share) / asked + z * z / (4 * asked * asked)) / (1 + z * z / asked)
    return max(0.0, middle - half), min(1.0, middle + half)
