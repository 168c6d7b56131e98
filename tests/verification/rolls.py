"""A small roll and what other lists say of its people, delivered as files; orders over it, by two directors."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from doudi.exchange import jobs as exchange
from doudi.facts.number import check_character
from doudi.office.core import Party, Role
from doudi.office.models import Clerk
from doudi.verification import actions, jobs, queries
from doudi.verification.core import Batch
from doudi.verification.core.anomalies import FoundOne, Pair, Problem
from doudi.verification.models import Anomaly, TaskOrder
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


def found_on_a_roll(pid: str, name: str, citizen_no: str, *, area: str) -> dict[str, str]:
    """Somebody a check of a county's roll found, and drawn from it: refs of the order, the run, the anomaly, the sample."""
    told = {"from_on": NOON.date(), "until_on": NOON.date() + timedelta(days=180), "rolls": ["dibao"], "datasets": ["tekun"]}
    by = clerk("hebiao", "何彪", Role.VERIFICATION, area[:6])
    at = NOON
    drafted = actions.draft_order(purpose="复核在享人员", area=area[:6], by=by, at=at, **told).number
    actions.approve_order(number=drafted, by=director("jiang"), at=at)
    run = actions.ask_run(order=drafted, roll="dibao", words=["tekun"], datasets=["tekun"], by=by, at=at).ref
    pair = Pair(1, 4, 2, 7, "号码相同", "同月还在低保名单上", f"{name} 的一行", f"{name} 的另一行")
    found = FoundOne("tekun", pid, area, name, citizen_no, "tekun", (pair,), 0, "d" * 64)
    counted = {"persons": 9, "anomalies": 1, "kinds": {"tekun": 1}, "pairs": 1, "silent": [], "object": "o" * 64}
    sources = [{"dataset": "dibao", "batch": 1, "as_of": "2026-06-30"}]
    batch = Batch(
        ref="b" + "1" * 16, roll="dibao", against=["tekun"], snapshot="", on=date(2026, 6, 30), area=area[:6],
        sources=sources, **counted,
    )  # fmt: skip
    problems = {"tekun": Problem("tekun", "同月领特困供养和低保", "ST-09", ("刚转的",))}
    lists = [{"dataset": "tekun", "said": "answered", "found": 1, "as_of": "2026-06-30"}]
    actions.finish_run([found], run=run, batch=batch, problems=problems, lists=lists, by=BY, at=at)
    (anomaly,) = Anomaly.objects.filter(pid=pid)
    drawn = [(pid, area, 1, 4, name, citizen_no)]
    sample = actions.keep_sample(
        drawn, run=run, hits=True, seed="abcd1234", permille=1000, population=1, area=area[:6], by=by, at=at
    )
    return {"order": drafted, "roll_run": run, "anomaly": anomaly.ref, "sample": sample.ref}
