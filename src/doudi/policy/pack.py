"""Packs of rules: folders of TOML, one laid over another, understood completely or refused with the place and a hint."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from doudi.policy.language.errors import Place, RuleError, did_you_mean
from doudi.policy.language.names import COUNT_UNITS, FACT_TYPES, MONEY_UNIT, PARAMETER_TYPES, Fact, Kind, Names
from doudi.policy.matrix import Benefit, Stacking, check_matrix, overlap_tables, read_benefit, read_stacking
from doudi.policy.parameters import FIRST_DAY, LAST_DAY, LEVELS, Parameter, Setting, place_of
from doudi.policy.rules import Case, Indicator, Overlap, Programme, Response, Source
from doudi.policy.writing import Writer, day_of, keys, text_of

SHIPPED = Path(__file__).parent / "packs"
DEFAULT = ("cn", "demo_city")
TABLES = ("fact", "parameter", "value", "programme", "indicator", "overlap", "response", "source", "benefit", "stacking")
LARGEST_FILE = 2_000_000
OTHERS = ("check",)  # read by the batch check, which has its own form
Rule = TypeVar("Rule", Programme, Indicator, Overlap)


@dataclass(slots=True)
class Pack:
    """Everything some packs say together."""

    names: Names
    parameters: dict[str, Parameter]
    programmes: dict[str, tuple[Programme, ...]]
    indicators: dict[str, tuple[Indicator, ...]]
    overlaps: dict[str, tuple[Overlap, ...]]
    responses: dict[str, Response]
    sources: dict[str, Source]
    benefits: dict[str, Benefit]
    stacking: tuple[Stacking, ...]
    cases: tuple[Case, ...]
    folders: tuple[str, ...]
    version: str  # the first 16 hex digits of the SHA-256 over every file: the same rules, the same version
    _there: dict[tuple[str, date, date | None], dict[str, Any]] = field(default_factory=dict)

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
        return _all_in_force(self.programmes, on)

    def indicators_on(self, on: date) -> list[Indicator]:
        """Every indicator in force on a day, by code."""
        return _all_in_force(self.indicators, on)

    def overlaps_on(self, on: date) -> list[Overlap]:
        """Every overlap rule in force on a day, by code."""
        return _all_in_force(self.overlaps, on)

    def parameters_at(self, area: str, on: date, known_on: date | None = None) -> Mapping[str, Any]:
        """Every parameter set for an area on a day, as rules read it; a split one under `name:code`."""
        key = (area, on, known_on)
        found = self._there.get(key)
        if found is None:
            found = {}
            for name, parameter in self.parameters.items():
                setting = parameter.at(area, on, known_on)
                if setting is None:
                    continue
                found |= spread(parameter, setting.value, self.names)
                if not parameter.kind.by:
                    found[name] = setting.value
            if len(self._there) > 5000:
                self._there.clear()
            self._there[key] = found
        return found

    def without_life(self, datasets: Iterable[str], on: date) -> dict[str, list[str]]:
        """Indicators that cannot speak because no dataset their facts come from is there: code → those facts.

        datasets: the ones that were loaded. Such a rule must be reported, never run: it would say "nobody".
        """
        there = set(datasets)
        dead = {name for name, fact in self.names.facts.items() if fact.sources and not there & set(fact.sources)}
        found = {rule.code: sorted(rule.facts & dead) for rule in self.indicators_on(on)}
        return {code: facts for code, facts in found.items() if facts}


def spread(parameter: Parameter, value: Any, names: Names) -> dict[str, Any]:
    """A value of a parameter as rules look it up: one entry for each code when the parameter is split by a fact."""
    kind = parameter.kind
    if not kind.by:
        return {kind.name: value}
    codes = names.facts[kind.by].codes
    return {f"{kind.name}:{code}": value.get(code) if isinstance(value, dict) else value for code in codes}


def _in_force(rules: Mapping[str, tuple[Rule, ...]], code: str, on: date, what: str) -> Rule:
    if code not in rules:
        labels = {known: versions[0].label for known, versions in rules.items()}
        raise RuleError(f"没有{what}“{code}”", hint=did_you_mean(code, rules, labels=labels) or f"；有的是 {'、'.join(rules)}")
    for rule in rules[code]:
        if rule.from_on <= on <= rule.to_on:
            return rule
    first = min(rule.from_on for rule in rules[code])
    raise RuleError(f"{what} {code} 在 {on} 没有可用的规则", hint=f"：最早从 {first} 起")


def _all_in_force(rules: Mapping[str, tuple[Rule, ...]], on: date) -> list[Rule]:
    return [rule for code in sorted(rules) for rule in rules[code] if rule.from_on <= on <= rule.to_on]


@lru_cache(maxsize=16)
def _load(folders: tuple[Path, ...], stamp: tuple[tuple[str, int, int], ...]) -> Pack:
    return _Loading(folders).pack()


def load(names: Sequence[str | Path] = DEFAULT) -> Pack:
    """Load packs, each over the ones before it and over those it names itself in pack.toml.

    names: names of shipped packs or folders. The same unchanged files give the same Pack object.
    :raises RuleError: a pack is not there, or anything in it is not understood; says file, rule, line, column and a hint
    """
    folders: list[Path] = []
    for name in [names] if isinstance(names, str | Path) else names:
        _stack(name, folders, ())
    every = [path for folder in folders for path in files(folder)]
    stamp = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in every)
    return _load(tuple(folders), stamp)


def load_exactly(folders: Sequence[Path]) -> Pack:
    """Load just these folders in this order, without those they say they lie over: a pack as it was kept.

    :raises RuleError: anything in it is not understood
    """
    return _Loading(tuple(folders)).pack()


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
    about = _read(folder / "pack.toml")
    for below in about.get("over", []):
        _stack(str(below), folders, (*above, folder))
    folders.append(folder)


def files(folder: Path) -> list[Path]:
    """Every file of a pack's folder."""
    return sorted([*folder.glob("*.toml"), *folder.glob("cases/*.toml")])


def _read(path: Path) -> dict[str, Any]:
    if path.stat().st_size > LARGEST_FILE:
        raise RuleError("文件太大了", where=path.name)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except UnicodeDecodeError:
        raise RuleError("文件不是 UTF-8 编码", where=path.name) from None
    except tomllib.TOMLDecodeError as why:
        raise RuleError(f"TOML 写法不对：{why}", where=path.name) from None
    except RecursionError:
        raise RuleError("TOML 套得太深了", where=path.name) from None


class _Loading:
    """Reads all files first, then names, then parameters, then rules: order of files does not matter."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self.folders = folders
        self.tables: dict[str, list[tuple[str, dict[str, Any]]]] = {table: [] for table in (*TABLES, "case")}
        self.digest = hashlib.sha256()

    def pack(self) -> Pack:
        for folder in self.folders:
            for path in files(folder):
                self._gather(folder, path)
        facts = self._facts()
        parameters = self._parameters(facts)
        names = Names(facts, {name: parameter.kind for name, parameter in parameters.items()})
        self._values(parameters, names)
        writer = Writer(names)
        benefits = {raw.code: raw for raw in self._each("benefit", read_benefit)}
        stacking = tuple(self._each("stacking", read_stacking))
        check_matrix(benefits, stacking)
        self.tables["overlap"] += overlap_tables(benefits, self.tables["stacking"])
        return Pack(
            names=names,
            parameters=parameters,
            programmes=self._rules("programme", writer.programme),
            indicators=self._rules("indicator", writer.indicator),
            overlaps=self._rules("overlap", writer.overlap),
            responses={raw.code: raw for raw in self._each("response", self._response)},
            sources={raw.code: raw for raw in self._each("source", self._source)},
            benefits=benefits,
            stacking=stacking,
            cases=tuple(self._each("case", self._case)),
            folders=tuple(str(folder) for folder in self.folders),
            version=self.digest.hexdigest()[:16],
        )

    def _gather(self, folder: Path, path: Path) -> None:
        where = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        self.digest.update(where.encode() + b"\0" + path.read_bytes() + b"\0")
        raw = _read(path)
        if path.name == "pack.toml":
            _inside(lambda: keys(raw, "over note", "name label"), where)
            return
        allowed = ("case",) if path.parent != folder else (*TABLES, *OTHERS)
        for table, entries in raw.items():
            if table not in allowed:
                raise RuleError(f"不认识的一节“{table}”", hint=did_you_mean(table, allowed), where=where)
            if table in OTHERS:
                continue
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise RuleError(f"“{table}”要写成 [[{table}]] 的表", where=where)
            self.tables[table] += [(where, entry) for entry in entries]

    def _each(self, table: str, make: Any) -> list[Any]:
        found = []
        for where, raw in self.tables[table]:
            title = raw.get("code") or raw.get("name") or raw.get("parameter") or "?"
            found.append(_inside(lambda raw=raw, where=where: make(raw, where), f"{where} {table} {title}"))
        return found

    def _facts(self) -> dict[str, Fact]:
        facts: dict[str, Fact] = {}
        for fact in self._each("fact", self._fact):
            if facts.setdefault(fact.name, fact) != fact:
                raise RuleError(f"事实 {fact.name} 写了两遍，而且不一样")
        return facts

    def _fact(self, raw: dict[str, Any], where: str) -> Fact:
        keys(raw, "sources sensitivity codes note settle unit", "name subject type label")
        types = {"flag": "flag", "code": "code", "date": "date", "money": MONEY_UNIT}
        if raw["type"] not in FACT_TYPES:
            raise RuleError(f"类型 {raw['type']!r} 不认识", hint=f"：要写 {'、'.join(FACT_TYPES)}")
        unit = raw.get("unit", types.get(raw["type"], "count"))
        if (raw["type"] == "count" and unit not in COUNT_UNITS) or (raw["type"] != "count" and unit != types[raw["type"]]):
            raise RuleError(f"单位 {unit!r} 和类型 {raw['type']} 不配", hint=f"；个数的单位有 {'、'.join(COUNT_UNITS)}")
        if raw["subject"] not in ("person", "household"):
            raise RuleError("subject 要写 person 或 household")
        codes = raw.get("codes", {})
        if (raw["type"] == "code") != bool(codes) or not all(
            str(c).replace("_", "").isalnum() and str(c).isascii() for c in codes
        ):
            raise RuleError("只有 code 类型要写 codes，代码用英文字母、数字和下划线")
        if not str(raw["name"]).isidentifier() or not str(raw["name"]).isascii() or raw["name"] in ("on", "P", "S"):
            raise RuleError(f"名称 {raw['name']!r} 不能用", hint="：小写英文字母、数字和下划线")
        return Fact(**{**raw, "unit": unit, "sources": tuple(raw.get("sources", ())), "codes": dict(codes)})

    def _parameters(self, facts: Mapping[str, Fact]) -> dict[str, Parameter]:
        parameters: dict[str, Parameter] = {}
        for parameter in self._each("parameter", lambda raw, where: self._parameter(raw, facts)):
            if parameter.kind.name in parameters:
                raise RuleError(f"参数 {parameter.kind.name} 写了两遍")
            parameters[parameter.kind.name] = parameter
        return parameters

    def _parameter(self, raw: dict[str, Any], facts: Mapping[str, Fact]) -> Parameter:
        keys(raw, "unit decimals by set_by note", "name type label")
        if raw["type"] not in PARAMETER_TYPES:
            raise RuleError(f"类型 {raw['type']!r} 不认识", hint=f"：要写 {'、'.join(PARAMETER_TYPES)}")
        if not str(raw["name"]).isidentifier() or not str(raw["name"]).isascii():
            raise RuleError(f"名称 {raw['name']!r} 不能用")
        unit = {"money": MONEY_UNIT, "ratio": ""}.get(raw["type"], raw.get("unit", "count" if raw["type"] == "count" else ""))
        if raw["type"] == "count" and unit not in COUNT_UNITS:
            raise RuleError(f"单位 {unit!r} 不认识", hint=f"：要写 {'、'.join(COUNT_UNITS)}")
        by = text_of(raw, "by")
        if by and (by not in facts or facts[by].type != "code"):
            raise RuleError(
                f"by 写的“{by}”不是代码类的事实", hint=did_you_mean(by, [n for n, f in facts.items() if f.type == "code"])
            )
        decimals = raw.get("decimals", 2 if raw["type"] == "ratio" else 0)
        if type(decimals) is not int or not 0 <= decimals <= 6:
            raise RuleError("decimals 要写 0 到 6")
        set_by = tuple(raw.get("set_by", LEVELS))
        if unknown := [level for level in set_by if level not in LEVELS]:
            raise RuleError(f"set_by 里的 {unknown[0]!r} 不认识", hint=f"：要写 {'、'.join(LEVELS)}")
        return Parameter(Kind(raw["name"], raw["type"], unit, text_of(raw, "label"), decimals, by), set_by, text_of(raw, "note"))

    def _values(self, parameters: dict[str, Parameter], names: Names) -> None:
        self._each("value", lambda raw, where: self._value(raw, parameters, names))

    def _value(self, raw: dict[str, Any], parameters: dict[str, Parameter], names: Names) -> None:
        keys(raw, "place from to known_since source", "parameter is")
        parameter = parameters.get(raw["parameter"])
        if parameter is None:
            raise RuleError(f"没有参数 {raw['parameter']!r}", hint=did_you_mean(str(raw["parameter"]), parameters))
        by = parameter.kind.by
        if isinstance(raw["is"], dict):
            codes = names.facts[by].codes if by else {}
            if unknown := [code for code in raw["is"] if code not in codes]:
                raise RuleError(
                    f"没有 {unknown[0]!r} 这一类", hint=did_you_mean(unknown[0], codes) or f"；有的是 {'、'.join(codes)}"
                )
        from_on = day_of(raw, "from", FIRST_DAY)
        parameter.add(
            Setting(
                place_of(str(raw.get("place", ""))), from_on, day_of(raw, "to", LAST_DAY),
                day_of(raw, "known_since", from_on), parameter.value_of(raw["is"]), text_of(raw, "source"),
            )
        )  # fmt: skip

    def _rules(self, table: str, make: Any) -> dict[str, tuple[Any, ...]]:
        rules: dict[str, tuple[Any, ...]] = {}
        for rule in self._each(table, make):
            for other in rules.get(rule.code, ()):
                if rule.from_on <= other.to_on and other.from_on <= rule.to_on:
                    raise RuleError(f"{rule.code} 有两个版本同时有效", hint="：请写清各自的 from 和 to", where=rule.where)
            rules[rule.code] = (*rules.get(rule.code, ()), rule)
        return rules

    def _response(self, raw: dict[str, Any], where: str) -> Response:
        keys(raw, "contact_hours note", "code label visit_working_days")
        return Response(raw["code"], raw["label"], raw.get("contact_hours"), raw["visit_working_days"], raw.get("note", ""))

    def _source(self, raw: dict[str, Any], where: str) -> Source:
        keys(raw, "", "code label department")
        return Source(raw["code"], raw["label"], raw["department"])

    def _case(self, raw: dict[str, Any], where: str) -> Case:
        keys(raw, "area facts members parameters", "name rule on expect")
        return Case(
            raw["name"], raw["rule"], day_of(raw, "on", FIRST_DAY), str(raw.get("area", "")), raw.get("facts", {}),
            tuple(raw.get("members", ())), raw.get("parameters", {}), raw["expect"], where,
        )  # fmt: skip


def _inside(make: Any, where: str) -> Any:
    """Run one step; a refusal says in which file and rule, and odd TOML values are a refusal too."""
    try:
        return make()
    except RuleError as why:
        raise why.inside(where) from None
    except (TypeError, AttributeError, KeyError) as why:
        raise RuleError(f"有一项的写法不对（{why}）", Place(), where=where) from None
