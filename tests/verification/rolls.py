"""A small roll and what other lists say of its people, delivered as files; orders over it, by two directors."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from doudi.exchange import jobs as exchange
from doudi.facts.number import check_character
from doudi.office.core import Party, Role
from doudi.office.models import Clerk
from doudi.verification import actions, jobs, queries
from doudi.verification.models import TaskOrder
from exchange_feeds import TEKUN, text, write
from people import CITY, NOON, clerk

BY = Party.system("check")
SUBSIDY = (
    "公民身份号码",
    "姓名",
    "村(社区)代码",
    "生活补贴",
    "护理补贴",
    "残疾类别",
    "残疾等级",
    "月金额",
    "银行账号",
    "起始日期",
)
NAMES = ("王秀英", "李桂芳", "张德顺", "刘玉兰", "陈国强", "杨春梅", "赵铁柱", "黄小妹", "周长河", "吴大勇")
VILLAGE = "990101001201"
EVERY = [code for code, _, _ in queries.lists_of_people()]


def number(order: int) -> str:
    body = f"9901011950{1 + order % 9:02}{10 + order % 18:02}{100 + order:03}"
    return body + check_character(body)


def _row(heading: tuple[str, ...], cells: tuple[str, ...], other: dict[str, str]) -> list[str]:
    return list((dict(zip(heading, cells, strict=True)) | other).values())


def subsidy(order: int, **other: str) -> list[str]:
    account = f"62220000{order:08}"
    told = (number(order), NAMES[order % 10], VILLAGE, "是", "否", "肢体", "二级", "100", account, "2020-01-01")
    return _row(SUBSIDY, told, other)


def tekun(order: int, **other: str) -> list[str]:
    told = (f"TK{order}", number(order), NAMES[order % 10], VILLAGE, "全自理", "分散", "988", "2026-03-01", "")
    return _row(TEKUN, told, other)


def deliver(
    folder: Path, name: str, heading: tuple[str, ...], rows: list[list[str]], snapshot: str = "", on: str = "2026-06-30"
) -> None:
    path = write(folder / snapshot / on / f"{name}_{on}.csv", text(rows, heading=heading))
    outcome = exchange.pick_up(path, by=BY, at=max(NOON, datetime.fromisoformat(f"{on}T23:00+08:00")), snapshot=snapshot)
    assert outcome.refused == [], [one.message for one in outcome.refused]
    assert outcome.datasets()[name]["rejected"] == 0


def director(username: str) -> Clerk:
    return clerk(username, username, Role.DIRECTOR, CITY)


def order(**other) -> str:
    """An order in force over the whole city: drafted by one director, approved by another."""
    told = {"purpose": "每月比对在册人员", "rolls": EVERY, "datasets": EVERY, "area": CITY}
    told |= {"from_on": date(2026, 7, 1), "until_on": date(2026, 12, 31)}
    drafted = actions.draft_order(**told | other, by=director("tang"), at=NOON)
    return actions.approve_order(number=drafted.number, by=director("jiang"), at=NOON).number


def check(*against: str, roll: str = "disability_subsidy", under: str = "", at: datetime = NOON, **more) -> jobs.Done:
    standing = TaskOrder.objects.filter(state="approved").values_list("number", flat=True).first()
    return jobs.run_batch(roll, against, order=under or standing or order(), by=BY, at=at, **more)
