"""What is over its time: listed, approved by a person, really gone; holds and open work win; cut off and run again, the same."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings as django_settings

from doudi.config.cli import cli
from doudi.engine import cycle, destroying, past
from doudi.engine.lake import Lake
from doudi.exchange import actions, queries
from doudi.exchange import jobs as arriving
from doudi.exchange.models import Load
from doudi.monitoring import jobs
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.policy import pack
from doudi.registry import actions as keeping
from doudi.registry.models import Person
from engine.landed import ON, contracts
from engine.town import town
from exchange_feeds import tekun_rows, text, write
from people import NOON, clerk_li, granny_wang, keeper_wu, places

pytestmark = pytest.mark.django_db(transaction=True)
BY = Party.system("feeds")


@pytest.fixture
def told(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """May's list with a bad row, June's after it, a file that was refused; seven years later."""
    settings.LAKE = tmp_path / "lake"
    places()
    bad = tekun_rows(20)
    bad[3][7] = "没有这一天"
    for day, rows, at in (("20260531", bad, NOON), ("20260630", tekun_rows(30), NOON + timedelta(days=30))):
        path = write(tmp_path / day / f"tekun_{day}.csv", text(rows))
        assert not arriving.pick_up(path, by=BY, at=at).refused
    assert arriving.pick_up(write(tmp_path / "x" / "x.csv", "a,b\n1,2\n"), by=BY, at=NOON).refused

    def clock(days: int) -> datetime:
        at = NOON + timedelta(days=days)
        monkeypatch.setattr(office, "now", lambda: at)
        return at

    clock(7 * 365)
    may, june = Load.objects.order_by("as_of")
    return {"may": may, "june": june, "clock": clock, "lake": Lake(settings.LAKE)}


def kinds(at: datetime) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in jobs.over(at)]


def test_over_their_time_kind_by_kind(told: dict[str, Any]) -> None:
    may, june, clock = told["may"], told["june"], told["clock"]
    assert kinds(clock(100)) == []
    assert [kind for kind, _ in kinds(clock(200))] == ["refusal"]
    assert ("reject", may.rejects) in kinds(clock(400)) and ("delivery", may.delivery) not in kinds(clock(400))
    found = kinds(clock(7 * 365))
    assert ("load", may.object) in found and ("load", june.object) not in found, "what counts now stays, however old"
    assert {("delivery", may.delivery), ("delivery", june.delivery), ("reject", may.rejects)} <= set(found)


def test_a_person_says_yes_and_it_is_gone(told: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    may, lake, at = told["may"], told["lake"], office.now()
    ref = jobs.plan()
    assert ref == jobs.plan() and jobs.carry_out() == {} and lake.object(may.object).exists()
    for who in (BY, clerk_li()):
        with pytest.raises(NotAllowed):
            actions.approve_disposal(ref=ref, by=who, at=at)
    actions.approve_disposal(ref=ref, by=keeper_wu(), at=at)
    actions.place_hold(scope=str(may.pk), why="审计在查", by=keeper_wu(), at=at)
    real, seen = destroying.destroy, []

    def cut(*args: Any) -> None:
        seen.append(args)
        if len(seen) == 2:
            raise KeyboardInterrupt
        real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(destroying, "destroy", cut)
        with pytest.raises(KeyboardInterrupt):
            jobs.carry_out()
    (done,) = jobs.carry_out().values()
    assert jobs.carry_out() == {} and done == 2
    assert lake.object(may.object).exists() and lake.delivery(may.delivery).exists(), "a hold placed after the yes still wins"
    assert not lake.delivery(told["june"].delivery).exists()
    line = office.journal_of(f"delivery:{told['june'].delivery}")[-1]
    assert line.act == "exchange.dispose" and line.detail["rows"] == 30 and "PIPL" in line.detail["article"]
    actions.lift_hold(scope=str(may.pk), by=keeper_wu(), at=at)
    actions.approve_disposal(ref=jobs.plan(), by=keeper_wu(), at=at)
    jobs.carry_out()
    assert not lake.object(may.object).exists() and Load.objects.get(pk=may.pk).rejects == ""
    assert kinds(at) == [] and jobs.plan() == ""
    wu = office.viewer(keeper_wu(), "feed.list", at)
    assert wu and queries.rejects(may.pk, wu) == []


@pytest.mark.slow
@pytest.mark.lake
def test_an_old_cycle_goes_and_takes_nothing_a_younger_one_names(tmp_path: Path) -> None:
    lake, rules = Lake(tmp_path / "lake"), pack.load(django_settings.PACKS)
    days = [ON, ON + timedelta(days=400), ON + timedelta(days=401)]
    first, second, last = (cycle.run(lake, contracts(), town(lake), rules, day, key="ab" * 32) for day in days)
    past.note(lake, [past.Known(NOON + timedelta(days=after), one.id) for after, one in enumerate((first, second, last))])
    before = (NOON + timedelta(days=1)).date()
    assert [one.name for one in destroying.old_cycles(lake, before)] == [first.id]
    shared = {one["sha256"] for one in first.manifest["objects"].values()} & {
        one["sha256"] for made in (second, last) for one in made.manifest["objects"].values()
    }
    assert shared, "cycles without a new delivery between them have objects in common"
    destroying.destroy(lake, "cycle", first.id, {first.id})
    assert not past.is_whole(lake, first) and past.is_whole(lake, second) and past.is_whole(lake, last)
    assert not destroying.is_there(lake, "cycle", first.id) and destroying.old_cycles(lake, before) == []
    destroying.destroy(lake, "cycle", last.id, {last.id})
    assert past.is_whole(lake, last), "the one that counts never goes"


def test_all_is_held(told: dict[str, Any]) -> None:
    actions.place_hold(scope="all", why="审计署在查", by=keeper_wu(), at=NOON)
    assert kinds(office.now()) == []
    with pytest.raises(NotAllowed):
        actions.place_hold(scope="all", why=" ", by=keeper_wu(), at=NOON)


def test_a_person_has_their_telephone_number_deleted(told: dict[str, Any]) -> None:
    wang = granny_wang()
    keeping.keep_contact(pid=wang.pid, phone="13900000000", account="6228480000000008830", by=Party.resident(wang.pid), at=NOON)
    with pytest.raises(NotAllowed):
        keeping.erase_contact([wang.pid], why="本人要求", by=Party.resident("p" + "0" * 20), at=NOON)
    with pytest.raises(NotAllowed, match="还有案子"):
        keeping.erase_contact([wang.pid], why="本人要求", held=[wang.pid], by=Party.resident(wang.pid), at=NOON)
    assert keeping.erase_contact([wang.pid], why="本人要求", by=Party.resident(wang.pid), at=NOON) == 1
    assert keeping.erase_contact([wang.pid], why="本人要求", by=Party.resident(wang.pid), at=NOON) == 0
    kept = Person.objects.get(pid=wang.pid)
    assert (kept.phone, kept.account, kept.name) == ("", "", "王桂兰")


def test_at_the_command_line(told: dict[str, Any]) -> None:
    def run(*words: str) -> Any:
        done = CliRunner().invoke(cli, ["lake", "retain", *words, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    assert {one["kind"] for one in run()["items"]} == {"delivery", "load", "refusal", "reject"} and run("--go") == {"done": {}}
    assert run("--plan")["plan"] == jobs.plan()
