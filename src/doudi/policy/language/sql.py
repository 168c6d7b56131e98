"""Core as DuckDB SQL: exact whole numbers, the same three values as in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from doudi.facts import days
from doudi.policy.language.core import FALSE, MEMBER_OPS, TRUE, Core, is_whole, negation, whole
from doudi.policy.language.shorter import Fixed, never_unknown, shorter

BIGINT_HOLDS = 2**62
"""Anything that can grow beyond this is computed in 128 bits; the check refuses what would not fit there."""


COUNTS_TO = 2**31
"""A count of members holds how many fit below this, and how many are unsure in the bits above."""
BITS = 31  # conditions to one number: two bits each


class Counted:
    """What a set of rules asks of the members of a household, each once: computed together in one grouped pass over the persons.

    Most only ask whether somebody fits: two bits a condition, gathered by one `bit_or` for 31 of them. Counts are one sum each.
    """

    def __init__(self) -> None:
        self._bits: dict[Core, int] = {}
        self._counts: dict[Core, int] = {}
        self._sums: dict[tuple[Core, Core], int] = {}
        self.alias = "c"  # of the table its columns are read from

    def some(self, test: Core) -> tuple[str, str]:
        """Two texts: whether some member fits, whether with some member it is not known; both unknown where nobody lives."""
        number = self._bits.setdefault(test, len(self._bits))
        fits = 4 ** (number % BITS)
        return tuple(f"({self.alias}.k{number // BITS} & {bit}) <> 0" for bit in (fits, 2 * fits))  # type: ignore[return-value]

    def count(self, test: Core) -> str:
        """The column with how many members fit, and above `COUNTS_TO` how many are unsure."""
        return f"{self.alias}.c{self._counts.setdefault(test, len(self._counts))}"

    def total(self, value: Core, test: Core) -> str:
        """The column with the sum over the members that fit and whose value is known."""
        return f"{self.alias}.s{self._sums.setdefault((value, test), len(self._sums))}"

    def __bool__(self) -> bool:
        return bool(self._bits or self._counts or self._sums)

    def reads_household(self) -> bool:
        """Whether a counted condition looks at facts of the household."""
        asked = [*self._bits, *self._counts, *(part for parts in self._sums for part in parts)]
        return any(node.subject == "household" for part in asked for node in part.walk())

    def columns(self, sql: Sql) -> list[str]:
        """The select list of the grouped pass."""
        bits: dict[int, list[str]] = {}
        for test, number in self._bits.items():
            fits = 4 ** (number % BITS)
            bits.setdefault(number // BITS, []).append(self._told(test, fits, 2 * fits, sql))
        columns = [f"bit_or({' | '.join(told)}) AS k{number}" for number, told in bits.items()]
        for test, number in self._counts.items():
            columns.append(f"{sql.cast(f'sum({self._told(test, 1, COUNTS_TO, sql)})', sql.whole)} AS c{number}")
        for (value, test), number in self._sums.items():
            summed = sql.summed(value) if test == TRUE else f"CASE WHEN {sql.write(test)} THEN {sql.summed(value)} END"
            columns.append(f"coalesce(sum({summed}), 0) AS s{number}")
        return columns

    @staticmethod
    def _told(test: Core, fits: int, unsure: int, sql: Sql) -> str:
        """A number for one member: fits, does not, is unsure."""
        text, numbers = sql.write(test), [sql.cast(str(number), sql.whole) for number in (fits, 0, unsure)]
        if never_unknown(test):
            return f"(CASE WHEN {text} THEN {numbers[0]} ELSE {numbers[1]} END)"
        return f"(CASE WHEN {text} THEN {numbers[0]} WHEN NOT {text} THEN {numbers[1]} ELSE {numbers[2]} END)"


class Sql:
    """Writes core as SQL text for one day; says nothing about tables but the aliases p (person), h (household), c (counted).

    What differs between engines stands in small methods of its own, so that another engine is a subclass.
    """

    whole, wide, string = "BIGINT", "HUGEINT", "VARCHAR"  # whole numbers of 64 bits, of at least 120, and text

    def __init__(self, on: date, parameter: Callable[[str], str], counted: Counted, fixed: Fixed = lambda name: None) -> None:
        self.on, self.parameter, self.counted, self.fixed = on, parameter, counted, fixed
        self.carried: dict[str, str] | None = None  # facts read from a selection t instead: its names of them → the facts
        self.steps: dict[object, str] = {}  # steps that are there as columns

    def text(self, node: Core) -> str:
        """The SQL of an expression; NULL is unknown."""
        return self.write(shorter(node, self.on, self.fixed))

    def write(self, node: Core) -> str:
        """The SQL of a node as it stands."""
        match node.op:
            case "constant":
                return self.constant(node)
            case "on":
                return self.day(self.on)
            case "fact":
                column = self._fact(node.subject[0], str(node.value))
                return self.cast(column, self.whole) if node.kind == "number" else column
            case "parameter":
                return self.parameter(str(node.value))
            case "add" | "subtract" | "multiply":
                sign = {"add": "+", "subtract": "-", "multiply": "*"}[node.op]
                left, right = (self.sized(part, node.bound) for part in node.parts)
                return f"({left} {sign} {right})"
            case "divide_down":
                return self.divide_down(*node.parts)
            case "sign" | "absolute" | "nonzero":
                return getattr(self, node.op)(self.write(node.parts[0]))
            case "<" | "<=" | "=":
                return f"({self.write(node.parts[0])} {node.op} {self.write(node.parts[1])})"
            case "in":
                words = [f"'{word}'" for word in node.value]  # type: ignore[union-attr]  # words of the catalogue, no quotes in them
                listed = f"= {words[0]}" if len(words) == 1 else f"IN ({', '.join(words)})"
                return f"({self.write(node.parts[0])} {listed})"
            case "and" | "or":
                return "(" + f" {node.op.upper()} ".join(self.write(part) for part in node.parts) + ")"
            case "not":
                return f"(NOT {self.write(node.parts[0])})"
            case "unknown":
                return f"({self.write(node.parts[0])} IS NULL)"
            case "step":
                return self.steps.get(node.value) or self.write(node.parts[0])
            case "case":
                return self._case(node)
            case "coalesce":
                return f"coalesce({', '.join(self.write(part) for part in node.parts)})"
            case (
                "months_between" | "days_between" | "add_months" | "add_days" | "working_days_between" | "add_working_days" as op
            ):
                return getattr(self, op)(*(self.write(part) for part in node.parts))
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
        return self.cast("NULL", {"truth": "BOOLEAN", "day": "DATE", "code": self.string}.get(kind, self.whole))

    def quoted(self, text: str) -> str:
        """A text between quotes."""
        return "'" + text.replace("'", "''") + "'"

    def named(self, name: str) -> str:
        """The name of a column, whatever the engine itself means by the word."""
        return f'"{name}"'

    def starts_with(self, text: str, start: str) -> str:
        return f"starts_with({text}, {self.quoted(start)})"

    def values(self, pairs: Iterable[tuple[str, str]]) -> str:
        """One JSON object as text, of names and expressions."""
        told = ", ".join(f"{self.quoted(name)}, {text}" for name, text in pairs)
        return self.cast(f"json_object({told})", self.string) if told else self.quoted("{}")

    def summed(self, value: Core) -> str:
        """A value about to be summed: here sums are wide enough by themselves."""
        return self.write(value)

    def constant(self, node: Core) -> str:
        if node.value is None:
            return self.null(node.kind)
        if isinstance(node.value, bool):
            return "TRUE" if node.value else "FALSE"
        if isinstance(node.value, date):
            return self.day(node.value)
        size = abs(node.value)  # type: ignore[arg-type]
        return self.cast(str(node.value), self.whole if size < BIGINT_HOLDS else self.wide)

    def divide_down(self, up: Core, down: Core) -> str:
        """Whole-number division towards minus infinity; `down` is positive or unknown.

        By a fixed number the dividend is written once: lifted above zero, where the engine rounds down too.
        """
        if is_whole(down):
            by = int(down.value)  # type: ignore[call-overload]
            lift = up.bound // by + 1
            most = up.bound + lift * by
            kind = self.wide if most >= BIGINT_HOLDS else self.whole
            return f"(({self.sized(up, most)} + {self.cast(str(lift * by), kind)}) // {by} - {self.cast(str(lift), kind)})"
        most = max(up.bound, down.bound) * 2
        a, b = self.sized(up, most), self.sized(down, most)
        return f"(({a} - ((({a} % {b}) + {b}) % {b})) // {b})"

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

    def _fact(self, alias: str, name: str) -> str:
        own = self.column(alias, name)
        if self.carried is None:
            return own
        self.carried[f"{alias}_{name}"] = own
        return self.column("t", f"{alias}_{name}")

    def sized(self, node: Core, bound: int) -> str:
        """A node in a calculation that can reach this bound."""
        text = self.write(node)
        return self.cast(text, self.wide) if bound >= BIGINT_HOLDS else text

    def _case(self, node: Core) -> str:
        tests, values = node.parts[0:-1:2], node.parts[1::2]
        otherwise = node.parts[-1] if len(node.parts) % 2 else None
        if len(node.parts) == 3 and tests[0].op == "<=" and set(tests[0].parts) == {values[0], otherwise}:
            return self._extreme("greatest" if values[0] == tests[0].parts[1] else "least", *tests[0].parts)
        # Where the same fact is looked up again and again it is asked only once whether it is known: then all tests are.
        about = [test.parts[0] if test.op == "in" or (test.op == "=" and is_whole(test.parts[1])) else test for test in tests]
        told = {about[0]} if otherwise is None and len(set(about)) == 1 and about[0] is not tests[0] else set()
        branches = []
        for test, value, asked in zip(tests, values, about, strict=True):
            if test.op == "coalesce" and test.parts[1:] == (FALSE,):
                text = self.write(test.parts[0])  # WHEN passes over what is unknown by itself
            else:
                text = self.write(test)
                if asked not in told and not never_unknown(test):
                    branches.append(f"WHEN {text} IS NULL THEN NULL")
                    told.add(asked)
            branches.append(f"WHEN {text} THEN {self.write(value)}")
        if otherwise is not None:
            branches.append(f"ELSE {self.write(otherwise)}")
        return f"(CASE {' '.join(branches)} END)"

    def _extreme(self, which: str, one: Core, other: Core) -> str:
        """The smaller or larger of two; engines pass over what is unknown here, rules do not."""
        texts = {part: self.write(part) for part in (one, other)}
        found = f"{which}({', '.join(texts.values())})"
        known = " AND ".join(f"{text} IS NOT NULL" for part, text in texts.items() if not never_unknown(part))
        return f"(CASE WHEN {known} THEN {found} END)" if known else found

    def _members(self, node: Core) -> str:
        assert node.op in MEMBER_OPS, node.op
        test = node.parts[0]
        if node.op == "sum":
            counted = node.parts[1]
            unsure = Core("unknown", (Core("case", (counted, test, whole(0))),), kind="truth")
            kind = self.wide if node.bound >= BIGINT_HOLDS else self.whole
            total = self.cast(self.counted.total(test, counted), kind)
            if never_unknown(test) and never_unknown(counted):
                return total
            return f"(CASE WHEN NOT {self.counted.some(unsure)[0]} THEN {total} END)"
        if node.op == "any" or (node.op == "at_least" and is_whole(node.parts[1], 1)):
            fits, unsure = self.counted.some(test)
            return f"(CASE WHEN {fits} THEN TRUE WHEN NOT {unsure} THEN FALSE END)"
        if node.op == "all":
            unfit, unsure = self.counted.some(negation(test))
            return f"(CASE WHEN {unfit} THEN FALSE WHEN NOT {unsure} THEN TRUE END)"
        column = self.counted.count(test)
        if node.op == "count":
            return f"(CASE WHEN {column} < {COUNTS_TO} THEN {column} END)"
        fit, unsure = f"({column} & {COUNTS_TO - 1})", self.whole_part(column, COUNTS_TO)
        least = self.write(node.parts[1])
        return f"(CASE WHEN {fit} >= {least} THEN TRUE WHEN {fit} + {unsure} < {least} THEN FALSE END)"
