"""A condition read back in Chinese: what the machine understood, so that who wrote it can see whether that was meant."""

from __future__ import annotations

from collections.abc import Mapping

from doudi.policy.language.errors import RuleError
from doudi.policy.language.names import Fact, Names
from doudi.policy.language.text import Tree, read

_SIGNS = {"=": "等于", "<>": "不等于", "<": "小于", "<=": "不超过", ">": "大于", ">=": "不少于"}
_DAY_SIGNS = {"=": "就是", "<>": "不是", "<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"}
_SUMS = {"+": "加", "-": "减", "*": "乘", "/": "除以"}
_TIGHT = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6}  # all else binds tightest, comparisons between
_CALLS = {
    "any": "家里有人{0}", "all": "家里每个人都{0}", "count": "家里{0}的人数",
    "coalesce": "{0}（不知道时按{1}）", "least": "{0} 中最小的", "greatest": "{0} 中最大的",
    "ceil_yuan": "{0}（不满一元进一元）", "yuan": "{0} 元", "money": "{0}", "day": "{0}",
    "months_between": "{0}到{1}满几个月", "days_between": "{0}到{1}有几天",
    "working_days_between": "{0}到{1}有几个工作日", "add_months": "{0}再过 {1} 个月", "add_days": "{0}再过 {1} 天",
    "add_working_days": "{0}再过 {1} 个工作日",
}  # fmt: skip
_ROUNDED = {"round": "四舍五入", "ceil": "往上取整", "floor": "往下取整"}


def spoken(text: str, names: Names, steps: Mapping[str, str] | None = None) -> str:
    """An expression in words.

    :param steps: labels of earlier steps of an amount
    :raises RuleError: it is not of the language
    """
    return _Reader(names, steps or {}).said(read(text))


def spoken_or_text(text: str, names: Names, steps: Mapping[str, str] | None = None) -> str:
    """An expression in words; of one that cannot be read, its text."""
    try:
        return spoken(text, names, steps)
    except RuleError:
        return text


class _Reader:
    def __init__(self, names: Names, steps: Mapping[str, str]) -> None:
        self.names, self.steps = names, steps

    def said(self, tree: Tree, within: int = 0) -> str:
        tight = _TIGHT.get(tree.kind, 4 if tree.kind in _SIGNS else 9)
        words = self._words(tree, tight)
        return f"（{words}）" if tight < within else words

    def _words(self, tree: Tree, tight: int) -> str:
        parts = tree.parts
        match tree.kind:
            case "name":
                return "今天" if tree.word == "on" else self._fact(tree.word)
            case "parameter":
                kind = self.names.parameters.get(tree.word)
                return f"【{kind.label or tree.word}】" if kind else f"P.{tree.word}"
            case "step":
                return f"“{self.steps.get(tree.word, tree.word)}”"
            case "number" | "text":
                return tree.word
            case "truth":
                return "是" if tree.word == "true" else "否"
            case "and":
                return "，而且".join(self.said(one, tight + 1) for one in parts)
            case "or":
                return "，或者".join(self.said(one, tight + 1) for one in parts)
            case "not":
                return self._not(parts[0])
            case "negative":
                return f"负 {self.said(parts[0], 9)}"
            case "+" | "-" | "*" | "/":
                return f"{self.said(parts[0], tight)} {_SUMS[tree.kind]} {self.said(parts[1], tight + 1)}"
            case "between":
                return f"{self.said(parts[0], 5)}在 {self.said(parts[1], 5)} 到 {self.said(parts[2], 5)} 之间"
            case "in":
                return f"{self.said(parts[0], 5)}是{self._listed(parts[0], parts[1:])}"
            case "unknown":
                return f"不知道{self.said(parts[0], 5)}"
            case "case":
                return self._case(parts)
            case "call":
                return self._call(tree)
        return self._compared(tree)

    def _fact(self, name: str) -> str:
        fact = self.names.facts.get(name)
        return (fact.label or name) if fact else name

    def _not(self, tree: Tree) -> str:
        if tree.kind == "in":
            return f"{self.said(tree.parts[0], 5)}不是{self._listed(tree.parts[0], tree.parts[1:])}"
        if tree.kind == "unknown":
            return f"知道{self.said(tree.parts[0], 5)}"
        return f"不是“{self.said(tree)}”"

    def _compared(self, tree: Tree) -> str:
        left, right = tree.parts
        if right.kind == "text":
            return f"{self.said(left, 5)}{'是' if tree.kind == '=' else '不是'}{self._listed(left, (right,))}"
        signs = _DAY_SIGNS if any(self._is_day(one) for one in tree.parts) else _SIGNS
        return f"{self.said(left, 5)} {signs[tree.kind]} {self.said(right, 5)}"

    def _is_day(self, tree: Tree) -> bool:
        fact: Fact | None = self.names.facts.get(tree.word) if tree.kind == "name" else None
        called = tree.kind == "call" and tree.word in ("day", "add_days", "add_months", "add_working_days")
        return called or (tree.kind == "name" and tree.word == "on") or (fact is not None and fact.type == "date")

    def _listed(self, of: Tree, values: tuple[Tree, ...]) -> str:
        fact = self.names.facts.get(of.word) if of.kind == "name" else None
        codes = fact.codes if fact else {}
        return "、".join(f"“{codes.get(one.word, one.word)}”" for one in values)

    def _case(self, parts: tuple[Tree, ...]) -> str:
        said = [f"{self.said(parts[n])}时为{self.said(parts[n + 1])}" for n in range(0, len(parts) - 1, 2)]
        return "；".join([*said, *([f"其余为{self.said(parts[-1])}"] if len(parts) % 2 else [])])

    def _call(self, tree: Tree) -> str:
        given = [self.said(one) for one in tree.parts]
        if tree.word in ("any", "all", "count"):
            return _CALLS[tree.word].format(f"“{given[0]}”")
        if tree.word == "sum":
            whose = f"家里“{given[1]}”的人" if len(given) > 1 else "全家人"
            return f"{whose}的{given[0]}加起来"
        if tree.word in _ROUNDED:
            to = f"到 {given[1]}" if len(given) > 1 else ""
            return f"{given[0]}（{_ROUNDED[tree.word]}{to}）"
        if tree.word in ("least", "greatest"):
            return _CALLS[tree.word].format("、".join(given))
        pattern = _CALLS.get(tree.word)
        return pattern.format(*given) if pattern else f"{tree.word}（{'、'.join(given)}）"
