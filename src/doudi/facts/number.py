"""The citizen number of GB 11643: read, repaired where that is certain, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

State = Literal["ok", "from15", "missing", "bad_check", "malformed"]
STATES: tuple[State, ...] = ("ok", "from15", "missing", "bad_check", "malformed")

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
FIRST_YEAR, LAST_YEAR = 1850, 2099
MISSING_WORDS = frozenset(
    (
        "",
        "无",
        "空",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "null",
        "none",
        "n/a",
        "na",
        "nan",
        "不详",
        "未知",
        "未提供",
        "暂无",
        "#n/a",
    )
)

_UNSEEN = re.compile(r"[\x00-\x20\x7f\xa0\xad\u2000-\u200f\u2028-\u202f\u2060-\u2064\u3000\ufeff'‘’`]+")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width forms → ASCII; nothing else is folded
_CROSSES = str.maketrans("×✕╳Хх", "XXXXX")  # the signs typed where an X was meant, Cyrillic ones among them
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_ONE_DIGIT_REPEATED = re.compile(r"([0-9])\1*")


@dataclass(frozen=True, slots=True)
class Number:
    """A citizen number as read: 18 characters when it can be trusted, and what was the matter."""

    value: str | None
    state: State


def plain(text: str) -> str:
    """The text as it is compared: half-width, no blanks, apostrophes or invisible characters, a capital X at the end."""
    return _UNSEEN.sub("", text.translate(_WIDE)).translate(_CROSSES).upper()


def parse(text: str | None) -> Number:
    """Read a citizen number.

    States: ok (18 characters that agree with themselves), from15 (an old number, century and check character added),
    missing (nothing was written, or a word or digit that stands for nothing), bad_check (the check character disagrees),
    malformed (anything else, an impossible birth date included). Only ok and from15 carry a value.
    Region codes are not looked up: half of the old ones no longer exist.
    """
    number = plain(text or "")
    if number.lower() in MISSING_WORDS or _ONE_DIGIT_REPEATED.fullmatch(number):
        return Number(None, "missing")
    if _EIGHTEEN.fullmatch(number):
        if birth_of(number) is None:
            return Number(None, "malformed")
        return Number(number, "ok") if number[17] == check_character(number[:17]) else Number(None, "bad_check")
    if _FIFTEEN.fullmatch(number):
        longer = f"{number[:6]}19{number[6:]}"
        if birth_of(longer) is None:
            return Number(None, "malformed")
        return Number(longer + check_character(longer), "from15")
    return Number(None, "malformed")


def check_character(first17: str) -> str:
    """The eighteenth character (ISO 7064 MOD 11-2) that belongs to seventeen digits."""
    return CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def birth_of(number: str) -> date | None:
    """The birth date written in a number of 17 or 18 characters; None where there is no such day."""
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def sex_of(number: str) -> Literal["1", "2"]:
    """The sex written in the seventeenth digit: "1" male (odd), "2" female (even), as in GB/T 2261.1."""
    return "1" if int(number[16]) % 2 else "2"


def masked(number: str) -> str:
    """A number as it may be shown: first six and last four characters."""
    return number[:6] + "*" * max(len(number) - 10, 0) + number[-4:]
