"""Searching: in the register and among our own people, inside the area, traced, and only so fast."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import people
from doudi.office import queries as office
from doudi.office.core import Party, Role, TooMany, Viewer
from doudi.registry import actions, queries
from doudi.registry.actions.search import keep_keys
from doudi.registry.core import search as core
from doudi.registry.models import Person, SearchKey
from engine.test_finding import index
from people import COUNTY, NOON, OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE

pytestmark = pytest.mark.django_db

CROWD = [
    ("王桂兰", "990101195203050022", VILLAGE),
    ("王小宝", "990101201402280013", VILLAGE),
    ("周德顺", "990101196001090031", OTHER_VILLAGE),
]


@pytest.fixture(autouse=True)
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A published register of three people."""
    people.places()
    town = index(tmp_path / "lake", CROWD)
    monkeypatch.setattr("doudi.registry.gateways.register.finding.finder", lambda lake: town)
    monkeypatch.setattr("doudi.registry.gateways.register.person", lambda pid: None if pid.startswith("x") else object())


def viewer(area: str = TOWNSHIP, role: Role = Role.TOWNSHIP) -> Viewer:
    who = people.clerk(f"s-{role}-{area}", "李敏", role, area)
    found = office.viewer(who, "person.find", NOON)
    assert found
    return found


def asked(text: str, area: str = TOWNSHIP) -> list[str]:
    return [one.masked_name for one in queries.search(text, viewer(area)).people]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("王桂兰", ["王*兰"]),
        ("王 桂兰 石磨村", ["王*兰"]),
        ("王桂兰石磨村", ["王*兰"]),
        ("石磨 王", ["王*兰", "王*宝"]),
        ("wgl shimo", ["王*兰"]),
        ("Wáng guì lán", ["王*兰"]),
        ("wang2gui4lan2", ["王*兰"]),
        ("wgl1952", ["王*兰"]),
        ("石磨村", ["王*兰", "王*宝"]),
        ("990101 19520305 0022", ["王*兰"]),
        ("９９０１０１１９５２０３０５００２２", ["王*兰"]),
        ("王桂兰 桥头村", []),
        ("王", ["王*兰", "王*宝"]),
        ("", []),
        ("?!", []),
        ("12", []),
    ],
)
def test_what_people_type_finds_whom_they_mean(text: str, found: list[str]) -> None:
    assert sorted(asked(text)) == sorted(found)


def test_names_are_masked_and_numbers_are_not_told() -> None:
    told = queries.search("王桂兰", viewer())
    assert [(one.masked_name, one.born_year, one.area_label) for one in told.people] == [("王*兰", 1952, "石磨村")]
    assert "桂" not in repr(told) and "0022" not in repr(told)


def test_a_telephone_number_finds_whole_and_by_its_end() -> None:
    granny = people.person("王桂兰", date(1952, 3, 5), order=2)
    Person.objects.filter(pid=granny.pid).delete()
    granny.pid = "p" + "0" * 20  # the register's own
    granny.save(force_insert=True)
    actions.keep_contact(pid=granny.pid, phone="13987654321", by=people.clerk_li(), at=NOON)
    for text in ("13987654321", "139 8765 4321", "4321", "王 4321", "wgl 4321 石磨"):
        assert asked(text) == ["王*兰"], text
        assert asked(text, OTHER_TOWNSHIP) == [], text
    assert asked("4322") == asked("13987654322") == []
    actions.keep_contact(pid=granny.pid, phone="13900009999", by=people.clerk_li(), at=NOON)
    assert asked("4321") == [] and asked("9999") == ["王*兰"]


def test_people_no_register_knows_are_found_by_name_sound_birthday_and_phone() -> None:
    person = people.person("欧阳翠花", date(1943, 7, 1), order=88)
    person.pid, person.phone = "x" + "5" * 20, "13911112222"
    person.number_blind = ""
    person.save(force_insert=True)
    keep_keys(person, known=False)
    for text in ("欧阳翠花", "翠花", "ouyang", "oych", "ouyangcuihua 石磨村", "19430701", "2222", "13911112222", "翠花 1943"):
        assert "欧**花" in asked(text), text
    assert asked("翠花 桥头村") == [] and asked("翠花", OTHER_TOWNSHIP) == []
    assert "翠花" not in "".join(SearchKey.objects.values_list("key", flat=True))
    person.phone = ""
    keep_keys(person, known=True)
    assert not SearchKey.objects.filter(person=person).exists()


def test_who_the_village_told_of_is_found_before_any_cycle_has_them() -> None:
    said = {"place": "", "trouble": "没人管", "said_by": "王秀英", "by": people.worker_wang(), "at": NOON}
    actions.tell_of(ref="t" + "a1" * 10, name="阿毛爷", about_age=80, area=VILLAGE, **said)
    for text in ("阿毛爷", "毛爷", "amaoye", "amy 石磨村", "石磨村 阿毛"):
        assert "阿*爷" in asked(text), text
    assert asked("阿毛爷", OTHER_TOWNSHIP) == [] and "阿*爷" not in asked("阿毛爷 桥头村")


def test_who_moved_away_is_their_new_places() -> None:
    """The register still has them here; our own record says they live next door."""
    away = people.person("王桂兰", date(1952, 3, 5), order=2, area="990101002209")
    Person.objects.filter(pid=away.pid).update(pid="p" + "0" * 20)
    assert asked("王桂兰") == [] and queries.search("王桂兰", viewer()).count == 0
    assert asked("王桂兰", COUNTY) == ["王*兰"]


def test_every_search_leaves_its_trace_and_no_word_of_it() -> None:
    li = viewer()
    actions.search(text="王桂兰 990101195203050022 石磨村", viewer=li, by=Party("clerk", li.ref), at=NOON)
    [line] = [line for line in office.journal_of(li.ref) if line.act == "registry.search"]
    assert line.detail == {"area": TOWNSHIP, "found": "1", "kinds": ["name", "number", "place"]}
    assert "桂" not in json.dumps(line.detail) and line.at == NOON and line.by == f"clerk:{li.ref}"


def test_who_goes_through_people_one_by_one_is_stopped_with_words_and_may_go_on_later(monkeypatch: Any) -> None:
    monkeypatch.setattr(import_module("doudi.registry.actions.search"), "IN_TEN_MINUTES", 3)
    li = viewer()

    def ask(at: datetime) -> None:
        actions.search(text="0022", viewer=li, by=Party("clerk", li.ref), at=at)

    for _ in range(3):
        ask(NOON)
    with pytest.raises(TooMany, match="过十分钟再找"):
        ask(NOON + timedelta(minutes=9))
    ask(NOON + timedelta(minutes=11))


@given(st.text(max_size=80))
def test_anything_typed_is_read(text: str) -> None:
    for piece in core.read(text):
        assert piece.text and piece.kind in ("han", "letters", "digits") and core.asked_keys(piece)
        assert piece.kind != "letters" or (piece.text.isascii() and piece.text.islower())
