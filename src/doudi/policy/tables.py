"""Tables of households from outside → households as rules see them; a column or value that is not understood is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from doudi.facts.household import Household, Member, Value
from doudi.policy.language.errors import did_you_mean
from doudi.policy.language.names import COUNT_UNITS, LARGEST_MONEY, YUAN, Currency, Fact, Names

IDS = ("id", "household", "household_id", "hid", "家庭编号", "编号")
PERSON_IDS = ("id", "person", "person_id", "pid", "人员编号", "编号")
HOUSEHOLDS = ("household", "household_id", "hid", "家庭编号")
ASIDE = {"name": "name", "姓名": "name", "relation": "relation", "与户主关系": "relation"}
AREAS = ("area", "区划代码")
PERSONS = ("persons", "成员")
UNKNOWN_WORDS = frozenset(("", "unknown", "null", "none", "na", "n/a", "nan", "不知道", "未知", "不详", "不清楚"))
YES = frozenset(("true", "yes", "y", "1", "是", "有", "t"))
NO = frozenset(("false", "no", "n", "0", "否", "无", "没有", "f"))
OLDEST, NEWEST = date(1901, 1, 1), date(2199, 12, 31)


class TableError(ValueError):
    """A table that cannot be read: which row, which column, what is wrong, what was probably meant."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table are: facts by column, and where the rest stands."""

    facts: Mapping[str, Fact]
    id: str
    household: str
    area: str
    persons: str
    aside: Mapping[str, str]
    money: Currency


def columns(given: Iterable[str], names: Names, *, persons: bool) -> Columns:
    """Recognise columns by catalogue name or Chinese label.

    :raises TableError: no id, a column that is not in the catalogue, or one fact twice
    """
    catalogue = {name: fact for name, fact in names.facts.items() if fact.subject in ("person", "household")}
    labels = {fact.label: fact for fact in catalogue.values()}
    facts: dict[str, Fact] = {}
    found: dict[str, str] = {}
    aside: dict[str, str] = {}
    ids = PERSON_IDS if persons else IDS
    for column in given:
        word = str(column).strip().removeprefix("\ufeff")
        fact = catalogue.get(word) or catalogue.get(word.lower()) or labels.get(word)
        lower = word.lower()
        if fact is not None:
            if fact in facts.values():
                raise TableError(f"“{fact.label}”（{fact.name}）有两列")
            if persons and fact.subject == "household":
                raise TableError(f"“{word}”说的是家庭，要写在家庭表里")
            facts[column] = fact
        elif persons and lower in HOUSEHOLDS:
            found["household"] = column
        elif lower in ids and "id" not in found:
            found["id"] = column
        elif lower in AREAS:
            found["area"] = column
        elif lower in PERSONS and not persons:
            found["persons"] = column
        elif lower in ASIDE:
            aside[column] = ASIDE[lower]
        else:
            known = [*catalogue, *IDS[:2], *AREAS[:1]]
            hint = did_you_mean(word, known, labels=names.labels) or "；能用的列名见 doudi rules list --facts"
            wanted = (
                "" if persons or any(str(one).strip().lower() in ids for one in given) else f"。编号列要叫 {'、'.join(IDS)} 之一"
            )
            raise TableError(f"不认识的列“{word}”{hint}{wanted}")
    if "id" not in found and not persons:
        raise TableError(f"没有编号列：要有一列叫 {'、'.join(IDS)} 之一")
    return Columns(
        facts,
        found.get("id", ""),
        found.get("household", ""),
        found.get("area", ""),
        found.get("persons", ""),
        aside,
        names.money,
    )


def value(written: Any, fact: Fact, held: Currency = YUAN) -> Value:
    """A value as written (money in whole units, such as yuan) → as rules count it; empty is unknown.

    :raises TableError: it does not fit the fact
    """
    if written is None or (isinstance(written, float) and written != written):
        return None
    text = str(written).strip()
    if isinstance(written, str) and text.lower() in UNKNOWN_WORDS and text not in fact.codes:  # a code may be called "none"
        return None
    try:
        match fact.type:
            case "flag":
                return _flag(written, text)
            case "code":
                return _code(text, fact)
            case "date":
                return _date(written, text)
            case "money":
                return _money(written, text, held)
        return _count(written, text, fact)
    except (ValueError, InvalidOperation) as why:
        raise TableError(f"“{fact.label}”（{fact.name}）写的是“{written}”：{why}") from None


def _flag(written: Any, text: str) -> bool:
    if isinstance(written, bool):
        return written
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise ValueError("要写 是 或 否（true / false）")


def _code(text: str, fact: Fact) -> str:
    if text in fact.codes:
        return text
    by_label = [code for code, label in fact.codes.items() if label == text]
    if by_label:
        return by_label[0]
    hint = did_you_mean(text, fact.codes, labels=dict(fact.codes))
    raise ValueError(f"能写的有 {'、'.join(f'{code}（{label}）' for code, label in fact.codes.items())}{hint}")


def _date(written: Any, text: str) -> date:
    day = written.date() if isinstance(written, datetime) else written if isinstance(written, date) else date.fromisoformat(text)
    if not OLDEST <= day <= NEWEST or (isinstance(written, str) and len(text) != 10):
        raise ValueError("日期要写成 2026-07-01")
    return day


def _money(written: Any, text: str, held: Currency) -> int:
    if isinstance(written, bool):
        raise ValueError("要写金额")
    if isinstance(written, float | Decimal):
        exact = Decimal(repr(written)) if isinstance(written, float) else written
        text = f"{exact.normalize():f}"
    amount = held.pieces(text)
    if abs(amount) > LARGEST_MONEY:
        raise ValueError(f"太大了，请核对单位是不是{held.unit}")
    return amount


def _count(written: Any, text: str, fact: Fact) -> int:
    if isinstance(written, bool):
        raise ValueError("要写整数")
    number = Decimal(repr(written)) if isinstance(written, float) else Decimal(text)
    if not number.is_finite() or number != number.to_integral_value():
        raise ValueError("要写整数")
    if not 0 <= number <= COUNT_UNITS[fact.unit]:
        raise ValueError(f"要在 0 到 {COUNT_UNITS[fact.unit]} 之间")
    return int(number)


def facts_of(row: Mapping[str, Any], found: Columns, where: str) -> dict[str, Value]:
    """The facts of one row.

    :raises TableError: with the row and the column
    """
    facts = {}
    for column, fact in found.facts.items():
        try:
            facts[fact.name] = value(row.get(column), fact, found.money)
        except TableError as why:
            raise TableError(f"{where}：{why}") from None
    return facts


def households(
    rows: Sequence[Mapping[str, Any]], names: Names, *, persons: Sequence[Mapping[str, Any]] | None = None
) -> list[Household]:
    """Read a table of households; members are nested under `persons`, in a table of their own, or columns of a household of one.

    :raises TableError: a row or column is not understood, an id is missing or used twice, a person belongs to no household
    """
    if not rows:
        raise TableError("表是空的，一个家庭也没有")
    given = list(dict.fromkeys(column for row in rows for column in row))
    found = columns(given, names, persons=False)
    alone = {column: fact for column, fact in found.facts.items() if fact.subject == "person"}
    if alone and (persons is not None or found.persons):
        raise TableError(f"“{next(iter(alone))}”说的是个人，有成员表的时候要写在成员表里")
    members = _members_by_household(persons, names) if persons is not None else {}
    made: dict[str, Household] = {}
    for number, row in enumerate(rows, start=1):
        where = f"第 {number} 行"
        hid = _id(row.get(found.id), where)
        if hid in made:
            raise TableError(f"{where}：编号 {hid} 已经有了")
        facts = facts_of(row, found, where)
        own = {name: facts.pop(name) for name in [fact.name for fact in alone.values()]}
        if alone:
            people: tuple[Member, ...] = (_member(row, own, found, hid),)
        elif found.persons:
            people = _nested(row.get(found.persons), names, hid, where)
        else:
            people = members.pop(hid, ())
        area = str(row.get(found.area) or "") if found.area else ""
        made[hid] = Household(hid, area, facts, people)
    if members:
        raise TableError(f"成员表里的家庭 {next(iter(members))} 不在家庭表里")
    return list(made.values())


def _id(written: Any, where: str) -> str:
    text = "" if written is None else str(written).strip()
    if not text:
        raise TableError(f"{where}：没有编号")
    return text


def _member(row: Mapping[str, Any], facts: dict[str, Value], found: Columns, pid: str) -> Member:
    aside = {kind: str(row.get(column) or "") for column, kind in found.aside.items()}
    return Member(pid, facts, aside.get("relation") or None, aside.get("name", ""))


def _nested(written: Any, names: Names, hid: str, where: str) -> tuple[Member, ...]:
    if written is None:
        return ()
    if not isinstance(written, list) or not all(isinstance(entry, dict) for entry in written):
        raise TableError(f"{where}：persons 要写成成员的清单")
    found = columns(dict.fromkeys(column for entry in written for column in entry), names, persons=True)
    return tuple(
        _member(entry, facts_of(entry, found, f"{where}第 {n} 位成员"), found, str(entry.get(found.id) or f"{hid}-{n}"))
        for n, entry in enumerate(written, start=1)
    )


def _members_by_household(rows: Sequence[Mapping[str, Any]], names: Names) -> dict[str, tuple[Member, ...]]:
    if not rows:
        return {}
    found = columns(dict.fromkeys(column for row in rows for column in row), names, persons=True)
    if not found.household:
        raise TableError(f"成员表里没有家庭编号：要有一列叫 {'、'.join(HOUSEHOLDS)} 之一")
    members: dict[str, tuple[Member, ...]] = {}
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        where = f"成员表第 {number} 行"
        hid = _id(row.get(found.household), where)
        pid = str(row.get(found.id) or "") or f"{hid}-{len(members.get(hid, ())) + 1}"
        if pid in seen:
            raise TableError(f"{where}：成员编号 {pid} 已经有了")
        seen.add(pid)
        members[hid] = (*members.get(hid, ()), _member(row, facts_of(row, found, where), found, pid))
    return members
