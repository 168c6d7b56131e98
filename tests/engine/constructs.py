"""Which constructs of the rule language a rule is written with, and a few rules that have every one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from doudi.policy.language.core import Core
from doudi.policy.language.spark_sql import SparkSql
from doudi.policy.language.sql import BIGINT_HOLDS
from doudi.policy.pack import Pack
from doudi.policy.sweep_spark import SparkWriter

KINDS = ("indicators", "programmes", "overlaps")
FUNCTION = re.compile(r"\b[A-Za-z_]+(?=\()|\b(?:div|IN|IS NULL|GROUP BY|LEFT JOIN|explode|ELSE NULL)\b|<=|<>|%|\|\|")
SMALL = 5_000  # characters of SQL


@dataclass(frozen=True)
class Rule:
    """One rule in force: where it stands in the pack, and the statement Spark is asked for it alone."""

    kind: str
    code: str
    sql: str
    constructs: frozenset[str]


def in_force(pack: Pack, on: date) -> Iterator[Rule]:
    """Every rule in force on a day that is asked of everybody."""
    for kind, rules in zip(KINDS, (pack.indicators_on(on), pack.programmes_on(on), pack.overlaps_on(on)), strict=True):
        for rule in rules:
            writer, seen = _writer(of_rules(pack, {(kind, rule.code)}), on)
            if kind == "indicators":
                sql = writer.findings()
                shape = [f"{rule.mode} of a {rule.subject}", f"level set by place: {bool(rule.level_from)}"]
                shape += [f"{min(len(rule.basis), 2)} parts of a basis", f"among: {bool(rule.among)}"]
            elif kind == "programmes":
                sql = writer.programmes()
                shape = [f"of a {rule.subject}", f"{min(len(rule.steps), 2)} steps", f"steps on steps: {'t.s_' in sql}"]
            else:
                sql, shape = writer.overlaps(), ["overlap"]
            seen |= {f"{kind}: {one}" for one in [*shape, *({"counted members"} if "counted" in sql else ())]}
            # Names and words of a rule are no construct.
            seen |= {f"SQL {one}" for one in FUNCTION.findall(re.sub(r"'[^']*'|`[^`]*`", "", sql))}
            seen |= {f"a column of counts {column}" for column in re.findall(r"\bc\.([kcs])\d", sql)}
            yield Rule(kind, rule.code, sql, frozenset(seen))


def cover(rules: list[Rule]) -> list[Rule]:
    """What is small of programmes and overlaps, and what else a greedy choice adds so that no construct is missing."""
    small = [rule for rule in rules if rule.kind != "indicators" and len(rule.sql) < SMALL]
    missing, added = every(rules) - every(small), []
    while missing:
        best = max(rules, key=lambda rule: (len(rule.constructs & missing) / len(rule.sql) ** 0.7, rule.code))
        added.append(best)
        missing -= best.constructs
    for rule in sorted(added, key=lambda rule: -len(rule.sql)):
        others = [one for one in added if one is not rule]
        if rule.constructs <= every(small + others):  # what was chosen later has all of it
            added = others
    return small + added


def every(rules: list[Rule]) -> frozenset[str]:
    """All constructs of these rules."""
    return frozenset().union(*(rule.constructs for rule in rules))


def of_rules(pack: Pack, wanted: set[tuple[str, str]]) -> Pack:
    """The pack with these rules only. wanted: (kind, code)."""
    tables = {kind: {code: rule for code, rule in getattr(pack, kind).items() if (kind, code) in wanted} for kind in KINDS}
    return replace(pack, **tables, _there={}, _known={}, _held={})


def _writer(pack: Pack, on: date) -> tuple[SparkWriter, set[str]]:
    """A writer of Spark SQL, and the shapes of all nodes it writes while it writes them."""
    seen: set[str] = set()

    class Noting(SparkSql):
        def write(self, node: Core) -> str:
            seen.add(_shape(node))
            return super().write(node)

    class NotingWriter(SparkWriter):
        dialect = Noting

        def _parameter_text(self, name: str, alias: str) -> str:
            text = super()._parameter_text(name, alias)
            seen.add(
                f"a parameter by place, of the {alias}" if text.startswith("(CASE") else "a parameter that is one everywhere"
            )
            return text

    return NotingWriter(pack, on), seen


def _shape(node: Core) -> str:
    """The operation, of what kinds, and whether it may need more than 64 bits."""
    parts = ", ".join(sorted({part.kind + (" constant" if part.op == "constant" else "") for part in node.parts}))
    value = "unknown" if node.op == "constant" and node.value is None else ""
    many = "several" if node.op == "in" and len(node.value) > 1 else ""  # type: ignore[arg-type]
    wide = " wide" if node.bound >= BIGINT_HOLDS else ""
    return f"{node.op}{wide} {value}{many}{node.subject}: {node.kind} of {parts}"
