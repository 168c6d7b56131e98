"""Which benefits may be held together: the cells of the stacking matrix as data, and the overlap rules that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from doudi.policy.entries import articles_of, day_of, keys, text_of
from doudi.policy.language.errors import RuleError, did_you_mean
from doudi.policy.parameters import FIRST_DAY, LAST_DAY
from doudi.policy.rules import Article

Relation = Literal["X", "D", "C", "ok"]
Income = Literal["counted", "not_counted", "local", ""]
RELATIONS = {"X": "不能一起领", "D": "只补差", "C": "选一样", "ok": "可以一起领"}
INCOMES = {"counted": "算收入", "not_counted": "不算收入", "local": "算不算收入由地方定", "": ""}


@dataclass(frozen=True, slots=True)
class Benefit:
    """A benefit as the matrix knows it, and how a roll shows that somebody holds it."""

    code: str
    label: str
    held: str = ""  # a condition on a person's facts; empty when no fact tells
    since: str = ""  # the fact that says from which day
    covers: tuple[str, ...] = ()  # what it stands for where one cell speaks of several


@dataclass(frozen=True, slots=True)
class Stacking:
    """One cell of the matrix: two benefits, whether they may be held together, from when to when, by which article."""

    code: str
    label: str
    row: str
    column: str
    relation: Relation
    from_on: date
    to_on: date
    articles: tuple[Article, ...]
    income: Income = ""  # whether the column's benefit counts as income for the row's
    keeps: str = ""  # X: which of the two stays, where the law says so
    pays: str = ""  # D: which of the two is paid as the difference
    kind: str = ""  # holds only where the row's benefit is of this kind (full, difference)
    under_age: int = 0  # holds only for persons younger than this
    grade: str = ""
    note: str = ""
    where: str = ""

    def article_on(self, on: date) -> str:
        """The articles in force on a day, in one line."""
        return "；".join(article.text for article in self.articles if article.from_on <= on <= article.to_on)


def read_benefit(raw: Mapping[str, Any], where: str) -> Benefit:
    """One [[benefit]] table.

    :raises RuleError: a key nobody reads, or one that is missing
    """
    keys(raw, "held since covers", "code label")
    covers = raw.get("covers", [])
    if not isinstance(covers, list) or not all(isinstance(one, str) for one in covers):
        raise RuleError("“covers”要写代码的清单")
    return Benefit(text_of(raw, "code"), text_of(raw, "label"), text_of(raw, "held"), text_of(raw, "since"), tuple(covers))


def read_stacking(raw: Mapping[str, Any], where: str) -> Stacking:
    """One [[stacking]] table; the words of its overlap rule are read by `overlap_tables`.

    :raises RuleError: a key nobody reads, one that is missing, or a code there is not
    """
    optional = "to article articles income keeps pays kind under_age grade note if says innocent"
    keys(raw, optional, "code label row column relation from")
    for key, known in (("relation", RELATIONS), ("income", INCOMES)):
        if raw.get(key, "") not in known and (key == "relation" or raw.get(key)):
            raise RuleError(f"{key} 写的是 {raw[key]!r}", hint=f"：要写 {'、'.join(filter(None, known))}")
    sides = (raw["row"], raw["column"])
    for key, relation in (("keeps", "X"), ("pays", "D")):
        if key in raw and (raw["relation"] != relation or raw[key] not in sides):
            raise RuleError(f"“{key}”只用在 relation = {relation!r}，写 {sides[0]} 或 {sides[1]}")
    if raw["relation"] == "D" and "pays" not in raw:
        raise RuleError("只补差的要写 pays：补差的是哪一样")
    from_on, to_on = day_of(raw, "from", FIRST_DAY), day_of(raw, "to", LAST_DAY)
    if to_on < from_on:
        raise RuleError(f"从 {from_on} 到 {to_on}：结束比开始还早")
    age = raw.get("under_age", 0)
    if type(age) is not int or not 0 <= age <= 200:
        raise RuleError("“under_age”要写岁数")
    return Stacking(
        code=text_of(raw, "code"),
        label=text_of(raw, "label"),
        row=text_of(raw, "row"),
        column=text_of(raw, "column"),
        relation=cast(Relation, raw["relation"]),
        from_on=from_on,
        to_on=to_on,
        articles=articles_of(raw),
        income=cast(Income, raw.get("income", "")),
        keeps=text_of(raw, "keeps"),
        pays=text_of(raw, "pays"),
        kind=text_of(raw, "kind"),
        under_age=age,
        grade=text_of(raw, "grade"),
        note=text_of(raw, "note"),
        where=where,
    )


def check_matrix(benefits: Mapping[str, Benefit], cells: Iterable[Stacking]) -> None:
    """Every name there is; no two cells speak of the same two benefits, kind and day.

    :raises RuleError: says which
    """
    seen: list[Stacking] = []
    for benefit in benefits.values():
        for covered in benefit.covers:
            if covered not in benefits:
                raise RuleError(f"{benefit.code} 的 covers 里没有“{covered}”", hint=did_you_mean(covered, benefits))
    for cell in cells:
        for side in (cell.row, cell.column):
            if side not in benefits:
                raise RuleError(f"没有“{side}”这一样", hint=did_you_mean(side, benefits), where=f"{cell.where} {cell.code}")
        for other in seen:
            same = {cell.row, cell.column} == {other.row, other.column} and cell.kind == other.kind
            if same and cell.from_on <= other.to_on and other.from_on <= cell.to_on:
                raise RuleError(f"{cell.row} 和 {cell.column} 写了两遍", where=f"{cell.where} {cell.code}")
        seen.append(cell)


def overlap_tables(
    benefits: Mapping[str, Benefit], written: Sequence[tuple[str, dict[str, Any]]]
) -> list[tuple[str, dict[str, Any]]]:
    """The [[overlap]] tables that follow from the cells X and C of benefits rolls show, and since when; one for each code.

    written: the [[stacking]] tables as read. One truth: an overlap rule about these pairs is not written anywhere else.
    """
    grouped: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for where, raw in written:
        row, column = benefits[raw["row"]], benefits[raw["column"]]
        if raw["relation"] in ("X", "C") and row.held and column.held and (row.since or column.since) and row is not column:
            grouped.setdefault(raw["code"], []).append((where, raw))
    return [(group[0][0], _overlap(code, benefits, [raw for _, raw in group])) for code, group in grouped.items()]


def _overlap(code: str, benefits: Mapping[str, Benefit], cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    pairs = [(benefits[raw["row"]], benefits[raw["column"]], raw.get("if", "")) for raw in cells]
    tests = [
        " and ".join(filter(None, (f"({row.held}) and ({column.held})", extra and f"({extra})"))) for row, column, extra in pairs
    ]
    begins = [_later([benefit.since for benefit in (row, column) if benefit.since]) for row, column, _ in pairs]
    if len(set(begins)) == 1:
        since = begins[0]
    else:
        chosen = [f"when coalesce({test}, false) then {begun}" for test, begun in zip(tests, begins, strict=True)]
        since = f"case {' '.join(chosen)} end"
    counts = " + ".join(f"case when coalesce({test}, false) then 1 else 0 end" for test in tests)
    articles = [article for raw in cells for article in raw.get("articles", [{"is": raw["article"]}] if "article" in raw else [])]
    made = {
        "code": code,
        "label": cells[0]["label"],
        "from": min(raw["from"] for raw in cells),
        "to": max(raw.get("to", LAST_DAY) for raw in cells),
        "articles": [article for place, article in enumerate(articles) if article not in articles[:place]],
        "if": " or ".join(f"({test})" for test in tests),
        "since": since,
        "counts": counts if len(tests) > 1 else "1",
        "says": next((raw["says"] for raw in cells if raw.get("says")), cells[0]["label"]),
        "innocent": list(dict.fromkeys(one for raw in cells for one in raw.get("innocent", []))),
    }
    return made


def _later(days: list[str]) -> str:
    """The later of two days; the one that is known when the other is not."""
    first, *others = dict.fromkeys(days)
    if not others:
        return first
    second = others[0]
    later = f"when {first} >= {second} then {first} else {second}"
    return f"case when {first} is null then {second} when {second} is null then {first} {later} end"
