"""Packs of rules: folders of TOML, one laid over another, understood completely or refused with the place and a hint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from doudi.policy.language import check
from doudi.policy.language.errors import RuleError, did_you_mean
from doudi.policy.language.names import Kind, Names
from doudi.policy.language.python import Closure, closure
from doudi.policy.loading import Loading, files_of, read_file, version_of
from doudi.policy.matrix import Benefit, Stacking
from doudi.policy.parameters import LAST_DAY, Parameter
from doudi.policy.rules import (
    Case,
    Indicator,
    Overlap,
    Programme,
    Response,
    Source,
    Supervision,
    SwitchedOff,
    Tunable,
)

SHIPPED = Path(__file__).parent / "packs"
DEFAULT = ("cn", "demo_city")
LARGEST_ROW = 10_000
Rule = TypeVar("Rule", Programme, Indicator, Overlap, Supervision)


@dataclass(slots=True)
class Pack:
    """Everything some packs say together."""

    names: Names
    parameters: dict[str, Parameter]
    programmes: dict[str, tuple[Programme, ...]]
    indicators: dict[str, tuple[Indicator, ...]]
    overlaps: dict[str, tuple[Overlap, ...]]
    supervision: dict[str, tuple[Supervision, ...]]
    benefits: dict[str, Benefit]
    stacking: tuple[Stacking, ...]
    responses: dict[str, Response]
    sources: dict[str, Source]
    cases: tuple[Case, ...]
    folders: tuple[str, ...]
    added: tuple[tuple[str, str], ...]  # (title, TOML text) laid over all folders
    told: tuple[tuple[date, str], ...]  # what its tables say, each with the day it became known
    version: str  # of what is known: the same rules, the same version, whatever files and order they stand in
    _there: dict[tuple[str, date], dict[str, Any]] = field(default_factory=dict)
    _known: dict[date, Pack] = field(default_factory=dict)
    _rows: dict[tuple[str, str], Closure] = field(default_factory=dict)
    _held: dict[tuple[str, date], list[Any]] = field(default_factory=dict)

    def known(self, day: date) -> Pack:
        """The pack as it was known on a day: rules and values that became known later are not there yet.

        Its version is that of what was known; what is added afterwards does not change it.
        """
        found = self._known.get(day)
        if found is None:
            found = self
            if any(known > day for known, _ in self.told):
                tables = (self.programmes, self.indicators, self.overlaps, self.supervision)
                programmes, indicators, overlaps, supervision = (_known_of(rules, day) for rules in tables)
                found = replace(
                    self,
                    parameters={name: parameter.known(day) for name, parameter in self.parameters.items()},
                    programmes=programmes,
                    indicators=indicators,
                    overlaps=overlaps,
                    supervision=supervision,
                    told=tuple((known, text) for known, text in self.told if known <= day),
                    version=version_of(self.told, day),
                    _there={},
                    _known={},
                    _held={},
                )
            if len(self._known) > 50:
                self._known.clear()
            self._known[day] = found
        return found

    def programme(self, code: str, on: date) -> Programme:
        """The version of a programme in force on a day.

        :raises RuleError: no such programme, or none in force then
        """
        return _in_force(self.programmes, code, on, "项目")

    def indicator(self, code: str, on: date) -> Indicator:
        """The version of an indicator in force on a day.

        :raises RuleError: no such indicator, or none in force then
        """
        return _in_force(self.indicators, code, on, "预警")

    def programmes_on(self, on: date) -> list[Programme]:
        """Every programme in force on a day, by code."""
        return self._on("programmes", self.programmes, on)

    def indicators_on(self, on: date) -> list[Indicator]:
        """Every indicator in force on a day, by code."""
        return self._on("indicators", self.indicators, on)

    def overlaps_on(self, on: date) -> list[Overlap]:
        """Every overlap rule in force on a day, by code."""
        return self._on("overlaps", self.overlaps, on)

    def supervision_on(self, on: date) -> list[Supervision]:
        """Every rule of supervision in force on a day, by code."""
        return self._on("supervision", self.supervision, on)

    def _on(self, table: str, rules: Mapping[str, tuple[Rule, ...]], on: date) -> list[Rule]:
        """Asked for every household: kept for each day."""
        found = self._held.get((table, on))
        if found is None:
            if len(self._held) > 1000:
                self._held.clear()
            found = self._held[table, on] = _all_in_force(rules, on)
        return list(found)

    def tunables(self, code: str, on: date) -> list[Tunable]:
        """What of a warning or a rule of supervision a [[value]] may set, with what the rule itself says.

        :raises RuleError: no such rule, or none in force then
        """
        if code in self.supervision:
            return list(_in_force(self.supervision, code, on, "监督规则").tunables)
        return list(self.indicator(code, on).tunables)

    def switched_off(self, on: date | None = None) -> list[SwitchedOff]:
        """Every rule that is switched off somewhere, on a day or ever: it asks nobody there, and that is said aloud."""
        found = []
        for rules in (self.indicators, self.supervision):
            for code, versions in sorted(rules.items()):
                parameter = self.parameters.get(f"{code}.on")
                settings = parameter.settings if parameter and on is None else parameter.in_force(on) if parameter and on else []
                found += [
                    SwitchedOff(code, versions[-1].label, s.place, s.from_on, s.to_on, s.source)
                    for s in settings
                    if s.value is False
                ]
        return found

    def parameters_at(self, area: str, on: date, known_on: date | None = None) -> Mapping[str, Any]:
        """Every parameter set for an area on a day, as rules read it; a split one under `name:code` or `name:row`."""
        if known_on is not None:
            return self.known(known_on).parameters_at(area, on)
        key = (area, on)
        found = self._there.get(key)
        if found is None:
            found = {}
            for name, parameter in self.parameters.items():
                setting = parameter.at(area, on)
                if setting is None:
                    continue
                found |= spread(parameter, setting.value, self.names)
                if not parameter.kind.by:
                    found[name] = setting.value
            if len(self._there) > 5000:
                self._there.clear()
            self._there[key] = found
        return found

    def row_of(self, kind: Kind, subject: str) -> Closure:
        """Which row of a table by whole numbers counts, for a person or a household."""
        key = (kind.by, subject)
        if key not in self._rows:
            value = check.quantity(kind.by, self.names, subject)
            assert isinstance(value, check.Number)
            self._rows[key] = closure(value.up)
        return self._rows[key]

    def without_life(self, datasets: Iterable[str], on: date) -> dict[str, list[str]]:
        """Indicators that cannot speak because no dataset their facts come from is there: code → those facts.

        datasets: the ones that were loaded. Such a rule must be reported, never run: it would say "nobody".
        """
        there = set(datasets)
        dead = {name for name, fact in self.names.facts.items() if fact.sources and not there & set(fact.sources)}
        found = {rule.code: sorted(rule.facts & dead) for rule in self.indicators_on(on)}
        return {code: facts for code, facts in found.items() if facts}


def spread(parameter: Parameter, value: Any, names: Names) -> dict[str, Any]:
    """A value of a parameter as rules look it up: one entry for each code or row when the parameter is split."""
    kind = parameter.kind
    if not kind.by:
        return {kind.name: value}
    fact = names.facts.get(kind.by)
    if fact is not None and fact.type == "code":
        return {f"{kind.name}:{code}": value.get(code) if isinstance(value, dict) else value for code in fact.codes}
    if not isinstance(value, dict):  # the same in every row, and no more beyond them
        return {f"{kind.name}:{row}": value for row in kind.rows} | ({f"{kind.name}:more": 0} if kind.more else {})
    more, given = value.get("more"), {int(row): held for row, held in value.items() if row != "more"}
    last = max(given, default=LARGEST_ROW)
    found = {f"{kind.name}:more": more}
    for row in kind.rows:
        goes_on = more is not None and row > last
        found[f"{kind.name}:{row}"] = given[last] + more * (row - last) if goes_on else given.get(row)
    return found


def _in_force(rules: Mapping[str, tuple[Rule, ...]], code: str, on: date, what: str) -> Rule:
    if code not in rules:
        labels = {known: versions[0].label for known, versions in rules.items()}
        raise RuleError(f"没有{what}“{code}”", hint=did_you_mean(code, rules, labels=labels) or f"；有的是 {'、'.join(rules)}")
    found = _version_on(rules[code], on)
    if found is None:
        first = min(rule.from_on for rule in rules[code])
        raise RuleError(f"{what} {code} 在 {on} 没有可用的规则", hint=f"：最早从 {first} 起")
    return found


def _version_on(versions: tuple[Rule, ...], on: date) -> Rule | None:
    """Of the versions that hold on a day, the one known last."""
    held = [rule for rule in versions if rule.from_on <= on <= rule.to_on]
    return max(held, key=lambda rule: (rule.known_since, rule.from_on), default=None)


def _all_in_force(rules: Mapping[str, tuple[Rule, ...]], on: date) -> list[Rule]:
    found = (_version_on(rules[code], on) for code in sorted(rules))
    return [rule for rule in found if rule is not None]


def _known_of(rules: Mapping[str, tuple[Rule, ...]], day: date) -> dict[str, tuple[Rule, ...]]:
    found = {code: tuple(rule for rule in versions if rule.known_since <= day) for code, versions in rules.items()}
    return {code: versions for code, versions in found.items() if versions}


@lru_cache(maxsize=24)
def _load(folders: tuple[Path, ...], stamp: tuple[tuple[str, int, int], ...], added: tuple[tuple[str, str], ...]) -> Pack:
    parts = Loading(folders, added).parts()
    return Pack(**parts, version=version_of(parts["told"], LAST_DAY))


def load(names: Sequence[str | Path] = DEFAULT, *, added: Sequence[tuple[str, str]] = ()) -> Pack:
    """Load packs, each over the ones before it and over those it names itself in pack.toml.

    names: names of shipped packs or folders. added: (title, TOML text) laid over all of them, with the same tables as in files.
    The same unchanged files and texts give the same Pack object.
    :raises RuleError: a pack is not there, or anything in it is not understood; says file, line, rule, column and a hint, and
        carries every other mistake (`RuleError.every`)
    """
    folders: list[Path] = []
    for name in [names] if isinstance(names, str | Path) else names:
        _stack(name, folders, ())
    files = [path for folder in folders for path in files_of(folder)]
    stamp = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return _load(tuple(folders), stamp, tuple((str(title), str(text)) for title, text in added))


def load_exactly(folders: Sequence[Path], *, added: Sequence[tuple[str, str]] = ()) -> Pack:
    """Load just these folders in this order, without those they say they lie over: a pack as it was kept.

    :raises RuleError: anything in it is not understood
    """
    parts = Loading(folders, added).parts()
    return Pack(**parts, version=version_of(parts["told"], LAST_DAY))


def _stack(name: str | Path, folders: list[Path], above: tuple[Path, ...]) -> None:
    folder = SHIPPED / name if isinstance(name, str) and (SHIPPED / name / "pack.toml").is_file() else Path(name)
    if not (folder / "pack.toml").is_file():
        shipped = sorted(path.parent.name for path in SHIPPED.glob("*/pack.toml"))
        hint = did_you_mean(str(name), shipped) or f"；自带的有 {'、'.join(shipped)}，也可以写一个里面有 pack.toml 的文件夹"
        raise RuleError(f"没有规则包“{name}”", hint=hint)
    folder = folder.resolve()
    if folder in above:
        raise RuleError(f"规则包 {folder.name} 绕一圈又压在自己上面")
    if folder in folders:
        return
    about = read_file(folder / "pack.toml")[1]
    below = about.get("over", [])
    if not isinstance(below, list) or not all(isinstance(one, str) for one in below):
        raise RuleError('over 要写成清单，例如 over = ["cn"]', where=f"{folder.name}/pack.toml")
    for one in below:
        _stack(one, folders, (*above, folder))
    folders.append(folder)
