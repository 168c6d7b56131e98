"""From delivered files to a pair on a desk, a decision, and the next cycle that keeps to it: nothing stands in for anything."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from doudi.engine import cycle
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.engine.linkage import Settled
from doudi.engine.weights import LEVELS, trained
from doudi.exchange import jobs as exchange
from doudi.exchange import queries as books
from doudi.office import queries as office
from doudi.office.core import Party, Role
from doudi.policy import pack
from doudi.registry import actions, jobs, queries
from doudi.registry.core import pairs as core
from doudi.registry.gateways import register
from doudi.registry.models import Pair
from people import CITY, NOON, OTHER_VILLAGE, VILLAGE, clerk, clerk_li, number_of, pid_of, places

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ON, LATER = date(2026, 6, 30), NOON + timedelta(days=1)
LIU, NEW = number_of(VILLAGE, date(1955, 5, 5), 11), number_of(VILLAGE, date(1955, 5, 5), 13)
OTHERS = "".join(
    f"C{n},{number_of(OTHER_VILLAGE, date(1950 + n, 1 + n % 12, 3), n)},{name},男,{1950 + n}-{1 + n % 12:02d}-03,户主,"
    f"{OTHER_VILLAGE},桥头村{n}号,农村,正常\n"
    for n, name in enumerate(("马小二", "周大年", "孙有福", "钱来宝", "郑长根", "冯满仓"))
)
HUKOU = f"""户号,身份证号,姓名,性别,出生日期,与户主关系,村(社区)代码,户籍地址,户籍类别,户籍状态
B1,{LIU},刘大山,男,1955-05-05,户主,{VILLAGE},石磨村3号,农村,正常
{OTHERS}"""
COST = f"""身份证号,姓名,结算月份,总费用,个人自付,医疗救助金额,医院等级,住院次数
{LIU},刘大山,2026-05,1000,500,0,三级,1
{LIU},孟丽君,2026-06,90000,40000,0,三级,2
"""


@pytest.fixture
def lake(tmp_path: Path, settings: object) -> Lake:
    """Two files delivered: the hospital wrote one bill of somebody else under Liu Dashan's number."""
    places()
    settings.LAKE = tmp_path / "lake"  # type: ignore[attr-defined]
    (tmp_path / "hukou_20260630.csv").write_bytes(HUKOU.encode("gb18030"))
    (tmp_path / "medical_cost_20260630.csv").write_bytes(COST.encode("gb18030"))
    for name in ("hukou", "medical_cost"):
        outcome = exchange.pick_up(tmp_path / f"{name}_20260630.csv", by=Party.system("feeds"), at=NOON, as_of=ON)
        assert not outcome.refused
    return Lake(tmp_path / "lake")


def evaluated(lake: Lake) -> Cycle:
    """A cycle as the schedule builds it, its doubts brought to the desks."""
    rules = pack.load(django_settings.PACKS)
    loads, key = books.current_loads(ON), django_settings.LINKING_KEY
    made = cycle.run(lake, books.contracts(), loads, rules, ON, key=key, settled=queries.settled())
    jobs.mirror(made.id, on=ON, at=NOON)
    return made


def rows_of(pid: str) -> list[tuple[str, str]]:
    return sorted((row["dataset"], row["values"]["name"]) for row in register.everything(pid))


def test_one_number_two_people_until_somebody_looked_and_after_it_was_taken_back(lake: Lake) -> None:
    liu, first = pid_of(LIU), evaluated(lake)
    assert evaluated(lake).id == first.id and Pair.objects.count() == 1
    whole = office.viewer(clerk("wen", "文静", Role.DATA, CITY), "x", NOON)
    assert whole
    (row,) = queries.queue(whole).rows
    found = queries.pair(row.ref, whole)
    assert found.kind == "shared" and found.right == liu and found.one.particulars["name"] == "孟丽君"
    assert (found.one.particulars["number"], found.other.particulars["number"]) == (LIU, LIU)
    assert all(core.level_words(what, how)[0] != f"{what}：{how}" for what, how in found.why)
    before = rows_of(liu)
    made = actions.settle_pair(ref=row.ref, verdict="same", reason="艺名，医院认得", by=clerk_li(), at=NOON)
    second = evaluated(lake)
    assert second.id != first.id
    assert rows_of(liu) == [("hukou", "刘大山"), ("medical_cost", "刘大山"), ("medical_cost", "孟丽君")]
    assert register.facts(liu)["medical_self_paid_year"] == 4_050_000
    assert queries.queue(whole).rows == ()
    actions.undo_settlement(ref=made.ref, why="不是他", by=clerk_li(), at=LATER)
    assert evaluated(lake).id == first.id
    assert rows_of(liu) == before
    assert [one.ref for one in queries.queue(whole).rows] == [row.ref]


def test_a_decision_outlives_a_new_delivery_of_the_same_rows(lake: Lake, tmp_path: Path) -> None:
    evaluated(lake)
    (pair,) = Pair.objects.all()
    actions.settle_pair(ref=pair.ref, verdict="same", reason="艺名", by=clerk_li(), at=NOON)
    again = tmp_path / "again"
    again.mkdir()
    lines = COST.splitlines(keepends=True)
    (again / "medical_cost_20260630.csv").write_bytes("".join([lines[0], *reversed(lines[1:])]).encode("gb18030"))
    exchange.pick_up(again / "medical_cost_20260630.csv", by=Party.system("feeds"), at=LATER, as_of=ON)
    evaluated(lake)
    assert ("medical_cost", "孟丽君") in rows_of(pid_of(LIU))


def test_a_row_taken_out_by_its_mark_is_somebody_elses_in_the_next_cycle(lake: Lake) -> None:
    evaluated(lake)
    liu = pid_of(LIU)
    li = office.viewer(clerk_li(), "x", NOON)
    assert li
    (own,) = [row for row in queries.person_page(liu, li).rows if row.dataset == "medical_cost"]
    actions.split_person(pid=liu, rows={books.mark_of(own): own.dataset}, reason="同名的另一个人", by=clerk_li(), at=NOON)
    evaluated(lake)
    assert rows_of(liu) == [("hukou", "刘大山")]


def delivered_under(lake: Lake, tmp_path: Path, number: str, name: str) -> None:
    """One more bill, under a number no register of households knows."""
    (tmp_path / "more").mkdir()
    text = f"{COST}{number},{name},2026-04,100,80,0,二级,1\n"
    (tmp_path / "more" / "medical_cost_20260630.csv").write_bytes(text.encode("gb18030"))
    exchange.pick_up(tmp_path / "more" / "medical_cost_20260630.csv", by=Party.system("feeds"), at=LATER, as_of=ON)
    evaluated(lake)


def test_two_numbers_one_person_by_the_weights_until_a_person_says_they_are_two(lake: Lake, tmp_path: Path) -> None:
    delivered_under(lake, tmp_path, NEW, "刘大山")
    li = office.viewer(clerk_li(), "x", NOON)
    assert li and register.person(pid_of(NEW)) is None
    found = queries.find_by_number(NEW, li)
    assert found and found.pid == pid_of(LIU)
    assert queries.sign_in("刘大山", NEW) is None  # a machine's guess opens nobody's door
    said = [Settled("person", *sorted((pid_of(NEW), pid_of(LIU))), "apart")]  # type: ignore[arg-type]
    rules, key = pack.load(django_settings.PACKS), django_settings.LINKING_KEY
    cycle.run(lake, books.contracts(), books.current_loads(ON), rules, ON, key=key, settled=said)
    assert register.person(pid_of(NEW)) is not None
    assert [row["values"]["total"] for row in register.everything(pid_of(NEW))] == [10000]


def test_two_numbers_one_person_because_somebody_knows(lake: Lake, tmp_path: Path) -> None:
    """Both lead to one person at once, and after the next cycle; undone, and after the cycle that follows, they are two."""
    other = number_of(VILLAGE, date(1961, 2, 3), 15)
    delivered_under(lake, tmp_path, other, "刘平")
    old, new = pid_of(LIU), pid_of(other)
    assert register.person(new) is not None
    made = actions.merge_persons(
        goes=new, stays=old, reason="过继以前的名字和号码", by=clerk("wen", "文静", Role.DATA, CITY), at=LATER
    )
    li = office.viewer(clerk_li(), "x", NOON)
    assert li
    totals = [row.values["total"] for row in queries.person_page(old, li).rows if row.dataset == "medical_cost"]
    assert 10000 in totals and len(totals) >= 2  # the rows of both, before any cycle
    evaluated(lake)
    assert register.person(new) is None and queries.me(new).pid == old
    assert ("medical_cost", "刘平") in rows_of(old)
    assert queries.sign_in("刘平", other) == old == queries.sign_in("刘大山", LIU)
    assert ("刘平", "medical_cost") in queries.identity(old, li).other_names
    actions.undo_settlement(ref=made.ref, why="是两个人", by=clerk("wen", "文静", Role.DATA, CITY), at=LATER)
    assert queries.me(new).pid == new  # at once, though the register will know them only from the next cycle
    evaluated(lake)
    assert register.person(new) is not None and rows_of(new) == [("medical_cost", "刘平")]


def test_there_are_words_for_everything_the_machine_compares() -> None:
    weights = trained()
    for what, levels in LEVELS.items():
        for how in levels:
            words, says = core.LEVELS[what, how]
            assert words
            if says in ("strong", "against"):
                assert (weights.weight(what, how) > 0) == (says == "strong"), (what, how)
