"""Numbers that places set: each with a place, the days it holds and the day it became known; the most local one wins."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from doudi.facts import money
from doudi.policy.language.errors import RuleError, did_you_mean
from doudi.policy.language.names import Currency, Kind

LEVELS = {"nation": 0, "province": 2, "city": 4, "county": 6}
"""Who may set a parameter, with how many digits of the area code the place of its value then has."""
MOST = {"months": 1200, "days": 40_000}
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def place_of(code: str) -> str:
    """An area code as the prefix all its places share: 990100 → 9901, 990000 → 99, 990101 stays.

    :raises RuleError: not an area code
    """
    if code and not (code.isdigit() and code.isascii() and len(code) in (2, 4, 6, 9, 12)):
        raise RuleError(f"“{code}”不是行政区划代码")
    if len(code) == 6:
        return code.removesuffix("0000") if code.endswith("0000") else code.removesuffix("00") if code.endswith("00") else code
    return code


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of a parameter: where, from when to when, known since when, said by which document."""

    place: str
    from_on: date
    to_on: date
    known_since: date
    value: Any  # fen, whole number, scaled ratio, flag, day, level, which text of a formula; a dict of those when it is split
    source: str = ""


@dataclass(slots=True)
class Parameter:
    """A parameter with all its values, of every place and time."""

    kind: Kind
    set_by: tuple[str, ...]
    note: str = ""
    settings: list[Setting] = field(default_factory=list)
    rule: str = ""  # the rule whose own weight, threshold, level or switch it sets; rules do not name such a one
    money: Currency = field(default_factory=Currency)

    def known(self, day: date) -> Parameter:
        """The parameter with only what was known on a day."""
        settings = [setting for setting in self.settings if setting.known_since <= day]
        return self if len(settings) == len(self.settings) else replace(self, settings=settings)

    def add(self, setting: Setting) -> None:
        """Take a value in.

        :raises RuleError: that place may not set it, or it says the same thing twice
        """
        if len(setting.place) not in {LEVELS[level] for level in self.set_by}:
            raise RuleError(
                f"P.{self.kind.name} 不能由 {setting.place or '全国'} 来定", hint=f"；可以定的是 {'、'.join(self.set_by)}"
            )
        for other in self.settings:
            same = (other.place, other.from_on, other.known_since) == (setting.place, setting.from_on, setting.known_since)
            if same and other.value != setting.value:
                raise RuleError(f"P.{self.kind.name} 在 {setting.place or '全国'} 从 {setting.from_on} 起写了两个不同的值")
        self.settings.append(setting)

    def in_force(self, on: date) -> list[Setting]:
        """Every value that holds on a day, of whatever place."""
        return [setting for setting in self.settings if setting.from_on <= on <= setting.to_on]

    def at(self, area: str, on: date, known_on: date | None = None) -> Setting | None:
        """The value in force for an area on a day, as far as it was known on another; None where nobody has set one."""
        found = [
            setting
            for setting in self.settings
            if area.startswith(setting.place)
            and setting.from_on <= on <= setting.to_on
            and (known_on is None or setting.known_since <= known_on)
        ]
        return max(found, key=lambda s: (len(s.place), s.from_on, s.known_since), default=None)

    def value_of(self, written: Any) -> Any:
        """A value as written in a pack (money in yuan) → as rules count it; by code when the parameter is split.

        :raises RuleError: it does not fit the type
        """
        if isinstance(written, dict):
            if not self.kind.by:
                raise RuleError(f"P.{self.kind.name} 没有写 by，不能分开写", hint='：请在 [[parameter]] 里写 by = "…"')
            return {str(key): self._one(value) for key, value in written.items()}
        return self._one(written)

    def _one(self, written: Any) -> Any:
        kind = self.kind
        if kind.type == "formula":
            return self._formula(written)
        if kind.type == "level":
            if written not in ("R", "O", "Y"):
                raise RuleError(f"{kind.name} 的值 {written!r} 不合适", hint='：要写 "R"、"O" 或 "Y"')
            return written
        right: Any = None
        if kind.type == "flag" and isinstance(written, bool):
            return written
        if kind.type == "date" and type(written) is date:
            return written
        if isinstance(written, int | Decimal | str) and not isinstance(written, bool):
            try:
                if kind.type == "money":
                    right = self.money.pieces(written)
                elif kind.type == "ratio":
                    scaled = Decimal(written) * kind.scale
                    right = int(scaled) if scaled == int(scaled) else None
                elif kind.type == "count" and Decimal(written) == int(Decimal(written)):
                    right = int(written)
            except money.NotMoney as why:
                if "太大" in str(why):  # the unit was mistaken, not the form
                    raise RuleError(f"{kind.name if self.rule else f'P.{kind.name}'} 的值不合适：{why}") from None
            except (ArithmeticError, ValueError):
                right = None
        name = kind.name if self.rule else f"P.{kind.name}"
        if right is None:
            needed = {
                "money": f"{self.money.unit}，{self.money.decimals_told}",
                "ratio": f"数，最多 {kind.decimals} 位小数",
                "count": "整数",
                "flag": "true 或 false",
            }
            raise RuleError(
                f"{name} 的值 {_told(written)} 不合适", hint=f"：要写{needed.get(kind.type, '日期，例如 2026-07-01')}"
            )
        if abs(right) > MOST.get(kind.unit, kind.bound):
            raise RuleError(f"{name} 的值 {_told(written)} 太大了")
        return right

    def _formula(self, written: Any) -> int:
        texts = [variant.text for variant in self.kind.variants]
        if written not in texts:
            raise RuleError(f"P.{self.kind.name} 没有 {_told(written)} 这种写法", hint=did_you_mean(str(written), texts))
        return texts.index(written)


def _told(written: Any) -> str:
    return str(written) if isinstance(written, int | Decimal) else repr(written)
