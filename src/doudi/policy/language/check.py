"""From tree to core: every name known, every unit right, every ratio exact; anything else is refused with its place.

A number is carried as a fraction of two whole-number trees, so that nothing is ever rounded unless the rule says so:
`a / b > 0.6` becomes `a * 10 > b * 6` with the sign of b minded, and is unknown where b is zero.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any

from doudi.policy.language import core
from doudi.policy.language.core import Core, add, is_whole, multiply, negation, subtract, whole
from doudi.policy.language.errors import Place, RuleError, did_you_mean
from doudi.policy.language.names import COUNT_UNITS, MONEY_UNIT, SUBJECTS, UNIT_WORDS, Fact, Kind, Names
from doudi.policy.language.text import Tree, day_of, read
from doudi.policy.language.values import (
    ONE,
    Code,
    Day,
    Number,
    Truth,
    Value,
    Word,
    called,
    counted,
    is_fixed,
    is_negative_parameter,
    node_kind,
    over_one,
    plain,
)

LARGEST = 2**120  # a whole number of any backend stays below this
MOST_MONTHS, MOST_DAYS = 1200, 40_000
FARTHEST = 4 * MOST_DAYS  # days a date can be moved away in one expression: no calendar ends within that


def condition(text: str, names: Names, subject: str, steps: dict[str, Value] | None = None) -> Core:
    """Check a text that must be true, false or unknown.

    subject: whose facts it reads: "person", "household", "case" or "payment".
    :raises RuleError: it is not understood, or it is not a condition
    """
    tree = read(text)
    found = _guarded(tree, names, subject, steps)
    if not isinstance(found, Truth):
        raise RuleError(f"这里要写能回答“是”或“不是”的条件，现在算出来是{called(found)}", tree.place)
    return found.node


def quantity(text: str, names: Names, subject: str, steps: dict[str, Value] | None = None, *, unit: str | None = None) -> Value:
    """Check a text that must be a number, day or code; for what is shown and what is computed.

    unit: the unit a number must have.
    :raises RuleError: it is not understood, or has another unit
    """
    tree = read(text)
    found = _guarded(tree, names, subject, steps)
    if isinstance(found, Word):
        raise RuleError("单独一个文字没有意思", tree.place)
    if unit is not None and not (isinstance(found, Number) and (found.unit == unit or found.literal == 0)):
        raise RuleError(f"这里要算出{UNIT_WORDS[unit]}，现在算出来是{called(found)}", tree.place)
    return found


def amount(text: str, names: Names, subject: str, steps: dict[str, Value] | None = None) -> Number:
    """Check a text that must be money in whole fen.

    :raises RuleError: it is not understood, not money, or can be a part of a fen
    """
    found = quantity(text, names, subject, steps, unit=MONEY_UNIT)
    assert isinstance(found, Number)
    if not is_whole(found.down, 1):
        raise RuleError("算出来可能不到一分钱", Place(), "：请写 round(…) 或 ceil_yuan(…) 说明怎么取整")
    return found


def formula(text: str, names: Names, kind: Kind) -> None:
    """Check one text of a formula over the subject it is written for.

    :raises RuleError: it is not understood, answers something else, or leans on another formula
    """
    tree = read(text)
    checker = _Checker(names, kind.subject, {})
    checker.inside_formula = True
    _unless_too_large(lambda: checker.truth(tree) if kind.answers == "condition" else checker.money(tree), tree)


def _guarded(tree: Tree, names: Names, subject: str, steps: dict[str, Value] | None) -> Value:
    return _unless_too_large(lambda: _Checker(names, subject, steps or {}).value(tree), tree)


def _unless_too_large(make: Callable[[], Any], tree: Tree) -> Any:
    try:
        return make()
    except (RecursionError, core.TooLarge):
        raise RuleError("式子太大了，请拆成几条条件", tree.place) from None


class _Checker:
    def __init__(self, names: Names, subject: str, steps: dict[str, Value]) -> None:
        self.names, self.subject, self.steps = names, subject, steps
        self.among_members = False
        self.inside_formula = False

    # -- what stands where -------------------------------------------------------------------------------------------

    def value(self, tree: Tree) -> Value:
        match tree.kind:
            case "name":
                return self._name(tree)
            case "parameter":
                return self._parameter(tree)
            case "step":
                if tree.word not in self.steps:
                    raise RuleError(f"前面没有算过 S.{tree.word}", tree.place, did_you_mean(tree.word, self.steps))
                return self.steps[tree.word]
            case "number":
                exact = Fraction(tree.word)
                return Number(whole(exact.numerator), whole(exact.denominator), "", exact)
            case "text":
                return Word(tree.word)
            case "truth":
                return Truth(core.TRUE if tree.word == "true" else core.FALSE)
            case "and" | "or":
                return Truth(Core(tree.kind, tuple(self.truth(part) for part in tree.parts), kind="truth"))  # type: ignore[arg-type]
            case "not":
                return Truth(negation(self.truth(tree.parts[0])))
            case "negative":
                number = self._number(tree.parts[0])
                literal = -number.literal if number.literal is not None else None
                return Number(subtract(whole(0), number.up), number.down, number.unit, literal)
            case "+" | "-":
                return self._sum(tree)
            case "*":
                return self._product(tree)
            case "/":
                return self._quotient(tree)
            case "=" | "<>" | "<" | "<=" | ">" | ">=":
                return Truth(self._comparison(tree.kind, self.value(tree.parts[0]), self.value(tree.parts[1]), tree))
            case "between":
                value, low, high = (self.value(part) for part in tree.parts)
                low_end, high_end = self._comparison("<=", low, value, tree), self._comparison("<=", value, high, tree)
                return Truth(Core("and", (low_end, high_end), kind="truth"))
            case "in":
                return self._in(tree)
            case "unknown":
                return self._unknown(tree)
            case "case":
                return self._case(tree)
            case _:
                return self._call(tree)

    def _name(self, tree: Tree) -> Value:
        if tree.word == "on":
            return Day(core.ON)
        fact = self.names.facts.get(tree.word)
        if fact is None:
            hint = did_you_mean(tree.word, [*self.names.facts, "on"], labels=self.names.labels)
            if tree.word in self.names.parameters:
                hint = f"。参数要写成 P.{tree.word}"
            raise RuleError(f"事实目录里没有“{tree.word}”", tree.place, hint or "，请查事实目录里的名称", missing=tree.word)
        self._readable(fact, tree)
        node = Core("fact", value=fact.name, subject=fact.subject, kind=node_kind(fact.type), bound=fact.bound)
        if fact.type == "flag":
            return Truth(node)
        if fact.type == "code":
            return Code(node, tuple(fact.codes), fact.label)
        if fact.type == "date":
            return Day(node)
        return Number(node, ONE, fact.unit)

    def _readable(self, fact: Fact, tree: Tree) -> None:
        """Refuse a fact about somebody or something else than the rule is about."""
        if fact.subject == self.subject or (fact.subject == "household" and self.subject == "person"):
            return
        if fact.subject == "person" and self.subject == "household":
            if not self.among_members:
                raise RuleError(
                    f"“{fact.name}”（{fact.label}）是个人的事，这条规则说的是家庭",
                    tree.place,
                    f"：请写 any({fact.name} …)、all(…)、count(…) 或 sum(…)",
                )
            return
        about, told = SUBJECTS[fact.subject], SUBJECTS[self.subject]
        raise RuleError(f"“{fact.name}”（{fact.label}）说的是{about}，这条规则说的是{told}", tree.place)

    def _parameter(self, tree: Tree) -> Value:
        kind = self.names.parameters.get(tree.word)
        if kind is None:
            labels = {name: known.label for name, known in self.names.parameters.items() if "." not in name}
            hint = did_you_mean(tree.word, labels, labels=labels)
            raise RuleError(f"没有参数 P.{tree.word}", tree.place, hint or "，请查参数表里的名称", missing=tree.word)
        if kind.type == "formula":
            return self._formula(kind, tree)
        node = Core("parameter", value=kind.name, kind=node_kind(kind.type), bound=kind.bound)
        if kind.by:
            node = self._by(node, kind, tree)
        if kind.type == "flag":
            return Truth(node)
        if kind.type == "date":
            return Day(node)
        return Number(node, whole(kind.scale), kind.unit if kind.type != "ratio" else "")

    def _by(self, node: Core, kind: Kind, tree: Tree) -> Core:
        """A parameter with one value per code of a fact, or per whole number, becomes a case over that."""
        fact = self.names.facts.get(kind.by)
        parts: list[Core] = []

        def entry(name: object) -> Core:
            return Core("parameter", value=f"{kind.name}:{name}", kind=node.kind, bound=kind.bound)

        if fact is not None and fact.type == "code":
            self._may_split(lambda: self._readable(fact, tree), kind, tree)
            which = Core("fact", value=fact.name, subject=fact.subject, kind="code")
            for code in fact.codes:
                parts += [Core("in", (which,), value=(code,), kind="truth"), entry(code)]
            return Core("case", tuple(parts), kind=node.kind, bound=kind.bound)
        count = self._may_split(lambda: self._number(read(kind.by)), kind, tree).up
        for row in kind.rows:
            parts += [Core("=", (count, whole(row)), kind="truth"), entry(row)]
        bound = kind.bound
        if kind.more:
            last = whole(kind.rows[-1])
            further = multiply(subtract(count, last), entry("more"))
            reached = add(entry(kind.rows[-1]), further)
            parts += [Core("<", (last, count), kind="truth"), reached]
            bound = reached.bound
        if not parts:  # nobody has written a value yet: unknown everywhere
            return node
        return Core("case", tuple(parts), kind=node.kind, bound=bound)

    def _may_split(self, make: Callable[[], Any], kind: Kind, tree: Tree) -> Any:
        try:
            return make()
        except RuleError as why:
            told = f"参数 P.{kind.name} 按“{kind.by}”区分，不能用在这里：{why.message}"
            raise RuleError(told, tree.place, why.hint, missing=why.missing) from None

    def _formula(self, kind: Kind, tree: Tree) -> Value:
        """A formula becomes a case over which of its texts counts for the place and the day."""
        if self.inside_formula:
            raise RuleError(f"公式里不能再用公式 P.{kind.name}", tree.place, "：请把它的式子写进来")
        which = Core("parameter", value=kind.name, bound=len(kind.variants))
        values: list[Value] = []
        self.inside_formula = True
        try:
            for variant in kind.variants:
                inner = read(variant.text)
                values.append(Truth(self.truth(inner)) if kind.answers == "condition" else self.money(inner))
        except RuleError as why:
            told = f"公式 P.{kind.name} 不能用在这里（{why.message}）"
            raise RuleError(told, tree.place, why.hint, missing=kind.name) from None
        finally:
            self.inside_formula = False
        if not values:  # nobody has written one yet: unknown everywhere
            nothing = Core("constant", value=None, kind="truth" if kind.answers == "condition" else "number")
            values = [Truth(nothing) if kind.answers == "condition" else Number(nothing, ONE, MONEY_UNIT)]
        tests = [Core("=", (which, whole(number)), kind="truth") for number in range(len(values))]
        chosen = self._choose("case", tests, self._same(values, [tree] * len(values)))
        return self._bounded(chosen, tree) if isinstance(chosen, Number) else chosen

    def money(self, tree: Tree) -> Number:
        number = self._number(tree)
        if number.unit != MONEY_UNIT and number.literal != 0:
            raise RuleError(f"这里要写钱，现在是{called(number)}", tree.place)
        return Number(number.up, number.down, MONEY_UNIT)

    def truth(self, tree: Tree) -> Core:
        found = self.value(tree)
        if not isinstance(found, Truth):
            raise RuleError(f"这里要写条件，现在是{called(found)}", tree.place, "：请和别的值比较，例如 … >= 60")
        return found.node

    def _number(self, tree: Tree) -> Number:
        found = self.value(tree)
        if not isinstance(found, Number):
            hint = "：两个日期之间请用 days_between 或 months_between" if isinstance(found, Day) else ""
            raise RuleError(f"这里要写数，现在是{called(found)}", tree.place, hint)
        return found

    def _day(self, tree: Tree) -> Core:
        found = self.value(tree)
        if isinstance(found, Word):
            raise RuleError("这里要写日期", tree.place, f"：请写 date '{found.text or '2026-07-01'}'")
        if not isinstance(found, Day):
            raise RuleError(f"这里要写日期，现在是{called(found)}", tree.place)
        return found.node

    # -- numbers -----------------------------------------------------------------------------------------------------

    def _bounded(self, number: Number, tree: Tree) -> Number:
        if max(number.up.bound, number.down.bound) >= LARGEST:
            raise RuleError("乘得太大了，算不准", tree.place, "：请把式子拆小")
        return number

    def _one_unit(self, left: Number, right: Number, tree: Tree) -> str:
        """The unit of two numbers that are added or compared."""
        if left.unit == right.unit:
            return left.unit
        for number, other in ((left, right), (right, left)):
            if number.literal is not None and not number.unit:
                if number.literal == 0 or other.unit in COUNT_UNITS:
                    return other.unit
                if other.unit == MONEY_UNIT:
                    written = f"{self.names.money.word}({plain(number.literal)})"
                    raise RuleError("钱不能直接和数字放在一起", tree.place, f"：请写 {written}")
        raise RuleError(f"{called(left)}不能和{called(right)}放在一起比较或相加减", tree.place)

    def _sum(self, tree: Tree) -> Number:
        left, right = self._number(tree.parts[0]), self._number(tree.parts[1])
        unit = self._one_unit(left, right, tree)
        left_up, right_up, down = over_one(left, right)
        return self._bounded(Number((add if tree.kind == "+" else subtract)(left_up, right_up), down, unit), tree)

    def _product(self, tree: Tree) -> Number:
        left, right = self._number(tree.parts[0]), self._number(tree.parts[1])
        if left.unit and right.unit and (left.unit == right.unit or MONEY_UNIT not in (left.unit, right.unit)):
            raise RuleError(f"{called(left)}乘{called(right)}没有意思", tree.place)
        unit = MONEY_UNIT if MONEY_UNIT in (left.unit, right.unit) else left.unit or right.unit
        literal = left.literal * right.literal if left.literal is not None and right.literal is not None else None
        return self._bounded(Number(multiply(left.up, right.up), multiply(left.down, right.down), unit, literal), tree)

    def _quotient(self, tree: Tree) -> Number:
        left, right = self._number(tree.parts[0]), self._number(tree.parts[1])
        if left.unit == right.unit:
            unit = ""
        elif not right.unit or (left.unit == MONEY_UNIT and right.unit in COUNT_UNITS):
            unit = left.unit
        else:
            raise RuleError(f"{called(left)}除以{called(right)}没有意思", tree.place)
        if right.literal is not None:
            if right.literal == 0:
                raise RuleError("不能除以 0", tree.parts[1].place)
            share = 1 / right.literal
            up, down = multiply(left.up, whole(share.numerator)), multiply(left.down, whole(share.denominator))
            literal = left.literal * share if left.literal is not None else None
            return self._bounded(Number(up, down, unit, literal), tree)
        sign = Core("sign", (right.up,), bound=1)
        size = Core("absolute", (Core("nonzero", (right.up,), bound=right.up.bound),), bound=right.up.bound)
        up = multiply(multiply(left.up, right.down), sign)
        return self._bounded(Number(up, multiply(left.down, size), unit), tree)

    # -- conditions --------------------------------------------------------------------------------------------------

    def _comparison(self, sign: str, left: Value, right: Value, tree: Tree) -> Core:
        if sign == "<>":
            return negation(self._comparison("=", left, right, tree))
        if isinstance(left, Word) and not isinstance(right, Word):
            left, right = right, left  # only = has a meaning with a word, and that reads the same both ways
        if isinstance(left, Number) and isinstance(right, Number):
            self._one_unit(left, right, tree)
        if sign in (">", ">=") and not isinstance(right, Word):
            return self._comparison({">": "<", ">=": "<="}[sign], right, left, tree)
        match left, right:
            case Number(), Number():
                return self._compared(sign, left, right, tree)
            case Day(), Day():
                return Core(sign, (left.node, right.node), kind="truth")  # type: ignore[arg-type]
            case Day(), Word():
                raise RuleError("日期不能和文字比较", tree.place, f"：请写 date '{right.text}'")
            case Code(), Word() if sign == "=":
                return Core("in", (left.node,), value=(self._code(left, right, tree),), kind="truth")
            case Code(), Code() if sign == "=":
                if set(left.codes) != set(right.codes):
                    raise RuleError("这两个代码不是同一套，不能比较", tree.place)
                return Core("=", (left.node, right.node), kind="truth")
            case Truth(), Truth() if sign == "=":
                return Core("=", (left.node, right.node), kind="truth")
            case (Code(), Word() | Code()):
                raise RuleError("代码没有大小，只能用 =、<> 或 in", tree.place)
        raise RuleError(f"{called(left)}不能和{called(right)}比较", tree.place)

    def _compared(self, sign: str, left: Number, right: Number, tree: Tree) -> Core:
        if left.up.op == "count" and is_whole(left.down, 1) and is_fixed(right):  # count(…) < n, = n
            return counted(sign, left.up, right.up, below=True)
        if right.up.op == "count" and is_whole(right.down, 1) and is_fixed(left):  # n < count(…)
            return counted(sign, right.up, left.up, below=False)
        left_up, right_up, _ = over_one(left, right)
        self._bounded(Number(left_up, right_up, ""), tree)
        return Core(sign, (left_up, right_up), kind="truth")  # type: ignore[arg-type]

    def _code(self, code: Code, word: Word, tree: Tree) -> str:
        if word.text not in code.codes:
            hint = did_you_mean(word.text, code.codes) or f"；能写的有 {'、'.join(code.codes)}"
            raise RuleError(f"“{code.label}”没有 '{word.text}' 这个值", tree.place, hint)
        return word.text

    def _in(self, tree: Tree) -> Truth:
        subject = self.value(tree.parts[0])
        listed = [self.value(part) for part in tree.parts[1:]]
        if isinstance(subject, Code):
            words = []
            for part, value in zip(tree.parts[1:], listed, strict=True):
                if not isinstance(value, Word):
                    raise RuleError(f"清单里要写单引号里的代码，现在是{called(value)}", part.place)
                words.append(self._code(subject, value, part))
            return Truth(Core("in", (subject.node,), value=tuple(dict.fromkeys(words)), kind="truth"))
        compared = [self._comparison("=", subject, value, part) for part, value in zip(tree.parts[1:], listed, strict=True)]
        return Truth(compared[0] if len(compared) == 1 else Core("or", tuple(compared), kind="truth"))

    def _unknown(self, tree: Tree) -> Truth:
        value = self.value(tree.parts[0])
        if isinstance(value, Word):
            raise RuleError("文字总是知道的", tree.place)
        if isinstance(value, Number):
            parts = [Core("unknown", (part,), kind="truth") for part in (value.up, value.down) if part.op != "constant"]
            return Truth(parts[0] if len(parts) == 1 else Core("or", tuple(parts), kind="truth") if parts else core.FALSE)
        return Truth(Core("unknown", (value.node,), kind="truth"))

    # -- choices -----------------------------------------------------------------------------------------------------

    def _same(self, values: list[Value], trees: list[Tree]) -> list[Value]:
        """Several values one of which is taken: they must be of one kind and unit; numbers get one denominator where possible."""
        first = values[0]
        for value, tree in zip(values, trees, strict=True):
            if isinstance(value, Word):
                raise RuleError("文字只能和代码比较，不能拿来算", tree.place)
            if type(value) is not type(first):
                raise RuleError(f"这里有的是{called(first)}，有的是{called(value)}", tree.place)
            if isinstance(value, Code) and isinstance(first, Code) and set(value.codes) != set(first.codes):
                raise RuleError("这里的代码不是同一套", tree.place)
        if not isinstance(first, Number):
            return values
        numbers = [value for value in values if isinstance(value, Number)]
        with_unit = next((number for number in numbers if number.unit), numbers[0])
        unit = with_unit.unit
        for number, tree in zip(numbers, trees, strict=True):
            self._one_unit(with_unit, number, tree)
        if all(number.down.op == "constant" for number in numbers):
            down = lcm(*(int(number.down.value) for number in numbers))  # type: ignore[call-overload]
            return [
                self._bounded(Number(multiply(n.up, whole(down // n.down.value)), whole(down), unit), trees[0])  # type: ignore[operator]
                for n in numbers
            ]
        return [Number(number.up, number.down, unit) for number in numbers]

    def _choose(self, op: core.Op, tests: list[Core], values: list[Value]) -> Value:
        """A case (or, without tests, a coalesce) over values already made alike."""

        def chosen(nodes: list[Core]) -> Core:
            parts = [part for pair in zip(tests, nodes, strict=False) for part in pair] + nodes[len(tests) :]
            return Core(op, tuple(parts), kind=nodes[0].kind, bound=max(node.bound for node in nodes))

        first = values[0]
        if isinstance(first, Number):
            numbers = [value for value in values if isinstance(value, Number)]
            up = chosen([number.up for number in numbers])
            downs = [number.down for number in numbers]
            same = downs[0].op == "constant" and all(down == downs[0] for down in downs)
            down = downs[0] if same else chosen(downs)
            return Number(up, down, first.unit)
        node = chosen([value.node for value in values if not isinstance(value, Number | Word)])
        if isinstance(first, Truth):
            return Truth(node)
        return Code(node, first.codes, first.label) if isinstance(first, Code) else Day(node)

    def _case(self, tree: Tree) -> Value:
        pairs = len(tree.parts) // 2
        tests = [self.truth(tree.parts[2 * number]) for number in range(pairs)]
        trees = [tree.parts[2 * number + 1] for number in range(pairs)] + list(tree.parts[2 * pairs :])
        values = self._same([self.value(part) for part in trees], trees)
        return self._choose("case", tests, values)

    def _coalesce(self, tree: Tree) -> Value:
        values = self._same([self.value(part) for part in tree.parts], list(tree.parts))
        if all(not isinstance(value, Number) or value.down.op == "constant" for value in values):
            return self._choose("coalesce", [], values)
        numbers = [value for value in values if isinstance(value, Number)]
        tests = [
            Core("and", tuple(negation(Core("unknown", (part,), kind="truth")) for part in (n.up, n.down)), kind="truth")
            for n in numbers[:-1]
        ]
        return self._choose("case", tests, values)

    def _extreme(self, tree: Tree) -> Number:
        """least / greatest: unknown as soon as one of them is unknown."""
        values = self._same([self.value(part) for part in tree.parts], list(tree.parts))
        best, *others = [value for value in values if isinstance(value, Number)] or [None]
        if best is None:
            raise RuleError(f"{tree.word}(…) 里要写数，日期请用 case", tree.place)
        for other in others:
            left_up, right_up, _ = over_one(best, other)
            pair = (left_up, right_up) if tree.word == "least" else (right_up, left_up)
            test = Core("<=", pair, kind="truth")
            chosen = self._choose("case", [test], [best, other])
            assert isinstance(chosen, Number)
            best = self._bounded(chosen, tree)
        return best

    # -- functions ---------------------------------------------------------------------------------------------------

    def _call(self, tree: Tree) -> Value:
        match tree.word:
            case "any" | "all" | "count" | "sum":
                return self._members(tree)
            case "coalesce":
                return self._coalesce(tree)
            case "least" | "greatest":
                return self._extreme(tree)
            case "yuan" | "money":
                return self._amount(tree)
            case "round" | "ceil" | "floor" | "ceil_yuan":
                return self._rounded(tree)
            case "day":
                word = self.value(tree.parts[0])
                if not isinstance(word, Word) or not day_of(word.text):
                    raise RuleError("日期请写成 date '2026-07-01'", tree.place)
                try:
                    return Day(Core("constant", value=date.fromisoformat(word.text), kind="day"))
                except ValueError:
                    raise RuleError(f"没有 {word.text} 这一天", tree.place) from None
            case "months_between" | "days_between" | "working_days_between":
                unit = tree.word.split("_")[-2]
                parts = (self._day(tree.parts[0]), self._day(tree.parts[1]))
                bound = COUNT_UNITS["months"] if unit == "months" else 10 * COUNT_UNITS["days"]
                return Number(Core(tree.word, parts, bound=bound), ONE, unit)  # type: ignore[arg-type]
            case _:
                return self._moved(tree)

    def _amount(self, tree: Tree) -> Number:
        """yuan(500), money(500): an amount as people write it."""
        literal, held = self._number(tree.parts[0]).literal, self.names.money
        if literal is None or (literal * held.piece).denominator != 1:
            raise RuleError(f"{tree.word}(…) 里只能写一个数，{held.decimals_told}", tree.place, f"，例如 {tree.word}(500)")
        pieces = literal * held.piece
        return Number(whole(int(pieces)), ONE, MONEY_UNIT, pieces)

    def _rounded(self, tree: Tree) -> Number:
        """To whole pieces (fen, heads), or to multiples of a fixed step: round half up, ceil up, floor down."""
        number = self._number(tree.parts[0])
        if tree.word == "ceil_yuan":
            if number.unit != MONEY_UNIT:
                raise RuleError(f"ceil_yuan(…) 里要写钱，现在是{called(number)}", tree.place)
            step = Fraction(self.names.money.piece)
        elif len(tree.parts) == 2:
            step = self._step(number, tree)
        elif is_whole(number.down, 1):
            return number
        else:
            step = Fraction(1)
        up, down = multiply(number.up, whole(step.denominator)), multiply(number.down, whole(step.numerator))
        if tree.word == "round":
            up, down = add(multiply(whole(2), up), down), multiply(whole(2), down)
        if tree.word.startswith("ceil"):
            up = subtract(whole(0), up)
        least = int(down.value) if down.op == "constant" else 1  # type: ignore[call-overload]
        steps = Core("divide_down", (up, down), bound=up.bound // least + 1)
        self._bounded(Number(up, down, ""), tree)
        if tree.word.startswith("ceil"):
            steps = multiply(whole(-1), steps)
        return self._bounded(Number(multiply(steps, whole(step.numerator)), whole(step.denominator), number.unit), tree)

    def _step(self, number: Number, tree: Tree) -> Fraction:
        step = self._number(tree.parts[1])
        if step.literal is None or step.literal <= 0:
            raise RuleError(
                f"{tree.word}(…, 步长) 的步长要写大于 0 的固定数", tree.parts[1].place, f"，例如 {self.names.money.word}(10)"
            )
        self._one_unit(number, step, tree)
        return step.literal

    def _moved(self, tree: Tree) -> Day:
        """add_months / add_days / add_working_days."""
        unit = tree.word.split("_")[-1]
        day, number = self._day(tree.parts[0]), self._number(tree.parts[1])
        most = MOST_MONTHS if unit == "months" else MOST_DAYS
        right = number.unit == unit or number.literal is not None
        fixed = number.literal is not None or number.up.op == "parameter" or is_negative_parameter(number.up)
        if not right or not fixed or not is_whole(number.down, 1):
            wanted = UNIT_WORDS[unit]
            raise RuleError(f"{tree.word}(日期, …) 第二项要写整数或者单位是{wanted}的参数", tree.place)
        if number.literal is not None and abs(number.literal) > most:
            raise RuleError(f"{tree.word} 最多 {most}", tree.place)
        far = int(abs(number.literal)) if number.literal is not None else most
        moved = day.bound + far * (31 if unit == "months" else 2 if tree.word == "add_working_days" else 1)
        if moved > FARTHEST:
            raise RuleError("日期推得太远了", tree.place, f"：一个式子里最多推 {FARTHEST} 天")
        return Day(Core(tree.word, (day, number.up), value=most, kind="day", bound=moved))  # type: ignore[arg-type]

    def _members(self, tree: Tree) -> Value:
        if self.subject not in ("person", "household"):
            raise RuleError(f"{SUBJECTS[self.subject]}没有家庭成员，不能用 {tree.word}(…)", tree.place)
        if self.among_members:
            raise RuleError(f"{tree.word}(…) 里不能再套 any、all、count、sum", tree.place)
        self.among_members = True
        try:
            if tree.word == "sum":
                number = self._number(tree.parts[0])
                test = self.truth(tree.parts[1]) if len(tree.parts) > 1 else core.TRUE
                if number.down.op != "constant":
                    raise RuleError("sum(…) 里不能除以会变的数", tree.place)
                up = Core("sum", (number.up, test), bound=number.up.bound * COUNT_UNITS["heads"])
                return self._bounded(Number(up, number.down, number.unit), tree)
            test = self.truth(tree.parts[0])
        finally:
            self.among_members = False
        if tree.word == "count":
            return Number(Core("count", (test,), bound=COUNT_UNITS["heads"]), ONE, "heads")
        return Truth(Core(tree.word, (test,), kind="truth"))  # type: ignore[arg-type]
