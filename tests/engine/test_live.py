"""Events taken one by one give what a full cycle over the same rows gives: facts, findings, ids, to the last letter."""

from __future__ import annotations

import random
import shutil
from datetime import date, timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest

from doudi.engine import cycle, landing
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.engine.live import Live, Told
from doudi.exchange.queries import contracts
from doudi.policy import pack
from engine.landed import Load, no
from engine.unit_city import judged

RULES = pack.load()
ON = date(2026, 6, 30)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Cycle, str]:
    """A lake of this module's own with the unit city in it, and its linking key."""
    made, published = judged()
    root = tmp_path_factory.mktemp("copy") / "lake"
    shutil.copytree(made.root, root)
    return Lake(root), published, (made.root.parent / "keys" / "linking").read_text().strip()


def afterwards(lake: Lake, before: Cycle, key: str, events: list[Told]) -> Cycle:
    """The full cycle over what the first one read and the events as ordinary additions."""
    loads = [
        Load(one["dataset"], one["batch"], lake.object(one["object"]), date.fromisoformat(one["as_of"]))
        for one in before.manifest["inputs"]
    ]
    batch = max(load.batch for load in loads)
    for dataset in dict.fromkeys(event.dataset for event in events):
        batch += 1
        rows = [event.row for event in events if event.dataset == dataset]
        with lake.workshop() as workshop:
            draft = workshop / "events.parquet"
            pq.write_table(landing.kept_table(contracts()[dataset], rows), draft)
            loads.append(Load(dataset, batch, lake.object(lake.keep_object(draft)), ON))
    return cycle.run(lake, contracts(), loads, RULES, ON, key=key)


def everything(lake: Lake, made: Cycle) -> tuple[dict[str, dict[str, Any]], dict[str, set[tuple[Any, ...]]]]:
    """Facts by pid and hid, findings by hid, of a cycle."""
    tables = {
        name: pq.read_table(lake.object(made.manifest["objects"][name]["sha256"])).to_pylist()
        for name in ("person", "person_facts", "household", "household_facts")
    }
    facts = {own["pid"]: told for own, told in zip(tables["person"], tables["person_facts"], strict=True)}
    facts |= {own["hid"]: told for own, told in zip(tables["household"], tables["household_facts"], strict=True)}
    found: dict[str, set[tuple[Any, ...]]] = {}
    for one in cycle.findings(lake, made):
        found.setdefault(one[5], set()).add(one)
    return facts, found


def read(dataset: str, sequence: int, **row: Any) -> Told:
    ((kept, problems),) = landing.read_rows(contracts()[dataset], [row])
    assert kept is not None, problems
    return Told(sequence, dataset, kept, ON)


def people_of(lake: Lake, made: Cycle) -> list[dict[str, Any]]:
    whole = pq.read_table(lake.object(made.manifest["objects"]["person"]["sha256"])).to_pylist()
    return [one for one in whole if one["citizen_no"] and one["died_on"] is None]


def some_row(dice: random.Random, dataset: str) -> dict[str, Any]:
    """A row of a dataset that may come live, without who it is; now and then of long ago, of the day, or of a day to come."""
    day = ON - timedelta(days=dice.choice([0, 1, 9, 40, 200, 400, -3]))
    return {
        "medical_cost": {"period": f"{day:%Y-%m}", "total": 60_000, "self_paid": dice.randrange(100, 60_000),
                         "assisted": dice.choice([None, 500]), "hospital_class": dice.choice(["3", "1", None])},
        "insurance": {"event": dice.choice(["job_stop", "job_start", "base_change", "pension_start"]), "event_date": day,
                      "base": dice.choice([None, 3000, 9000]), "employer": "甲公司"},
        "disaster": {"event": "火灾", "event_date": day, "loss": dice.choice([None, 80_000]),
                     "relief": dice.choice([None, 0, 500])},
        "death": {"death_date": day, "service": "cremation", "service_date": day},
        "unemployed": {"since": day, "reason": None, "on_benefit": dice.choice(["是", "否"])},
        "disease": {"disease": "肿瘤", "serious": "是", "since": day},
        "distress_report": {"reported_date": day, "channel": "hotline"},
        "vehicle": {"plate": f"晋A{dice.randrange(9999):04d}", "class": "car", "first_registered": day, "status": "normal"},
        "dwelling": {"event": dice.choice(["bought", "sold"]), "event_date": day},
    }[dataset]  # fmt: skip


def shape(dataset: str, row: dict[str, Any]) -> dict[str, Any]:
    """Only the columns the contract has; the words of its codes; the required ones filled."""
    contract, made = contracts()[dataset], {}
    for column in contract.columns:
        value = row.get(column.name)
        if value is None and column.required and column.name not in ("name", "citizen_no"):
            value = next(iter(column.codes), "其他") if column.type in ("code", "text") else "2026-06-01"
        if value is not None:
            made[column.name] = column.codes[value][0] if column.codes and value in column.codes else value
    return made


def test_events_taken_one_by_one_are_what_a_full_cycle_makes_of_them(city: tuple[Lake, Cycle, str]) -> None:
    lake, before, key = city
    dice = random.Random(1)
    people = dice.sample(people_of(lake, before), 120)
    live = Live(lake, before, contracts(), RULES, key, ON)
    events, pids = [], []
    datasets = sorted(code for code, contract in contracts().items() if contract.live)
    for sequence in range(1, 401):
        dataset, one = dice.choice(datasets), dice.choice(people)
        event = read(dataset, sequence, name=one["name"], citizen_no=one["citizen_no"], **shape(dataset, some_row(dice, dataset)))
        found = live.take(event)
        assert found.pid == one["pid"]
        pids.append(found.pid)
        if not found.repeated:
            events.append(event)
    before_facts, before_found = everything(lake, before)
    after_facts, after_found = everything(lake, afterwards(lake, before, key, events))
    homes = live.homes(pids)
    changed = ended = tiers = 0
    for home in homes:
        for subject, told in home.facts.items():
            assert told == after_facts[subject], subject
            tiers += before_facts[subject].get("hh_tier") != told.get("hh_tier")
        assert set(home.findings) == after_found.get(home.hid, set())
        changed += bool(set(home.findings) - before_found.get(home.hid, set()))
        ended += bool({one[:1] + one[3:4] + one[8:9] for one in before_found.get(home.hid, set())}
                      - {one[:1] + one[3:4] + one[8:9] for one in home.findings})  # fmt: skip
    assert changed > 20 and ended and tiers
    touched = {home.hid for home in homes}
    assert {hid for hid in after_found if after_found[hid] != before_found.get(hid)} <= touched


def test_whoever_an_event_is_about_gets_the_id_a_cycle_gives_them(city: tuple[Lake, Cycle, str]) -> None:
    """Without a number, with a number nobody has, under a wrong name, twice over: strangers stay the same strangers."""
    lake, before, key = city
    dice = random.Random(4)
    people = dice.sample(people_of(lake, before), 12)
    fire = {"event": "火灾", "event_date": ON, "loss": 80_000}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("disaster", {"name": "欧阳不在册", "area_code": "990101001201", **fire}),
        ("disaster", {"name": "欧阳不在册", "area_code": "990101001201", **fire}),  # the same once more
        ("disaster", {"name": "欧阳不在册", "area_code": "990101001201", **fire, "loss": 1}),  # or not quite
        ("disaster", {"name": "诸葛新来", "citizen_no": no("19800101", 77), "area_code": "990101001202", **fire}),
        ("medical_cost", {"name": "诸葛新来", "citizen_no": no("19800101", 77), "period": "2026-06", "total": 9,
                          "self_paid": 50_000}),
        *(("disaster", {"name": one["name"], "area_code": one["area"], **fire}) for one in people[:6]),
        *(("disaster", {"name": "慕容" + one["name"][-1:], "citizen_no": one["citizen_no"], **fire}) for one in people[6:9]),
        *(("insurance", {"name": one["name"] + "先生", "citizen_no": one["citizen_no"], "event": "停保", "event_date": ON})
          for one in people[9:]),
    ]  # fmt: skip
    live = Live(lake, before, contracts(), RULES, key, ON)
    taken = [live.take(read(dataset, at, **row)) for at, (dataset, row) in enumerate(rows, 1)]
    assert [one.repeated for one in taken[:5]] == [False, True, False, False, False]
    assert taken[0].pid.startswith("x") and taken[3].pid == taken[4].pid and taken[3].pid.startswith("p")
    after_facts, after_found = everything(lake, afterwards(lake, before, key, [one.event for one in taken if not one.repeated]))
    homes = live.homes([one.pid for one in taken])
    assert len(homes) >= 8
    for home in homes:
        for subject, told in home.facts.items():
            assert told == after_facts[subject], subject
        assert set(home.findings) == after_found.get(home.hid, set())
