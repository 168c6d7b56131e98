"""What if a number were different: a pack beside the real one, with some values set anew in a place from a day on.

Only numbers that programmes of regular help read can be tried; a change never touches a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from doudi.policy.language.errors import RuleError, did_you_mean
from doudi.policy.pack import Pack
from doudi.policy.parameters import LAST_DAY, LEVELS, Parameter, Setting
from doudi.policy.rules import Programme

MONTHLY = "monthly"  # the last step of a programme that pays every month is called this
LEVEL_LABELS = {"nation": "全国", "province": "省", "city": "市", "county": "县"}
TRIED = ("money", "ratio", "count", "flag")


@dataclass(frozen=True, slots=True)
class Change:
    """A number somebody wants to try: which, for which kind (empty: all), and the value as a person writes it."""

    parameter: str
    code: str
    written: str

    def __str__(self) -> str:
        return f"{self.parameter}={self.written}" + (f":{self.code}" if self.code else "")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that can be tried in a place: what it is called, what it is now, who may really set it."""

    parameter: str
    code: str
    label: str
    code_label: str
    kind: str  # money, ratio, count or flag
    unit: str
    now: Any  # as rules count it; None where nobody has set one
    decimals: int
    place: str  # where a change would count
    level: str
    programmes: tuple[str, ...]  # that read it, the first by code
    programme_label: str


def regular(pack: Pack, on: date) -> list[Programme]:
    """The programmes that give every month, and those that give a standing on which other help hangs; no one-off help."""
    return [rule for rule in pack.programmes_on(on) if not rule.steps or rule.steps[-1].name == MONTHLY]


def pays(rule: Programme) -> bool:
    """Whether a regular programme gives money."""
    return bool(rule.steps)


def read_change(text: str) -> Change:
    """`dibao_standard=950:urban` or `rigid_ratio=0.4`.

    :raises RuleError: not written like this
    """
    name, equals, rest = text.partition("=")
    written, _, code = rest.partition(":")
    if not (equals and name.strip() and written.strip()):
        raise RuleError(f"“{text}”没有写对", hint="：要写成 名称=数，例如 dibao_standard=950:urban")
    return Change(name.strip(), code.strip(), written.strip())


def numbers(pack: Pack, on: date, area: str) -> list[Number]:
    """Every number the regular programmes read, with its value in a place on a day; in the order of the pack."""
    read: dict[str, list[str]] = {}
    for rule in regular(pack, on):
        for expression in (*(c.test for c in rule.conditions), *(s.amount for s in rule.steps)):
            for name in expression.parameters:
                known = read.setdefault(name.split(":")[0], [])
                if rule.code not in known:
                    known.append(rule.code)
    labels = {rule.code: rule.label for rule in regular(pack, on)}
    found = []
    for name, parameter in pack.parameters.items():
        kind = parameter.kind
        if name not in read or kind.type not in TRIED or min(LEVELS[level] for level in parameter.set_by) > len(area):
            continue
        setting = parameter.at(area, on)
        place, level = place_for(parameter, area)
        for code, code_label in _codes(pack, parameter).items():
            now = setting.value if setting else None
            now = now.get(code) if isinstance(now, dict) else now
            found.append(
                Number(
                    name, code, kind.label or name, code_label, kind.type, kind.unit, now, kind.decimals, place, level,
                    tuple(read[name]), labels[read[name][0]],
                )
            )  # fmt: skip
    return found


def place_for(parameter: Parameter, area: str) -> tuple[str, str]:
    """Where a change tried for an area counts: the most local place holding it that may set this number, and its level.

    :raises RuleError: only smaller places than this one may set it
    """
    able = sorted(((LEVELS[level], level) for level in parameter.set_by), reverse=True)
    for digits, level in able:
        if digits <= len(area):
            return area[:digits], level
    raise RuleError(f"“{parameter.kind.label or parameter.kind.name}”由下面各地自己定，请选一个{LEVEL_LABELS[able[-1][1]]}再试")


def with_changes(pack: Pack, changes: Sequence[Change], on: date, area: str) -> Pack:
    """The pack as it would be, were these numbers set for an area from a day on. Values smaller places set themselves stay.

    :raises RuleError: a number is not known, cannot be tried, does not fit, or is named twice
    """
    if not changes:
        return pack
    parameters = dict(pack.parameters)
    tried = {(one.parameter, one.code): one for one in numbers(pack, on, area)}
    seen: set[tuple[str, str]] = set()
    for change in changes:
        name = change.parameter
        parameter = parameters.get(name)
        if parameter is None or name not in {known for known, _ in tried}:
            known = {number.parameter: number.label for number in tried.values()}
            hint = did_you_mean(name, known, labels=known) or f"；能试的有 {'、'.join(known)}"
            raise RuleError(f"没有能试的数“{name}”", hint=hint)
        codes = _codes(pack, parameter)
        if change.code and change.code not in codes:
            raise RuleError(
                f"“{change}”里没有“{change.code}”这一类", hint=f"；有的是 {'、'.join(codes) if codes != {'': ''} else '不分类'}"
            )
        for code in [change.code] if change.code else list(codes):
            if (name, code) in seen:
                raise RuleError(f"“{name}”写了两遍")
            seen.add((name, code))
        parameters[name] = _set(parameter, change, list(codes), on, area)
    told = "\n".join(sorted(map(str, changes)))
    version = hashlib.sha256(f"{pack.version}\n{area}\n{on}\n{told}".encode()).hexdigest()[:16]
    return replace(pack, parameters=parameters, version=version, _there={})


def _codes(pack: Pack, parameter: Parameter) -> dict[str, str]:
    """The kinds a number is split by, with their labels; one nameless kind where it is not."""
    by = parameter.kind.by
    return dict(pack.names.facts[by].codes) if by in pack.names.facts else {"": ""}


def _set(parameter: Parameter, change: Change, codes: list[str], on: date, area: str) -> Parameter:
    """The number with one more value on top of all others of its place: known later than any of them."""
    written: Any = change.written
    if parameter.kind.type == "flag":
        words = {"true": True, "是": True, "1": True, "false": False, "否": False, "0": False}
        if written.lower() not in words:
            raise RuleError(f"“{parameter.kind.label}”要写 true 或 false（是、否）")
        written = words[written.lower()]
    try:
        value = parameter.value_of(written)
    except RuleError:
        right = {"money": "元，最多两位小数，例如 950", "ratio": f"数，最多 {parameter.kind.decimals} 位小数，例如 1.5"}
        hint = f"：要写{right.get(parameter.kind.type, '不太大的整数')}"
        raise RuleError(f"“{parameter.kind.label}”填的“{written}”不合适", hint=hint) from None
    if not isinstance(value, bool) and isinstance(value, int) and value < 0:
        raise RuleError(f"“{parameter.kind.label}”不能小于 0")
    place, _ = place_for(parameter, area)
    if codes != [""]:
        before = parameter.at(area, on)
        old = before.value if before else None
        whole = {code: old.get(code) if isinstance(old, dict) else old for code in codes}
        whole |= {code: value for code in ([change.code] if change.code else codes)}
        value = {code: one for code, one in whole.items() if one is not None}
    kept = [one for one in parameter.settings if (one.place, one.from_on, one.known_since) != (place, on, LAST_DAY)]
    return replace(parameter, settings=[*kept, Setting(place, on, LAST_DAY, LAST_DAY, value, "试算")])


def said(number: Number, value: Any) -> str:
    """A value as people write it: money in yuan, ratios with their point."""
    if value is None:
        return ""
    if number.kind == "flag":
        return "是" if value else "否"
    if number.kind == "money":
        return _plain(Decimal(value) / 100)
    return _plain(Decimal(value) / 10**number.decimals) if number.kind == "ratio" else str(value)


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
