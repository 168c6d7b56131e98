"""Declared against found, item by item, and the sums a limit is held against. Nothing here judges anybody.

Unknown stays unknown: where a source has not answered, or the family was not asked for its income, a sum is "at least", and
where nothing was found it is not known: never 0. A row that may be somebody else's (an ambiguous
answer) is never counted. People outside the household who owe support are compared by themselves and enter no sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from doudi.verification.core import AT_LEAST, life, reading, sums
from doudi.verification.core.compared import (
    ASSETS,
    DIFFERENCES,
    LESS,
    MORE,
    NOT_ASKED,
    NOT_SAID,
    OPEN,
    SILENT_SOURCE,
    WRONG,
    Answered,
    Answers,
    Compared,
    Declared,
    Found,
    HouseholdSaid,
    Limit,
    Somebody,
    Used,
    found_row,
    kept,
    yuan,
)
from doudi.verification.core.reading import INCOMES, Row, day_of

__all__ = [
    "DIFFERENCES",
    "LESS",
    "MORE",
    "NOT_SAID",
    "OPEN",
    "SILENT_SOURCE",
    "WRONG",
    "Answered",
    "Answers",
    "Compared",
    "Declared",
    "Found",
    "HouseholdSaid",
    "Limit",
    "Somebody",
    "Used",
    "compare",
    "kept",
    "with_limits",
]

CARS = ("car", "truck")  # what a limit on cars is about; the rest is for work and for legs


def compare(
    programme: str, people: Iterable[Somebody], declared: Iterable[Declared], answers: Iterable[Answered], on: date
) -> tuple[Compared, ...]:
    """Every item and every sum, in an order that depends on nothing but what is in it.

    Before any source was asked (no answers) only what the family was shown and what it said to that can differ.
    """
    said, held, everybody = list(declared), Answers(answers), list(people)
    living = [one for one in everybody if one.role == "member"]
    names = {one.name for one in living} | {one.name for one in said if one.kind == "member" and one.name}
    found = _members(said)
    for one in everybody:
        found += _incomes(one, said, held, on)
        if one.pid in held.pids:
            found += _property(one, said, held) + life.items(one, held, names, on)
    if not held.all:
        return tuple(found)
    found = _joint_once(found)
    apart = {one.pid for one in said if one.kind == "member" and one.pid and not _lives(one)}
    counting = [one for one in living if one.pid not in apart]
    found += sums.of_household(programme, living, said, held, found)
    return (*found, *sums.totals(counting, said, held, found))


def with_limits(items: Iterable[Compared], limits: dict[str, Limit]) -> tuple[Compared, ...]:
    """The sums, each with the limit in force for its kind."""
    return tuple(replace(one, limit=limits.get(one.kind)) if one.is_total else one for one in items)


def _lives(one: Declared) -> bool:
    return one.together if one.together is not None else one.proposed


# ---- who lives together ---------------------------------------------------------------------------------------------------


def _members(said: Sequence[Declared]) -> list[Compared]:
    """Who the register has in the household against who the family says lives together."""
    found = []
    for one in said:
        if one.kind != "member":
            continue
        data = "登记在同一户" if one.proposed else "登记信息里没有这个人"
        says = NOT_ASKED if one.together is None else "一起吃住" if one.together else "不在一起"
        differs = one.together is not None and one.together != one.proposed
        heading = f"{one.name}算不算一起吃住的家里人"
        found.append(
            Compared(f"member:{one.pid}", "member", one.pid, one.name, heading, one, data, says, WRONG if differs else "")
        )
    return found


# ---- incomes --------------------------------------------------------------------------------------------------------------


def _incomes(one: Somebody, said: Sequence[Declared], held: Answers, on: date) -> list[Compared]:
    """Each kind of income of one person: what was said, beside what was found. What was added by hand is one sum a kind."""
    lines = [line for line in said if line.pid == one.pid and line.kind in INCOMES] if one.pid else []
    told = held.rows(one.pid)
    now = {income.kind: income for income in reading.incomes(one.pid, told, on)}
    labels = {(row["dataset"], row.get("batch"), row.get("row_no")): row["label"] for row in told}
    silent = held.open([one.pid], "insurance", "income") if one.pid in held.pids else ()
    works = reading.contribution(told, on) if "wage" not in now else None
    kinds_here = dict.fromkeys([*(line.kind for line in lines), *now, *(["wage"] if works else [])])
    found = []
    for kind in sorted(kinds_here, key=list(INCOMES).index):
        line = _line_of([each for each in lines if each.kind == kind])
        income = now.get(kind)
        rows: tuple[Found, ...] = ()
        if income is not None:
            label = labels.get((income.place.dataset, income.place.batch, income.place.row_no), "")
            rows = (Found(one.name, f"每月 {yuan(income.fen)}", income.fen, income.place, label),)
        fen = income.fen if income else line.found_fen if line else None
        data, difference = f"每月 {yuan(fen)}" if fen is not None else "没有查到", _income_difference(line, fen)
        if fen is None and silent:
            data = "还没有查全"
        if kind == "wage" and works is not None and fen is None:
            data = f"还在缴公积金（{works['values'].get('event_date')} 起），像是有工作"
            rows = (found_row(works, one.name, data),)
            difference = "" if _said_fen(line) is not None else NOT_SAID
        found.append(
            Compared(
                f"income:{one.pid}:{kind}",
                "income",
                one.pid,
                one.name,
                f"{one.name}的{INCOMES[kind]}",
                line,
                data,
                _said_of(line),
                difference,
                rows,
                fen,
                _said_fen(line),
                at_least=bool(silent),
                unanswered=silent,
                is_supporter=one.role == "supporter",
            )
        )
    return found


def _line_of(lines: Sequence[Declared]) -> Declared | None:
    """The line that was shown beforehand; else what the family added, as one."""
    shown = next((each for each in lines if each.found_fen is not None), None)
    if shown is not None or not lines:
        return shown
    told = [each.fen for each in lines if each.fen is not None]
    return replace(lines[0], fen=sum(told) if told else None)


def _said_fen(line: Declared | None) -> int | None:
    """What a line comes to in the family's mouth: a line shown and not called wrong is what was shown."""
    if line is None:
        return None
    return line.fen if line.said == "wrong" or line.fen is not None else line.found_fen if line.said == "right" else None


def _said_of(line: Declared | None) -> str:
    if line is None:
        return NOT_ASKED
    if line.said == "wrong":
        return "不对" if line.fen is None else f"每月 {yuan(line.fen)}"
    fen = _said_fen(line)
    return NOT_ASKED if fen is None else f"每月 {yuan(fen)}"


def _income_difference(line: Declared | None, found: int | None) -> str:
    """Which way a line and what was found part. A line left as it was shown agrees with what was shown then."""
    if found is None:
        return ""
    if line is None:
        return NOT_SAID
    if line.said == "wrong":
        return WRONG
    reference = line.fen if line.fen is not None else line.found_fen
    if reference is None:
        return NOT_SAID
    return MORE if found > reference else LESS if found < reference else ""


# ---- property -------------------------------------------------------------------------------------------------------------


def _property(one: Somebody, said: Sequence[Declared], held: Answers) -> list[Compared]:
    found = []
    for row in held.rows(one.pid, "vehicle"):
        values = row["values"]
        if values.get("status") == "normal" and values.get("class") in CARS:
            words = f"{'汽车' if values['class'] == 'car' else '货车'}，{values.get('first_registered')} 登记，状态正常"
            key = f"vehicle:{one.pid}:{values.get('plate')}"
            found.append(_thing(one, said, "vehicle", key, f"{one.name}名下有一辆车", words, row))
    for row in held.rows(one.pid, "business"):
        values = row["values"]
        if values.get("status") == "active":
            role = {"shareholder": "，股东", "legal_person": "，法定代表人"}.get(str(values.get("role")), "")
            capital = f"，注册资本 {yuan(int(values['capital']))}" if values.get("capital") else ""
            words = f"{values.get('from_date')} 登记，存续{role}{capital}"
            key = f"business:{one.pid}:{values.get('credit_code') or values.get('company_name') or row.get('their_ref') or ''}"
            found.append(_thing(one, said, "business", key, f"{one.name}名下有一家企业或个体户", words, row))
    once = {item.key: item for item in reversed(found)}  # the same plate or firm told by two sources is one
    found = [once[key] for key in sorted(once)]
    return found + [item for kind in MONEY for item in _money(one, said, held, kind)]


def _thing(one: Somebody, said: Sequence[Declared], kind: str, key: str, heading: str, words: str, row: Row) -> Compared:
    line = next((each for each in said if each.pid == one.pid and each.kind == kind), None)
    rows = (found_row(row, one.name, words),)
    says = line.words if line else NOT_ASKED
    difference = "" if line else NOT_SAID
    supporter = one.role == "supporter"
    return Compared(key, kind, one.pid, one.name, heading, line, words, says, difference, rows, count=1, is_supporter=supporter)


MONEY = {
    "deposit": ("balance", "balance_date", "银行存款"),
    "securities": ("market_value", "value_date", "理财、股票和商业保险"),
    "housing_fund": ("balance", "event_date", "住房公积金"),
}


def _money(one: Somebody, said: Sequence[Declared], held: Answers, kind: str) -> list[Compared]:
    """What one person has at all banks together (or all brokers and insurers), the newest day of each account."""
    column, day, what = MONEY[kind]
    rows = [row for row in _newest(held.rows(one.pid, kind), day) if int(row["values"].get(column) or 0) > 0]
    if not rows:
        return []
    found = tuple(
        replace(
            found_row(
                row,
                one.name,
                f"{row['values'].get(day)} 余额 {_over(row)}{yuan(int(row['values'][column]))}",
                int(row["values"][column]),
            ),
            why=_account(row),
        )
        for row in rows
    )
    fen = sum(each.fen or 0 for each in found)
    line = next((each for each in said if each.pid == one.pid and each.kind == kind), None)
    some = any(_over(row) for row in rows)
    less = LESS if not some else ""
    difference = NOT_SAID if line is None or line.fen is None else MORE if fen > line.fen else less if fen < line.fen else ""
    words = found[0].words if len(found) == 1 else f"{len(found)} 处，一共{'超过 ' if some else ' '}{yuan(fen)}"
    silent = held.open([one.pid], kind)
    says = NOT_ASKED if line is None else line.words or (yuan(line.fen) if line.fen is not None else NOT_ASKED)
    return [
        Compared(
            f"{kind}:{one.pid}",
            kind,
            one.pid,
            one.name,
            f"{one.name}的{what}",
            line,
            words,
            says,
            difference,
            found,
            fen,
            line.fen if line else None,
            at_least=bool(silent) or some,
            unanswered=silent,
            is_over=some,
            is_supporter=one.role == "supporter",
        )
    ]


def _over(row: Row) -> str:
    """Words before a sum of which the source says only that it is over this."""
    return "超过 " if row["values"].get(AT_LEAST) else ""


def _account(row: Row) -> str:
    """What tells one account from another: its number where the source gives it; "" where it does not."""
    number = row["values"].get("account")
    return f"{row['source']} {number}" if number else ""


def _newest(rows: list[Row], day: str) -> list[Row]:
    """The newest row of each account. Where a source gives no account numbers, the rows of its newest day together."""
    last: dict[tuple[str, ...], date] = {}
    for row in rows:
        on = day_of(row["values"].get(day)) or date.min
        key = _line(row)
        last[key] = max(last.get(key, date.min), on)
    newest = [row for row in rows if (day_of(row["values"].get(day)) or date.min) == last[_line(row)]]
    numbered = {_line(row): row for row in newest if _account(row)}
    return [row for row in newest if not _account(row) or numbered[_line(row)] is row]


def _line(row: Row) -> tuple[str, ...]:
    account = _account(row)
    return (account,) if account else (str(row["source"]), str(row["values"].get("kind") or ""))


def _joint_once(items: list[Compared]) -> list[Compared]:
    """An account that stands under two members is counted with the first of them and named with the other."""
    first: dict[str, str] = {}
    for item in sorted(items, key=lambda each: (each.is_supporter, each.pid)):
        if item.kind in ASSETS:
            for row in item.found:
                if row.why:
                    first.setdefault(row.why, item.pid)
    names = {item.pid: item.whose for item in items}
    found = []
    for item in items:
        if item.kind not in ASSETS:
            found.append(item)
            continue
        rows = tuple(
            replace(row, counted=False, why=f"合用的账户，已经算在{names[first[row.why]]}名下")
            if row.why and first[row.why] != item.pid
            else replace(row, why="")
            for row in item.found
        )
        left = sum(row.fen or 0 for row in rows if row.counted)
        data = item.data_says
        if left != item.found_fen:
            data = f"{data}（合用的账户已经算在别人名下，这里算 {yuan(left)}）"
        found.append(replace(item, found=rows, found_fen=left, data_says=data))
    return found
