"""Reading the files of packs: first all names, then numbers, then rules; every mistake is collected, with file and line."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from doudi.policy.entries import day_of, keys, line_of, text_of
from doudi.policy.language.check import formula
from doudi.policy.language.errors import Place, RuleError, did_you_mean, together
from doudi.policy.language.names import Currency, Fact, Kind, Names
from doudi.policy.lines import located
from doudi.policy.matrix import Benefit, Stacking, check_matrix, overlap_tables, read_benefit, read_stacking
from doudi.policy.naming import check_split, read_fact, read_parameter, variant_of
from doudi.policy.parameters import FIRST_DAY, LAST_DAY, LEVELS, Parameter, Setting, place_of
from doudi.policy.rules import Case, Named, Response, Source
from doudi.policy.writing import Writer

TABLES = (
    "fact",
    "parameter",
    "value",
    "programme",
    "indicator",
    "overlap",
    "supervision",
    "benefit",
    "stacking",
    "response",
    "source",
)
OTHERS = ("check",)  # read by the batch check, which has its own form
LARGEST_FILE = 2_000_000
TOML_WORDS = (
    ("Illegal character '\\n'", "这一行的引号没有合上"),
    ("Unterminated string", "引号没有合上"),
    ("Invalid date", "没有这一天"),
    ("Cannot overwrite", "同一个名字写了两遍，或者 [x] 和 [[x]] 混着写"),
    ("Cannot declare", "同一节写了两遍，或者 [x] 和 [[x]] 混着写"),
    ("Cannot mutate", "同一节写了两遍，或者 [x] 和 [[x]] 混着写"),
    ("Unclosed array", "方括号 [ ] 没有合上"),
    ("Unclosed inline table", "花括号 { } 没有合上"),
    ("Expected '='", "名字后面要有一个 ="),
    ("Expected ']", "方括号没有合上"),
    ("Expected newline or end of document", "一行只写一项，后面多了东西"),
    ("Invalid value", "等号后面的值不对：文字要放在引号里"),
    ("Invalid statement", "这一行读不懂：要写 名字 = 值，名字用英文字母"),
    ("Illegal character", "有不能用的字符"),
)
"""What the reader of TOML says, and what that is in words."""
TUNED = {"weight": ("count", "points"), "threshold": ("count", "points"), "level": ("level", ""), "on": ("flag", "flag")}
"""What of a rule a [[value]] may set, with the type and unit of it."""


def files_of(folder: Path) -> list[Path]:
    """Every file of a pack."""
    return sorted([*folder.glob("*.toml"), *folder.glob("cases/*.toml")])


def read_file(path: Path, where: str = "") -> tuple[str, dict[str, Any]]:
    """The text of a file and what it says.

    :raises RuleError: too large, not UTF-8, or not TOML
    """
    if path.stat().st_size > LARGEST_FILE:
        raise RuleError("文件太大了", where=where or path.name)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise RuleError("文件不是 UTF-8 编码", where=where or path.name) from None
    return text, read_text(text, where or path.name)


def read_text(text: str, where: str) -> dict[str, Any]:
    """What a TOML text says.

    :raises RuleError: it is not TOML
    """
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as why:
        raise _unreadable(str(why), where) from None
    except RecursionError:
        raise RuleError("TOML 套得太深了", where=where) from None
    except ValueError as why:  # a day there is not, a number too long to read
        raise RuleError(f"TOML 里有一个值不对：{why}", where=where) from None


def _unreadable(why: str, where: str) -> RuleError:
    """What a reader of TOML complains about, said so that one who writes rules can put it right."""
    at = re.search(r"line (\d+), column (\d+)", why)
    said = next((words for english, words in TOML_WORDS if english in why), f"TOML 写法不对（{why}）")
    return RuleError(f"TOML 写法不对：{said}", where=where, file_line=int(at[1]) if at else 0)


class Loading:
    """Reads all files first, then names, then parameters, then rules: order of files does not matter."""

    def __init__(self, folders: Sequence[Path], added: Sequence[tuple[str, str]]) -> None:
        self.folders, self.added = folders, added
        self.tables: dict[str, list[tuple[str, dict[str, Any]]]] = {table: [] for table in (*TABLES, "case")}
        self.told: list[tuple[date, str]] = []  # what the tables say, each with the day it became known
        self.mistakes: list[RuleError] = []
        self.unread: set[str] = set()  # names whose own table is wrong: rules that use them are not blamed for it
        self.money: Currency | None = None
        self.facts: Mapping[str, Fact] = {}

    def parts(self) -> dict[str, Any]:
        """Everything a Pack is made of.

        :raises RuleError: anything is not understood; carries every other mistake
        """
        for folder in self.folders:
            for path in files_of(folder):
                self._try(lambda folder=folder, path=path: self._file(folder, path), "")
        for title, text in self.added:
            self._try(lambda title=title, text=text: self._gather(title, text, read_text(text, title), (*TABLES, "case")), "")
        if self.mistakes:
            raise together(self.mistakes)
        held = self.money or Currency()
        facts = self.facts = self._facts()
        values = self._values_by_name()
        parameters = self._parameters(facts, values, held)
        self._tuned(parameters, values, held)
        names = Names(facts, {name: parameter.kind for name, parameter in parameters.items()}, held)
        writer = Writer(names)
        self._check_parameters(parameters, writer)
        self._settings(parameters)
        benefits, cells = self._matrix()
        found = {
            "names": names,
            "parameters": parameters,
            "programmes": self._rules("programme", writer.programme),
            "indicators": self._rules("indicator", writer.indicator),
            "overlaps": self._rules("overlap", writer.overlap),
            "supervision": self._rules("supervision", writer.supervision),
            "benefits": benefits,
            "stacking": cells,
            "responses": {raw.code: raw for raw in self._each("response", self._response)},
            "sources": {raw.code: raw for raw in self._each("source", self._source)},
            "cases": tuple(self._each("case", self._case)),
            "folders": tuple(str(folder) for folder in self.folders),
            "added": tuple((title, text) for title, text in self.added),
            "told": tuple(self.told),
        }
        self._tuned_there()
        if self.mistakes:
            every = [one for mistake in self.mistakes for one in mistake.every()]
            blamed = [mistake for mistake in every if mistake.missing not in self.unread] or every
            raise together(sorted(blamed, key=lambda mistake: (mistake.where.partition(" ")[0], mistake.file_line)))
        return found

    def _try(self, make: Callable[[], Any], where: str, file_line: int = 0) -> Any:
        """Run one step; a refusal is kept with its file and rule, and odd TOML values are a refusal too."""
        try:
            return make()
        except RuleError as why:
            self.mistakes.append(why.inside(where, file_line) if where else why)
        except (TypeError, AttributeError, KeyError, ValueError) as why:
            self.mistakes.append(RuleError(f"有一项的写法不对（{why}）", Place(), where=where, file_line=file_line))
        return None

    # -- files ---------------------------------------------------------------------------------------------------------

    def _file(self, folder: Path, path: Path) -> None:
        where = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        text, raw = read_file(path, where)
        if path.name == "pack.toml":
            self._try(lambda: self._about(raw), where)
            return
        self._gather(where, text, raw, ("case",) if path.parent != folder else (*TABLES, *OTHERS))

    def _about(self, raw: dict[str, Any]) -> None:
        keys(raw, "over note money", "name label")
        if "money" not in raw:
            return
        if not isinstance(raw["money"], dict):
            raise RuleError("money 要写成 [money] 的表", hint='：code = "USD"、unit = "dollars"、decimals = 2')
        keys(raw["money"], "decimals", "code unit")
        decimals = raw["money"].get("decimals", 2)
        if type(decimals) is not int or not 0 <= decimals <= 3:
            raise RuleError("money 的 decimals 要写 0 到 3")
        held = Currency(text_of(raw["money"], "code"), text_of(raw["money"], "unit"), decimals)
        if self.money is not None and self.money != held:
            raise RuleError(f"几个规则包用的钱不一样：{self.money.code} 和 {held.code}")
        self.money = held
        self.told.append((FIRST_DAY, json.dumps(["money", raw["money"]], sort_keys=True)))

    def _gather(self, where: str, text: str, raw: dict[str, Any], allowed: tuple[str, ...]) -> None:
        for table, entries in located(text, raw).items():
            if table not in allowed:
                self.mistakes.append(RuleError(f"不认识的一节“{table}”", hint=did_you_mean(table, allowed), where=where))
                continue
            if table in OTHERS:
                continue
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                self.mistakes.append(RuleError(f"“{table}”要写成 [[{table}]] 的表", where=where))
                continue
            self.tables[table] += [(where, entry) for entry in entries]
            if table != "case":
                self.told += [(_known(entry), json.dumps([table, entry], sort_keys=True, default=str)) for entry in entries]

    def _each(self, table: str, make: Callable[[dict[str, Any], str], Any]) -> list[Any]:
        found = []
        for where, raw in self.tables[table]:
            title = raw.get("code") or raw.get("name") or raw.get("parameter") or "?"
            made = self._try(lambda raw=raw, where=where: make(raw, where), f"{where} {table} {title}", line_of(raw))
            if made is not None:
                found.append(made)
            elif table in ("fact", "parameter"):
                self.unread.add(str(title))
        return found

    # -- names ---------------------------------------------------------------------------------------------------------

    def _facts(self) -> dict[str, Fact]:
        facts: dict[str, Fact] = {}

        def take(raw: dict[str, Any], where: str) -> bool:
            fact = read_fact(raw)
            if facts.setdefault(fact.name, fact) != fact:
                raise RuleError(f"事实 {fact.name} 写了两遍，而且不一样")
            return True

        self._each("fact", take)
        return facts

    # -- numbers -------------------------------------------------------------------------------------------------------

    def _values_by_name(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for _, raw in self.tables["value"]:
            found.setdefault(str(raw.get("parameter")), []).append(raw)
        return found

    def _parameters(
        self, facts: Mapping[str, Fact], values: Mapping[str, list[dict[str, Any]]], held: Currency
    ) -> dict[str, Parameter]:
        parameters: dict[str, Parameter] = {}

        def take(raw: dict[str, Any], where: str) -> bool:
            parameter = read_parameter(raw, facts, values.get(str(raw.get("name")), []), held)
            if parameter.kind.name in parameters:
                raise RuleError(f"参数 {parameter.kind.name} 写了两遍")
            parameters[parameter.kind.name] = parameter
            return True

        self._each("parameter", take)
        return parameters

    def _tuned(self, parameters: dict[str, Parameter], values: Mapping[str, Any], held: Currency) -> None:
        """What values set of rules: a parameter for each, that only the rule itself reads."""
        for name in values:
            code, _, what = name.partition(".")
            if kind := TUNED.get(what.rpartition(".")[2]):
                parameters[name] = Parameter(Kind(name, *kind, label=name), tuple(LEVELS), rule=code, money=held)

    def _tunable(self) -> set[str]:
        """What a value may set of the rules as they are written, whether or not those are understood."""
        names = set()
        for table in ("indicator", "supervision"):
            for _, raw in self.tables[table]:
                code = raw.get("code")
                names |= {f"{code}.on", f"{code}.level"}
                if raw.get("mode") == "points":
                    clauses = raw.get("clause") if isinstance(raw.get("clause"), list) else []
                    names |= {
                        f"{code}.threshold",
                        *(f"{code}.{one.get('name')}.weight" for one in clauses if isinstance(one, dict)),
                    }
        return names

    def _tuned_there(self) -> None:
        """Refuse a value for something of a rule that the rule does not have."""
        there = self._tunable()
        for where, raw in self.tables["value"]:
            name = raw.get("parameter")
            if not isinstance(name, str) or "." not in name or name in there:
                continue
            own = sorted(known for known in there if known.partition(".")[0] == name.partition(".")[0])
            hint = did_you_mean(name, own) or (f"；能改的有 {'、'.join(own)}" if own else did_you_mean(name, there))
            at = f"{where} value {name}"
            self.mistakes.append(RuleError(f"没有“{name}”可以改", hint=hint, where=at, file_line=line_of(raw, "parameter")))

    def _check_parameters(self, parameters: dict[str, Parameter], writer: Writer) -> None:
        """Formulas and tables that are wrong are refused even where no rule reads them, and the rules that do are not blamed."""
        before = len(self.mistakes)

        def check(kind: Kind, key: str, where: str, raw: dict[str, Any], make: Callable[[], Any]) -> None:
            nonlocal before
            self._try(make, f"{where} {kind.name} {key}", line_of(raw, key))
            if len(self.mistakes) > before:
                before = len(self.mistakes)
                self.unread.add(kind.name)

        for where, raw in self.tables["parameter"]:
            kind = parameters[str(raw.get("name"))].kind if str(raw.get("name")) in parameters else None
            if kind is not None and kind.by and kind.by not in writer.names.facts:
                check(kind, "by", f"{where} parameter", raw, lambda kind=kind: writer.table(kind))
        for where, raw in self.tables["value"]:
            kind = parameters[str(raw.get("parameter"))].kind if str(raw.get("parameter")) in parameters else None
            if kind is None or kind.type != "formula" or not isinstance(raw.get("is"), str):
                continue
            check(kind, "is", f"{where} value", raw, lambda kind=kind, raw=raw: formula(raw["is"], writer.names, kind))
            for said in ("says", "says_not"):
                check(
                    kind, said, f"{where} value", raw,
                    lambda kind=kind, raw=raw, said=said: writer.words(text_of(raw, said), Named(), kind.subject),
                )  # fmt: skip

    def _settings(self, parameters: dict[str, Parameter]) -> None:
        self._each("value", lambda raw, where: self._setting(raw, parameters))

    def _setting(self, raw: dict[str, Any], parameters: dict[str, Parameter]) -> bool | None:
        keys(raw, "place from to known_since source says says_not", "parameter is")
        name, written = raw["parameter"], raw["is"]
        parameter = parameters.get(name)
        if parameter is None:
            if name in self.unread:
                return None
            if isinstance(name, str) and "." in name:  # named with the rules
                return None
            raise RuleError(f"没有参数 {name!r}", hint=did_you_mean(str(name), [n for n, p in parameters.items() if not p.rule]))
        kind = parameter.kind
        if kind.type == "formula":
            if not isinstance(written, str):
                raise RuleError(f"P.{name} 的值要写式子，放在引号里")
            value: Any = kind.variants.index(variant_of(raw))
        else:
            if "says" in raw or "says_not" in raw:
                raise RuleError("只有 formula 的值写 says 和 says_not")
            if isinstance(written, dict) and kind.by:
                check_split(kind, written, self.facts)
            value = parameter.value_of(written)
        from_on = day_of(raw, "from", FIRST_DAY)
        parameter.add(
            Setting(
                place_of(str(raw.get("place", ""))), from_on, day_of(raw, "to", LAST_DAY),
                day_of(raw, "known_since", from_on), value, text_of(raw, "source"),
            )
        )  # fmt: skip
        return True

    def _matrix(self) -> tuple[dict[str, Benefit], tuple[Stacking, ...]]:
        """What may be held together, and the overlap rules that follow from it."""
        benefits = {benefit.code: benefit for benefit in self._each("benefit", read_benefit)}
        cells = tuple(self._each("stacking", read_stacking))

        def follow() -> None:
            check_matrix(benefits, cells)
            self.tables["overlap"] += overlap_tables(benefits, self.tables["stacking"])

        if len(cells) == len(self.tables["stacking"]):
            self._try(follow, "")
        return benefits, cells

    # -- rules and the rest ----------------------------------------------------------------------------------------------

    def _rules(self, table: str, make: Callable[[dict[str, Any], str], Any]) -> dict[str, tuple[Any, ...]]:
        rules: dict[str, tuple[Any, ...]] = {}

        def take(raw: dict[str, Any], where: str) -> bool:
            rule = make(raw, where)
            for other in rules.get(rule.code, ()):
                both = rule.from_on <= other.to_on and other.from_on <= rule.to_on
                if both and rule.known_since == other.known_since:
                    hint = "：请写清各自的 from 和 to；要用新的代替旧的，请写新的是从哪天知道的 known_since"
                    raise RuleError(f"{rule.code} 有两个版本同时有效", hint=hint)
            rules[rule.code] = (*rules.get(rule.code, ()), rule)
            return True

        self._each(table, take)
        return rules

    def _response(self, raw: dict[str, Any], where: str) -> Response:
        keys(raw, "contact_hours note", "code label visit_working_days")
        hours, days = raw.get("contact_hours"), raw["visit_working_days"]
        if type(days) is not int or (hours is not None and type(hours) is not int):
            raise RuleError("visit_working_days 和 contact_hours 要写整数")
        return Response(text_of(raw, "code"), text_of(raw, "label"), hours, days, text_of(raw, "note"))

    def _source(self, raw: dict[str, Any], where: str) -> Source:
        keys(raw, "", "code label department")
        return Source(text_of(raw, "code"), text_of(raw, "label"), text_of(raw, "department"))

    def _case(self, raw: dict[str, Any], where: str) -> Case:
        keys(raw, "area facts members parameters record", "name rule on expect")
        for key in ("facts", "parameters", "expect", "record"):
            if not isinstance(raw.get(key, {}), dict):
                raise RuleError(f"“{key}”要写成 {{ 名称 = 值 }}")
        members = raw.get("members", [])
        if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
            raise RuleError("“members”要写成 [{ 名称 = 值 }, …]")
        place_of(str(raw.get("area", "")))
        return Case(
            text_of(raw, "name"), text_of(raw, "rule"), day_of(raw, "on", FIRST_DAY), str(raw.get("area", "")),
            raw.get("facts", {}), tuple(members), raw.get("parameters", {}), raw["expect"], where, raw.get("record", {}),
        )  # fmt: skip


def version_of(told: Sequence[tuple[date, str]], known_on: date) -> str:
    """The first 16 hex digits of the SHA-256 over what was known on a day: the same rules, the same version."""
    said = sorted(text for known, text in told if known <= known_on)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def _known(entry: Mapping[str, Any]) -> date:
    known = entry.get("known_since", entry.get("from", FIRST_DAY))
    return known if type(known) is date else FIRST_DAY
