"""From loads to alerts at the desks: all steps together, cut off anywhere, run again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from doudi.config.cli import cli
from doudi.engine import cycle, packs
from doudi.engine.lake import Lake
from doudi.exchange import queries as exchange
from doudi.monitoring import actions, jobs, queries
from doudi.monitoring.core import Outcome
from doudi.monitoring.jobs import evaluating
from doudi.monitoring.models import Alert, Evaluation
from doudi.office import queries as office
from engine.landed import ON, Load
from engine.town import town
from people import NOON, clerk_li, places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


class PowerCut(BaseException):
    """The end of the process, as far as anything in it can notice."""


@pytest.fixture
def lake(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake of this test's own, in which the town has been delivered."""
    settings.LAKE = tmp_path / "lake"
    places()
    made = Lake(settings.LAKE)
    deliver(monkeypatch, town(made))
    return made


def deliver(monkeypatch: pytest.MonkeyPatch, loads: list[Load]) -> None:
    monkeypatch.setattr(exchange, "current_loads", lambda on, snapshot="": [load for load in loads if load.as_of <= on])


def alerts() -> dict[str, tuple[str, str]]:
    return {one.ref: (one.state, one.figures) for one in Alert.objects.all()}


def lines() -> int:
    return sum(1 for line in office.journal_of("alerts") if line.act == "monitoring.publish")


def test_a_cycle_reaches_the_desk_once(lake: Lake) -> None:
    done = jobs.evaluate(ON)
    assert done.alerts["new"] == Alert.objects.count() == done.cycle.counts["findings"] > 5
    assert not done.already and lines() == 1
    assert packs.recall(lake, done.cycle.manifest["packs"]).version == done.cycle.manifest["packs"], "its rules are kept"
    (line,) = [line for line in office.journal_of("alerts") if line.act == "monitoring.publish"]
    assert line.detail["manifest"] == done.cycle.sha256
    li = office.viewer(clerk_li(), "alert.list", NOON)
    assert li and {row.indicator for row in queries.inbox(li).rows} == set(done.cycle.counts["by_indicator"])
    before = alerts()
    again = jobs.evaluate(ON)
    assert again.already and again.cycle == done.cycle and (again.alerts["new"], again.alerts["kept"]) == (0, len(before))
    assert (alerts(), lines(), Evaluation.objects.count()) == (before, 1, 1)


def test_cut_off_anywhere_and_run_again_nothing_is_lost_or_doubled(
    lake: Lake, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    jobs.evaluate(ON, mark=steps.append)
    whole = alerts()
    Alert.objects.all().delete()
    Evaluation.objects.all().delete()
    settings.LAKE = tmp_path / "another"
    deliver(monkeypatch, town(Lake(settings.LAKE)))
    for step in ("find", "manifest", "current", "alerts"):
        assert step in steps

        def cut(now: str, step: str = step) -> None:
            if now == step:
                raise PowerCut

        with pytest.raises(PowerCut):
            jobs.evaluate(ON, mark=cut)
        assert not Alert.objects.exists() and not Evaluation.objects.exists()

    kept = evaluating._findings

    def breaking(*args: Any) -> Iterator[Any]:
        for at, one in enumerate(kept(*args)):
            if at == 4:
                raise PowerCut
            yield one

    monkeypatch.setattr(evaluating, "_findings", breaking)
    with pytest.raises(PowerCut):
        jobs.evaluate(ON)
    assert not Alert.objects.exists() and cycle.current(Lake(settings.LAKE)) is not None
    monkeypatch.setattr(evaluating, "_findings", kept)
    assert jobs.evaluate(ON).alerts["new"] == len(whole)
    assert alerts() == whole


def test_what_people_did_survives_later_cycles(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.evaluate(ON)
    fire = Alert.objects.get(indicator="A10")
    gone = Alert.objects.get(indicator="C18")
    actions.dismiss(ref=fire.ref, outcome=Outcome.ALREADY_HELPED, reason="当天就送去了", by=clerk_li(), at=NOON)
    deliver(monkeypatch, town(lake, vehicle=[]))
    done = jobs.evaluate(date(2026, 7, 1))
    assert done.alerts["new"] == 0 and done.alerts["lapsed"] >= 1
    fire.refresh_from_db()
    gone.refresh_from_db()
    assert (fire.state, gone.state) == ("closed", "lapsed")


def test_a_later_day_is_not_taken_back(lake: Lake) -> None:
    jobs.evaluate(ON)
    before = (alerts(), cycle.current(lake))
    with pytest.raises(jobs.OlderThanPublished):
        jobs.evaluate(date(2026, 6, 29))
    assert (alerts(), cycle.current(lake)) == before


@pytest.fixture
def doudi(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, Any]]:
    def called(*words: str) -> tuple[int, Any]:
        result = CliRunner().invoke(cli, ["cycle", *words, "--json"])
        return result.exit_code, json.loads(result.stdout)

    return called


def test_the_command_answers_in_one_object(lake: Lake, doudi: Callable[..., tuple[int, Any]]) -> None:
    code, first = doudi("--on", "2026-06-30")
    assert code == 0
    assert {
        "cycle",
        "on",
        "persons",
        "households",
        "links",
        "facts",
        "findings",
        "by_indicator",
        "alerts",
        "seconds",
        "peak_mb",
    } <= set(first)
    assert {"link", "sum_up", "lay", "find", "keep", "alerts"} <= set(first["seconds"])
    code, again = doudi("--on", "2026-06-30")
    assert code == 0 and again["already_published"] and again["alerts"]["new"] == 0
    code, refused = doudi("--on", "2026-06-01")
    assert code == 2 and "2026-06-30" in refused["error"]


def test_the_command_says_when_nothing_was_delivered(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, doudi: Callable[..., tuple[int, Any]]
) -> None:
    deliver(monkeypatch, [])
    code, said = doudi("--on", "2026-06-30")
    assert code == 2 and "feeds load" in said["error"] and not Evaluation.objects.exists()
