"""From a department's file to a household in the database: the published register, read for real."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.exchange import jobs as exchange
from doudi.exchange import queries as books
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.policy import pack
from doudi.registry import actions, queries
from people import HALL, NOON, OTHER_VILLAGE, VILLAGE, clerk_li, clerk_sun, number_of, pid_of, places

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ON = date(2026, 6, 30)
LIU, CHEN = number_of(VILLAGE, date(1955, 5, 5), 11), number_of(VILLAGE, date(1958, 8, 8), 22)
OLD = number_of(VILLAGE, date(1930, 1, 1), 33)
HUKOU = f"""户号,身份证号,姓名,性别,出生日期,与户主关系,村(社区)代码,户籍地址,户籍类别,户籍状态
B1,{LIU},刘大山,男,1955-05-05,户主,{VILLAGE},石磨村3号,农村,正常
B1,{CHEN},陈秀,女,1958-08-08,配偶,{VILLAGE},石磨村3号,农村,正常
B1,{OLD},刘老,男,1930-01-01,父母,{VILLAGE},石磨村3号,农村,正常
B2,,马小二,男,1970-07-07,户主,{OTHER_VILLAGE},桥头村1号,农村,正常
"""
DEATH = f"""身份证号,姓名,性别,死亡日期,殡葬方式,办理地点,经办亲属,办理日期
{OLD},刘老,男,2026-05-01,火化,禾安县,刘大山,2026-05-03
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lake")


@pytest.fixture
def published(folder: Path, settings: object) -> None:
    """Two files delivered, and the register built from them: once, for the register stays in the lake when the books are gone."""
    places()
    settings.LAKE = folder / "lake"  # type: ignore[attr-defined]
    lake = Lake(folder / "lake")
    if cycle.current(lake):
        return
    (folder / "hukou_20260630.csv").write_bytes(HUKOU.encode("gb18030"))
    (folder / "death_20260630.csv").write_bytes(DEATH.encode("gb18030"))
    for name in ("hukou", "death"):
        outcome = exchange.pick_up(folder / f"{name}_20260630.csv", by=Party.system("feeds"), at=NOON, as_of=ON)
        assert not outcome.refused
    rules = pack.load(django_settings.PACKS)
    cycle.run(lake, books.contracts(), books.current_loads(ON), rules, ON, key=django_settings.LINKING_KEY)


def test_a_household_delivered_signs_in_comes_in_and_is_shown_with_its_sources(published: None) -> None:
    pid = queries.sign_in("刘大山", LIU)
    assert pid == pid_of(LIU)
    assert queries.sign_in("刘大川", LIU) is None
    home = actions.bring_in(subject=pid, by=clerk_li(), at=NOON)
    assert [(one.name, one.relation) for one in queries.my_household(home.hid).members] == [
        ("刘大山", "self"),
        ("陈秀", "spouse"),
    ]
    li = office.viewer(clerk_li(), "复核抽查", NOON)
    assert li
    page = queries.person_page(pid, li)
    assert (page.person.number, page.facts["age"]) == (LIU, 71)
    assert [(row.dataset, row.row_no, row.as_of, row.values["address"]) for row in page.rows] == [("hukou", 1, ON, "石磨村3号")]
    assert queries.find_by_number(CHEN, li).name == "陈*"  # type: ignore[union-attr]


def test_people_are_found_by_name_and_a_fact_leads_to_its_row_only_where_the_viewer_works(published: None) -> None:
    here, there = office.viewer(clerk_li(), "x", NOON), office.viewer(clerk_sun(), "x", NOON)
    assert here and there
    assert [one.name for one in queries.find_by_name(" 刘大山 ", here)] == ["刘*山"]
    assert queries.find_by_name("刘大山", there) == [] == queries.find_by_name("刘大川", here)
    ((row, columns),) = queries.rows_behind(pid_of(LIU), {"hukou_kind": ("hukou",)}, here)
    assert (row.dataset, row.row_no) == ("hukou", 1) and columns == {"hukou_kind"}
    for subject in (pid_of(LIU), queries.my_household(pid_of(LIU)).hid):
        with pytest.raises(NotAllowed):
            queries.rows_behind(subject, {"age": ("hukou",)}, there)


def test_the_dead_are_not_asked_whether_they_live_here_but_their_own_record_can_be_opened(published: None) -> None:
    li = office.viewer(clerk_li(), "复核抽查", NOON)
    assert li
    page = queries.person_page(pid_of(OLD), li)
    assert page.person.name == "刘老" and {row.dataset for row in page.rows} == {"hukou", "death"}
    assert [one.name for one in queries.my_household(pid_of(LIU)).members] == ["刘大山", "陈秀"]


def test_a_person_without_a_number_is_kept_and_comes_in(published: None) -> None:
    from doudi.engine.lookup import Lookup

    (found,) = Lookup(django_settings.LAKE).search("马小二")
    home = actions.bring_in(subject=found["hid"], by=HALL, at=NOON)
    (one,) = queries.my_household(home.hid).members
    assert one.pid.startswith("x") and queries.me(one.pid).number == ""


def test_before_the_first_cycle_nobody_is_known(tmp_path: Path, settings: object) -> None:
    settings.LAKE = tmp_path / "empty"  # type: ignore[attr-defined]
    assert queries.sign_in("刘大山", LIU) is None
    with pytest.raises(queries.NotKnown):
        queries.me(pid_of(LIU))
    with pytest.raises(queries.NotKnown):
        actions.bring_in(subject=pid_of(LIU), by=HALL, at=NOON)
