"""From true values to the text of cells, a whole column at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

FIRST, LAST = -40_000, 40_000  # days since 1970 that have a text
NONE = -(10**6)  # a day or a sum that is not there


@cache
def _calendar() -> pa.Array:
    return pa.array(np.arange(FIRST, LAST).astype("datetime64[D]").astype(str).tolist())


def day(days: np.ndarray) -> pa.Array:
    """Days since 1970 as 2026-06-30; NONE is empty."""
    at = days.astype(np.int64) - FIRST
    return _calendar().take(pa.array(at, mask=days <= NONE))


def month(days: np.ndarray) -> pa.Array:
    """The month of a day as 2026-06."""
    return pc.utf8_slice_codeunits(day(days), 0, 7)


def yuan(fen: np.ndarray) -> pa.Array:
    """Whole fen as yuan; decimals only where there are any; NONE is empty."""
    whole, rest = np.divmod(fen.astype(np.int64), 100)
    text = pc.cast(pa.array(whole, mask=fen <= NONE), pa.string())
    cents = pc.utf8_lpad(pc.cast(pa.array(rest), pa.string()), 2, "0")
    return pc.if_else(pa.array(rest == 0), text, pc.binary_join_element_wise(text, cents, "."))


def integer(values: np.ndarray) -> pa.Array:
    """Whole numbers; NONE is empty."""
    return pc.cast(pa.array(values.astype(np.int64), mask=values <= NONE), pa.string())


def one_of(words: Sequence[str | None], at: np.ndarray) -> pa.Array:
    """A word by its position; None is an empty cell."""
    return pa.array(list(words), pa.string()).take(pa.array(at.astype(np.int64)))


def flag(values: np.ndarray) -> pa.Array:
    return one_of(("否", "是"), values.astype(np.int64))


def names(values: np.ndarray) -> pa.Array:
    return pa.array(values, pa.string())


def joined(*parts: pa.Array | str) -> pa.Array:
    """Text put together; a part may be one word for all rows."""
    return pc.binary_join_element_wise(*parts, "")


def digits(values: np.ndarray, width: int) -> pa.Array:
    """Whole numbers with leading zeros."""
    return pc.utf8_lpad(pc.cast(pa.array(values.astype(np.int64)), pa.string()), width, "0")
