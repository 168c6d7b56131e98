"""The same question as of a day gives the day's bytes, whatever came after; where something is gone, nothing is answered."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings

import people
from doudi.config.cli import cli
from doudi.engine import cycle, packs
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.exchange import queries as exchange
from doudi.monitoring import actions, answers
from doudi.monitoring.answers import CannotAnswer
from doudi.monitoring.gateways import lake
from doudi.office import queries as office
from doudi.policy import pack as law
from doudi.rulebook import queries as rulebook
from engine.landed import ON, land
from engine.town import LIU, TOWN, town

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KEY = settings.LINKING_KEY
THEN, LATER = date(2026, 7, 1), date(2026, 8, 5)
PACK = 'name = "local"\nlabel = "本地"\n'
RULES = """
[[fact]]
name = "on_dibao"
subject = "person"
type = "flag"
label = "在领低保"
sources = ["dibao"]
sensitivity = "sensitive"
[[fact]]
name = "hh_members"
subject = "household"
type = "count"
unit = "heads"
label = "共同生活人数"
sources = ["hukou", "dibao"]

[[parameter]]
name = "local_aid"
type = "money"
label = "本地补助"
[[value]]
parameter = "local_aid"
from = 2026-01-01
is = 120

[[programme]]
code = "local"
label = "本地补助"
unit = "household"
from = 2026-01-01
article = "本地办法第 3 条"
[[programme.condition]]
name = "on_roll"
label = "在领低保"
if = "any(on_dibao)"
says = "家里有人在领低保，共 {hh_members} 口人"
[[programme.amount]]
name = "aid"
label = "补助"
is = "P.local_aid * hh_members"
"""


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=people.HERE)


@pytest.fixture(scope="module")
def cycles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Cycle]]:
    """A lake with two cycles: the town of June, and that of August, when nobody of the family is on the roll any more."""
    lake = Lake(tmp_path_factory.mktemp("made") / "lake")
    contracts, pack = exchange.contracts(), law.load()
    june = town(lake)
    august = [
        land(lake, "dibao", [{**TOWN["dibao"][0], "to_date": date(2026, 7, 31)}]),
        *(one for one in june if one.dataset != "dibao"),
    ]
    return lake.root, [cycle.run(lake, contracts, loads, pack, ON, key=KEY) for loads in (june, august)]


class Stage:
    """An office with the town in its lake and a pack of its own; its clock is moved by hand."""

    def __init__(self, root: Path, made: tuple[Path, list[Cycle]], settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.patch, self.cycles = root, monkeypatch, made[1]
        settings.LAKE = root / "lake"
        settings.PACKS = [str(root / "local")]
        shutil.copytree(made[0], settings.LAKE)
        (root / "local").mkdir()
        (root / "local/pack.toml").write_text(PACK, encoding="utf-8")
        self.rules(RULES)
        people.places()
        self.lake = Lake(root / "lake")
        self.liu = "p" + sha256(f"{KEY}:{LIU}".encode()).hexdigest()[:20]

    def rules(self, text: str, name: str = "rules") -> None:
        (self.root / f"local/{name}.toml").write_text(text, encoding="utf-8")

    def publish(self, made: Cycle, day: date) -> None:
        self.patch.setattr(office, "now", lambda: at(day))
        lake.note_pack(rulebook.pack(), at(day))
        actions.publish([], cycle=made.id, judged_on=ON, counts={}, manifest=made.sha256, by=people.HALL, at=at(day))

    def ask(self, day: date, programme: str = "local", **more: Any) -> answers.Answer:
        return answers.ask(self.liu, programme, at=at(day), **more)


@pytest.fixture
def stage(tmp_path: Path, cycles: tuple[Path, list[Cycle]], settings: Any, monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage(tmp_path, cycles, settings, monkeypatch)
    made.publish(made.cycles[0], THEN)
    return made


@pytest.mark.lake
def test_the_answer_says_what_it_stands_on(stage: Stage) -> None:
    answer = stage.ask(THEN)
    assert answer.raw == answers.ask(stage.liu, "local", at=at(THEN, 20)).raw
    assert json.loads(answer.raw) == answer.body and sha256(answer.raw).hexdigest() == answer.sha256
    (found,) = answer.body["answers"]
    assert (found["eligible"], found["amount"]) == ("yes", "360.00")
    assert found["conditions"][0]["sentence"] == "家里有人在领低保，共 3 口人"
    roll = next(one for one in found["conditions"][0]["facts"] if one["whose"] == stage.liu)
    assert roll["value"] == "是" and "dibao" in {row["dataset"] for row in roll["rows"]}
    assert "刘大山" not in answer.raw.decode() and set(answer.names.values()) == {"刘大山", "陈秀兰", "刘小宝"}
    every = stage.ask(THEN, answers.EVERY)
    assert [one["programme"] for one in every.body["answers"]] == ["local"] and every.body["overlaps"] == []


def later_load(stage: Stage) -> None:
    """The roll of August is published."""
    stage.publish(stage.cycles[1], LATER)


def later_value(stage: Stage) -> None:
    """A number that counts from before the day, and became known after it."""
    stage.rules('[[value]]\nparameter = "local_aid"\nfrom = 2026-03-01\nknown_since = 2026-07-20\nis = 150\n', "value")


def later_version(stage: Stage) -> None:
    """A version of the rule for days that have passed, decided afterwards."""
    head = RULES[RULES.index("[[programme]]") :]
    newer = head.replace("from = 2026-01-01", "from = 2026-01-01\nknown_since = 2026-07-20").replace(
        "any(on_dibao)", "hh_members >= 9"
    )
    stage.rules(newer, "version")


def upgraded(stage: Stage) -> None:
    """The pack's own text changed on disk, as by an upgrade that says nothing of days."""
    stage.rules(RULES.replace("家里有人在领低保", "家中有低保对象").replace("is = 120", "is = 999"))


CHANGES: tuple[Callable[[Stage], None], ...] = (later_load, later_value, later_version, upgraded)
SUBSETS = [chosen for size in range(1, 5) for chosen in itertools.combinations(CHANGES, size)]


@pytest.mark.parametrize("programme", ["local", "all"])
@pytest.mark.parametrize("changes", SUBSETS, ids=lambda chosen: "+".join(one.__name__ for one in chosen))
@pytest.mark.lake
def test_whatever_comes_later_the_day_keeps_its_bytes(
    stage: Stage, changes: tuple[Callable[[Stage], None], ...], programme: str
) -> None:
    said = stage.ask(THEN, programme)
    for change in changes:
        change(stage)
    now = stage.ask(LATER, programme)
    again = stage.ask(LATER, programme, known_on=THEN)
    assert again.raw == said.raw
    same_day = stage.ask(LATER, programme, on=THEN)
    assert same_day.body["answers"] != said.body["answers"] and now.raw != said.raw, "the changes must change something"


@pytest.mark.lake
def test_command_line_and_screen_give_the_same_bytes(stage: Stage, client: Any) -> None:
    said = stage.ask(THEN)
    later_load(stage)
    upgraded(stage)
    words = ["assess", "--person", stage.liu, "--programme", "local", "--as-known-on", THEN.isoformat(), "--json"]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0 and result.stdout_bytes == said.raw + b"\n" and said.sha256 in result.stderr
    client.force_login(people.clerk_li())
    page = f"/desk/person/{stage.liu}/"
    client.post(page, {"why": "asked"})
    sheet = client.get(f"{page}reasons/local/", {"known_on": THEN.isoformat()}).content.decode()
    assert said.sha256 in sheet and "家里有人在领低保，共 3 口人" in sheet
    assert client.get(f"{page}reasons/local/answer.json", {"known_on": THEN.isoformat()}).content == said.raw


@pytest.mark.lake
def test_what_is_gone_is_not_replaced_by_todays(stage: Stage) -> None:
    version = stage.ask(THEN).body["pack"]["version"]
    upgraded(stage)
    stage.ask(LATER)
    packs._READ.clear()
    kept = packs.place(stage.lake, version)
    for path in kept.rglob("rules.toml"):
        path.write_text(RULES.replace("is = 120", "is = 121"), encoding="utf-8")
    with pytest.raises(CannotAnswer, match="改过"):
        stage.ask(LATER, known_on=THEN)
    shutil.rmtree(kept)
    packs._READ.clear()
    with pytest.raises(CannotAnswer, match="没有存下规则"):
        stage.ask(LATER, known_on=THEN)
    result = CliRunner().invoke(
        cli, ["assess", "--person", stage.liu, "--programme", "local", "--as-known-on", "2026-07-01", "--json"]
    )
    assert result.exit_code == 2 and "没有存下规则" in json.loads(result.stdout)["error"]
    shutil.rmtree(stage.lake.root / "objects")
    with pytest.raises(CannotAnswer, match="不在了"):
        stage.ask(LATER)


@pytest.mark.parametrize(
    ("day", "known_on", "said"), [(THEN, date(2026, 7, 2), "还没有到"), (THEN, date(2026, 6, 30), "还没有算过")]
)
@pytest.mark.lake
def test_days_nobody_can_speak_of(stage: Stage, day: date, known_on: date, said: str) -> None:
    with pytest.raises(CannotAnswer, match=said):
        stage.ask(day, known_on=known_on)


@pytest.mark.lake
def test_nobody_of_this_id(stage: Stage) -> None:
    with pytest.raises(CannotAnswer, match="还没有这个人"):
        answers.ask("p" + "0" * 20, "local", at=at(THEN))


@pytest.mark.lake
def test_cut_off_while_keeping_and_run_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at any step of keeping a pack, nothing half is found; the next ask keeps it whole."""

    class PowerCut(BaseException):
        pass

    upgraded(stage)
    steps = {"settle": packs.settle, "rename": packs.rename}
    for name, real in steps.items():
        for allowed in range(3):
            left = [allowed]

            def cut(*args: Any, real: Any = real, left: list[int] = left) -> None:
                if not left[0]:
                    raise PowerCut
                left[0] -= 1
                real(*args)

            before = set((stage.lake.root / "packs").iterdir())
            monkeypatch.setattr(packs, name, cut)
            if allowed and name == "rename":
                break
            with pytest.raises(PowerCut):
                stage.ask(LATER)
            monkeypatch.setattr(packs, name, real)
            assert set((stage.lake.root / "packs").iterdir()) == before
    assert stage.ask(LATER).body["answers"][0]["amount"] == "2,997.00".replace(",", "")
    monkeypatch.setattr(packs, "rename", steps["rename"])


def test_a_change_approved_here_counts_from_its_day_though_nobody_asked_that_day(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files were kept before the change was approved; what was approved by the day is laid over them."""
    stage.ask(THEN)
    change = (("县里的通知", '[[value]]\nparameter = "local_aid"\nfrom = 2026-07-10\nis = 150\n'),)
    approved_on = date(2026, 7, 10)
    monkeypatch.setattr(rulebook, "added", lambda known_on=None: change if not known_on or known_on >= approved_on else ())
    upgraded(stage)
    amounts = {day: stage.ask(LATER, known_on=day).body["answers"][0]["amount"] for day in (date(2026, 7, 9), approved_on, LATER)}
    assert amounts == {date(2026, 7, 9): "360.00", approved_on: "450.00", LATER: "450.00"}


def test_what_is_known_only_from_tomorrow_does_not_count_today(stage: Stage) -> None:
    stage.rules('[[value]]\nparameter = "local_aid"\nfrom = 2026-01-01\nknown_since = 2026-07-02\nis = 150\n', "value")
    assert stage.ask(THEN).body["answers"][0]["amount"] == "360.00"
    assert stage.ask(date(2026, 7, 2)).body["answers"][0]["amount"] == "450.00"
