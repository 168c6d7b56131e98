"""The same rules over everybody, as Spark SQL. Views and columns are those of `policy.sweep`.

Where DuckDB is quickest with one branch for each indicator, Spark is with one pass in which every person is asked everything.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from doudi.policy.language.spark_sql import SparkSql
from doudi.policy.rules import Indicator
from doudi.policy.sweep import Writer, reads


class SparkWriter(Writer):
    """Statements for Spark."""

    dialect = SparkSql
    once = "AS"

    def findings(self, only: Collection[str] | None = None) -> str:
        """One pass over the persons and one over the households; what fired is an array of answers, laid out as rows."""
        rules = [rule for rule in self.pack.indicators_on(self.on) if only is None or rule.code in only]
        passes = [
            self._pass(subject, asked)
            for subject in ("person", "household")
            if (asked := [rule for rule in rules if rule.subject == subject])
        ]
        return self.with_counts("\nUNION ALL\n".join(passes)) if passes else self.nothing()

    def _pass(self, subject: Literal["person", "household"], rules: list[Indicator]) -> str:
        answers = ",\n".join(self._answer(rule) for rule in rules)
        tables = self.tables(subject, [expression for rule in rules for expression in reads(rule)])
        return (
            f"SELECT '{subject}' AS subject_kind, subject, area, found.indicator, found.level, found.basis, found.mask, "
            f"found.`values`\n"
            f"FROM (SELECT {self.subject(subject)}, explode(array_compact(array({answers}))) AS found FROM {tables})"
        )

    def _answer(self, rule: Indicator) -> str:
        told = self.told(rule)
        fields = ", ".join(f"'{name}', {told[name]}" for name in ("level", "basis", "mask", "values"))
        return f"CASE WHEN {told['fires']} THEN named_struct('indicator', '{rule.code}', {fields}) END"
