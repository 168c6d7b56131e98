"""Core as DuckDB SQL: exact whole numbers, the same three values as in Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

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
    """Writes core as SQL text for one day; says nothing about tables but the aliases p (person), h (household), c (counted)."""

    def __init__(self, on: date, parameter: Callable[[str], str], counted: Counted) -> None:
        self.on, self.parameter, self.counted = on, parameter, counted

    def text(self, node: Core) -> str:
        """The SQL of a node; NULL is unknown."""
        match node.op:
            case "constant":
                return _constant(node)
            case "on":
                return _day(self.on)
            case "fact":
                column = f'{node.subject[0]}."{node.value}"'
                return f"CAST({column} AS BIGINT)" if node.kind == "number" else column
            case "parameter":
                return self.parameter(str(node.value))
            case "add" | "subtract" | "multiply":
                sign = {"add": "+", "subtract": "-", "multiply": "*"}[node.op]
                left, right = (self._sized(part, node.bound) for part in node.parts)
                return f"({left} {sign} {right})"
            case "divide_down":
                up, down = node.parts
                if down.op == "constant" and isinstance(down.value, int) and down.value > 0:
                    return self._divided(up, down.value)
                most = max(up.bound, down.bound) * 2
                a, b = self._sized(up, most), self._sized(down, most)
                return f"(({a} - ((({a} % {b}) + {b}) % {b})) // {b})"
            case "sign":
                return f"CAST(sign({self.text(node.parts[0])}) AS BIGINT)"
            case "absolute":
                return f"abs({self.text(node.parts[0])})"
            case "nonzero":
                return f"nullif({self.text(node.parts[0])}, 0)"
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
            case "months_between":
                a, b = (self.text(part) for part in node.parts)
                months = f"(year({b}) * 12 + month({b})) - (year({a}) * 12 + month({a}))"
                return f"({months} - CAST(day({b}) < day({a}) AS BIGINT))"
            case "days_between":
                return f"({self.text(node.parts[1])} - {self.text(node.parts[0])})"
            case "add_months":
                day, months = (self.text(part) for part in node.parts)
                return f"CAST({day} + to_months(CAST({months} AS INTEGER)) AS DATE)"
            case "add_days":
                day, days = (self.text(part) for part in node.parts)
                return f"({day} + CAST({days} AS INTEGER))"
            case _:
                return self._members(node)

    def _divided(self, up: Core, down: int) -> str:
        """Rounding down by a fixed number, the dividend written once: lifted above zero, where the engine rounds down too."""
        lift = up.bound // down + 1
        most = up.bound + lift * down
        wide = "HUGEINT" if most >= BIGINT_HOLDS else "BIGINT"
        return f"(({self._sized(up, most)} + CAST({lift * down} AS {wide})) // {down} - CAST({lift} AS {wide}))"

    def _sized(self, node: Core, bound: int) -> str:
        text = self.text(node)
        return f"CAST({text} AS HUGEINT)" if bound >= BIGINT_HOLDS else text

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
            wide = "HUGEINT" if node.bound >= BIGINT_HOLDS else "BIGINT"
            return f"(CASE WHEN {stem}_unsure = 0 THEN CAST({stem}_sum AS {wide}) END)"
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


def _constant(node: Core) -> str:
    if node.value is None:
        return {"truth": "CAST(NULL AS BOOLEAN)", "day": "CAST(NULL AS DATE)"}.get(node.kind, "CAST(NULL AS BIGINT)")
    if isinstance(node.value, bool):
        return "TRUE" if node.value else "FALSE"
    if isinstance(node.value, date):
        return _day(node.value)
    return f"CAST({node.value} AS BIGINT)" if abs(node.value) < BIGINT_HOLDS else f"CAST({node.value} AS HUGEINT)"  # type: ignore[arg-type]


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"
