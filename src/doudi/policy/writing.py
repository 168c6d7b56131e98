"""From the tables of a pack's TOML to rules: every key known, every text compiled, every placeholder resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from doudi.policy.entries import (
    articles_of,
    at,
    code_of,
    each,
    keys,
    level_of,
    once,
    period_of,
    subject_of,
    tables_of,
    text_of,
    texts_of,
)
from doudi.policy.language import check, core
from doudi.policy.language.check import Code, Day, Number, Truth, Value
from doudi.policy.language.core import Core
from doudi.policy.language.errors import RuleError, together
from doudi.policy.language.names import COUNT_UNITS, SUBJECTS, Kind, Names
from doudi.policy.language.python import closure
from doudi.policy.rules import (
    SUPERVISED,
    Clause,
    Condition,
    Expression,
    Indicator,
    Named,
    Overlap,
    Programme,
    Step,
    Supervision,
    Tunable,
    Variants,
    Words,
)

EIGHTHS = 8  # a score is counted in eighths of a point: it is halved three times before it is forgotten
MOST_CLAUSES = 62  # a mask is one whole number
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_CORE_KIND: dict[type[Value], str] = {Truth: "truth", Code: "code", Day: "day"}


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

    def table(self, kind: Kind) -> None:
        """Check what the rows of a table are chosen by.

        :raises RuleError: it is not understood, or is no whole number
        """
        refused: RuleError | None = None
        for subject in SUBJECTS:
            try:
                value = check.quantity(kind.by, self.names, subject)
            except RuleError as why:
                refused = refused or why
                continue
            if isinstance(value, Number) and value.unit in COUNT_UNITS and value.down == core.whole(1):
                return
            raise RuleError(f"by 写的“{kind.by}”不是个数", hint="：表按人数、岁数这样的整数分行")
        if refused is not None:
            raise refused

    def words(self, text: str, values: Named, subject: str, steps: dict[str, Value] | None = None) -> Words:
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

    def _shown(self, raw: Mapping[str, Any], subject: str, steps: dict[str, Value] | None = None) -> Named:
        written = raw.get("show", {})
        if not isinstance(written, dict):
            raise RuleError('“show”要写成 show = { 名称 = "式子" }')
        shown = Named()
        for name, text in written.items():
            if not isinstance(text, str):
                raise RuleError(f"show 里的 {name} 要写式子")
            shown[name] = at(raw, "show", lambda text=text: self.any_value(text, subject, steps), f"show.{name}")
        return shown

    def _own_facts(self, values: Named, subject: str, expressions: Iterable[Expression]) -> None:
        """Add to `values` the facts of the subject itself that the expressions read."""
        for expression in expressions:
            for node in expression.core.outside_members():
                if node.op == "fact":
                    values.setdefault(str(node.value), self.any_value(str(node.value), subject))

    # -- what a [[value]] sets -----------------------------------------------------------------------------------------

    def _tuned(self, name: str, node: Core) -> Core:
        """What the rule says, or what a value of the place says instead; untouched where no value names it."""
        kind = self.names.parameters.get(name)
        if kind is None:
            return node
        held = Core("parameter", value=name, kind=node.kind, bound=kind.bound)
        return Core("coalesce", (held, node), kind=node.kind, bound=max(kind.bound, node.bound))

    def _asked(self, code: str, among: Expression | None) -> Expression | None:
        """Whom a rule is about: nobody where it is switched off."""
        name = f"{code}.on"
        if name not in self.names.parameters:
            return among
        switched = self._tuned(name, core.TRUE)
        node = core.conjunction([switched, *([among.core] if among else [])])
        return self.wrap(among.text if among else "", node, Truth(node))

    def _level_from(self, code: str) -> str:
        name = f"{code}.level"
        return name if name in self.names.parameters else ""

    def _variants(self, test: Expression, values: Named, subject: str, steps: dict[str, Value]) -> Variants | None:
        """The sentences that come with the texts of the formula a condition reads."""
        formulas = [self.names.parameters[name] for name in test.parameters if self.names.parameters[name].type == "formula"]
        told = [kind for kind in formulas if any(variant.says or variant.says_not for variant in kind.variants)]
        if not told:
            return None
        kind = told[0]

        def said(text: str) -> Words:
            try:
                return self.words(text, values, subject, steps)
            except RuleError as why:
                told = f"公式 P.{kind.name} 的句子不能用在这里（{why.message}）"
                raise RuleError(told, hint=why.hint, missing=kind.name) from None

        return Variants(
            kind.name,
            tuple(said(variant.says) for variant in kind.variants),
            tuple(said(variant.says_not) for variant in kind.variants),
        )

    # -- rules -------------------------------------------------------------------------------------------------------

    def programme(self, raw: dict[str, Any], where: str) -> Programme:
        """One [[programme]] table.

        :raises RuleError: anything in it is not understood
        """
        keys(raw, "to known_since article articles note condition amount", "code label unit from")
        code, subject = code_of(raw), subject_of(raw, "unit")
        from_on, to_on, known_since = period_of(raw)
        steps: list[Step] = []
        known: dict[str, Value] = {}

        def step(entry: dict[str, Any]) -> None:
            steps.append(self._step(entry, subject, known, f"{code}@{from_on}@{known_since}.{entry.get('name')}"))

        mistakes = each(tables_of(raw, "amount"), step, "步骤")
        conditions: list[Condition] = []
        mistakes += each(
            tables_of(raw, "condition"), lambda entry: conditions.append(self._condition(entry, subject, known)), "条件"
        )
        if mistakes:
            raise together(mistakes)
        if not conditions:
            raise RuleError("没有条件：没有条件的项目会变成人人都有", hint="，请至少写一条 [[programme.condition]]")
        once([condition.name for condition in conditions], "条件")
        label, note = text_of(raw, "label"), text_of(raw, "note")
        return Programme(
            code, label, subject, from_on, to_on, articles_of(raw), tuple(conditions), tuple(steps), note, where, known_since
        )

    def _condition(self, raw: dict[str, Any], subject: str, steps: dict[str, Value]) -> Condition:
        keys(raw, "label ask_if says says_not says_unknown asks settle article articles show", "name if")
        test = self._test(raw, subject, steps)
        ask = at(raw, "ask_if", lambda: self.condition(raw["ask_if"], subject, steps)) if "ask_if" in raw else None
        if ask is not None:  # where the text of the law stops, a person is asked: not plainly met becomes unknown
            asked = Core("and", (ask.core, core.UNKNOWN_TRUTH), kind="truth")
            node = Core("or", (test.core, asked), kind="truth")
            test = self.wrap(test.text, node, Truth(node))
        values = self._shown(raw, subject, steps)
        words = {
            key: at(raw, key, lambda key=key: self.words(text_of(raw, key), values, subject, steps))
            for key in ("says", "says_not", "says_unknown", "asks")
        }
        variants = self._variants(test, values, subject, steps)
        self._own_facts(values, subject, [test])
        return Condition(
            code_of(raw, "name"), text_of(raw, "label"), test, words["says"], words["says_not"], words["says_unknown"],
            words["asks"], ask, text_of(raw, "settle"), articles_of(raw), values, variants,
        )  # fmt: skip

    def _test(self, raw: dict[str, Any], subject: str, steps: dict[str, Value] | None = None) -> Expression:
        return at(raw, "if", lambda: self.condition(text_of(raw, "if"), subject, steps))

    def _step(self, raw: dict[str, Any], subject: str, known: dict[str, Value], key: str) -> Step:
        keys(raw, "label says show", "name is")
        value = at(raw, "is", lambda: check.amount(text_of(raw, "is"), self.names, subject, known))
        found = self.wrap(text_of(raw, "is"), value.up, value)
        name = code_of(raw, "name")
        if name in known:
            raise RuleError(f"步骤 {name} 写了两遍")
        known[name] = replace(value, up=core.step(key, value.up))  # as the sentences and the later steps read it
        values = self._shown(raw, subject, known)
        words = at(raw, "says", lambda: self.words(text_of(raw, "says"), values, subject, known))
        self._own_facts(values, subject, [found])
        return Step(name, text_of(raw, "label"), found, words, values, key)

    def indicator(self, raw: dict[str, Any], where: str) -> Indicator:
        """One [[indicator]] table.

        :raises RuleError: anything in it is not understood
        """
        keys(
            raw,
            "to known_since article articles among basis says innocent advice show threshold clause",
            "code label subject mode level from",
        )
        code, subject, mode, level = code_of(raw), subject_of(raw, "subject"), raw["mode"], level_of(raw)
        if mode not in ("trigger", "points"):
            raise RuleError(f"mode 写的是 {mode!r}", hint='：要写 "trigger"（一件事就够）或 "points"（分数加起来）')
        among = at(raw, "among", lambda: self.condition(raw["among"], subject)) if "among" in raw else None
        values = self._shown(raw, subject)
        clauses = self._clauses(raw, lambda entry: self._clause(entry, code, subject, mode, values))
        tunables = [Tunable(f"{code}.on", "on", True), Tunable(f"{code}.level", "level", level)]
        if mode == "points":
            fires, possible = self._scored(raw, code, subject, clauses)
            tunables.append(Tunable(f"{code}.threshold", "threshold", raw["threshold"]))
            tunables += [
                Tunable(f"{code}.{entry['name']}.weight", "weight", entry["weight"]) for entry in tables_of(raw, "clause")
            ]
        else:
            if "threshold" in raw:
                raise RuleError('mode = "trigger" 不用写 threshold')
            node = core.conjunction([clause.test.core for clause in clauses])
            fires = possible = self.wrap("", node, Truth(node))
        basis = self._basis(raw, subject)
        words = at(raw, "says", lambda: self.words(text_of(raw, "says"), values, subject))
        self._own_facts(values, subject, [clause.test for clause in clauses])
        from_on, to_on, known_since = period_of(raw)
        return Indicator(
            code, text_of(raw, "label"), subject, mode, level, from_on, to_on, articles_of(raw), self._asked(code, among),
            clauses, fires, possible, basis, words, text_of(raw, "advice"), texts_of(raw, "innocent"), values, where, known_since,
            tuple(tunables), self._level_from(code),
        )  # fmt: skip

    def _clauses(self, raw: dict[str, Any], make: Callable[[dict[str, Any]], Clause]) -> tuple[Clause, ...]:
        clauses: list[Clause] = []
        if mistakes := each(tables_of(raw, "clause"), lambda entry: clauses.append(make(entry)), "条款"):
            raise together(mistakes)
        if not 0 < len(clauses) <= MOST_CLAUSES:
            raise RuleError(f"要写 1 到 {MOST_CLAUSES} 条 clause")
        once([clause.name for clause in clauses], "条款")
        return tuple(clauses)

    def _basis(self, raw: dict[str, Any], subject: str) -> tuple[Expression, ...]:
        return tuple(at(raw, "basis", lambda text=text: self.any_value(text, subject)) for text in texts_of(raw, "basis"))

    def _clause(self, raw: dict[str, Any], code: str, subject: str, mode: str, values: Named) -> Clause:
        keys(raw, "says weight since half_life", "name if")
        test = self._test(raw, subject)
        points = None
        if mode == "points":
            if "weight" not in raw:
                raise RuleError("少了“weight”这一项", hint="：算分的条款都要写分数")
            points = self._points(raw, code, subject)
        elif set(raw) & {"weight", "since", "half_life"}:
            raise RuleError('mode = "trigger" 的条款不写 weight、since、half_life')
        words = at(raw, "says", lambda: self.words(text_of(raw, "says"), values, subject))
        return Clause(code_of(raw, "name"), test, words, points)

    def supervision(self, raw: dict[str, Any], where: str) -> Supervision:
        """One [[supervision]] table.

        :raises RuleError: anything in it is not understood
        """
        keys(
            raw,
            "to known_since article articles among basis says says_unknown innocent advice show clause if",
            "code pack label subject level from",
        )
        code, subject, level = code_of(raw), raw["subject"], level_of(raw)
        if subject not in SUBJECTS:
            raise RuleError(f"subject 写的是 {subject!r}", hint=f"：要写 {'、'.join(SUBJECTS)}")
        if raw["pack"] not in SUPERVISED:
            known = "、".join(f"{name}（{label}）" for name, label in SUPERVISED.items())
            raise RuleError(f"pack 写的是 {raw['pack']!r}", hint=f"：要写 {known}")
        if ("if" in raw) == ("clause" in raw):
            raise RuleError("要么写 if，要么写 [[supervision.clause]]，不能都写也不能都不写")
        among = at(raw, "among", lambda: self.condition(raw["among"], subject)) if "among" in raw else None
        values = self._shown(raw, subject)
        if "if" in raw:
            clauses: tuple[Clause, ...] = (Clause("if", self._test(raw, subject), Words("")),)
        else:
            clauses = self._clauses(raw, lambda entry: self._clause(entry, code, subject, "trigger", values))
        words, unknown = (
            at(raw, key, lambda key=key: self.words(text_of(raw, key), values, subject)) for key in ("says", "says_unknown")
        )
        self._own_facts(values, subject, [clause.test for clause in clauses])
        from_on, to_on, known_since = period_of(raw)
        tunables = (Tunable(f"{code}.on", "on", True), Tunable(f"{code}.level", "level", level))
        return Supervision(
            code, raw["pack"], text_of(raw, "label"), subject, level, from_on, to_on, articles_of(raw),
            self._asked(code, among), clauses, self._basis(raw, subject), words, unknown, text_of(raw, "advice"),
            texts_of(raw, "innocent"), values, where, known_since, tunables, self._level_from(code),
        )  # fmt: skip

    def _points(self, raw: dict[str, Any], code: str, subject: str) -> Expression:
        """What a clause that holds adds, in eighths: halved every half-life since the day it happened, gone after four."""
        weight = self._tuned(f"{code}.{raw['name']}.weight", self.number(raw, "weight", subject, "points").core)
        if ("since" in raw) != ("half_life" in raw):
            raise RuleError("since 和 half_life 要一起写：从哪天起、过多少天减半")
        node = core.multiply(core.whole(EIGHTHS), weight)
        if "since" in raw:
            since = at(raw, "since", lambda: self.any_value(text_of(raw, "since"), subject))
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

    def _scored(self, raw: dict[str, Any], code: str, subject: str, clauses: tuple[Clause, ...]) -> tuple[Expression, Expression]:
        """Whether the score reaches the threshold, counting unknown clauses as nothing, and as if they held."""
        if "threshold" not in raw:
            raise RuleError("少了“threshold”这一项", hint="：算分的预警要写到几分才提醒")
        written = self.number(raw, "threshold", subject, "points").core
        limit = core.multiply(core.whole(EIGHTHS), self._tuned(f"{code}.threshold", written))
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
        keys(raw, "to known_since article articles says innocent counts show", "code label from if since")
        test = self._test(raw, "person")
        since = at(raw, "since", lambda: self.any_value(text_of(raw, "since"), "person"))
        if since.unit != "day":
            raise RuleError("since 要写日期：从哪天起两样都在领")
        counts = at(raw, "counts", lambda: self.any_value(str(raw.get("counts", "1")), "person"))
        if not isinstance(counts.value, Number) or counts.down != 1:
            raise RuleError("counts 要写整数：每个月有几样不该领")
        values = self._shown(raw, "person")
        words = at(raw, "says", lambda: self.words(text_of(raw, "says"), values, "person"))
        self._own_facts(values, "person", [test, since, counts])
        from_on, to_on, known_since = period_of(raw)
        return Overlap(
            code_of(raw), text_of(raw, "label"), from_on, to_on, articles_of(raw), test, since, counts, words, values,
            texts_of(raw, "innocent"), where, known_since,
        )  # fmt: skip
