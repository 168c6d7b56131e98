"""Who is in which tier since when, who left and why, of whom little is known, whom the village told of: cycle after cycle."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from doudi.engine import tiers
from doudi.engine.lake import Lake
from doudi.exchange import actions as exchange
from doudi.exchange import jobs as arriving
from doudi.monitoring import actions, jobs, queries
from doudi.monitoring.core import ASKED
from doudi.monitoring.models import Alert
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.registry import actions as keeping
from doudi.registry import queries as registry
from exchange_feeds import write
from people import NOON, OTHER_VILLAGE, TOWNSHIP, VILLAGE, clerk, clerk_li, clerk_sun, number_of, pid_of, places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BY = Party.system("feeds")
WHO = {
    name: (number_of(VILLAGE, date(1955, 5, 5), order), village)
    for order, (name, village) in enumerate(
        {"刘大山": VILLAGE, "陈秀兰": VILLAGE, "周德顺": VILLAGE, "马小二": OTHER_VILLAGE, "吴一": VILLAGE}.items(), start=11
    )
}
HUKOU = "户号,身份证号,姓名,性别,出生日期,与户主关系,村(社区)代码,户籍地址,户籍类别,户籍状态"
DIBAO = "低保证号,户编号,身份证号,姓名,与户主关系,村(社区)代码,城乡类别,月保障金额,起始日期"
TEKUN = "供养证号,公民身份号码,姓名,村(社区)代码,自理能力,供养方式,月金额,起始日期,终止日期"
DEATH = "身份证号,姓名,性别,死亡日期,殡葬方式,办理地点,经办亲属,办理日期"


def pid(name: str) -> str:
    return pid_of(WHO[name][0])


class Town:
    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch

    def arrive(self, dataset: str, day: date, heading: str, rows: list[str]) -> int:
        text = "\n".join([heading, *rows]) + "\n"
        path = write(self.folder / f"{day}" / f"{dataset}_{day:%Y%m%d}.csv", text)
        outcome = arriving.pick_up(path, by=BY, at=self.noon(day))
        assert not outcome.refused, outcome.refused
        return next(iter(outcome.loads))

    def noon(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 12, tzinfo=NOON.tzinfo)

    def month(self, day: date, dibao: list[str], tekun: list[str], dead: list[str] = []) -> dict[str, int]:  # noqa: B006
        hukou = [
            f"B{n},{no},{name},男,1955-05-05,户主,{village},{name}家{day.month},农村,正常"
            for n, (name, (no, village)) in enumerate(WHO.items())
        ]
        found = {"hukou": self.arrive("hukou", day, HUKOU, hukou)}
        rows = [
            f"D{n},H{n},{WHO[name][0]},{name},户主,{WHO[name][1]},农村,{600 + day.month},2025-03-01"
            for n, name in enumerate(dibao)
        ]
        if rows:
            found["dibao"] = self.arrive("dibao", day, DIBAO, rows)
        rows = [
            f"T{n},{WHO[name][0]},{name},{WHO[name][1]},全自理,分散,{988 + day.month},2026-06-01," for n, name in enumerate(tekun)
        ]
        if rows:
            found["tekun"] = self.arrive("tekun", day, TEKUN, rows)
        if dead:
            rows = [
                f"{WHO[name][0]},{name},男,{day - timedelta(days=9)},火化,禾安县,某人,{day - timedelta(days=8)}" for name in dead
            ]
            found["death"] = self.arrive("death", day, DEATH, rows)
        self.monkeypatch.setattr(office, "now", lambda: self.noon(day))
        jobs.evaluate(day)
        return found


@pytest.fixture
def town(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Town:
    settings.LAKE = tmp_path / "lake"
    places()
    return Town(tmp_path, monkeypatch)


def shown(who: Any, **asked: Any) -> set[str]:
    viewer = office.viewer(who, "register.list", NOON)
    assert viewer
    return {row.pid for row in registry.roster(viewer, registry.Asked(**asked)).rows}


MAY, JUNE, JULY = date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)


@pytest.mark.lake
def test_from_to_and_why(town: Town) -> None:
    town.month(MAY, ["刘大山", "陈秀兰", "马小二"], ["周德顺"])
    town.month(JUNE, ["刘大山", "马小二"], ["周德顺", "陈秀兰"])
    bad = town.month(JULY, ["陈秀兰"], ["周德顺"], dead=["马小二"])
    li = office.viewer(clerk_li(), "person.read", NOON)
    assert li

    def told(name: str) -> list[tuple[Any, ...]]:
        return [(one.tier, one.from_on, one.exact, one.to_on, one.why) for one in registry.spells(pid(name), li)]

    gone = "名册上没有了，原因没有写"
    assert told("刘大山") == [("低保", date(2025, 3, 1), True, JULY, gone)]
    moved, june = "转到了别的类别", date(2026, 6, 1)
    assert told("陈秀兰") == [
        ("低保", date(2025, 3, 1), True, june, moved),
        ("特困", june, True, JULY, moved),
        ("低保", JULY, False, None, ""),
    ]
    assert shown(clerk_li(), which="left") == {pid("刘大山")}
    assert shown(clerk_sun(), which="left") == set(), "who died is not on a list of people to ask"
    assert shown(clerk_li()) == {pid("陈秀兰"), pid("周德顺")}
    assert shown(clerk_li(), tier="tekun") == {pid("周德顺")}
    viewer = office.viewer(clerk_li(), "register.list", NOON)
    assert viewer
    page = registry.roster(viewer, registry.Asked())
    assert page.total == 2 and [(code, n) for code, _, n in page.by_tier] == [("dibao", 1), ("tekun", 1)]
    # a withdrawn delivery never was in the history: July is judged again without it, and nobody left
    exchange.withdraw_load(load=bad["dibao"], why="名单不全", by=BY, at=town.noon(JULY))
    jobs.evaluate(JULY)
    assert told("刘大山") == [("低保", date(2025, 3, 1), True, None, "")]
    lake = Lake(town.folder / "lake")
    before = tiers.current(lake)
    assert tiers.bring_up(lake, {bad["dibao"]}) == before and before


@pytest.mark.lake
def test_the_history_cut_off_and_run_again_is_the_same(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.month(MAY, ["刘大山"], [])
    lake = Lake(town.folder / "lake")
    before = tiers.current(lake)
    town.month(JUNE, ["陈秀兰"], ["刘大山"])
    whole = tiers.current(lake)
    pointer = lake.root / "cycles" / "history" / "CURRENT"
    for path in pointer.parent.iterdir():
        path.unlink()
    calls = []

    def cut(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args)

    real = tiers._put
    with monkeypatch.context() as patch:
        patch.setattr(tiers, "_put", cut)
        with pytest.raises(KeyboardInterrupt):
            tiers.bring_up(lake)
    assert tiers.bring_up(lake) == whole != before


def test_somebody_the_village_told_of_gets_a_visit_and_is_found_in_no_department(town: Town) -> None:
    town.month(MAY, ["刘大山"], [])
    worker = clerk("ma", "马村", "village", VILLAGE)
    said: dict[str, Any] = {
        "ref": "t" + "0" * 20, "name": "赵无名", "about_age": 70, "area": VILLAGE, "place": "河边的棚子", "trouble": "没有人管",
        "said_by": "邻居老李", "by": worker, "at": town.noon(MAY),
    }  # fmt: skip
    for wrong in (
        {"area": TOWNSHIP},
        {"area": OTHER_VILLAGE},
        {"name": "zhao"},
        {"trouble": " "},
        {"about_age": 300},
        {"ref": "x"},
    ):
        with pytest.raises(NotAllowed):
            keeping.tell_of(**said | {"ref": "t" + "1" * 20} | wrong)
    assert keeping.tell_of(**said) == keeping.tell_of(**said)
    jobs.evaluate(MAY)
    jobs.evaluate(MAY)
    (alert,) = Alert.objects.filter(indicator=ASKED)
    assert alert.state == "open" and alert.area == VILLAGE and alert.masked_name == "赵*名"
    li = office.viewer(clerk_li(), "visit.record", NOON)
    assert li
    assert [(one.trouble, one.said_by) for one in registry.told(alert.pid, li)] == [("没有人管", "邻居老李")]
    assert alert.pid in shown(clerk_li(), which="one") and alert.pid not in shown(clerk_sun(), which="one")
    poor = registry.unseen(alert.pid, li)
    assert poor and poor.sources == 0 and "没有一个部门知道" in poor.why and "没有身份证号，名单里查不了" in poor.why
    town.month(JUNE, ["刘大山"], [])
    assert Alert.objects.get(indicator=ASKED).state == "open", "no rule found it, so no cycle takes it away"


def test_a_visit_is_asked_for_once(town: Town) -> None:
    town.month(MAY, ["刘大山"], [])
    assert pid("吴一") in shown(clerk_li(), which="one") and pid("刘大山") not in shown(clerk_li(), which="one")
    one = actions.ask_visit(pid=pid("吴一"), why="只有一个来源知道", by=clerk_li(), at=NOON)
    assert actions.ask_visit(pid=pid("吴一"), why="又问一次", by=clerk_li(), at=NOON) == one
    viewer = office.viewer(clerk_li(), "alert.list", NOON)
    assert viewer and one.ref in {row.ref for row in queries.inbox(viewer).rows}
    last = queries.latest()
    assert last is not None
    actions.bring_live([], pids=[one.pid], cycle=last.cycle, judged_on=MAY, settled=[], by=BY, at=NOON)
    assert Alert.objects.get(ref=one.ref).state == "open", "no event takes away what a person asked for"
    with pytest.raises(NotAllowed):
        actions.ask_visit(pid=pid("吴一"), why="x", by=clerk_sun(), at=NOON)
    with pytest.raises(NotAllowed):
        actions.ask_visit(pid=pid("吴一"), why=" ", by=clerk_li(), at=NOON)
