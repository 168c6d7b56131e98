"""Core as Spark SQL: what Spark writes in its own way. Meant for ANSI mode, where a number that does not fit is an error.

Whole numbers are BIGINT, or DECIMAL(38, 0) where the check's bound says that 64 bits might not hold them; never a double.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from doudi.policy.language.core import Core
from doudi.policy.language.sql import BIGINT_HOLDS, Sql


class SparkSql(Sql):
    """The text of an expression for Spark; `Sql` says what each piece means."""

    wide, string = "DECIMAL(38, 0)", "STRING"

    def column(self, alias: str, name: str) -> str:
        return f"{alias}.`{name}`"

    def divide_down(self, up: Core, down: Core) -> str:
        most = max(up.bound, down.bound) * 2
        a, b = self.sized(up, most), self.sized(down, most)
        whole = f"({a} - ((({a} % {b}) + {b}) % {b}))"
        if up.bound < BIGINT_HOLDS:
            return f"({whole} div {b})"
        return self.cast(f"{whole} / {b}", self.wide)  # `div` gives 64 bits; what is divided here has no remainder

    def quoted(self, text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def named(self, name: str) -> str:
        return f"`{name}`"

    def starts_with(self, text: str, start: str) -> str:
        return f"startswith({text}, {self.quoted(start)})"

    def values(self, pairs: Iterable[tuple[str, str]]) -> str:
        told = ", ".join(f"{self.quoted(name)}, {text}" for name, text in pairs)
        return f"to_json(named_struct({told}), map('ignoreNullFields', 'false'))" if told else self.quoted("{}")

    def summed(self, value: Core) -> str:
        return self.cast(self.write(value), self.wide)

    def sign(self, text: str) -> str:
        return self.cast(f"signum({text})", self.whole)  # a double of three values: -1, 0 and 1, whatever the size

    def days_between(self, start: str, end: str) -> str:
        return self.cast(f"datediff({end}, {start})", self.whole)

    def add_months(self, day: str, months: str) -> str:
        return f"add_months({day}, {self.cast(months, 'INTEGER')})"

    def add_days(self, day: str, days: str) -> str:
        return f"date_add({day}, {self.cast(days, 'INTEGER')})"

    def nth(self, listed: str, place: str) -> str:
        return f"element_at(array({listed}), {self.cast(f'{place} + 1', 'INTEGER')})"

    def whole_part(self, up: str, down: int) -> str:
        return f"({up} div {down})"

    def bound_once(self, text: str, use: Callable[[str], str]) -> str:
        return f"element_at(transform(array({text}), once -> {use('once')}), 1)"
