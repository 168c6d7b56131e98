"""The household as a whole: what only people can tell, what is still silent, and the sums a limit is held against."""

from __future__ import annotations

from collections.abc import Sequence

from doudi.verification.core.compared import (
    ASSETS,
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


def of_household(
    programme: str, asked: Sequence[Somebody], said: Sequence[Declared], held: Answers, items: Sequence[Compared]
) -> list[Compared]:
    """What no source can tell of the household, and property sources that are silent.

    :param items: of each person; what was found of supporters is put before who judges whether they can help (T43 Art. 8)
    """
    rows = [(one, row) for one in asked for row in held.rows(one.pid, "dwelling")]
    trades = tuple(
        found_row(
            row, one.name, f"{row['values'].get('event_date')} {'买入' if row['values'].get('event') == 'bought' else '卖出'}一处"
        )
        for one, row in rows
    )
    silent = held.open([one.pid for one in asked], "dwelling")
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
    "income": ("家里每月的收入", ("insurance", "income")),
    "deposit": ("家里的存款等金融资产", ASSETS),
    "vehicle": ("家里的汽车", ("vehicle",)),
    "business": ("家里的企业和个体户", ("business",)),
    "homes": ("家里的住房", ("dwelling",)),
}


def totals(counting: Sequence[Somebody], items: Sequence[Compared], held: Answers) -> list[Compared]:
    """The sums over who lives together; what was only said is not in them. Homes are always "at least": trades show no more."""
    living = {one.pid for one in counting if one.pid}
    grown = [one.pid or one.key for one in counting if one.is_adult]
    asked = sorted(living & held.pids)
    found = []
    for kind, (heading, datasets) in TOTALS.items():
        mine = [one for one in items if one.kind in (ASSETS if kind == "deposit" else (kind,)) and one.pid in living]
        mine = [one for one in mine if not one.is_supporter]
        silent = held.open({*grown, *asked}, *datasets)
        money = kind in ("income", "deposit")
        fen = sum(one.found_fen or 0 for one in mine) if money else None
        said = [one.said_fen for one in mine if one.said_fen is not None]
        count = None if money else _homes(items) if kind == "homes" else sum(one.count or 0 for one in mine)
        at_least = bool(silent) or kind == "homes" or any(one.at_least for one in mine)
        number = yuan(fen) if fen is not None else f"{count} 处" if kind == "homes" else f"{count} 个"
        found.append(
            Compared(
                f"total:{kind}",
                kind,
                "",
                "",
                heading,
                None,
                f"至少 {number}" if at_least else number,
                yuan(sum(said)) if said else NOT_ASKED,
                found=tuple(row for one in mine for row in one.found),
                found_fen=fen,
                said_fen=sum(said) if said else None,
                count=count,
                at_least=at_least,
                unanswered=silent,
                is_total=True,
            )
        )
    return found


def _homes(items: Sequence[Compared]) -> int:
    """How many homes trades leave: bought, less sold, never below none."""
    trades = next((one.found for one in items if one.key == "homes"), ())
    return max(0, sum(1 if "买入" in row.words else -1 for row in trades))
