"""From the tables of a pack's TOML to rules: every key known, every text compiled, every placeholder resolved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from doudi.policy.language import check, core
from doudi.policy.language.check import Code, Day, Number, Truth, Value
from doudi.policy.language.core import Core
from doudi.policy.language.errors import RuleError, did_you_mean
from doudi.policy.language.names import COUNT_UNITS, Names
from doudi.policy.language.python import closure
from doudi.policy.parameters import FIRST_DAY, LAST_DAY
from doudi.policy.rules import Article, Clause, Condition, Expression, Indicator, Overlap, Programme, Step, Words

EIGHTHS = 8  # a score is counted in eighths of a point: it is halved three times before it is forgotten
MOST_CLAUSES = 62  # a mask is one whole number
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")
_CORE_KIND: dict[type[Value], str] = {Truth: "truth", Code: "code", Day: "day"}


def keys(raw: Mapping[str, Any], allowed: str, needed: str = "") -> None:
    """Refuse a table with a key nobody reads, or without one that is needed.

    :raises RuleError: with the key that was probably meant
    """
    known = allowed.split() + needed.split()
    for key in raw:
        if key not in known:
            raise RuleError(f"不认识的一项“{key}”", hint=did_you_mean(key, known) or f"；能写的有 {'、'.join(known)}")
    for key in needed.split():
        if key not in raw:
            raise RuleError(f"少了“{key}”这一项")


def text_of(raw: Mapping[str, Any], key: str) -> str:
    """The text under a key; empty when it is not written.

    :raises RuleError: something else than text
    """
    written = raw.get(key, "")
    if not isinstance(written, str):
        raise RuleError(f"“{key}”要写文字", hint=f"，现在是 {written!r}")
    return written


def day_of(raw: Mapping[str, Any], key: str, default: date) -> date:
    """The day under a key.

    :raises RuleError: something else than a day
    """
    written = raw.get(key, default)
    if type(written) is not date:
        raise RuleError(f"“{key}”要写日期", hint=f"，例如 {key} = 2026-07-01")
    return written


def articles_of(raw: Mapping[str, Any]) -> tuple[Article, ...]:
    """`article = "…"`, or `articles = [{ is = "…", from = …, to = … }]` where the law changed."""
    found = [Article(text_of(raw, "article"), FIRST_DAY, LAST_DAY)] if raw.get("article") else []
    for entry in _tables(raw, "articles"):
        keys(entry, "from to", "is")
        found.append(Article(text_of(entry, "is"), day_of(entry, "from", FIRST_DAY), day_of(entry, "to", LAST_DAY)))
    return tuple(found)


def _tables(raw: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    written = raw.get(key, [])
    if not isinstance(written, list) or not all(isinstance(entry, dict) for entry in written):
        raise RuleError(f"“{key}”要写成 [[{key}]] 的表")
    return written


def _texts(raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    written = raw.get(key, [])
    if isinstance(written, str):
        written = [written]
    if not isinstance(written, list) or not all(isinstance(entry, str) for entry in written):
        raise RuleError(f"“{key}”要写文字的清单")
    return tuple(written)


class Writer:
    """Compiles the texts of rules over one set of names."""

    def __init__(self, names: Names) -> None:
        self.names = names

    # -- expressions -------------------------------------------------------------------------------------------------

    def wrap(self, text: str, node: Core, value: Value) -> Expression:
        """A checked expression with everything its users need."""
        read = [part for part in node.walk() if part.op in ("fact", "parameter")]
        facts = dict.fromkeys(str(part.value) for part in read if part.op == "fact")
        parameters = dict.fromkeys(str(part.value).split(":")[0] for part in read if part.op == "parameter")
        unit = value.unit if isinstance(value, Number) else _CORE_KIND[type(value)]
        return Expression(text, node, closure(node), tuple(facts), tuple(parameters), unit, value)

    def condition(self, text: str, subject: str, steps: dict[str, Value] | None = None) -> Expression:
        """A text that answers yes, no or unknown."""
        node = check.condition(text, self.names, subject, steps)
        return self.wrap(text, node, Truth(node))

    def any_value(self, text: str, subject: str, steps: dict[str, Value] | None = None) -> Expression:
        """A text whose value is shown: a flag, code, day, money, number or ratio."""
        value = check.quantity(text, self.names, subject, steps)
        if not isinstance(value, Number):
            return self.wrap(text, value.node, value)  # type: ignore[union-attr]  # a word alone is refused by the check
        if value.down.op != "constant":
            raise RuleError("要显示的数得先取整", hint="：请写 round(…)")
        found = self.wrap(text, value.up, value)
        return Expression(
            found.text,
            found.core,
            found.run,
            found.facts,
            found.parameters,
            found.unit,
            value,
            int(value.down.value),  # type: ignore[call-overload]
        )

    def number(self, raw: Mapping[str, Any], key: str, subject: str, unit: str, default: int | None = None) -> Expression:
        """A whole number or the text of one, of a unit of counts."""
        written = raw.get(key, default)
        text = str(written) if type(written) is int else written
        if not isinstance(text, str):
            raise RuleError(f'“{key}”要写整数或者参数，例如 {key} = 3 或 {key} = "P.名称"')
        value = check.quantity(text, self.names, subject)
        right = isinstance(value, Number) and (value.unit == unit or (value.literal is not None and not value.unit))
        if not right or value.down != core.whole(1):  # type: ignore[union-attr]
            raise RuleError(f"“{key}”要写整数，或者单位是 {unit} 的参数")
        return self.wrap(text, value.up, value)  # type: ignore[union-attr]

    def words(self, text: str, values: dict[str, Expression], subject: str, steps: dict[str, Value] | None = None) -> Words:
        """A sentence; what it names is added to `values`."""
        names = []
        for name in _PLACEHOLDER.findall(text):
            if name not in values:
                try:
                    values[name] = self.any_value(name, subject, steps)
                except RuleError as why:
                    raise RuleError(f"句子里的 {{{name}}} 用不了：{why.message}", hint=why.hint) from None
            names.append(name)
        if "{" in _PLACEHOLDER.sub("", text) or "}" in _PLACEHOLDER.sub("", text):
            raise RuleError("句子里的大括号没有配对", hint=f"：{text}")
        return Words(text, tuple(names))

    def _shown(self, raw: Mapping[str, Any], subject: str, steps: dict[str, Value] | None = None) -> dict[str, Expression]:
        written = raw.get("show", {})
        if not isinstance(written, dict):
            raise RuleError('“show”要写成 show = { 名称 = "式子" }')
        shown = {}
        for name, text in written.items():
            if not isinstance(text, str):
                raise RuleError(f"show 里的 {name} 要写式子")
            shown[name] = _placed(lambda text=text: self.any_value(text, subject, steps), f"show.{name}")
        return shown

    def _own_facts(self, values: dict[str, Expression], subject: str, expressions: Iterable[Expression]) -> None:
        """Add to `values` the facts of the subject itself that the expressions read."""
        for expression in expressions:
            for node in expression.core.outside_members():
                if node.op == "fact":
                    values.setdefault(str(node.value), self.any_value(str(node.value), subject))

    # -- rules -------------------------------------------------------------------------------------------------------

    def programme(self, raw: dict[str, Any], where: str) -> Programme:
        """One [[programme]] table.

        :raises RuleError: anything in it is not understood
        """
        keys(raw, "to article articles note condition amount", "code label unit from")
        code, subject = _code(raw), _subject(raw, "unit")
        steps: list[Step] = []
        known: dict[str, Value] = {}
        for entry in _tables(raw, "amount"):
            step = _placed(lambda entry=entry: self._step(entry, subject, known), f"步骤 {entry.get('name', '?')}")
            known[step.name] = step.amount.value
            steps.append(step)
        _once([step.name for step in steps], "步骤")
        conditions = tuple(  # read after the steps: a condition may lean on what was reckoned, S.net_income
            _placed(lambda entry=entry: self._condition(entry, subject, known), f"条件 {entry.get('name', '?')}")
            for entry in _tables(raw, "condition")
        )
        if not conditions:
            raise RuleError("没有条件：没有条件的项目会变成人人都有", hint="，请至少写一条 [[programme.condition]]")
        _once([condition.name for condition in conditions], "条件")
        from_on, to_on = _period(raw)
        label, note = text_of(raw, "label"), text_of(raw, "note")
        return Programme(code, label, subject, from_on, to_on, articles_of(raw), conditions, tuple(steps), note, where)

    def _condition(self, raw: dict[str, Any], subject: str, steps: dict[str, Value]) -> Condition:
        keys(raw, "label ask_if says says_not says_unknown asks settle article articles show", "name if")
        test = _placed(lambda: self.condition(text_of(raw, "if"), subject, steps), "if")
        ask = _placed(lambda: self.condition(raw["ask_if"], subject, steps), "ask_if") if "ask_if" in raw else None
        if ask is not None:  # where the text of the law stops, a person is asked: not plainly met becomes unknown
            asked = Core("and", (ask.core, core.UNKNOWN_TRUTH), kind="truth")
            node = Core("or", (test.core, asked), kind="truth")
            test = self.wrap(test.text, node, Truth(node))
        values = self._shown(raw, subject, steps)
        words = {
            key: self.words(text_of(raw, key), values, subject, steps) for key in ("says", "says_not", "says_unknown", "asks")
        }
        self._own_facts(values, subject, [test])
        return Condition(
            _code(raw, "name"), text_of(raw, "label"), test, words["says"], words["says_not"], words["says_unknown"],
            words["asks"], ask, text_of(raw, "settle"), articles_of(raw), values,
        )  # fmt: skip

    def _step(self, raw: dict[str, Any], subject: str, known: dict[str, Value]) -> Step:
        keys(raw, "label says show", "name is")
        value = _placed(lambda: check.amount(text_of(raw, "is"), self.names, subject, known), "is")
        found = self.wrap(text_of(raw, "is"), value.up, value)
        values = self._shown(raw, subject, known)
        name = _code(raw, "name")
        words = self.words(text_of(raw, "says"), values, subject, {**known, name: value})
        self._own_facts(values, subject, [found])
        return Step(name, text_of(raw, "label"), found, words, values)

    def indicator(self, raw: dict[str, Any], where: str) -> Indicator:
        """One [[indicator]] table.

        :raises RuleError: anything in it is not understood
        """
        keys(
            raw,
            "to article articles among basis says innocent advice show threshold clause",
            "code label subject mode level from",
        )
        subject, mode, level = _subject(raw, "subject"), raw["mode"], raw["level"]
        if mode not in ("trigger", "points"):
            raise RuleError(f"mode 写的是 {mode!r}", hint='：要写 "trigger"（一件事就够）或 "points"（分数加起来）')
        if level not in ("R", "O", "Y"):
            raise RuleError(f"level 写的是 {level!r}", hint='：要写 "R"、"O" 或 "Y"')
        among = _placed(lambda: self.condition(raw["among"], subject), "among") if "among" in raw else None
        values = self._shown(raw, subject)
        clauses = tuple(
            _placed(lambda entry=entry: self._clause(entry, subject, mode, values), f"条款 {entry.get('name', '?')}")
            for entry in _tables(raw, "clause")
        )
        if not 0 < len(clauses) <= MOST_CLAUSES:
            raise RuleError(f"要写 1 到 {MOST_CLAUSES} 条 [[indicator.clause]]")
        _once([clause.name for clause in clauses], "条款")
        if mode == "points":
            fires, possible = self._scored(raw, subject, clauses)
        else:
            if "threshold" in raw:
                raise RuleError('mode = "trigger" 不用写 threshold')
            node = core.conjunction([clause.test.core for clause in clauses])
            fires = possible = self.wrap("", node, Truth(node))
        basis = tuple(_placed(lambda text=text: self.any_value(text, subject), "basis") for text in _texts(raw, "basis"))
        words = self.words(text_of(raw, "says"), values, subject)
        self._own_facts(values, subject, [clause.test for clause in clauses])
        from_on, to_on = _period(raw)
        return Indicator(
            _code(raw), text_of(raw, "label"), subject, mode, level, from_on, to_on, articles_of(raw), among, clauses, fires,
            possible, basis, words, text_of(raw, "advice"), _texts(raw, "innocent"), values, where,
        )  # fmt: skip

    def _clause(self, raw: dict[str, Any], subject: str, mode: str, values: dict[str, Expression]) -> Clause:
        keys(raw, "says weight since half_life", "name if")
        test = _placed(lambda: self.condition(text_of(raw, "if"), subject), "if")
        points = None
        if mode == "points":
            if "weight" not in raw:
                raise RuleError("少了“weight”这一项", hint="：算分的条款都要写分数")
            points = self._points(raw, subject)
        elif set(raw) & {"weight", "since", "half_life"}:
            raise RuleError('mode = "trigger" 的条款不写 weight、since、half_life')
        return Clause(_code(raw, "name"), test, self.words(text_of(raw, "says"), values, subject), points)

    def _points(self, raw: dict[str, Any], subject: str) -> Expression:
        """What a clause that holds adds, in eighths: halved every half-life since the day it happened, gone after four."""
        weight = self.number(raw, "weight", subject, "points").core
        if ("since" in raw) != ("half_life" in raw):
            raise RuleError("since 和 half_life 要一起写：从哪天起、过多少天减半")
        node = core.multiply(core.whole(EIGHTHS), weight)
        if "since" in raw:
            since = _placed(lambda: self.any_value(text_of(raw, "since"), subject), "since")
            if since.unit != "day":
                raise RuleError("since 要写日期")
            half_life = self.number(raw, "half_life", subject, "days").core
            age = Core("days_between", (since.core, core.ON), bound=COUNT_UNITS["days"])
            parts: list[Core] = [Core("unknown", (age,), kind="truth"), node]
            for halved in range(4):
                within = Core("<", (age, core.multiply(core.whole(halved + 1), half_life)), kind="truth")
                parts += [within, core.multiply(core.whole(EIGHTHS >> halved), weight)]
            node = Core("case", (*parts, core.whole(0)), bound=node.bound)
        return self.wrap("", node, Number(node, core.whole(1), "points"))

    def _scored(self, raw: dict[str, Any], subject: str, clauses: tuple[Clause, ...]) -> tuple[Expression, Expression]:
        """Whether the score reaches the threshold, counting unknown clauses as nothing, and as if they held."""
        if "threshold" not in raw:
            raise RuleError("少了“threshold”这一项", hint="：算分的预警要写到几分才提醒")
        limit = core.multiply(core.whole(EIGHTHS), self.number(raw, "threshold", subject, "points").core)
        found = []
        for unknown_counts in (False, True):
            total = core.whole(0)
            for clause in clauses:
                assert clause.points is not None
                points, nothing = clause.points.core, core.whole(0)
                held = Core("case", (clause.test.core, points, nothing), bound=points.bound)
                total = core.add(total, Core("coalesce", (held, points if unknown_counts else nothing), bound=points.bound))
            node = Core("<=", (limit, total), kind="truth")
            found.append(self.wrap("", node, Truth(node)))
        return found[0], found[1]

    def overlap(self, raw: dict[str, Any], where: str) -> Overlap:
        """One [[overlap]] table.

        :raises RuleError: anything in it is not understood
        """
        keys(raw, "to article articles says innocent counts show", "code label from if since")
        test = _placed(lambda: self.condition(text_of(raw, "if"), "person"), "if")
        since = _placed(lambda: self.any_value(text_of(raw, "since"), "person"), "since")
        if since.unit != "day":
            raise RuleError("since 要写日期：从哪天起两样都在领")
        counts = _placed(lambda: self.any_value(str(raw.get("counts", "1")), "person"), "counts")
        if not isinstance(counts.value, Number) or counts.down != 1:
            raise RuleError("counts 要写整数：每个月有几样不该领")
        values = self._shown(raw, "person")
        words = self.words(text_of(raw, "says"), values, "person")
        self._own_facts(values, "person", [test, since, counts])
        from_on, to_on = _period(raw)
        return Overlap(
            _code(raw), text_of(raw, "label"), from_on, to_on, articles_of(raw), test, since, counts, words, values,
            _texts(raw, "innocent"), where,
        )  # fmt: skip


def _placed(make: Any, where: str) -> Any:
    """Run one step of the reading; an error in it says where it was."""
    try:
        return make()
    except RuleError as why:
        raise why.inside(where) from None


def _code(raw: Mapping[str, Any], key: str = "code") -> str:
    code = text_of(raw, key)
    if not _CODE.fullmatch(code):
        raise RuleError(f"“{key}”写的是 {code!r}", hint="：要写英文字母开头的短名称")
    return code


def _subject(raw: Mapping[str, Any], key: str) -> Any:
    if raw[key] not in ("person", "household"):
        raise RuleError(f"{key} 写的是 {raw[key]!r}", hint='：要写 "person"（个人）或 "household"（家庭）')
    return raw[key]


def _period(raw: Mapping[str, Any]) -> tuple[date, date]:
    from_on, to_on = day_of(raw, "from", FIRST_DAY), day_of(raw, "to", LAST_DAY)
    if to_on < from_on:
        raise RuleError(f"从 {from_on} 到 {to_on}：结束比开始还早")
    return from_on, to_on


def _once(names: list[str], what: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise RuleError(f"{what} {name} 写了两遍")
