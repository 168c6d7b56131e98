"""Core as DuckDB SQL: exact whole numbers, the same three values as in Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from doudi.facts import days
from doudi.policy.language.core import MEMBER_OPS, Core

BIGINT_HOLDS = 2**62
"""Anything that can grow beyond this is computed in 128 bits; the check refuses what would not fit there."""


class Counted:
    """The member counts a set of rules needs, each once: computed together in one grouped pass over the persons."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, tuple[Core, ...]], int] = {}

    def column(self, node: Core) -> str:
        """The stem of the columns that hold the counts of this condition."""
        kind = "s" if node.op == "sum" else "c"
        parts = node.parts if node.op == "sum" else node.parts[:1]
        number = self._numbers.setdefault((kind, parts), len(self._numbers))
        return f"{kind}{number}"

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def reads_household(self) -> bool:
        """Whether a counted condition looks at facts of the household."""
        return any(node.subject == "household" for _, parts in self._numbers for part in parts for node in part.walk())

    def columns(self, sql: Sql) -> list[str]:
        """The select list of the grouped pass: how many fit and do not fit, for sums the sum and how many are unsure."""
        columns = []
        for (kind, parts), number in self._numbers.items():
            if kind == "c":
                test = sql.text(parts[0])
                columns.append(f"count(*) FILTER ({test}) AS c{number}_fit")
                columns.append(f"count(*) FILTER (NOT {test}) AS c{number}_unfit")
            else:
                value, test = sql.text(parts[0]), sql.text(parts[1])
                columns.append(f"coalesce(sum({value}) FILTER ({test}), 0) AS s{number}_sum")
                columns.append(f"count(*) FILTER ({test} IS NULL OR ({test} AND {value} IS NULL)) AS s{number}_unsure")
        return columns


class Sql:
    """Writes core as SQL text for one day; says nothing about tables but the aliases p (person), h (household), c (counted).

    What differs between engines stands in small methods of its own, so that another engine is a subclass.
    """

    whole, wide = "BIGINT", "HUGEINT"  # whole numbers of 64 bits, and of at least 120

    def __init__(self, on: date, parameter: Callable[[str], str], counted: Counted) -> None:
        self.on, self.parameter, self.counted = on, parameter, counted

    def text(self, node: Core) -> str:
        """The SQL of a node; NULL is unknown."""
        match node.op:
            case "constant":
                return self.constant(node)
            case "on":
                return self.day(self.on)
            case "fact":
                column = self.column(node.subject[0], str(node.value))
                return self.cast(column, self.whole) if node.kind == "number" else column
            case "parameter":
                return self.parameter(str(node.value))
            case "add" | "subtract" | "multiply":
                sign = {"add": "+", "subtract": "-", "multiply": "*"}[node.op]
                left, right = (self._sized(part, node.bound) for part in node.parts)
                return f"({left} {sign} {right})"
            case "divide_down":
                up, down = node.parts
                most = max(up.bound, down.bound) * 2
                return self.divide_down(self._sized(up, most), self._sized(down, most))
            case "sign" | "absolute" | "nonzero":
                return getattr(self, node.op)(self.text(node.parts[0]))
            case "<" | "<=" | "=":
                return f"({self.text(node.parts[0])} {node.op} {self.text(node.parts[1])})"
            case "in":
                words = [f"'{word}'" for word in node.value]  # type: ignore[union-attr]  # words of the catalogue, no quotes in them
                listed = f"= {words[0]}" if len(words) == 1 else f"IN ({', '.join(words)})"
                return f"({self.text(node.parts[0])} {listed})"
            case "and" | "or":
                return "(" + f" {node.op.upper()} ".join(self.text(part) for part in node.parts) + ")"
            case "not":
                return f"(NOT {self.text(node.parts[0])})"
            case "unknown":
                return f"({self.text(node.parts[0])} IS NULL)"
            case "case":
                return self._case(node)
            case "coalesce":
                return f"coalesce({', '.join(self.text(part) for part in node.parts)})"
            case (
                "months_between" | "days_between" | "add_months" | "add_days" | "working_days_between" | "add_working_days" as op
            ):
                return getattr(self, op)(*(self.text(part) for part in node.parts))
            case _:
                return self._members(node)

    # -- what an engine may write in its own way -----------------------------------------------------------------------

    def cast(self, text: str, kind: str) -> str:
        return f"CAST({text} AS {kind})"

    def column(self, alias: str, name: str) -> str:
        return f'{alias}."{name}"'

    def day(self, day: date) -> str:
        return f"DATE '{day.isoformat()}'"

    def null(self, kind: str) -> str:
        """Something unknown of a kind: truth, day, code or number."""
        return self.cast("NULL", {"truth": "BOOLEAN", "day": "DATE", "code": "VARCHAR"}.get(kind, self.whole))

    def constant(self, node: Core) -> str:
        if node.value is None:
            return self.null(node.kind)
        if isinstance(node.value, bool):
            return "TRUE" if node.value else "FALSE"
        if isinstance(node.value, date):
            return self.day(node.value)
        size = abs(node.value)  # type: ignore[arg-type]
        return self.cast(str(node.value), self.whole if size < BIGINT_HOLDS else self.wide)

    def divide_down(self, up: str, down: str) -> str:
        """Whole-number division towards minus infinity; `down` is positive or unknown."""
        return f"(({up} - ((({up} % {down}) + {down}) % {down})) // {down})"

    def sign(self, text: str) -> str:
        return self.cast(f"sign({text})", self.whole)

    def absolute(self, text: str) -> str:
        return f"abs({text})"

    def nonzero(self, text: str) -> str:
        return f"nullif({text}, 0)"

    def months_between(self, start: str, end: str) -> str:
        months = f"(year({end}) * 12 + month({end})) - (year({start}) * 12 + month({start}))"
        return f"({months} - {self.cast(f'day({end}) < day({start})', self.whole)})"

    def days_between(self, start: str, end: str) -> str:
        return f"({end} - {start})"

    def add_months(self, day: str, months: str) -> str:
        return self.cast(f"{day} + to_months({self.cast(months, 'INTEGER')})", "DATE")

    def add_days(self, day: str, days: str) -> str:
        return f"({day} + {self.cast(days, 'INTEGER')})"

    def nth(self, listed: str, place: str) -> str:
        """One of a written list of whole numbers, by its place from 0."""
        return f"[{listed}][{place} + 1]"

    def whole_part(self, up: str, down: int) -> str:
        """Whole-number division where nothing is negative."""
        return f"({up} // {down})"

    def working_days_between(self, start: str, end: str) -> str:
        return f"({self._working_days_until(end)} - {self._working_days_until(start)})"

    def bound_once(self, text: str, use: Callable[[str], str]) -> str:
        """Something long that is used several times, written once."""
        return f"list_transform([{text}], lambda once: {use('once')})[1]"

    def add_working_days(self, day: str, count: str) -> str:
        """By the number every working day of all time has; see `facts.days.move_working_days`."""
        on, back = self._working_days_until(day), self._working_days_until(self.add_days(day, "-1"))
        number = f"(CASE WHEN {count} > 0 THEN {on} + {count} ELSE {back} + {count} + 1 END)"
        return f"(CASE WHEN {count} = 0 THEN {day} ELSE {self.bound_once(number, self._working_day)} END)"

    def _working_days_until(self, day: str) -> str:
        """How many working days there have been: weekdays by reckoning, and what the listed years add or take away."""
        known = days.listed()
        ordinal = f"({self.days_between(self.day(date.min), day)} + 1)"
        place = f"least(greatest({self.days_between(self.day(known.first), day)}, -1), {len(known.more) - 1})"
        more = self.nth(", ".join(map(str, (0, *known.more))), f"({place} + 1)")
        return f"({self.whole_part(ordinal, 7)} * 5 + least({ordinal} % 7, 5) + {more})"

    def _working_day(self, number: str) -> str:
        known = days.listed()
        first, last = known.before + 1, known.before + len(known.reached)

        def weekday(changed: int) -> str:
            at = f"({number} - {changed + 1})"
            return self.add_days(self.day(date.min), f"({self.whole_part(at, 5)} * 7 + {at} % 5)")

        offsets = ", ".join(str((day - known.first).days) for day in known.reached)
        place = f"least(greatest({number} - {first}, 0), {len(known.reached) - 1})"
        within = self.add_days(self.day(known.first), self.nth(offsets, place))
        return (
            f"(CASE WHEN {number} IS NULL THEN NULL WHEN {number} < {first} THEN {weekday(0)} "
            f"WHEN {number} > {last} THEN {weekday(known.more[-1])} ELSE {within} END)"
        )

    # -- written the same everywhere -----------------------------------------------------------------------------------

    def _sized(self, node: Core, bound: int) -> str:
        text = self.text(node)
        return self.cast(text, self.wide) if bound >= BIGINT_HOLDS else text

    def _case(self, node: Core) -> str:
        pairs = len(node.parts) // 2
        branches = []
        for number in range(pairs):
            test, value = self.text(node.parts[2 * number]), self.text(node.parts[2 * number + 1])
            if node.parts[2 * number].op != "unknown":
                branches.append(f"WHEN {test} IS NULL THEN NULL")
            branches.append(f"WHEN {test} THEN {value}")
        if len(node.parts) % 2:
            branches.append(f"ELSE {self.text(node.parts[-1])}")
        return f"(CASE {' '.join(branches)} END)"

    def _members(self, node: Core) -> str:
        assert node.op in MEMBER_OPS, node.op
        stem = f"c.{self.counted.column(node)}"
        if node.op == "sum":
            kind = self.wide if node.bound >= BIGINT_HOLDS else self.whole
            return f"(CASE WHEN {stem}_unsure = 0 THEN {self.cast(f'{stem}_sum', kind)} END)"
        fit, unfit, unsure = f"{stem}_fit", f"{stem}_unfit", f"(c.members - {stem}_fit - {stem}_unfit)"
        match node.op:
            case "any":
                return f"(CASE WHEN {fit} > 0 THEN TRUE WHEN {unfit} = c.members THEN FALSE END)"
            case "all":
                return f"(CASE WHEN {unfit} > 0 THEN FALSE WHEN {fit} = c.members THEN TRUE END)"
            case "count":
                return f"(CASE WHEN {unsure} = 0 THEN {fit} END)"
        least = self.text(node.parts[1])
        return f"(CASE WHEN {fit} >= {least} THEN TRUE WHEN {fit} + {unsure} < {least} THEN FALSE END)"
