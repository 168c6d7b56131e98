"""From the text of a file to typed values, in SQL: the same for a full file of a city and for one row pushed by a machine.

Every type gives four expressions. `fast` types what is written the usual way, without a regular expression. What it leaves
NULL goes through `plain` (a cleaned text), then `value`; a row that still has no value gets a `problem`. Whatever `fast`
accepts, the slow way must accept with the same value: tests hold the two, and a reference in Python, together.
"""

from __future__ import annotations

from dataclasses import dataclass

from doudi.engine.contract import Column

FIRST_DAY, LAST_DAY = "1901-01-01", "2099-12-31"
LONGEST_TEXT, LONGEST_NAME = 2000, 60
MISSING_WORDS = (
    *("无", "空", "-", "--", "—", "——", "/", "\\", "null", "none", "n/a", "#n/a", "na", "nan"),
    *("不详", "未知", "未提供", "暂无"),
)
OPEN_END_WORDS = ("长期", "永久", "至今", "长期有效", "无期限")
YES = ("是", "有", "1", "y", "yes", "true", "t", "√", "✓", "真", "享受")
NO = ("否", "无", "0", "n", "no", "false", "f", "×", "✗", "x", "假", "没有", "不享受")

# Characters that are put right before anything is read. Blanks of other scripts become blanks; invisible ones go.
BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u0085"
UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\ufeff"
CONTROL = "".join(chr(c) for c in (*range(9), 11, 12, *range(14, 32), 127))
LETTERS = "".join(chr(c) for c in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)))
WIDE = "".join(chr(c) for c in range(0xFF01, 0xFF5F))
_LINES = "\t\r\n"
QUOTES = "'‘’`"
DOTS = "•・‧∙⋅･●﹒．."
_LEADING = rf"^[\s{QUOTES}]+"
_SEPARATORS = r"[-/.\\年月]"


def _class(characters: str) -> str:
    """A character class of a regular expression."""
    return "[" + "".join(rf"\x{{{ord(one):X}}}" for one in characters) + "]"


def quote(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def name_of(column: str) -> str:
    """A SQL identifier."""
    return '"' + column.replace('"', '""') + '"'


def _listed(words: tuple[str, ...]) -> str:
    return "(" + ", ".join(quote(word) for word in words) + ")"


def _half(text: str, wide: str = WIDE) -> str:
    """Half-width, visible, without a leading apostrophe and outer blanks."""
    narrow = "".join(chr(ord(one) - 0xFEE0) for one in wide)
    known = f"translate({text}, {quote(wide + BLANKS)}, {quote(narrow + ' ' * len(BLANKS))})"
    seen = f"regexp_replace({known}, {quote(_class(UNSEEN + CONTROL))}, '', 'g')"
    return f"rtrim(regexp_replace({seen}, {quote(_LEADING)}, ''), ' \t\r\n')"


def close(text: str) -> str:
    """Half-width and without any blank: for what is a number, a date or a code."""
    return f"regexp_replace({_half(text)}, '\\s+', '', 'g')"


def _empty(plain: str) -> str:
    return f"({plain} IS NULL OR {plain} = '' OR lower({plain}) IN {_listed(MISSING_WORDS)})"


@dataclass(frozen=True)
class Typing:
    """The SQL of one column: `f` (fast value) and `t` (cleaned text) are columns the later expressions may name."""

    fast: str
    plain: str
    value: str
    problem: str
    empty: str
    duck: str


def typing_of(column: Column, raw: str, f: str, t: str, v: str, *, factor: int = 1) -> Typing:
    """The SQL that types one column.

    raw, f, t, v: SQL names of the text as read, the fast value, the cleaned text, the value. factor: what one unit of
    a money column is worth in yuan (10,000 when the heading says 万元).
    """
    return _BY_TYPE[column.type](column, raw, f, t, v, factor)


def _reasons(*pairs: tuple[str, str], otherwise: str) -> str:
    return "CASE " + " ".join(f"WHEN {test} THEN {quote(code)}" for test, code in pairs) + f" ELSE {quote(otherwise)} END"


def _text(column: Column, raw: str, f: str, t: str, v: str, factor: int) -> Typing:
    odd = f"{_class(LETTERS + BLANKS + UNSEEN + CONTROL + _LINES)}|^[ {QUOTES}]| $"
    return Typing(
        fast=f"CASE WHEN strlen({raw}) BETWEEN 1 AND 600 AND NOT regexp_matches({raw}, {quote(odd)}) THEN {raw} END",
        plain=_half(raw, LETTERS),
        value=f"CASE WHEN {t} <> '' AND length({t}) <= {LONGEST_TEXT} THEN {t} END",
        problem=quote("too_long"),
        empty=f"{t} = ''",
        duck="VARCHAR",
    )


def _name(column: Column, raw: str, f: str, t: str, v: str, factor: int) -> Typing:
    odd = _class(LETTERS + BLANKS + UNSEEN + CONTROL + DOTS + QUOTES + " " + _LINES)
    dotted = f"translate({_half(raw, LETTERS)}, {quote(DOTS)}, {quote('·' * len(DOTS))})"
    blank = f"CASE WHEN regexp_matches({dotted}, '[A-Za-z]') THEN ' ' ELSE '' END"
    return Typing(
        fast=f"CASE WHEN strlen({raw}) BETWEEN 1 AND {LONGEST_NAME} AND NOT regexp_matches({raw}, {quote(odd)}) THEN {raw} END",
        plain=f"regexp_replace({dotted}, '\\s+', {blank}, 'g')",
        value=f"CASE WHEN {t} <> '' AND length({t}) <= {LONGEST_NAME} THEN {t} END",
        problem=quote("too_long"),
        empty=f"{t} = ''",
        duck="VARCHAR",
    )


def _day(text: str) -> str:
    """The text of a day in one of the accepted forms as Y-M-D, or NULL; whether that day exists is asked afterwards."""
    split = f"regexp_extract({text}, '^([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.][0-9]{{4}}$'"
    first, second = f"{split}, 1)::INTEGER", f"{split}, 2)::INTEGER"
    return f"""CASE
        WHEN regexp_full_match({text}, '[0-9]{{4}}{_SEPARATORS}[0-9]{{1,2}}{_SEPARATORS}[0-9]{{1,2}}日?')
            THEN regexp_replace({text}, '^([0-9]{{4}}).([0-9]{{1,2}}).([0-9]{{1,2}}).?$', '\\1-\\2-\\3')
        WHEN regexp_full_match({text}, '[0-9]{{8}}') THEN regexp_replace({text}, '^(....)(..)(..)$', '\\1-\\2-\\3')
        WHEN regexp_full_match({text}, '[0-9]{{4}}{_SEPARATORS}[0-9]{{1,2}}月?')
            THEN regexp_replace({text}, '^([0-9]{{4}}).([0-9]{{1,2}}).?$', '\\1-\\2-1')
        WHEN regexp_full_match({text}, '[0-9]{{1,2}}[-/.][0-9]{{1,2}}[-/.][0-9]{{4}}') THEN CASE
            WHEN {first} <= 12 AND {second} <= 12 AND {first} <> {second} THEN 'ambiguous'
            WHEN {first} > 12 THEN right({text}, 4) || '-' || {second} || '-' || {first}
            ELSE right({text}, 4) || '-' || {first} || '-' || {second} END
        WHEN regexp_full_match({text}, '[0-9]{{5}}(\\.[0-9]+)?')
            THEN (DATE '1899-12-30' + left({text}, 5)::INTEGER)::VARCHAR
        END"""


def _without_time(raw: str) -> str:
    time = r"[T\s]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?Z?$"
    return f"regexp_replace(regexp_replace({_half(raw)}, {quote(time)}, ''), '\\s+', '', 'g')"


def _within(day: str) -> str:
    return f"CASE WHEN {day} BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}' THEN {day} END"


def _date(column: Column, raw: str, f: str, t: str, v: str, factor: int) -> Typing:
    day = _day(t)
    open_end = f"{t} IN {_listed(OPEN_END_WORDS)} OR ({day}) = '9999-12-31'"
    return Typing(
        fast=_within(f"CASE WHEN strlen({raw}) = 10 THEN try_cast({raw} AS DATE) END"),
        plain=_without_time(raw),
        value=_within(f"try_cast({day} AS DATE)"),
        problem=_reasons(
            (f"({day}) IS NULL AND regexp_full_match({t}, '[0-9.]+[eE][+]?[0-9]+')", "spreadsheet_damage"),
            (f"({day}) IS NULL", "not_a_date"),
            (f"({day}) = 'ambiguous'", "ambiguous_date"),
            (f"try_cast({day} AS DATE) IS NULL", "no_such_day"),
            (f"try_cast({day} AS DATE) BETWEEN DATE '1899-12-30' AND DATE '1900-01-02'", "placeholder_date"),
            otherwise="date_out_of_range",
        ),
        empty=f"({_empty(t)} OR {open_end})" if column.name in ("to_date", "valid_to") else _empty(t),
        duck="DATE",
    )


def _month(column: Column, raw: str, f: str, t: str, v: str, factor: int) -> Typing:
    spelled = (
        f"CASE WHEN regexp_full_match({t}, '[0-9]{{6}}') THEN left({t}, 4) || '-' || right({t}, 2) || '-1' ELSE {_day(t)} END"
    )
    first = f"date_trunc('month', try_cast({spelled} AS DATE))::DATE"
    return Typing(
        fast=_within(f"CASE WHEN strlen({raw}) = 7 AND {raw}[5] = '-' THEN try_cast({raw} || '-01' AS DATE) END"),
        plain=_without_time(raw),
        value=_within(first),
        problem=_reasons(
            (f"({spelled}) IS NULL", "not_a_month"),
            (f"({spelled}) = 'ambiguous'", "ambiguous_date"),
            (f"try_cast({spelled} AS DATE) IS NULL", "no_such_day"),
            otherwise="date_out_of_range",
        ),
        empty=_empty(t),
        duck="DATE",
    )


_DAMAGED = r"[0-9]+(\.[0-9]+)?[eE][+]?[0-9]+"


_AMOUNT = r"-?[0-9]{1,13}(\.[0-9]{1,8})?(万元|万|元)?"
_GROUPED = r"-?[0-9]{1,3}(,[0-9]{3}){1,4}(\.[0-9]{1,8})?(万元|万|元)?"
_AROUND = "^(人民币|[Rr][Mm][Bb]|[Cc][Nn][Yy]|¥|￥)+|整$"


def _money(column: Column, raw: str, f: str, t: str, v: str, factor: int) -> Typing:
    """Yuan with at most two decimals, in whole fen; 万元 counts ten thousand."""
    least = "" if column.negative else f"AND NOT starts_with({t}, '-') "
    number = f"regexp_replace({t}, '(万元|万|元)$', '')::DECIMAL(24, 8)"
    in_fen = f"({number} * CASE WHEN regexp_matches({t}, '万元?$') THEN 1000000 ELSE {100 * factor} END)"
    shaped = f"regexp_full_match({t}, {quote(_AMOUNT)})"
    bare = f"replace(regexp_replace({close(raw)}, {quote(_AROUND)}, '', 'g'), '−', '-')"
    return Typing(
        fast=f"CASE WHEN strlen({raw}) <= 11 THEN CASE "
        f"WHEN try_cast({raw} AS UINTEGER)::VARCHAR = {raw} THEN {raw}::UINTEGER::BIGINT * {100 * factor} "
        f"WHEN try_cast({raw} AS DECIMAL(12, 2))::VARCHAR = {raw} AND {raw} NOT LIKE '-%' "
        f"THEN (({raw}::DECIMAL(12, 2)) * {100 * factor})::BIGINT END END",
        plain=f"CASE WHEN regexp_full_match({bare}, {quote(_GROUPED)}) THEN replace({bare}, ',', '') ELSE {bare} END",
        value=f"CASE WHEN {shaped} {least}AND {in_fen} = floor({in_fen}) THEN {in_fen}::BIGINT END",
        problem=_reasons(
            (f"{shaped} AND starts_with({t}, '-') AND {str(not column.negative).lower()}", "negative"),
            (shaped, "too_precise"),
            (f"regexp_full_match({t}, {quote(_DAMAGED)})", "spreadsheet_damage"),
            otherwise="not_money",
        ),
        empty=_empty(t),
        duck="BIGINT",
    )


def _integer(column: Column, raw: str, f: str, t: str, v: str, factor: int) -> Typing:
    shaped = f"regexp_full_match({t}, '[0-9]{{1,9}}(\\.0+)?(人|次|年|个|口|岁)?')"
    return Typing(
        fast=f"CASE WHEN strlen({raw}) <= 9 AND try_cast({raw} AS UINTEGER)::VARCHAR = {raw} THEN {raw}::UINTEGER::BIGINT END",
        plain=close(raw),
        value=f"CASE WHEN {shaped} THEN regexp_extract({t}, '^[0-9]+')::BIGINT END",
        problem=_reasons((f"regexp_full_match({t}, '-[0-9]+')", "negative"), otherwise="not_a_number"),
        empty=_empty(t),
        duck="BIGINT",
    )


def _number(column: Column, raw: str, f: str, t: str, v: str, factor: int) -> Typing:
    shaped = f"regexp_full_match({t}, '[0-9]{{1,12}}(\\.[0-9]{{1,6}})?(%|㎡|m2|m²|平方米|平米|平方)?')"
    number = f"(regexp_extract({t}, '^[0-9.]+')::DECIMAL(18, 6))::DOUBLE / CASE WHEN ends_with({t}, '%') THEN 100 ELSE 1 END"
    return Typing(
        fast=f"CASE WHEN strlen({raw}) <= 9 AND try_cast({raw} AS UINTEGER)::VARCHAR = {raw} THEN {raw}::UINTEGER::DOUBLE END",
        plain=close(raw),
        value=f"CASE WHEN {shaped} THEN {number} END",
        problem=_reasons((f"regexp_full_match({t}, '-[0-9.]+')", "negative"), otherwise="not_a_number"),
        empty=_empty(t),
        duck="DOUBLE",
    )


def _code(column: Column, raw: str, f: str, t: str, v: str, factor: int) -> Typing:
    whens = " ".join(f"WHEN {quote(word)} THEN {quote(value)}" for word, value in column.words.items())
    return Typing(
        fast=f"CASE {raw} {whens} END",
        plain=f"lower({close(raw)})",
        value=f"CASE regexp_replace({t}, '\\.0$', '') {whens} END",
        problem=quote("unknown_code"),
        empty=_empty(t),
        duck="VARCHAR",
    )


def _flag(column: Column, raw: str, f: str, t: str, v: str, factor: int) -> Typing:
    whens = " ".join([*(f"WHEN {quote(word)} THEN true" for word in YES), *(f"WHEN {quote(word)} THEN false" for word in NO)])
    return Typing(
        fast=f"CASE {raw} {whens} END",
        plain=f"lower({close(raw)})",
        value=f"CASE regexp_replace({t}, '\\.0$', '') {whens} END",
        problem=quote("not_a_flag"),
        empty=f"{_empty(t)}",
        duck="BOOLEAN",
    )


def _area(column: Column, raw: str, f: str, t: str, v: str, factor: int) -> Typing:
    whole = f"regexp_replace({t}, '\\.0$', '')"
    short = f"regexp_replace(regexp_replace({whole}, '^([0-9]{{9}})000$', '\\1'), '^([0-9]{{6}})000$', '\\1')"
    shaped = f"regexp_full_match({t}, '[1-9][0-9]{{5}}([0-9]{{3}})?([0-9]{{3}})?(\\.0)?')"
    plain = f"strlen({raw}) = 12 AND right({raw}, 3) <> '000' AND try_cast({raw} AS BIGINT)::VARCHAR = {raw}"
    return Typing(
        fast=f"CASE WHEN {plain} THEN {raw} END",
        plain=close(raw),
        value=f"CASE WHEN {shaped} THEN {short} END",
        problem=_reasons((f"regexp_full_match({t}, {quote(_DAMAGED)})", "spreadsheet_damage"), otherwise="not_an_area"),
        empty=_empty(t),
        duck="VARCHAR",
    )


def _account(column: Column, raw: str, f: str, t: str, v: str, factor: int) -> Typing:
    return Typing(
        fast=f"CASE WHEN regexp_full_match({raw}, '[0-9]{{8,32}}') THEN {raw} END",
        plain=f"replace({close(raw)}, '-', '')",
        value=f"CASE WHEN regexp_full_match({t}, '[0-9]{{8,32}}') THEN {t} END",
        problem=_reasons((f"regexp_full_match({t}, {quote(_DAMAGED)})", "spreadsheet_damage"), otherwise="not_an_account"),
        empty=_empty(t),
        duck="VARCHAR",
    )


_BY_TYPE = {
    "text": _text,
    "name": _name,
    "date": _date,
    "month": _month,
    "money": _money,
    "integer": _integer,
    "number": _number,
    "code": _code,
    "flag": _flag,
    "area": _area,
    "account": _account,
}
