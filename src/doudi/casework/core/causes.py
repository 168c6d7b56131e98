"""Why help in force may change, what may be proposed for it, and from which month: data in causes.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from doudi.facts import days

KINDS = {
    "change": "改金额",
    "exit": "渐退以后停",
    "end": "停",
    "suspend": "先停一段时间",
    "resume": "接着发",
    "restore": "改回来，补发",
}
HEARD = {
    "heard": "听过了",
    "written": "写来了意见",
    "waived": "本人说不用听了",
    "absent": "请过几次没有来，也上门找过",
    "nobody": "家里没有别人了",
}
WAYS = {"come": "请到镇里来", "visit": "上门", "phone": "打电话", "letter": "写信"}
ANSWERS = {"come": "我会来", "home": "请上门来", "phone": "请打电话", "agree": "不用听了，我没有意见", "written": "我写在这里"}
CHANNELS = {"phone": "手机网页", "window": "办事窗口", "village": "村里", "call": "电话", "visit": "走访", "data": "数据"}


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason to change help in force. `takes`: from the months after the event, or from the month after the decision."""

    code: str
    label: str
    asks: str  # in the family's words; empty: not asked of a family
    article: str
    kinds: tuple[str, ...]
    takes: str
    effect: str  # in | out | income | assets | none
    figure: str
    tells: tuple[str, ...]
    settle_months: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person proposes, as they fill it in.

    :param on: the day it happened
    :param pid: whom it happened to; of somebody who came without a number, "" with a relation
    :param figure_fen: the family's new income a month, or its new savings
    :param amount_fen: another sum a month than the rules give; needs a reason
    :param months: of a gradual exit
    :param rights: the adjustment it puts right, or resumes after
    """

    kind: str
    cause: str
    reason: str
    on: date | None = None
    pid: str = ""
    relation: str = ""
    figure_fen: int | None = None
    amount_fen: int | None = None
    differs_reason: str = ""
    until_month: date | None = None
    months: int = 0
    rights: str = ""
    goes_to: str = ""


# What the register notes of families → the cause it may be for help in force.
OF_EVENTS = {
    "birth": "birth",
    "death": "death",
    "marriage": "marriage",
    "divorce": "divorce",
    "moved_in": "moved_in",
    "moved_out": "moved_out",
    "split": "moved_out",
    "adoption": "moved_in",
    "custody": "prison",
    "released": "released",
    "school_left": "school_end",
}


def _read() -> dict[str, Cause]:
    book = tomllib.loads(files("doudi.casework").joinpath("causes.toml").read_text())
    return {
        code: Cause(
            code=code,
            label=row["label"],
            asks=row["asks"],
            article=row["article"],
            kinds=tuple(row["kinds"]),
            takes=row["from"],
            effect=row["effect"],
            figure=row.get("figure", ""),
            tells=tuple(row["tells"]),
            settle_months=row.get("settle_months", False),
        )
        for code, row in book["cause"].items()
    }


CAUSES = _read()


def next_month(day: date) -> date:
    """The first day of the month after a day."""
    return days.add_months(day.replace(day=1), 1)


def is_late(happened: date, told: date, months: int) -> bool:
    """Whether something was told later than so many months after it happened (N2022: three); noted, nothing follows."""
    return told > days.add_months(happened, months)
