"""Citizen numbers of people who do not exist: valid check character, region codes nobody has."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

_WEIGHTS = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
_CHECK = np.frombuffer(b"10X98765432", np.uint8)


def seventeen(region: np.ndarray, born: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The digits of region (6), birth date (8) and order (3) as one integer; born in days since 1970."""
    days = born.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    year = days.astype("datetime64[Y]").astype(int) + 1970
    month = months.astype(int) % 12 + 1
    of_month = (days - months).astype(int) + 1
    return (region.astype(np.int64) * 10**8 + year * 10**4 + month * 100 + of_month) * 1000 + order


def written(numbers: np.ndarray) -> np.ndarray:
    """Seventeen digits → 18 characters, one row of bytes each."""
    digits = np.empty((len(numbers), 18), np.uint8)
    rest = numbers.copy()
    for at in range(16, -1, -1):
        rest, digits[:, at] = np.divmod(rest, 10)
    digits[:, 17] = _CHECK[(digits[:, :17].astype(np.int32) @ _WEIGHTS) % 11]
    digits[:, :17] += 48
    return digits


def text(characters: np.ndarray) -> pa.Array:
    """Rows of bytes as an Arrow column of text."""
    count, width = characters.shape
    ends = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(ends.tobytes()), pa.py_buffer(np.ascontiguousarray(characters).tobytes())
    )


def orders(region: np.ndarray, born: np.ndarray, sex: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Order numbers (odd for men), so that nobody shares region, birth date and order."""
    key = (region.astype(np.int64) % 100 * 100_000 + (born + 40_000)) * 2 + sex % 2
    by_key = np.argsort(key, kind="stable")
    ordered = key[by_key]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    starts = np.flatnonzero(first)
    rank = np.arange(len(key)) - np.repeat(starts, np.diff(np.append(starts, len(key))))
    begin = np.repeat(rng.integers(0, 500, len(starts)), np.diff(np.append(starts, len(key))))
    turn = np.empty(len(key), np.int64)
    turn[by_key] = (begin + rank * 37) % 500
    return turn * 2 + sex % 2


def fifteen(number: str) -> str:
    """The old form of a number of 18 characters."""
    return number[:6] + number[8:17]


def with_check(seventeen_digits: str) -> str:
    """Seventeen digits and their check character."""
    total = sum(int(digit) * int(weight) for digit, weight in zip(seventeen_digits, _WEIGHTS, strict=True))
    return seventeen_digits + "10X98765432"[total % 11]


def slipped(number: str, turn: int) -> str:
    """One digit wrong so that the check fails: another digit (6 of 10), or two neighbours exchanged."""
    body = list(number[:17])
    if turn % 10 < 4:
        for step in range(16):
            at = 6 + (turn // 10 + step) % 10
            if body[at] != body[at + 1]:
                body[at], body[at + 1] = body[at + 1], body[at]
                return "".join(body) + number[17]
    at = 6 + (turn // 10) % 11
    body[at] = str((int(body[at]) + 1 + turn // 200 % 9) % 10)
    return "".join(body) + number[17]


def strangers(number: str, turn: int) -> str:
    """A valid number one order away: somebody else's or nobody's."""
    order = (int(number[14:17]) + 2 * (1 + turn % 480)) % 1000
    return with_check(f"{number[:14]}{order:03d}")


_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def other_form(number: str, turn: int) -> str:
    """The number in full width, with blanks, invisible characters, an apostrophe, a small x or × for X."""
    kind = turn % 6
    if kind == 0:
        return number.translate(_WIDE)
    if kind == 1:
        return f"{number[:6]} {number[6:14]} {number[14:]}"
    if kind == 2:
        return f"{number[:6]}\u200b{number[6:]}"
    if kind == 3:
        return f"'{number}"
    if number.endswith("X"):
        return number[:17] + ("x", "×")[turn % 2]
    return f" {number} " if kind == 4 else f"{number}\u3000"
