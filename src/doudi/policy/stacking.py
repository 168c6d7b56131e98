"""Benefits one person holds, judged by the stacking matrix for each month of entitlement; and what may be proposed together.

**Input view of `sql`**: `holdings(pid VARCHAR, seq BIGINT, programme VARCHAR, from_on DATE, to_on DATE, amount_fen BIGINT,
kind VARCHAR, born_on DATE)`, one row for each benefit a person holds or held. `seq` tells apart the rows of a person. `from_on`
NULL is unknown, `to_on` NULL is still held; `amount_fen` is what the benefit would pay if it were the only one; NULL is unknown.

**Output**, one row for each person, month and pair of benefits a cell of the matrix speaks of, the same as `judge` gives:
pid, month DATE (first day), code, row, "column", relation, certain BOOLEAN, stops, better, due_fen BIGINT, income.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from typing import Any

from doudi.facts.days import add_months, first_of_month
from doudi.policy.assess import Assessment
from doudi.policy.language.errors import did_you_mean
from doudi.policy.language.names import Fact
from doudi.policy.matrix import RELATIONS, Income, Relation, Stacking
from doudi.policy.pack import Pack
from doudi.policy.tables import TableError, value


@dataclass(frozen=True, slots=True)
class Holding:
    """One benefit of one person: from when to when, what it pays a month alone, of which kind."""

    pid: str
    programme: str
    from_on: date | None = None  # None: not known
    to_on: date | None = None  # None: still held
    amount_fen: int | None = None
    kind: str = ""  # full, difference; empty: not known
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the matrix says about two benefits of one person in one month of entitlement. A person decides."""

    pid: str
    month: date
    code: str
    row: str
    column: str
    relation: Relation
    certain: bool  # false where a day, an age or the kind is not known: then it may be so
    stops: str  # X: the one that ends, where the law says which
    better: str  # C: the one that pays more, where both amounts are known and differ
    due_fen: int | None  # D: what is left to pay of the one paid as the difference
    income: Income
    cell: Stacking

    @property
    def sentence(self) -> str:
        """In plain Chinese."""
        said = f"{self.month.year} 年 {self.month.month} 月：{self.cell.label}（{RELATIONS[self.relation]}）"
        return said if self.certain else said + "；有的情况还不知道，可能是这样"

    @property
    def article(self) -> str:
        """The articles in force in that month."""
        return self.cell.article_on(self.month)


COLUMNS = {
    "person": "pid", "编号": "pid", "pid": "pid", "programme": "programme", "项目": "programme",
    "from": "from_on", "起": "from_on", "to": "to_on", "止": "to_on", "amount": "amount_fen", "月金额": "amount_fen",
    "kind": "kind", "种类": "kind", "born": "born_on", "出生日期": "born_on",
}  # fmt: skip
"""The columns of a table of holdings, in English or Chinese."""


def holdings(rows: Sequence[Mapping[str, Any]], pack: Pack) -> list[Holding]:
    """Read a table of holdings: money in yuan, days as 2026-07-01, empty is unknown (an empty end: still held).

    :raises TableError: a column or a value is not understood, with the row
    """
    facts = {
        name: Fact(name, "person", kind, unit, label)
        for name, kind, unit, label in (
            ("from_on", "date", "date", "起"), ("to_on", "date", "date", "止"), ("born_on", "date", "date", "出生日期"),
            ("amount_fen", "money", "fen", "月金额"),
        )
    }  # fmt: skip
    codes = {code: benefit.label for code, benefit in pack.benefits.items() if not benefit.covers}
    facts["programme"] = Fact("programme", "person", "code", "code", "项目", codes=codes)
    facts["kind"] = Fact("kind", "person", "code", "code", "种类", codes={"full": "全额", "difference": "差额"})
    known = f"；能用的有 {'、'.join(COLUMNS)}"
    found = []
    for number, row in enumerate(rows, start=1):
        read: dict[str, Any] = {}
        for column, written in row.items():
            name = COLUMNS.get(str(column).strip())
            if name is None:
                raise TableError(f"不认识的列“{column}”{did_you_mean(str(column), COLUMNS) or known}")
            try:
                read[name] = str(written or "").strip() if name == "pid" else value(written, facts[name])
            except TableError as why:
                raise TableError(f"第 {number} 行：{why}") from None
        if not read.get("pid") or not read.get("programme"):
            raise TableError(f"第 {number} 行：每一行要写是谁（person）、哪一样（programme）")
        found.append(Holding(**{**read, "kind": read.get("kind") or ""}))
    return found


def pairs(pack: Pack) -> list[tuple[str, str, Stacking]]:
    """Every cell for the benefits it stands for, (row, column, cell): one that covers several is spelled out."""
    found = []
    for cell in pack.stacking:
        for row in pack.benefits[cell.row].covers or (cell.row,):
            found += [(row, column, cell) for column in pack.benefits[cell.column].covers or (cell.column,)]
    return found


def judge(holdings: Sequence[Holding], pack: Pack, until: date) -> list[Judged]:
    """Every two benefits held by the same person in the same month up to `until`, and what the matrix says about them."""
    cells: dict[tuple[str, str], list[Stacking]] = {}
    for row, column, cell in pairs(pack):
        cells.setdefault((row, column), []).append(cell)
    found = []
    for (first, one), (second, other) in permutations(enumerate(holdings), 2):
        if one.pid != other.pid or (one.programme == other.programme and first > second):
            continue
        for cell in cells.get((one.programme, other.programme), ()):
            found += _months(cell, one, other, until)
    return sorted(found, key=lambda j: (j.pid, j.month, j.code, j.row, j.column, j.relation))


def _months(cell: Stacking, row: Holding, column: Holding, until: date) -> list[Judged]:
    begins = [holding.from_on for holding in (row, column) if holding.from_on]
    ends = [holding.to_on for holding in (row, column) if holding.to_on]
    month, last = first_of_month(max([*begins, cell.from_on]) if begins else until), min([*ends, until])
    if month < cell.from_on:
        month = add_months(month, 1)
    found = []
    while month <= last and month <= cell.to_on:
        certain = _certain(cell, row, column, month)
        if certain is not None:
            found.append(_judged(cell, row, column, month, certain))
        month = add_months(month, 1)
    return found


def _certain(cell: Stacking, row: Holding, column: Holding, month: date) -> bool | None:
    """Whether the cell surely holds for these two in a month; None where it surely does not."""
    certain = row.from_on is not None and column.from_on is not None
    if cell.kind:
        if row.kind and row.kind != cell.kind:
            return None
        certain = certain and bool(row.kind)
    if cell.under_age:
        born = row.born_on or column.born_on
        if born and add_months(born, 12 * cell.under_age) <= month:
            return None
        certain = certain and born is not None
    return certain


def _judged(cell: Stacking, row: Holding, column: Holding, month: date, certain: bool) -> Judged:
    sides = {cell.row: (row, column), cell.column: (column, row)}
    stops = better = ""
    due: int | None = None
    one, other = row.amount_fen, column.amount_fen
    if cell.relation == "X" and cell.keeps:
        stops = sides[cell.keeps][1].programme
    if cell.relation == "C" and one is not None and other is not None and one != other:
        better = row.programme if one > other else column.programme
    if cell.relation == "D":
        paid, held = sides[cell.pays]
        if paid.amount_fen is not None and held.amount_fen is not None:
            due = max(paid.amount_fen - held.amount_fen, 0)
    return Judged(
        row.pid, month, cell.code, row.programme, column.programme, cell.relation, certain, stops, better, due, cell.income, cell
    )


def sql(pack: Pack, until: date) -> str:
    """One SELECT that judges everybody in the view `holdings` (see the head of this module), for DuckDB."""
    rows = [_row(row, column, cell) for row, column, cell in pairs(pack)]
    if not rows:
        raise ValueError("这些规则包里没有政策叠加表")
    names = "code, r, c, relation, from_on, to_on, keeps, pays, kind, under_age, income"
    last = f"DATE '{until.isoformat()}'"
    known = "a.from_on IS NOT NULL AND b.from_on IS NOT NULL"
    born = "coalesce(a.born_on, b.born_on)"
    return f"""
WITH cells({names}) AS (VALUES {", ".join(rows)}),
met AS (
  SELECT a.pid AS pid, s.code, a.programme AS "row", b.programme AS "column", s.relation, s.keeps, s.pays, s.kind, s.under_age,
    s.income, a.amount_fen AS one, b.amount_fen AS other, a.kind AS held_kind, {born} AS born_on, {known} AS known,
    greatest(s.from_on, coalesce(greatest(a.from_on, b.from_on), {last})) AS since, s.from_on AS valid_from,
    least(coalesce(a.to_on, {last}), coalesce(b.to_on, {last}), {last}, s.to_on) AS last_day,
    coalesce(a.from_on, b.from_on) IS NULL AS no_begin
  FROM holdings a JOIN holdings b ON a.pid = b.pid AND a.seq <> b.seq
  JOIN cells s ON s.r = a.programme AND s.c = b.programme
  WHERE a.programme <> b.programme OR a.seq < b.seq
),
begun AS (
  SELECT *, CASE WHEN date_trunc('month', begins) < valid_from THEN date_trunc('month', begins) + INTERVAL 1 MONTH
    ELSE date_trunc('month', begins) END AS first_month
  FROM (SELECT *, CASE WHEN no_begin THEN {last} ELSE since END AS begins FROM met)
),
monthly AS (
  SELECT *, unnest(generate_series(first_month::TIMESTAMP, last_day::TIMESTAMP, INTERVAL 1 MONTH))::DATE AS month
  FROM begun WHERE first_month <= last_day
)
SELECT pid, month, code, "row", "column", relation,
  known AND (kind = '' OR coalesce(held_kind, '') <> '') AND (under_age = 0 OR born_on IS NOT NULL) AS certain,
  CASE WHEN relation <> 'X' OR keeps = '' THEN '' WHEN keeps = 'row' THEN "column" ELSE "row" END AS stops,
  CASE WHEN relation = 'C' AND one > other THEN "row" WHEN relation = 'C' AND other > one THEN "column" ELSE '' END AS better,
  CASE WHEN relation <> 'D' OR one IS NULL OR other IS NULL THEN NULL
    WHEN pays = 'row' THEN greatest(one - other, 0) ELSE greatest(other - one, 0) END AS due_fen, income
FROM monthly
WHERE (kind = '' OR coalesce(held_kind, '') IN ('', kind))
  AND (under_age = 0 OR born_on IS NULL OR (born_on + to_months(12 * under_age))::DATE > month)
ORDER BY pid, month, code, "row", "column", relation"""


def _row(row: str, column: str, cell: Stacking) -> str:
    side = {cell.row: "row", cell.column: "column", "": ""}
    texts = [f"'{text}'" for text in (cell.code, row, column, cell.relation)]
    days = [f"DATE '{day.isoformat()}'" for day in (cell.from_on, cell.to_on)]
    more = [f"'{text}'" for text in (side[cell.keeps], side[cell.pays], cell.kind)]
    return f"({', '.join([*texts, *days, *more, f'CAST({cell.under_age} AS BIGINT)'])}, '{cell.income}')"


# ---- what may be proposed together -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposed:
    """One benefit of a package: for whom, how much, and what the matrix takes off it."""

    assessment: Assessment
    due_fen: int | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aside:
    """One benefit that is not proposed beside the package, with the cell that bars it; a person may still choose it instead."""

    assessment: Assessment
    instead_of: Assessment
    reason: str
    chosen: bool  # true where the person chooses (the better one stands in the package), false where the law says which stays


@dataclass(frozen=True, slots=True)
class Package:
    """What may be proposed together on a day, and what may not be beside it."""

    proposed: tuple[Proposed, ...]
    aside: tuple[Aside, ...]


def package(assessments: Iterable[Assessment], pack: Pack) -> Package:
    """What a household is eligible for → what may be proposed together; two that exclude one another never stand side by side.

    Only answers "yes" are taken: what is unknown is not proposed. A programme of households concerns every member. Of two that
    exclude each other the law's one stays, else the one that pays more, else the first; the person may choose otherwise.
    """
    proposed = [one for one in assessments if one.eligible == "yes"]
    aside: list[Aside] = []
    for one, other in permutations(list(proposed), 2):
        cell = _cell(pack, one, other)
        if cell and cell.relation in ("X", "C") and one in proposed and other in proposed:
            stays, goes = _stays(one, other, cell)
            proposed.remove(goes)
            aside.append(Aside(goes, stays, f"{cell.label}（{cell.article_on(one.on)}）", not cell.keeps))
    return Package(tuple(_proposed(one, proposed, pack) for one in proposed), tuple(aside))


def _cell(pack: Pack, one: Assessment, other: Assessment) -> Stacking | None:
    """The cell, written in this order, that speaks of two answers about the same person."""
    if one is other or not _same(one, other):
        return None
    for row, column, cell in pairs(pack):
        if (row, column) == (one.programme, other.programme) and cell.from_on <= one.on <= cell.to_on and not cell.kind:
            return cell
    return None


def _same(one: Assessment, other: Assessment) -> bool:
    return one.subject == other.subject or one.subject in concerned(other) or other.subject in concerned(one)


def concerned(one: Assessment) -> tuple[str, ...]:
    """The persons an answer is about: all members where it is about the household."""
    household = one.conditions[0].subject.household
    return tuple(member.pid for member in household.members) if one.subject == household.hid else (one.subject,)


def _stays(one: Assessment, other: Assessment, cell: Stacking) -> tuple[Assessment, Assessment]:
    if cell.keeps:
        return (one, other) if cell.keeps == cell.row else (other, one)
    return (other, one) if (other.amount_fen or 0) > (one.amount_fen or 0) else (one, other)


def _proposed(one: Assessment, beside: Sequence[Assessment], pack: Pack) -> Proposed:
    """One of the package, less what stands beside it where only the difference is paid."""
    due, reasons = one.amount_fen, []
    for other in beside:
        cell = _cell(pack, one, other) or _cell(pack, other, one)
        if cell is None or cell.relation != "D" or cell.pays != one.programme:
            continue
        reasons.append(f"{cell.label}（{cell.article_on(one.on)}）")
        counted = any(step.name == "held" and step.fen for step in one.steps)  # the amount is the difference already
        if due is not None and not counted:
            heads = max(len(concerned(other)), 1)
            due = None if other.amount_fen is None else max(due - (2 * other.amount_fen + heads) // (2 * heads), 0)
    return Proposed(one, due, tuple(reasons))
