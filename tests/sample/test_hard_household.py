"""The hard household of the tutorial is found in a published city, or nobody is named."""

from typing import ClassVar

import duckdb
import pytest

from doudi.facts.number import parse
from doudi.sample import hard_household
from doudi.sample.hard_household import of_the_township

PEOPLE = [
    # pid, name, number, area, m, custody, car, age, dibao
    ("p1", "葛志涛", "n1", "990101001201", 1, True, 1, 51, None),
    ("p2", "陈燕红", "n2", "990101001201", 1, None, 0, 46, False),
    ("p3", "刘兰金", "n3", "990101001201", 1, None, None, 80, None),
    ("p4", "葛超", "n4", "990101001201", 1, None, 0, 3, None),
    ("p5", "王五", "n5", "990101001202", 2, True, 1, 51, None),
    ("p6", "王六", "n6", "990101001202", 2, None, 1, 46, None),
]


@pytest.fixture
def city(monkeypatch, tmp_path):
    """A published person table and its facts, of a few people."""

    def publish(rows):
        con = duckdb.connect()
        con.execute(
            "CREATE TABLE e (pid TEXT, name TEXT, citizen_no TEXT, area TEXT, m INT, is_in_custody BOOL, car_count INT, age INT, "
            "on_dibao BOOL)"
        )
        con.executemany("INSERT INTO e VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        con.execute(
            f"COPY (SELECT pid, name, citizen_no, area, m, NULL::DATE died_on FROM e) TO '{tmp_path}/person' (FORMAT parquet)"
        )
        con.execute(
            "COPY (SELECT age, is_in_custody, car_count, on_dibao, NULL::BOOL on_tekun, NULL::TEXT tier, NULL::DATE died_on "
            f"FROM e) TO '{tmp_path}/person_facts' (FORMAT parquet)"
        )

    class Lake:
        def __init__(self, root):
            pass

        def object(self, digest):
            return tmp_path / digest

    class Cycle:
        manifest: ClassVar = {"objects": {name: {"sha256": name} for name in ("person", "person_facts")}}

    monkeypatch.setattr(hard_household, "Lake", Lake)
    monkeypatch.setattr(hard_household.cycle, "current", lambda lake: Cycle)
    return publish


def test_who_applies_is_free_and_grown_up_and_everybody_is_named_for_what_is_hard(city):
    city(PEOPLE)
    found = of_the_township()
    assert (found.name, found.number) == ("陈燕红", "n2")
    assert found.about == "刘兰金（80 岁）、葛志涛（在服刑，名下有车）"
    assert parse(found.supporter_number).value == found.supporter_number and found.supporter == "葛远"


@pytest.mark.parametrize("change", [{5: False}, {6: 0}, {8: True}])
def test_no_household_no_name(city, change):
    city([tuple(change.get(at, value) for at, value in enumerate(row)) for row in PEOPLE])
    assert of_the_township() is None
