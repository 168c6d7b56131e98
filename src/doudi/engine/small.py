"""Small numbers stay hidden, and stay so when totals and neighbours are subtracted.

Counts from 1 to 9 are small. A table whose total is shown hides, beside the rows with a small count, so many more that what is
left over after subtracting every shown row is, in each column, nothing or at least ten, and belongs to at least two rows.
"""

from __future__ import annotations

from collections.abc import Sequence

LEAST = 10


def small(count: int) -> bool:
    """Whether a count could point at somebody."""
    return 0 < count < LEAST


def hidden(rows: Sequence[Sequence[int]], at_least: frozenset[int] = frozenset()) -> frozenset[int]:
    """Which rows of counts to hide where the total of every column is shown.

    :param at_least: rows that are hidden in any case
    """
    gone = set(at_least) | {at for at, row in enumerate(rows) if any(map(small, row))}
    waiting = sorted((at for at in range(len(rows)) if at not in gone), key=lambda at: (sum(rows[at]) == 0, sum(rows[at]), at))
    while gone and (len(gone) < 2 or any(small(sum(rows[at][column] for at in gone)) for column in range(len(rows[0])))):
        if not waiting:
            break
        gone.add(waiting.pop(0))
    return frozenset(gone)
