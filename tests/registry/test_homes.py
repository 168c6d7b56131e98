"""What is said of a family and what happens in it: kept twice, with both days, by who may; found between two cycles, once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import families
from doudi.engine import cycle
from doudi.engine.households import Said
from doudi.engine.lake import Lake
from doudi.engine.proposed import Proposed
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.registry import actions, jobs, queries
from doudi.registry.core.homes import citation
from doudi.registry.models import FamilyEvent, Member, Saying
from engine.landed import VILLAGE, no, person
from people import NOON, OTHER_VILLAGE, clerk_li, clerk_sun, places

pytestmark = pytest.mark.django_db
TODAY, LATER = NOON.date(), date(2026, 7, 31)
BABY = no("20260705", 91)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("homes") / "lake"


@pytest.fixture
def family(root: Path, settings: Any) -> Path:
    """The family's lists as of June, published once and current again for each test."""
    places()
    settings.LAKE = root
    families.publish(root)
    return root


def ma() -> str:
    return families.pid(families.MA)


def say(**more: Any) -> Saying:
    told = {"kind": "together", "a": families.pid(families.SON), "b": ma(), "holds": False, "since": TODAY, "reason": "村里说的"}
    return actions.say(**told | {"by": clerk_li(), "at": NOON} | more)


# ---- sayings ------------------------------------------------------------------------------------------------------------


def test_what_is_said_is_fed_to_the_next_cycle_and_a_cycle_follows_it(family: Path) -> None:
    say()
    said = queries.said(TODAY)
    assert said == [Said("together", families.pid(families.SON), ma(), False, TODAY)]
    before = cycle.current(Lake(family))
    made = families.publish(family, said=tuple(said))
    assert before and made.id != before.id and made.manifest["said"]
    people = {one["pid"]: one for one in Proposed(family).living(ma())["people"]}  # type: ignore[index]
    assert (people[families.pid(families.SON)]["counted"], people[families.pid(families.SON)]["reason"]) == (False, "said_apart")
    assert Proposed(family).living(families.pid(families.SON))["head"] == families.pid(families.SON)  # type: ignore[index]


def test_a_later_word_takes_the_place_of_the_earlier_and_both_stay(family: Path) -> None:
    say()
    say(holds=True, reason="问过他本人")
    assert [one.holds for one in queries.said(TODAY)] == [True]
    assert Saying.objects.count() == 2 and Saying.objects.filter(undone_at__isnull=False).count() == 1
    taken = Saying.objects.get(undone_at__isnull=True)
    actions.take_back(ref=taken.ref, why="记错了人", by=clerk_li(), at=NOON)
    assert queries.said(TODAY) == []
    with pytest.raises(queries.NotKnown):
        actions.take_back(ref=taken.ref, why="再来一次", by=clerk_li(), at=NOON)


@pytest.mark.parametrize(
    "more",
    [
        {"by": "sun"}, {"reason": " "}, {"since": date(2026, 7, 2)}, {"b": ""}, {"kind": "custody"}, {"kind": "friends"},
        {"b": "same"},
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_in_words(family: Path, more: dict[str, Any]) -> None:
    if more.get("by"):
        more = {"by": clerk_sun()}
    if more.get("b") == "same":
        more = {"b": families.pid(families.SON)}
    with pytest.raises(NotAllowed) as refused:
        say(**more)
    assert str(refused.value) and not Saying.objects.exists()


def test_a_member_said_not_to_live_here_is_told_as_a_tie_to_the_head(family: Path) -> None:
    home = actions.bring_in(subject=ma(), by=clerk_li(), at=NOON)
    actions.correct_member(hid=home.hid, pid=families.pid(families.LI), together=False, reason="分居", by=clerk_li(), at=NOON)
    assert queries.said(TODAY) == [Said("together", families.pid(families.LI), ma(), False, TODAY)]
    assert queries.said(date(2026, 6, 30)) == []  # not yet
    actions.take_member_back(hid=home.hid, pid=families.pid(families.LI), by=clerk_li(), at=NOON)
    assert queries.said(TODAY) == [] and Member.objects.filter(source="said").count() == 1


def test_a_resident_speaks_of_their_own_family_only(family: Path) -> None:
    me = Party.resident(ma())
    assert say(by=me).said_by == f"resident:{ma()}"
    with pytest.raises(NotAllowed):
        say(by=Party.resident(families.pid(families.LODGER)), a=ma(), b=families.pid(families.SON))
    with pytest.raises(NotAllowed):
        actions.take_back(ref=Saying.objects.get().ref, why="", by=Party.resident(families.pid(families.LI)), at=NOON)
    assert actions.agree_home(pid=ma(), by=me, at=NOON) == 3


# ---- events -------------------------------------------------------------------------------------------------------------


def report(**more: Any) -> FamilyEvent:
    told = {"kind": "divorce", "person": ma(), "other": families.pid(families.LI), "on": date(2026, 6, 28), "channel": "village"}
    return actions.report_event(**told | {"by": clerk_li(), "at": NOON} | more)


def test_nothing_follows_from_an_event_before_it_is_confirmed(family: Path) -> None:
    event = report(paper="离婚证")
    assert (event.effective_on, event.known_on, queries.said(TODAY)) == (date(2026, 6, 28), TODAY, [])
    actions.confirm_event(ref=event.ref, on=None, why="看了离婚证", by=clerk_li(), at=NOON)
    assert {(one.kind, one.holds) for one in queries.said(TODAY)} == {("married", False), ("together", False)}
    with pytest.raises(queries.NotKnown):  # settled already
        actions.dismiss_event(ref=event.ref, why="不是", by=clerk_li(), at=NOON)
    actions.undo_event(ref=event.ref, why="同名", by=clerk_li(), at=NOON)
    assert queries.said(TODAY) == []
    assert {one.undone_why for one in Saying.objects.all()} == {"同名"}


@pytest.mark.parametrize("more", [{"on": None}, {"on": date(2026, 7, 2)}, {"other": ""}, {"channel": "data"}, {"kind": "party"}])
def test_an_event_that_does_not_fit_is_refused(family: Path, more: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        report(**more)
    assert not FamilyEvent.objects.exists()


def test_an_event_elsewhere_is_neither_told_nor_confirmed_by_a_stranger(family: Path) -> None:
    event = report()
    with pytest.raises(NotAllowed):
        report(by=clerk_sun())
    for act in (actions.confirm_event, actions.dismiss_event):
        with pytest.raises(NotAllowed):
            act(ref=event.ref, why="看了", by=clerk_sun(), at=NOON, **({"on": None} if act is actions.confirm_event else {}))
    there, here = (office.viewer(who(), "x", NOON) for who in (clerk_sun, clerk_li))
    assert there and here
    assert queries.events_waiting(there).count == 0 and queries.events_waiting(here).count == 1
    with pytest.raises(NotAllowed):
        queries.event_place(event.ref, there)
    with pytest.raises(NotAllowed):
        queries.home_page(ma(), there)


def test_what_two_cycles_show_is_noted_once_and_never_again_once_it_was_denied(family: Path) -> None:
    june = cycle.current(Lake(family))
    assert june
    rows = families.rows()
    hukou = [one for one in rows["hukou"] if one["name"] != "郑玉兰"]
    hukou += [
        person("郑玉兰", "19460501", 42, "B1", "parent"),
        person("马小囡", "20260705", 91, "B1", "grandchild"),
        person("外乡人", "19700101", 11, "B9", area_code=OTHER_VILLAGE),  # on no roll and in no hardship: nobody's matter
    ]
    families.publish(
        family, LATER, hukou=hukou,
        death=[{"citizen_no": families.GRANNY, "name": "郑玉兰", "death_date": date(2026, 7, 9)}],
        custody=[{"citizen_no": families.BROTHER, "name": "马建军", "kind": "prison", "from_date": date(2024, 1, 1),
                  "to_date": date(2026, 7, 20)}],
        marriage=[*rows["marriage"], {"certificate_no": "L1", "event": "divorce", "event_date": date(2026, 7, 15),
                  "citizen_no": families.MA, "name": "马建国", "spouse_no": families.LI, "spouse_name": "李秀英"}],
    )  # fmt: skip
    assert jobs.note_changes("", at=NOON) == 0  # nothing to compare with
    found = jobs.note_changes(june.id, at=NOON)
    events = {(one.kind, one.person): one for one in FamilyEvent.objects.all()}
    of = {families.GRANNY: "death", families.BROTHER: "released", families.MA: "divorce", BABY: "birth"}
    assert set(events) == {(kind, families.pid(number)) for number, kind in of.items()}
    assert events["divorce", ma()].effective_on == date(2026, 7, 15)
    assert events["released", families.pid(families.BROTHER)].effective_on == date(2026, 7, 20)
    assert found == len(events) and all(one.channel == "data" and one.area.startswith(VILLAGE[:9]) for one in events.values())
    assert jobs.note_changes(june.id, at=NOON) == 0
    actions.dismiss_event(ref=events["divorce", ma()].ref, why="登记错人", by=clerk_li(), at=NOON)
    assert jobs.note_changes(june.id, at=NOON) == 0


def test_articles_in_words() -> None:
    assert citation("D57 Art. 7", "1(3)") == "民发〔2021〕57号 第七条第一款第三项"
    assert citation("D57 Art. 7", "") == "民发〔2021〕57号 第七条" and citation("LAW Art. 18", "") == "LAW Art. 18"
