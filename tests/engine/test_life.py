"""Rules with no life: what can never speak, never decides, or soon stops is named; what works is not."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.engine import cycle, life, trial
from doudi.engine.cycle import Cycle
from doudi.engine.life import Life
from doudi.policy import pack
from doudi.policy.language.python import Around, closure
from doudi.policy.pack import Pack

from .landed import KEY, ON, Lake, contracts
from .town import TOWN, town

RULES = """
[[fact]]
name = "on_moon"
subject = "person"
type = "flag"
label = "在月亮上"
sources = ["moon"]

[[parameter]]
name = "moon_age"
type = "count"
unit = "years"
label = "月亮上的年龄"
set_by = ["nation", "county"]

[[value]]
parameter = "moon_age"
place = "990107"
is = 60

[[parameter]]
name = "soon_gone"
type = "count"
unit = "years"
label = "快到期的年龄"
set_by = ["nation", "county"]

[[value]]
parameter = "soon_gone"
is = 60
to = 2026-08-01

[[parameter]]
name = "nobody_reads"
type = "count"
unit = "years"
label = "没人用的数"

[[indicator]]
code = "L01"
label = "月亮上的老人"
subject = "person"
mode = "trigger"
level = "Y"
from = 2026-01-01

  [[indicator.clause]]
  name = "moon"
  if = "on_moon"

[[indicator]]
code = "L02"
label = "各种条款"
subject = "person"
mode = "trigger"
level = "Y"
from = 2026-01-01
to = 2026-09-01

  [[indicator.clause]]
  name = "born"
  if = "age >= 0"

  [[indicator.clause]]
  name = "anybody"
  if = "age >= 0 or age is null"

  [[indicator.clause]]
  name = "very_old"
  if = "age > 150"

  [[indicator.clause]]
  name = "branching"
  if = "case when age > 150 then on_dibao when age > P.soon_gone then on_dibao else on_tekun end"

  [[indicator.clause]]
  name = "placed"
  if = "age > P.moon_age"

  [[indicator.clause]]
  name = "housemates"
  if = "any(case when age > 150 then true else on_dibao end)"
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    folder = tmp_path_factory.mktemp("moon")
    (folder / "pack.toml").write_text('name = "moon"\nlabel = "月亮"\nover = ["cn", "demo_city"]\n', encoding="utf-8")
    (folder / "rules.toml").write_text(RULES, encoding="utf-8")
    return pack.load(folder)


@pytest.fixture(scope="module")
def made(rules: Pack, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Cycle]:
    lake = Lake(tmp_path_factory.mktemp("town"))
    return lake, cycle.run(lake, contracts(), town(lake), rules, ON, key=KEY)


@pytest.fixture(scope="module")
def found(rules: Pack, made: tuple[Lake, Cycle]) -> Life:
    return life.look(rules, ON, lake=made[0], cycle=made[1])


def test_a_fact_no_dataset_brings_is_named_with_the_rules_that_wait_for_it(found: Life) -> None:
    dead = {one.fact: one for one in found.dead}
    assert (dead["on_moon"].why, dead["on_moon"].rules) == ("not_loaded", ("L01",))
    assert "age" not in dead and "on_dibao" not in dead
    assert dead["deposits"].why == "not_loaded"  # nobody delivered bank balances for this town
    assert found.lifeless


def test_clauses_are_counted_true_false_and_unknown(found: Life) -> None:
    told = {(one.part.code, one.part.name): one for one in found.tallies if not one.part.branch}
    born, old, placed = told["L02", "born"], told["L02", "very_old"], told["L02", "placed"]
    assert (born.of, born.true, born.false, born.state) == (13, 12, 0, "alive")  # one is known by name only
    assert told["L02", "anybody"].state == "always"
    assert (old.true, old.false, old.unknown, old.state) == (0, 12, 1, "never")
    assert placed.state == "unknown" and placed.unknown == 13  # the number is set for another county only
    assert ("L01", "moon") not in told  # without its dataset it is not run at all


def test_branches_nobody_takes_are_named_one_by_one(found: Life) -> None:
    branches = [one for one in found.tallies if one.part.code == "L02" and one.part.branch and one.part.name.startswith("bran")]
    assert [one.state for one in branches] == ["never", "alive", "alive"]
    assert sum(one.true for one in branches) == 12
    inside = [one for one in found.tallies if one.part.code == "L02" and one.part.name.startswith("house") and one.part.branch]
    assert [(one.part.subject, one.state) for one in inside] == [("person", "never"), ("person", "alive")]


def test_every_count_is_what_asking_one_after_another_gives(rules: Pack, made: tuple[Lake, Cycle], found: Life) -> None:
    tables = {view: table.to_pylist() for view, table in trial.tables(*made, catalogue=rules.names.facts).items()}
    homes = {row["hid"]: row for row in tables["household_facts"]}
    living: dict[int, list[dict[str, object]]] = {hid: [] for hid in homes}
    for row in tables["person_facts"]:
        living[row["hid"]].append(row)
    held = rules.parameters_at("990101001", ON)
    asked = {
        "person": [(row, homes[row["hid"]], Around(ON, held, tuple(living[row["hid"]]))) for row in tables["person_facts"]],
        "household": [({}, home, Around(ON, held, tuple(living[hid]))) for hid, home in homes.items()],
    }
    assert len(found.tallies) > 200
    for one in found.tallies:
        test, among = closure(one.part.test), closure(one.part.among) if one.part.among else None
        about = [whom for whom in asked[one.part.subject] if among is None or among(*whom)]
        states = [test(*whom) for whom in about]
        assert (one.of, one.true, one.false) == (len(about), states.count(True), states.count(False)), one.part


def test_numbers_that_end_and_places_without_one(found: Life) -> None:
    endings = {(one.what, one.name): one for one in found.endings}
    assert endings["parameter", "soon_gone"].to_on == date(2026, 8, 1) and not endings["parameter", "soon_gone"].is_over
    assert endings["indicator", "L02"].to_on == date(2026, 9, 1)
    gaps = {one.parameter: one for one in found.gaps}
    assert gaps["moon_age"].places == ("990101",) and gaps["moon_age"].rules == ("L02",)
    assert "soon_gone" not in gaps
    assert "nobody_reads" in found.unread_parameters and "moon_age" not in found.unread_parameters


def test_a_number_past_its_day_is_dead_and_one_that_goes_on_is_not(rules: Pack) -> None:
    later = {one.name: one for one in life.look(rules, date(2026, 8, 20)).endings}
    assert later["soon_gone"].is_over
    assert "soon_gone" not in {one.name for one in life.look(rules, date(2026, 2, 1)).endings}


def test_without_a_cycle_only_the_pack_is_looked_at(rules: Pack) -> None:
    found = life.look(rules, ON)
    assert found.dead == found.tallies == found.gaps == () and found.endings


def test_the_town_is_the_one_counted(found: Life) -> None:
    assert found.persons == 13 == len(TOWN["hukou"]) + 1
    assert found.places == ("990101",)


def test_branches_nobody_takes_stand_on_one_line(found: Life) -> None:
    lines = {(one.code, one.name, one.state): one.branches for one in found.stuck}
    assert lines["L02", "branching", "never"] == ("case 1 第 1 支（共 3 支）",)
    assert lines["L02", "very_old", "never"] == () and ("L02", "born", "alive") not in lines
