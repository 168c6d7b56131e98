"""A published cycle, opened again, answers as it did when it was made."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from doudi.engine import cycle, trial
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.policy import pack, sweep
from doudi.policy.language.names import Fact

from .landed import KEY, ON, contracts
from .town import town

RULES = pack.load()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Cycle]:
    lake = Lake(tmp_path_factory.mktemp("town"))
    return lake, cycle.run(lake, contracts(), town(lake), RULES, ON, key=KEY)


@pytest.mark.parametrize("needed", [None, sweep.needed(RULES, ON)])
def test_asked_again_it_finds_what_the_cycle_found(made: tuple[Lake, Cycle], needed: dict[str, tuple[str, ...]] | None) -> None:
    lake, first = made
    only = [rule.code for rule in RULES.indicators_on(ON) if rule.code not in first.counts["silent"]]
    with trial.open_cycle(lake, first, needed) as con:
        rows = con.sql(sweep.findings_sql(RULES, ON, only=only)).fetchall()
    found = set()
    for kind, subject, area, indicator, level, basis, mask, values in rows:
        name = trial.ids(lake, first, kind, [int(subject)])[0]
        found.add((indicator, level, kind, name, area, basis, mask, values))
    kept = {(row[0], row[1], row[2], row[3], row[6], row[8], row[9], row[10]) for row in cycle.findings(lake, first)}
    assert found == kept and len(kept) == first.counts["findings"] > 0


def test_everybody_is_there_with_where_they_live(made: tuple[Lake, Cycle]) -> None:
    lake, first = made
    with trial.open_cycle(lake, first) as con:
        people = con.sql("SELECT pid, hid, area, age FROM person_facts ORDER BY pid").fetchall()
        homes = dict(con.sql("SELECT hid, area FROM household_facts").fetchall())
    kept = pq.read_table(lake.object(first.manifest["objects"]["person"]["sha256"])).to_pylist()
    assert [one[1] for one in people] == [row["m"] for row in kept] and len(people) == first.counts["persons"]
    assert all(area == homes[hid] for _, hid, area, _ in people)


def test_a_cycle_whose_objects_are_gone_says_so(made: tuple[Lake, Cycle], tmp_path: Path) -> None:
    with pytest.raises(trial.NotPublished, match="doudi cycle"), trial.open_cycle(Lake(tmp_path), made[1]):
        pass


def test_a_fact_named_after_the_cycle_was_made_is_unknown_for_everybody(made: tuple[Lake, Cycle]) -> None:
    lake, first = made
    later = Fact(name="herd", subject="household", type="count", label="养了几头", unit="count")
    with trial.open_cycle(lake, first, catalogue={"herd": later}) as con:
        assert con.sql("SELECT count(*), count(herd) FROM household_facts").fetchall() == [(first.counts["households"], 0)]
