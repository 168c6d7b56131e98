"""DuckDB says what Python says of every rule, and Spark what DuckDB says of rules that have every construct of the language:
random households on and around every line, unknowns, extremes, nobody. Planning takes Spark a second a programme, so every rule
on Spark is in `python -m bench equality`."""

import json
from pathlib import Path

import pytest
from bench import equality, households
from click.testing import CliRunner

from doudi.config.cli import cli
from doudi.engine import judged, spark
from doudi.policy import pack
from engine import constructs

ON = equality.ON
COUNT = 2000


@pytest.fixture(scope="module")
def rules() -> pack.Pack:
    return pack.load()


@pytest.fixture(scope="module")
def made(rules: pack.Pack) -> households.Made:
    return households.make(rules, ON, COUNT, seed=11)


@pytest.fixture(scope="module")
def facts(made: households.Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return equality.write(made.tables, tmp_path_factory.mktemp("facts"))


@pytest.fixture(scope="module")
def by_duckdb(rules: pack.Pack, facts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("duckdb")
    judged.with_duckdb(rules, ON, facts, out)
    return out


def test_duckdb_says_what_python_says_to_the_last_value(rules: pack.Pack, made: households.Made, by_duckdb: Path) -> None:
    assert equality.read(by_duckdb) == equality.by_python(rules, ON, made.households)


@pytest.fixture(scope="module")
def chosen(rules: pack.Pack) -> list[constructs.Rule]:
    return constructs.cover(list(constructs.in_force(rules, ON)))


def test_spark_is_asked_every_construct_of_the_rules_in_force(rules: pack.Pack, chosen: list[constructs.Rule]) -> None:
    everything = list(constructs.in_force(rules, ON))
    assert constructs.every(chosen) == constructs.every(everything)
    assert {kind for kind in constructs.KINDS if any(rule.kind == kind for rule in chosen)} == set(constructs.KINDS)
    few = constructs.of_rules(rules, {(rule.kind, rule.code) for rule in chosen})
    assert [len(asked) for asked in (few.indicators_on(ON), few.programmes_on(ON), few.overlaps_on(ON))] == [
        sum(rule.kind == kind for rule in chosen) for kind in constructs.KINDS
    ]


@pytest.mark.slow
def test_spark_says_what_duckdb_says(rules: pack.Pack, chosen: list[constructs.Rule], facts: Path, tmp_path: Path) -> None:
    few = constructs.of_rules(rules, {(rule.kind, rule.code) for rule in chosen})
    judged.with_duckdb(few, ON, facts, tmp_path / "duckdb")
    started = spark.session(java="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")  # quick to start, for a small question
    rows = spark.with_spark(started, few, ON, facts, tmp_path / "spark")
    assert all(rows[kind] for kind in judged.KINDS)
    assert judged.differences(tmp_path / "duckdb", tmp_path / "spark") == dict.fromkeys(judged.KINDS, 0)


def test_what_differs_is_counted(rules: pack.Pack, facts: Path, by_duckdb: Path, tmp_path: Path) -> None:
    fewer = [rule.code for rule in rules.indicators_on(ON)][1:]
    judged.with_duckdb(rules, ON, facts, tmp_path, only=fewer)
    found = judged.differences(by_duckdb, tmp_path)
    assert found["findings"] > 0 and found["programmes"] == found["overlaps"] == 0


def test_most_branches_are_taken(rules: pack.Pack, made: households.Made) -> None:
    seen, possible = equality.taken(rules, ON, made.households[:500])
    assert seen > 0.8 * possible


def test_facts_that_are_not_there_are_said(rules: pack.Pack, tmp_path: Path) -> None:
    with pytest.raises(judged.NoFacts, match="person_facts"):
        judged.with_duckdb(rules, ON, tmp_path, tmp_path / "out")


@pytest.mark.lake
@pytest.mark.django_db
def test_the_command_writes_the_same_answers(rules: pack.Pack, facts: Path, by_duckdb: Path, tmp_path: Path) -> None:
    asked = ["rules", "run", "--facts", str(facts), "--on", ON.isoformat(), "--out", str(tmp_path / "out"), "--json"]
    done = CliRunner().invoke(cli, asked)
    told = json.loads(done.stdout)
    assert (done.exit_code, told["engine"], told["version"]) == (0, "duckdb", rules.version)
    assert set(told["rows"]) == set(judged.KINDS) and all(told["rows"].values())
    assert judged.differences(by_duckdb, tmp_path / "out") == dict.fromkeys(judged.KINDS, 0)
    nothing = CliRunner().invoke(cli, [*asked[:3], str(tmp_path), *asked[4:]])
    assert nothing.exit_code == 2 and "person_facts.parquet" in json.loads(nothing.stdout)["error"]
