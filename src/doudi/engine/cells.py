"""One cell: from the text somebody typed to a value, or the reason why not. Strict: a date that does not exist is no date.

Every reader gives `(value, reason)`: a value and None, None and a reason, or None and None for a cell that says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from doudi.engine.contract import Column, plain_word

Cell = tuple[object, str | None]

FIRST_DAY, LAST_DAY = date(1901, 1, 1), date(2099, 12, 31)
LONGEST_TEXT, LONGEST_NAME = 2000, 60
MISSING_WORDS = frozenset(
    (
        *("", "无", "空", "-", "--", "—", "——", "/", "\\", "null", "none", "n/a", "#n/a", "na", "nan"),
        *("不详", "未知", "未提供", "暂无"),
    )
)
OPEN_END_WORDS = frozenset(("长期", "永久", "至今", "长期有效", "无期限", "9999-12-31"))
YES = frozenset(("是", "有", "1", "y", "yes", "true", "t", "√", "✓", "真", "享受"))
NO = frozenset(("否", "无", "0", "n", "no", "false", "f", "×", "✗", "x", "假", "没有", "不享受"))

# Characters put right before anything is read: blanks of other scripts become blanks, invisible ones and control characters go.
BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u0085"
UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\ufeff"
CONTROL = "".join(chr(c) for c in (*range(9), 11, 12, *range(14, 32), 127))
LINES = "\t\r\n"
LETTERS = "".join(chr(c) for c in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)))
WIDE = "".join(chr(c) for c in range(0xFF01, 0xFF5F))
QUOTES = "'‘’`"
DOTS = "•・‧∙⋅･●﹒．."

_COMMON = {**dict.fromkeys(map(ord, BLANKS), " "), **dict.fromkeys(map(ord, UNSEEN + CONTROL))}
_HALF = _COMMON | {ord(one): chr(ord(one) - 0xFEE0) for one in WIDE}
_LETTERS = _COMMON | {ord(one): chr(ord(one) - 0xFEE0) for one in LETTERS}
_DOTTED = dict.fromkeys(map(ord, DOTS), "·")


def _edges(text: str) -> str:
    """Without outer blanks and the apostrophe that marks a text in a spreadsheet."""
    return text.lstrip(" " + LINES + QUOTES).rstrip(" " + LINES)


def closed(text: str) -> str:
    """Half-width and without any blank: for what is a number, a date or a code."""
    return "".join(_edges(text.translate(_HALF)).split())


def _is_missing(text: str) -> bool:
    return text.lower() in MISSING_WORDS


def text_of(text: str) -> Cell:
    """A text as people wrote it, its letters and digits half-width."""
    plain = _edges(text.translate(_LETTERS))
    return (plain or None, None) if len(plain) <= LONGEST_TEXT else (None, "too_long")


def name_of(text: str) -> Cell:
    """A person's name: no blanks in Chinese names, one kind of dot, one blank between Latin words."""
    plain = _edges(text.translate(_LETTERS)).translate(_DOTTED)
    plain = (" " if re.search("[A-Za-z]", plain) else "").join(plain.split())
    return (plain or None, None) if len(plain) <= LONGEST_NAME else (None, "too_long")


_SEP = r"[-/.\\年月]"
_YMD = re.compile(rf"([0-9]{{4}}){_SEP}([0-9]{{1,2}}){_SEP}([0-9]{{1,2}})日?")
_RUN = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YM = re.compile(rf"([0-9]{{4}}){_SEP}([0-9]{{1,2}})月?")
_DMY = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_SERIAL = re.compile(r"([0-9]{5})(\.[0-9]+)?")
_TIME = re.compile(r"[T\s]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?Z?$", re.ASCII)
_DAMAGED = re.compile(r"[0-9]+(\.[0-9]+)?[eE][+]?[0-9]+")
_SHEET_ZERO = date(1899, 12, 30)


def _plain_day(text: str) -> str:
    return "".join(_TIME.sub("", _edges(text.translate(_HALF))).split())


def day_first(texts: Iterable[str], days: frozenset[int] = frozenset()) -> bool | None:
    """Whether a column writes days as 30/06/2026 (True) or 06/30/2026 (False), where it can be told from the column itself.

    It tells where one of the two numbers can be no month, or where only one reading gives days of the month that the
    column knows already, as with a column of first days of a month. days: those it knows.
    """
    found = [(int(one[1]), int(one[2])) for one in map(_DMY.fullmatch, map(_plain_day, texts)) if one]
    told = {first > 12 for first, second in found if (first > 12) != (second > 12)}
    if not told and days:
        fits = {True: {first for first, _ in found} <= days, False: {second for _, second in found} <= days}
        told = {way for way, fitting in fits.items() if fitting}
    return told.pop() if len(told) == 1 else None


def _day(plain: str, first_is_day: bool | None = None) -> Cell:
    if found := _YMD.fullmatch(plain) or _RUN.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups())
    elif found := _YM.fullmatch(plain):
        year, month, day = int(found[1]), int(found[2]), 1
    elif found := _DMY.fullmatch(plain):
        first, second, year = (int(part) for part in found.groups())
        if first <= 12 and second <= 12 and first != second:
            if first_is_day is None:
                return None, "ambiguous_date"
        else:
            first_is_day = first > 12
        month, day = (second, first) if first_is_day else (first, second)
    elif found := _SERIAL.fullmatch(plain):
        serial = _SHEET_ZERO + timedelta(days=int(found[1]))
        year, month, day = serial.year, serial.month, serial.day
    else:
        return None, "spreadsheet_damage" if _DAMAGED.fullmatch(plain) else "not_a_date"
    try:
        value = date(year, month, day)
    except ValueError:
        return None, "no_such_day"
    if FIRST_DAY <= value <= LAST_DAY:
        return value, None
    return None, "placeholder_date" if _SHEET_ZERO <= value <= date(1900, 1, 2) else "date_out_of_range"


def day_of(text: str, first_is_day: bool | None = None) -> Cell:
    """A day in any of the usual forms. first_is_day: how to read 05/06/2026; None: it is refused, for nobody can know."""
    plain = _plain_day(text)
    return (None, None) if _is_missing(plain) else _day(plain, first_is_day)


def end_of(text: str, first_is_day: bool | None = None) -> Cell:
    """A last day; words and a date that mean "no end" say nothing."""
    plain = _plain_day(text)
    return (None, None) if _is_missing(plain) or plain in OPEN_END_WORDS else _day(plain, first_is_day)


def month_of(text: str, first_is_day: bool | None = None) -> Cell:
    """A month, as its first day; a whole date means its month."""
    plain = _plain_day(text)
    if _is_missing(plain):
        return None, None
    if re.fullmatch(r"[0-9]{6}", plain):
        plain = f"{plain[:4]}-{plain[4:]}"
    value, reason = _day(plain, first_is_day)
    return (
        (value.replace(day=1), None) if isinstance(value, date) else (None, "not_a_month" if reason == "not_a_date" else reason)
    )


_AROUND = re.compile(r"^(人民币|rmb|cny|¥|￥)+|(?<=元)整$", re.IGNORECASE)
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3}){1,4}(\.[0-9]{1,8})?(万元|万|元)?")
_AMOUNT = re.compile(r"(-?[0-9]{1,13}(?:\.[0-9]{1,8})?)(万元|万|元)?")


def money_of(text: str, *, factor: int = 1, negative: bool = False) -> Cell:
    """Yuan with at most two decimals, as whole fen. factor: what one unit is worth in yuan where the heading says 万元."""
    plain = _AROUND.sub("", closed(text)).replace("−", "-")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if _is_missing(plain):
        return None, None
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        return None, "spreadsheet_damage" if _DAMAGED.fullmatch(plain) else "not_money"
    fen = Decimal(found[1]) * (1_000_000 if (found[2] or "").startswith("万") else 100 * factor)
    if fen < 0 and not negative:
        return None, "negative"
    return (int(fen), None) if fen == int(fen) else (None, "too_precise")


def integer_of(text: str) -> Cell:
    """A whole number; a unit after it is left out."""
    plain = closed(text)
    if _is_missing(plain):
        return None, None
    if found := re.fullmatch(r"([0-9]{1,9})(\.0+)?(人|次|年|个|口|岁)?", plain):
        return int(found[1]), None
    return None, "negative" if re.fullmatch(r"-[0-9]+", plain) else "not_a_number"


def number_of(text: str) -> Cell:
    """A number; a share in per cent counts as its hundredth."""
    plain = closed(text)
    if _is_missing(plain):
        return None, None
    if found := re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)(%|㎡|m2|m²|平方米|平米|平方)?", plain):
        return float(found[1]) / (100 if found[2] == "%" else 1), None
    return None, "negative" if re.fullmatch(r"-[0-9.]+", plain) else "not_a_number"


def code_of(text: str, words: Mapping[str, str]) -> Cell:
    """The stored value of a word. words: word as compared → stored value."""
    plain = closed(text).lower()
    value = words.get(plain, words.get(plain.removesuffix(".0")))
    if value is None:
        value = words.get(plain_word(plain))
    return (value, None) if value is not None else (None, None if _is_missing(plain) else "unknown_code")


def flag_of(text: str) -> Cell:
    """Yes or no."""
    plain = closed(text).lower().removesuffix(".0")
    if plain in YES or plain in NO:
        return plain in YES, None
    return None, None if _is_missing(plain) else "not_a_flag"


def area_of(text: str) -> Cell:
    """An area code of 6, 9 or 12 digits; zeros that only fill up are left out: 990101001000 is the township 990101001."""
    plain = closed(text)
    if _is_missing(plain):
        return None, None
    if found := re.fullmatch(r"([1-9][0-9]{5}(?:[0-9]{3}){0,2})(\.0)?", plain):
        return re.sub(r"^([0-9]{6})(000)+$|^([0-9]{9})000$", r"\1\3", found[1]), None
    return None, "spreadsheet_damage" if _DAMAGED.fullmatch(plain) else "not_an_area"


def account_of(text: str) -> Cell:
    """A bank account: 8 to 32 digits, however they are grouped."""
    plain = closed(text)
    if _is_missing(plain):
        return None, None
    digits = plain.replace("-", "")
    if re.fullmatch(r"[0-9]{8,32}", digits):
        return digits, None
    return None, "spreadsheet_damage" if _DAMAGED.fullmatch(plain) else "not_an_account"


_PLAIN_READERS: dict[str, Callable[[str], Cell]] = {
    "text": text_of,
    "name": name_of,
    "integer": integer_of,
    "number": number_of,
    "flag": flag_of,
    "area": area_of,
    "account": account_of,
}


def reader(
    column: Column, factor: int = 1, texts: Sequence[str] = (), days: frozenset[int] = frozenset()
) -> Callable[[str], Cell]:
    """How a cell of this column is read. Citizen numbers have a reader of their own: `doudi.facts.number.parse`.

    texts: the column's unusual texts, and days: the days of the month in its usual ones; they may tell how it writes days.
    """
    if column.type == "code":
        words = column.words
        return lambda text: code_of(text, words)
    if column.type == "money":
        return lambda text: money_of(text, factor=factor, negative=column.negative)
    if column.type in ("date", "month"):
        first = day_first(texts, days)
        read = month_of if column.type == "month" else end_of if column.name in ("to_date", "valid_to") else day_of
        return lambda text: read(text, first)
    return _PLAIN_READERS[column.type]
