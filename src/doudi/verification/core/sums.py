"""The household as a whole: what only people can tell, what is still silent, and the sums a limit is held against."""

from __future__ import annotations

from collections.abc import Sequence

from doudi.verification.core.compared import (
    ALL_TOLD,
    ASSETS,
    MONEY_TOTALS,
    NOT_ASKED,
    OPEN,
    SILENT_SOURCE,
    Answers,
    Compared,
    Declared,
    Somebody,
    found_row,
    yuan,
)
from doudi.verification.core.kinds import property_words
from doudi.verification.core.reading import INCOMES, Row


def of_household(
    programme: str, living: Sequence[Somebody], said: Sequence[Declared], held: Answers, items: Sequence[Compared]
) -> list[Compared]:
    """What no source can tell of the household, and property sources that are silent about those who were asked about.

    :param items: of each person; what was found of supporters is put before who judges whether they can help (T43 Art. 8)
    """
    asked = [one for one in living if one.pid in held.pids]
    rows = [(one, row) for one in asked for row in held.rows(one.pid, "dwelling")]
    trades = tuple(
        found_row(
            row, one.name, f"{row['values'].get('event_date')} {'买入' if row['values'].get('event') == 'bought' else '卖出'}一处"
        )
        for one, row in rows
    )
    silent = held.open([one.pid or one.key for one in living], "dwelling")
    none = "房屋交易还没有查回来" if silent else "没有买卖记录"
    line = next((each for each in said if each.kind == "homes"), None)
    data = "；".join(f"{each.whose} {each.words}" for each in trades) or none
    heading, says = "家里有几处能住的房子", line.words if line else NOT_ASKED
    homes = Compared("homes", "homes", "", "", heading, line, data, says, OPEN, trades, at_least=True, unanswered=silent)
    found = [homes]
    if programme == "tekun":
        supporter, care = "有没有该照顾他、也能照顾他的人", "数据看不出来，要两个人上门评估"
        theirs = [one for one in items if one.is_supporter]
        data = "；".join(f"{one.heading}：{one.data_says}" for one in theirs) or "数据看不出来"
        rows_of = tuple(row for one in theirs for row in one.found)
        found.append(Compared("supporter", "supporter", "", "", supporter, None, data, NOT_ASKED, OPEN, rows_of))
        found.append(Compared("self_care", "self_care", "", "", "六项自理能力", None, care, NOT_ASKED, OPEN))
    for dataset, words in property_words().items():
        missing = [one.name for one in asked if one.is_adult and held.open([one.pid], dataset)]
        if missing:
            heading = f"{words}（{'、'.join(missing)}）"
            says = "没有回话，不等于没有"
            found.append(
                Compared(
                    f"silent:{dataset}", "silent", "", "", heading, None, says, "没有说过", SILENT_SOURCE, unanswered=(dataset,)
                )
            )
    return found


TOTALS = {
    "income": ("家里每月的收入", ("insurance", "unemployed", "income")),
    "deposit": ("家里的存款等金融资产", ASSETS),
    "vehicle": ("家里的汽车", ("vehicle",)),
    "business": ("家里的企业和个体户", ("business",)),
    "homes": ("家里的住房", ("dwelling",)),
}
NOT_KNOWN = "还不知道"
# What is open though no source is silent, in words.
OWN_WORD = "家里人自己说的收入"  # of field work, trade, rent, and what relatives give no source knows
BENEFIT = "失业金每月多少"  # the source says that it is drawn, not how much
WAGE = "还在缴公积金的人工资多少"
BALANCE = "公积金账户里有多少"  # who sends only changes of contributions tells no balance


def totals(counting: Sequence[Somebody], said: Sequence[Declared], held: Answers, items: Sequence[Compared]) -> list[Compared]:
    """The sums over who lives together. Nothing is a number only where every source said so about everybody, and, of income, the
    family itself has told of all it has; else it is at least what was found, or not known. Homes are never more than "at least":
    trades show no more. What only the family named stands beside what was found, and is held against the limit with it.
    """
    living = {one.pid for one in counting if one.pid}
    everybody = [one.pid or one.key for one in counting]
    found = []
    for kind, (heading, datasets) in TOTALS.items():
        of_kind = ASSETS if kind == "deposit" else (kind,)
        mine = [one for one in items if one.kind in of_kind and one.pid in living and not one.is_supporter]
        silent = held.open(everybody, *datasets)
        if kind == "income":
            silent = (*silent, *_incomes_open(mine, said, held, living))
        elif kind == "deposit" and any(not row["values"].get("balance") for _, row in _of(held, living, "housing_fund")):
            silent = (*silent, BALANCE)
        at_least = bool(silent) or not counting or kind == "homes" or any(one.at_least for one in mine)
        money = kind in MONEY_TOTALS
        number = sum(one.found_fen or 0 for one in mine) if money else _homes(items) if kind == "homes" else _things(mine)
        known = None if at_least and not number else number
        told = [one.said_fen for one in mine if one.said_fen is not None]
        told += [one.fen for one in _only_named(kind, of_kind, living, said, mine)]
        only_said = sum(told) - sum(one.said_fen or 0 for one in mine if one.found_fen is not None) if money else 0
        found.append(
            Compared(
                f"total:{kind}",
                kind,
                "",
                "",
                heading,
                None,
                _in_words(kind, known, at_least, only_said),
                yuan(sum(told)) if told else NOT_ASKED,
                found=tuple(row for one in mine for row in one.found),
                found_fen=known if money else None,
                said_fen=sum(told) if told else None,
                only_said_fen=only_said,
                count=None if money else known,
                at_least=at_least,
                unanswered=silent,
                is_total=True,
            )
        )
    return found


def _incomes_open(items: Sequence[Compared], said: Sequence[Declared], held: Answers, living: set[str]) -> list[str]:
    """What leaves the income open though every source answered, in words."""
    named = {(one.pid, one.kind) for one in said if one.fen is not None}
    found = [] if any(one.kind == ALL_TOLD for one in said) else [OWN_WORD]
    if any(
        row["values"].get("on_benefit") and (pid, "unemployment") not in named for pid, row in _of(held, living, "unemployed")
    ):
        found.append(BENEFIT)
    if any(one.key == f"income:{one.pid}:wage" and one.found and one.found_fen is None and one.said_fen is None for one in items):
        found.append(WAGE)
    return found


def _of(held: Answers, living: set[str], dataset: str) -> list[tuple[str, Row]]:
    return [(pid, row) for pid in sorted(living) for row in held.rows(pid, dataset)]


def _only_named(
    kind: str, of_kind: Sequence[str], living: set[str], said: Sequence[Declared], mine: Sequence[Compared]
) -> list[Declared]:
    """Money the family named that no item of a person holds: of the household as a whole, or where nothing was found."""
    there = {one.key for one in mine}
    kinds = tuple(INCOMES) if kind == "income" else of_kind
    return [
        one
        for one in said
        if one.kind in kinds and one.fen is not None and (not one.pid or one.pid in living)
        if (f"income:{one.pid}:{one.kind}" if kind == "income" else f"{one.kind}:{one.pid}") not in there
    ]


def _in_words(kind: str, number: int | None, at_least: bool, only_said: int) -> str:
    if number is None:
        words = NOT_KNOWN
    else:
        words = yuan(number) if kind in MONEY_TOTALS else f"{number} 处" if kind == "homes" else f"{number} 个"
        words = f"至少 {words}" if at_least else words
    return f"{words}；另有 {yuan(only_said)}只是家里人说的" if only_said else words


def _things(items: Sequence[Compared]) -> int:
    return sum(one.count or 0 for one in items)


def _homes(items: Sequence[Compared]) -> int:
    """How many homes trades leave: bought, less sold, never below none."""
    trades = next((one.found for one in items if one.key == "homes"), ())
    return max(0, sum(1 if "买入" in row.words else -1 for row in trades))
