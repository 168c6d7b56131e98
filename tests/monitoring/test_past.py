"""What was true on a day, what was known on a day: from kept cycles, built again where they are not kept, while others read."""

from __future__ import annotations

import json
import threading
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from doudi.config.cli import cli
from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.engine.lookup import Lookup
from doudi.exchange import actions as exchange
from doudi.exchange import jobs as arriving
from doudi.monitoring import jobs
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.registry import queries as registry
from exchange_feeds import write
from people import NOON, VILLAGE, clerk_li, clerk_sun, number_of, pid_of, places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.lake]
BY = Party.system("feeds")
LIU = number_of(VILLAGE, date(1955, 5, 5), 11)
HEAD = "户号,身份证号,姓名,性别,出生日期,与户主关系,村(社区)代码,户籍地址,户籍类别,户籍状态"
ROW = "B1,{number},{name},男,1955-05-05,户主,{village},{house},农村,正常"
MAY, JUNE = date(2026, 5, 31), date(2026, 6, 30)


@pytest.fixture
def told(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """May's register arrives on 1 June, June's on 1 July; a correction of May arrives on 10 July. Two cycles were published."""
    settings.LAKE = tmp_path / "lake"
    places()
    found: dict[str, Any] = {}

    def arrive(day: date, at: datetime, house: str) -> int:
        text = f"{HEAD}\n{ROW.format(number=LIU, name='刘大山', village=VILLAGE, house=house)}\n"
        path = write(tmp_path / house / f"hukou_{day:%Y%m%d}.csv", text)
        outcome = arriving.pick_up(path, by=BY, at=at)
        assert not outcome.refused
        return next(iter(outcome.loads))

    def clock(at: datetime) -> None:
        monkeypatch.setattr(office, "now", lambda: at)

    clock(NOON - timedelta(days=30))
    found["may"] = arrive(MAY, NOON - timedelta(days=30), "一号")
    found["first"] = jobs.evaluate(MAY).cycle.id
    clock(NOON)
    found["june"] = arrive(JUNE, NOON, "二号")
    found["second"] = jobs.evaluate(JUNE).cycle.id
    found["late"] = arrive(MAY, NOON + timedelta(days=9), "三号")
    clock(NOON + timedelta(days=20))
    found["clock"] = clock
    return found


def house(on: date, known_on: date) -> list[str]:
    found = registry.as_of_unwatched(pid_of(LIU), on, known_on)
    return [row.values["address"] for row in found.rows]


def test_true_on_a_day_and_known_on_a_day(told: dict[str, Any]) -> None:
    today = date(2026, 7, 20)
    assert house(MAY, date(2026, 6, 1)) == ["一号"] == house(JUNE, date(2026, 6, 15)) == house(MAY, date(2026, 7, 2))
    assert house(JUNE, date(2026, 7, 1)) == ["二号"] == house(today, today)
    with pytest.raises(registry.NothingThen):
        house(MAY, date(2026, 5, 31))
    with pytest.raises(registry.NothingThen):
        house(date(2026, 5, 30), today)
    counts = cycle.current(Lake(Path(_lake())))
    assert counts and counts.id == told["second"]
    late = jobs.rebuild(MAY, today)
    assert not late.already and jobs.rebuild(MAY, today).already
    assert house(MAY, today) == ["三号"] and house(MAY, date(2026, 7, 2)) == ["一号"]
    now = cycle.current(Lake(Path(_lake())))
    assert now and now.id == told["second"], "a past day never becomes the one that counts"
    told["clock"](NOON + timedelta(days=30))
    exchange.withdraw_load(load=told["late"], why="补报错了", by=BY, at=NOON + timedelta(days=25))
    assert jobs.rebuild(MAY, date(2026, 7, 31)).cycle.id == told["first"], "as if it had never come"
    assert house(MAY, date(2026, 7, 31)) == ["一号"]
    with pytest.raises(jobs.CannotRestore):
        jobs.rebuild(MAY, date(2027, 1, 1))


def _lake() -> Path:
    from django.conf import settings

    return settings.LAKE


def test_who_may_ask(told: dict[str, Any]) -> None:
    here, there = office.viewer(clerk_li(), "person.read", NOON), office.viewer(clerk_sun(), "person.read", NOON)
    assert here and there
    found = registry.as_of(pid_of(LIU), MAY, date(2026, 6, 1), here)
    assert found.person and found.person["name"] == "刘大山" and found.on == MAY
    with pytest.raises(NotAllowed):
        registry.as_of(pid_of(LIU), MAY, date(2026, 6, 1), there)
    assert sum(registry.counts_then(MAY, date(2026, 6, 1), here).tiers.values()) == 1
    assert registry.counts_then(MAY, date(2026, 6, 1), there).tiers == {}
    with pytest.raises(NotAllowed):
        registry.counts_then(MAY, date(2026, 6, 1), there, area=VILLAGE)


def test_restored_to_the_byte_or_not_at_all(told: dict[str, Any]) -> None:
    lake = Lake(_lake())
    made = cycle.read(lake, told["first"])
    assert made
    objects = {name: lake.object(one["sha256"]) for name, one in made.manifest["objects"].items()}
    whole = {name: path.read_bytes() for name, path in objects.items()}
    for path in objects.values():
        path.unlink()
    with pytest.raises(registry.NothingThen, match="restore"):
        house(MAY, date(2026, 6, 1))
    assert jobs.restore(told["first"]).sha256 == made.sha256
    assert {name: path.read_bytes() for name, path in objects.items()} == whole
    now = cycle.current(lake)
    assert now and now.id == told["second"]
    objects["person"].unlink()
    lake.object(next(one for one in made.manifest["inputs"] if one["dataset"] == "hukou")["object"]).unlink()
    with pytest.raises(jobs.CannotRestore, match="hukou"):
        jobs.restore(told["first"])


def test_readers_never_meet_half_a_cycle(told: dict[str, Any]) -> None:
    """While one cycle after another becomes current, whoever reads sees one or the other, whole."""
    lake, stop, seen, wrong = Lake(_lake()), threading.Event(), set(), []
    pid = pid_of(LIU)

    def read() -> None:
        while not stop.is_set():
            try:
                rows = Lookup(lake).everything(pid)
                seen.add(rows[0]["values"]["address"])
            except Exception as why:
                wrong.append(repr(why))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for one in readers:
        one.start()
    pointer = lake.root / "CURRENT"
    for turn in range(150):
        with lake.workshop() as workshop:
            draft = workshop / "draft"
            draft.write_text(told["first" if turn % 2 else "second"])
            cycle.rename(draft, pointer)
    stop.set()
    for one in readers:
        one.join()
    assert not wrong and seen == {"一号", "二号"}


def test_at_the_command_line(told: dict[str, Any]) -> None:
    def run(*words: str) -> tuple[int, Any]:
        done = CliRunner().invoke(cli, ["lake", *words, "--json"])
        return done.exit_code, json.loads(done.stdout)

    code, found = run("show", pid_of(LIU), "--on", "2026-05-31", "--known-on", "2026-06-01")
    assert code == 0 and found["person"]["name"] == "刘大山" and found["rows"][0]["values"]["address"] == "一号"
    assert run("count", "--on", "2026-05-31", "--known-on", "2026-06-01")[1]["tiers"] == {"none": 1}
    assert run("show", pid_of(LIU), "--on", "2026-01-01")[0] == 2
    assert run("withdraw", str(told["late"]), "--why", "补报错了")[1]["withdrawn"] is True
    assert run("withdraw", str(told["late"]), "--why", "没有错", "--back")[1]["withdrawn"] is False
    assert run("rebuild", "--on", "2026-05-31")[1]["already"] is False
