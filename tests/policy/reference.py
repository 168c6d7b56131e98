"""A third, slow reading of the rule language: exact fractions straight over the tree, written from the reference manual alone."""

import operator
from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from doudi.facts.days import is_working_day
from doudi.policy.language.text import Tree, read

COMPARED = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
RECKONED = {"+": operator.add, "-": operator.sub, "*": operator.mul}
RATIOS = {"share": 100, "rate": 10**12}
FORMULAS = {
    "hard": ("income < P.line * heads", "any(ill) and income <= yuan(20)"),
    "gap": ("P.line - income / heads", "yuan(3)", "income * P.rate"),
}


def answer(text, household, members, parameters, on):
    """What a text answers for a household."""
    return Reader(household, members, parameters, on).of(read(text), None)


class Reader:
    def __init__(self, household, members, parameters, on):
        self.household, self.members, self.parameters, self.on = household, members, parameters, on

    def of(self, tree: Tree, person):
        parts = tree.parts
        match tree.kind:
            case "name":
                if tree.word == "on":
                    return self.on
                found = self.household.get(tree.word) if person is None or tree.word in self.household else person.get(tree.word)
                return Fraction(found) if type(found) is int else found
            case "parameter":
                if tree.word == "line":
                    kind = self.household.get("kind")
                    return None if kind is None else Fraction(self.parameters[f"line:{kind}"])
                if tree.word in FORMULAS:
                    return self.of(read(FORMULAS[tree.word][self.parameters[tree.word]]), person)
                if tree.word in ("most", "few"):
                    return self.row(tree.word, person)
                return Fraction(self.parameters[tree.word], RATIOS.get(tree.word, 1))
            case "number":
                return Fraction(tree.word)
            case "text":
                return tree.word
            case "truth":
                return tree.word == "true"
            case "and" | "or":
                return junction([self.of(part, person) for part in parts], tree.kind == "or")
            case "unknown":
                return self.of(parts[0], person) is None
            case "case":
                return self.case(parts, person)
            case "call" if tree.word in ("any", "all", "count", "sum"):
                return self.over_members(tree)
            case "call" if tree.word == "coalesce":
                return next((value for value in (self.of(part, person) for part in parts) if value is not None), None)
            case _ if tree.kind in COMPARED and any(part.kind == "call" and part.word == "count" for part in parts):
                return self.counted(tree)
        values = [self.of(part, person) for part in parts]
        if tree.kind == "in":
            return None if values[0] is None else values[0] in values[1:]
        if tree.kind == "between":
            low, high = (
                None if None in pair else pair[0] <= pair[1] for pair in ((values[1], values[0]), (values[0], values[2]))
            )
            return junction([low, high], False)
        if None in values:
            return None
        return self.plain(tree, values)

    def row(self, name, person):
        """A table: the row of the household's number; beyond the last, what each further one adds, where that is said."""
        number = self.of(read("heads" if name == "most" else "count(age >= 60)"), None)
        if number is None:
            return None
        rows = {int(key.split(":")[1]): Fraction(value) for key, value in self.parameters.items()
                if key.startswith(name + ":") and not key.endswith("more")}  # fmt: skip
        if number in rows:
            return rows[number]
        more = self.parameters.get(name + ":more")
        return None if number < max(rows) or more is None else rows[max(rows)] + more * (number - max(rows))

    def plain(self, tree, values):
        if tree.kind in COMPARED:
            return COMPARED[tree.kind](*values)
        if tree.kind in RECKONED:
            return RECKONED[tree.kind](*values)
        if tree.kind == "/":
            return None if values[1] == 0 else values[0] / values[1]
        if tree.kind == "negative":
            return -values[0]
        if tree.kind == "not":
            return not values[0]
        match tree.word:
            case "least" | "greatest":
                return (min if tree.word == "least" else max)(values)
            case "yuan" | "money":
                return values[0] * 100
            case "round" | "ceil" | "floor":
                step = values[1] if len(values) > 1 else 1
                steps = values[0] / step + (Fraction(1, 2) if tree.word == "round" else 0)
                return Fraction(ceil(steps) if tree.word == "ceil" else floor(steps)) * step
            case "ceil_yuan":
                return Fraction(ceil(values[0] / 100) * 100)
            case "day":
                return date.fromisoformat(values[0])
            case "days_between":
                return Fraction((values[1] - values[0]).days)
            case "months_between":
                start, end = values
                return Fraction((end.year - start.year) * 12 + end.month - start.month - (1 if end.day < start.day else 0))
            case "working_days_between":
                start, end = values
                if end < start:
                    return -self.plain(tree, [end, start])
                return Fraction(sum(is_working_day(start + timedelta(n)) for n in range(1, (end - start).days + 1)))
            case "add_working_days":
                day, left = values[0], int(values[1])
                while left:
                    day += timedelta(1 if left > 0 else -1)
                    if is_working_day(day):
                        left += -1 if left > 0 else 1
                return day
            case "add_days":
                return values[0] + timedelta(int(values[1]))
            case "add_months":
                months = values[0].year * 12 + values[0].month - 1 + int(values[1])
                year, month = months // 12, months % 12 + 1
                return date(year, month, min(values[0].day, monthrange(year, month)[1]))
        raise AssertionError(tree)

    def case(self, parts, person):
        for number in range(len(parts) // 2):
            reached = self.of(parts[2 * number], person)
            if reached is None:
                return None
            if reached:
                return self.of(parts[2 * number + 1], person)
        return self.of(parts[-1], person) if len(parts) % 2 else None

    def over_members(self, tree):
        if not self.members:
            return None
        if tree.word == "sum":
            held = [(m, self.of(tree.parts[1], m) if len(tree.parts) > 1 else True) for m in self.members]
            values = [self.of(tree.parts[0], member) for member, fits in held if fits]
            return None if None in values or any(fits is None for _, fits in held) else sum(values, Fraction(0))
        states = [self.of(tree.parts[0], member) for member in self.members]
        if tree.word == "count":
            return None if None in states else Fraction(sum(states))
        return junction(states, tree.word == "any")

    def counted(self, tree):
        """A count against a number: true or false as soon as every way the unknown members may turn out gives that."""
        left, right = tree.parts
        swapped = not (left.kind == "call" and left.word == "count")
        counts, limit = (right, left) if swapped else (left, right)
        fixed = limit.kind in ("number", "parameter") and limit.word not in ("line", "most", "few", "gap")
        if not fixed or not self.members:
            values = [self.of(part, None) for part in tree.parts]
            return None if None in values else COMPARED[tree.kind](*values)
        states = [self.of(counts.parts[0], member) for member in self.members]
        least, other = states.count(True), self.of(limit, None)
        possible = range(least, least + states.count(None) + 1)
        answers = {COMPARED[tree.kind](*((other, n) if swapped else (n, other))) for n in possible}
        return answers.pop() if len(answers) == 1 else None


def junction(values, decided_by):
    if decided_by in values:
        return decided_by
    return None if None in values else not decided_by
