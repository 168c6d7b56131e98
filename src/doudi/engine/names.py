"""How names are compared: as written, and as they sound; titles and dots that do not belong to a name are left out."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

_TITLES = "户主|同志|先生|女士|本人|家属"
_SHORT = 9  # bytes: three characters leave no room for a title or a dot
_TONES = dict.fromkeys((0x0300, 0x0301, 0x0304, 0x030C))  # grave, acute, macron, caron; the two dots of ü stay
_FIRST_PRIVATE = 0xF0000  # plane 15: a code point for every syllable, never met in a name


def plain_sql(name: str) -> str:
    """SQL: a name without dots, blanks, and a title stuck on it (张三户主 is 张三)."""
    return (
        f"CASE WHEN strlen({name}) <= {_SHORT} THEN {name} "
        f"ELSE regexp_replace(upper({name}), '[·\\s]|(?:[(（]?(?:{_TITLES})[)）]?$)', '', 'g') END"
    )


def plain(name: str) -> str:
    """The same in Python."""
    return name if len(name.encode()) <= _SHORT else re.sub(rf"[·\s]|(?:[(（]?(?:{_TITLES})[)）]?$)", "", name.upper())


@cache
def _readings() -> dict[int, str]:
    """The first reading of each character. Single characters suffice, so the table of phrases stays unread (0.2 s, 40 MB)."""
    before = os.environ.get("PYPINYIN_NO_PHRASES")
    os.environ["PYPINYIN_NO_PHRASES"] = "true"
    try:
        from pypinyin.constants import PINYIN_DICT
    finally:
        if before is None:
            del os.environ["PYPINYIN_NO_PHRASES"]
        else:
            os.environ["PYPINYIN_NO_PHRASES"] = before
    return PINYIN_DICT


class _Syllables(dict[int, str]):
    """Character → one code point for its syllable without tone, filled as names are met."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, str] = {}

    def __missing__(self, character: int) -> str:
        readings = _readings().get(character)
        if readings is None:
            found = chr(character)
        else:
            first = unicodedata.normalize("NFD", readings.split(",", 1)[0]).translate(_TONES)
            found = self._codes.setdefault(first, chr(_FIRST_PRIVATE + len(self._codes)))
        self[character] = found
        return found


_SYLLABLES = _Syllables()


def sound(name: str) -> str:
    """A key that names of one sound share, whatever characters they are written with; 洁 and 杰, 閆 and 闫 agree."""
    return plain(name).translate(_SYLLABLES)


def sounds(names: Iterable[str]) -> list[str]:
    """The sound of each of many names."""
    return [sound(name) for name in names]
