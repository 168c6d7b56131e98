"""Checks of a whole roll against another list, read from the packs' [[check]] tables and compiled by the language of rules."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from doudi.policy.entries import keys, text_of
from doudi.policy.language.check import condition
from doudi.policy.language.core import Core
from doudi.policy.language.errors import RuleError
from doudi.policy.language.names import Fact, Names
from doudi.policy.language.sql import Counted, Sql
from doudi.policy.pack import DEFAULT, SHIPPED

ROLL = "@roll"  # a roll against itself
_TYPES = {"date": "date", "month": "date", "money": "money", "integer": "count", "flag": "flag", "code": "code"}


@dataclass(frozen=True)
class Column:
    """A column of a list as a check sees it."""

    name: str
    label: str
    type: str
    codes: tuple[str, ...] = ()


Lists = Mapping[str, Sequence[Column]]  # dataset → its columns


@dataclass(frozen=True)
class RollCheck:
    """One check: whom it is about, where it looks, when it hits, what it says, what the hit may innocently be."""

    code: str
    label: str
    against: str
    test: str
    article: str = ""
    rolls: tuple[str, ...] = ()
    unless: str = ""
    latest: str = ""
    same: tuple[str, ...] = ()
    sum: str = ""
    says: str = ""
    innocent: tuple[str, ...] = ()

    def other(self, roll: str) -> str:
        """The dataset looked at."""
        return roll if self.against == ROLL else self.against


def read_checks(packs: Sequence[str | Path] = DEFAULT) -> tuple[RollCheck, ...]:
    """Every check of the packs, in the order written; a later pack's check of the same code, roll and list wins.

    :raises RuleError: a key nobody reads, or one that is missing
    """
    found: dict[tuple[str, str, tuple[str, ...]], RollCheck] = {}
    for pack in packs:
        folder = SHIPPED / pack if isinstance(pack, str) else pack
        for path in sorted(folder.glob("*.toml")):
            for raw in tomllib.loads(path.read_text("utf-8")).get("check", []):
                one = _read(raw, path.name)
                found[one.code, one.against, one.rolls] = one
    return tuple(found.values())


def _read(raw: dict[str, Any], where: str) -> RollCheck:
    keys(raw, "rolls unless latest same sum says innocent", "code label against if article")
    for key in ("rolls", "same", "innocent"):
        if not all(isinstance(one, str) for one in raw.get(key, [])):
            raise RuleError(f"“{key}”要写成文字的列表", where=where)
    return RollCheck(
        code=text_of(raw, "code"),
        label=text_of(raw, "label"),
        against=text_of(raw, "against"),
        test=text_of(raw, "if"),
        article=text_of(raw, "article"),
        rolls=tuple(raw.get("rolls", ())),
        unless=text_of(raw, "unless"),
        latest=text_of(raw, "latest"),
        same=tuple(raw.get("same", ())),
        sum=text_of(raw, "sum"),
        says=text_of(raw, "says"),
        innocent=tuple(raw.get("innocent", ())),
    )


def pick(checks: Sequence[RollCheck], roll: str, against: str, lists: Lists) -> list[RollCheck]:
    """The checks meant by a word: the code of a check, or a dataset. Two lists nobody wrote a check for are compared by month.

    :raises RuleError: no such check and no such dataset
    """
    fits = [one for one in checks if (not one.rolls or roll in one.rolls) and against in (one.code, one.against)]
    if fits:
        return fits
    if against not in lists:
        known = sorted({one.code for one in checks} | set(lists))
        raise RuleError(f"没有“{against}”这个核对项，也没有这个数据集；有的是 {'、'.join(known)}")
    return [_by_month(roll, against, lists)]


def _by_month(roll: str, against: str, lists: Lists) -> RollCheck:
    """Both lists hold the person in the same month, as far as they tell from when to when."""
    tests = []
    for side, dataset in (("roll", roll), ("other", against)):
        names = {column.name for column in lists[dataset] if column.type == "date"}
        if "from_date" in names:
            tests.append(f"coalesce({side}_from_date <= month_last, true)")
        tests += [f"coalesce({side}_{end} >= month_first, true)" for end in ("to_date", "valid_to") if end in names]
    return RollCheck(against, "同月在两份名单上", against, " and ".join(tests) or "true", says="同月也在另一份名单上")


@dataclass(frozen=True)
class Compiled:
    """A check as SQL over p, a row of both lists: columns roll_<name>, other_<name>, month_first, month_last, total."""

    check: RollCheck
    test: str
    unless: str


def compile_check(check: RollCheck, roll: str, lists: Lists, on: date) -> Compiled:
    """Compile a check for one roll and day; everything it names must be there and of the right kind.

    :raises RuleError: it is not understood
    """
    where = f"check {check.code}"
    other = check.other(roll)
    facts = {
        name: Fact(name, "person", "date", "date", label)
        for name, label in (("month_first", "当月第一天"), ("month_last", "当月最后一天"))
    }
    for side, dataset in (("roll", roll), ("other", other)):
        for column in lists[dataset]:
            if fact := _fact(side, column):
                facts[fact.name] = fact
    columns = {column.name for column in lists[other]}
    for name in (*check.same, *filter(None, (check.latest, check.sum))):
        if name not in columns:
            raise RuleError(f"{other} 没有“{name}”这一列", where=where)
    if check.sum:
        facts["total"] = Fact("total", "person", "money", "fen", "合计")
    names = Names(facts)
    sql = Sql(on, _no_parameter, Counted())

    def compiled(text: str) -> str:
        try:
            core: Core = condition(text, names, "person")
        except RuleError as why:
            raise why.inside(where) from None
        return sql.text(core)

    for name in re.findall(r"\{(\w+)\}", check.says):
        if name not in facts:
            raise RuleError(f"says 里的“{name}”不认识", where=where)
    return Compiled(check, compiled(check.test), compiled(check.unless) if check.unless else "")


def _no_parameter(name: str) -> str:
    raise RuleError(f"核对项里不能用参数 P.{name}")


def _fact(side: str, column: Column) -> Fact | None:
    kind = _TYPES.get(column.type)
    name = f"{side}_{column.name}"
    if kind is None:
        return None
    if kind == "code" and all(code.isdigit() for code in column.codes):
        return Fact(name, "person", "count", "grade", column.label)
    units = {"date": "date", "money": "fen", "count": "count", "flag": "flag", "code": "code"}
    codes = {code: code for code in column.codes} if kind == "code" else {}
    return Fact(name, "person", kind, units[kind], column.label, codes=codes)  # type: ignore[arg-type]
