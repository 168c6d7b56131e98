"""Citizen numbers in SQL: which are good, which can be repaired, which are missing (GB 11643-1999, ISO 7064 MOD 11-2)."""

from __future__ import annotations

from doudi.facts.number import FIRST_YEAR, LAST_YEAR, MISSING_WORDS, WEIGHTS

_UNSEEN = r"[\x{00}-\x{20}\x{7F}\x{A0}\x{AD}\x{2000}-\x{200F}\x{2028}-\x{202F}\x{2060}-\x{2064}\x{3000}\x{FEFF}'‘’`]+"
_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_HALF = "".join(chr(code) for code in range(0x21, 0x7F))
_ONE_DIGIT = "|".join(f"{digit}+" for digit in range(10))


def whole(raw: str) -> str:
    """The 18 characters as one integer, a check character X read as 0; NULL unless it is 18 characters long."""
    return (
        f"CASE WHEN strlen({raw}) = 18 THEN CASE WHEN ends_with({raw}, 'X') "
        f"THEN try_cast(left({raw}, 17) || '0' AS BIGINT) ELSE try_cast({raw} AS BIGINT) END END"
    )


def halves(x: str) -> tuple[str, str]:
    """The first nine and the last nine digits of `whole` as small integers, which divide fast."""
    sound = f"{x} BETWEEN 100000000000000000 AND 999999999999999999"
    return (
        f"CASE WHEN {sound} THEN ({x} // 1000000000)::UINTEGER END",
        f"CASE WHEN {sound} THEN ({x} % 1000000000)::UINTEGER END",
    )


def usual(raw: str, x: str, hi: str, lo: str) -> str:
    """The number itself when it is written plainly and is good, else NULL: the fast way, integers only.

    A cast to integer forgives signs, exponents and underscores, so the integer is written back and compared.
    """
    digits = [f"({hi} // {10 ** (8 - i)}) % 10" for i in range(9)] + [f"({lo} // {10 ** (8 - i)}) % 10" for i in range(8)]
    total = " + ".join(f"({digit}) * {weight}" for digit, weight in zip(digits, WEIGHTS, strict=True))
    check = f"{lo} % 10 + CASE WHEN ends_with({raw}, 'X') THEN 10 ELSE 0 END"
    year = f"(({hi} % 1000) * 10 + {lo} // 100000000)"
    month, day = f"(({lo} // 1000000) % 100)", f"(({lo} // 10000) % 100)"
    last_day = (
        f"CASE WHEN {month} IN (4, 6, 9, 11) THEN 30 WHEN {month} <> 2 THEN 31 "
        f"WHEN {year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0) THEN 29 ELSE 28 END"
    )
    written = f"CASE WHEN ends_with({raw}, 'X') THEN left({x}::VARCHAR, 17) || 'X' ELSE {x}::VARCHAR END"
    return (
        f"CASE WHEN ({total} + {check}) % 11 = 1 AND {month} BETWEEN 1 AND 12 AND {year} BETWEEN {FIRST_YEAR} AND {LAST_YEAR} "
        f"AND {day} >= 1 AND ({day} <= 28 OR {day} <= {last_day}) AND {written} = {raw} THEN {raw} END"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def cleaned(raw: str) -> str:
    """`doudi.facts.number.plain` in SQL: half-width, no blanks or invisible characters, every way of writing X made one."""
    seen = f"regexp_replace(translate({raw}, {_quoted(_WIDE)}, {_quoted(_HALF)}), {_quoted(_UNSEEN)}, '', 'g')"
    return f"upper(translate({seen}, '×✕╳Хх', 'XXXXX'))"


def _sum(seventeen: str) -> str:
    return " + ".join(f"substr({seventeen}, {i + 1}, 1)::INTEGER * {weight}" for i, weight in enumerate(WEIGHTS))


def _day_exists(seventeen: str) -> str:
    year = f"substr({seventeen}, 7, 4) BETWEEN '{FIRST_YEAR}' AND '{LAST_YEAR}'"
    return f"(try_strptime(substr({seventeen}, 7, 8), '%Y%m%d') IS NOT NULL AND {year})"


_SHAPE_18, _SHAPE_15 = "'[0-9]{17}[0-9X]'", "'[0-9]{15}'"


def _fits(number: str) -> str:
    check = f"CASE right({number}, 1) WHEN 'X' THEN 10 ELSE right({number}, 1)::INTEGER END"
    return f"(({_sum(number)} + {check}) % 11 = 1)"


def value(f: str, t: str) -> str:
    """The 18-digit number: as written, cleaned, or made from the old 15 digits; NULL when there is none to trust."""
    older = f"(left({t}, 6) || '19' || right({t}, 9))"
    not_one = f"NOT regexp_full_match({t}, '{_ONE_DIGIT}')"
    return (
        f"CASE WHEN {f} IS NOT NULL THEN {f} "
        f"WHEN regexp_full_match({t}, {_SHAPE_18}) THEN CASE WHEN {_day_exists(t)} AND {_fits(t)} AND {not_one} THEN {t} END "
        f"WHEN regexp_full_match({t}, {_SHAPE_15}) AND {_day_exists(older)} AND {not_one} "
        f"THEN {older} || substr('10X98765432', (({_sum(older)}) % 11 + 1)::INTEGER, 1) END"
    )


def state(raw: str, t: str, v: str) -> str:
    """ok, from15, missing, bad_check (the check character disagrees) or malformed."""
    words = ", ".join(_quoted(word.upper()) for word in sorted(MISSING_WORDS))
    return (
        f"CASE WHEN {v} IS NOT NULL THEN CASE WHEN strlen({t}) = 15 THEN 'from15' ELSE 'ok' END "
        f"WHEN {raw} IS NULL OR {t} IN ({words}) OR regexp_full_match({t}, '{_ONE_DIGIT}') THEN 'missing' "
        f"WHEN regexp_full_match({t}, {_SHAPE_18}) AND {_day_exists(t)} THEN 'bad_check' ELSE 'malformed' END"
    )
