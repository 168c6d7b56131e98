"""Role × area × every query that shows people: who sees whom, in one table (trap 11: never patched screen by screen)."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from doudi.office import actions as office_actions
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Role, Viewer, contains
from doudi.registry import queries
from doudi.registry.core import RegisterPerson
from doudi.registry.core import pairs as core
from doudi.registry.gateways import doubts, register
from doudi.registry.gateways.doubts import Likely
from doudi.registry.models import Pair, Person, Settlement
from people import CITY, COUNTY, HALL, NOON, OTHER_COUNTY, OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE, granny_wang

pytestmark = pytest.mark.django_db

HERE = (CITY, COUNTY, TOWNSHIP, VILLAGE)  # granny Wang lives in VILLAGE
AWAY = (OTHER_COUNTY, OTHER_TOWNSHIP, OTHER_VILLAGE)
CLERKS = [role for role in Role if role != Role.RESIDENT]

READERS = {Role.TOWNSHIP, Role.COUNTY, Role.VERIFICATION, Role.AUDITOR}
FINDERS = {Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY, Role.VERIFICATION}
VISITORS = {Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY}
ANYBODY = set(CLERKS)
DECIDERS = {Role.TOWNSHIP, Role.COUNTY, Role.DATA}
ROW, PAIR = "f" * 24, core.pair_ref("row", "f" * 24, "p")

# Every query that takes a viewer: how it is asked, whose role may ask, and whether it shows granny.
QUERIES: dict[str, tuple[Callable[[Person, Viewer], bool], set[Role]]] = {
    "person": (lambda granny, viewer: queries.person(granny.pid, viewer).name == granny.name, READERS),
    "person_page": (lambda granny, viewer: queries.person_page(granny.pid, viewer).person.name == granny.name, READERS),
    "household": (
        lambda granny, viewer: any(one.pid == granny.pid for one in queries.household(granny.pid, viewer).members),
        READERS,
    ),
    "to_visit": (lambda granny, viewer: queries.to_visit(granny.pid, viewer)[0].name == granny.name, VISITORS),
    "find_by_number": (lambda granny, viewer: queries.find_by_number(granny.citizen_no, viewer) is not None, FINDERS),
    "find_by_name": (
        lambda granny, viewer: granny.pid in {one.pid for one in queries.find_by_name(granny.name, viewer)},
        FINDERS,
    ),
    "search": (
        lambda granny, viewer: granny.pid in {one.pid for one in queries.search(granny.citizen_no, viewer).people},
        FINDERS,
    ),
    "rows_behind": (lambda granny, viewer: queries.rows_behind(granny.pid, {"age": ("hukou",)}, viewer) == [], READERS),
    "queue": (lambda granny, viewer: bool(queries.queue(viewer).rows), DECIDERS),
    "pairs_count": (lambda granny, viewer: queries.pairs_count(viewer)["all"] == 1, DECIDERS),
    "pair_villages": (lambda granny, viewer: queries.pair_villages(viewer) == [(VILLAGE, "石磨村", 1)], DECIDERS),
    "after_pair": (lambda granny, viewer: queries.after_pair("", viewer) == PAIR, DECIDERS),
    "pair": (lambda granny, viewer: queries.pair(PAIR, viewer).other.particulars["name"] == granny.name, DECIDERS),
    "decision": (lambda granny, viewer: queries.decision("j1", viewer) is not None, DECIDERS),
    "decisions": (lambda granny, viewer: bool(queries.decisions(viewer)[0]), DECIDERS),
    "decisions_about": (lambda granny, viewer: bool(queries.decisions_about(granny.pid, viewer)), READERS),
    "identity": (lambda granny, viewer: queries.identity(granny.pid, viewer).numbers == (granny.citizen_no,), READERS),
    "perhaps": (
        lambda granny, viewer: [one.pid for one in queries.perhaps(viewer, name=granny.name).here] == [granny.pid],
        FINDERS,
    ),
    "names": (lambda granny, viewer: granny.pid in queries.names([granny.pid], viewer), ANYBODY),
}


@pytest.fixture
def granny(monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setattr(register, "person", lambda pid: None)
    monkeypatch.setattr(register, "by_number", lambda number: None)
    monkeypatch.setattr(register, "household_of", lambda subject: None)
    monkeypatch.setattr(register, "facts", lambda subject: {})
    monkeypatch.setattr(register, "everything", lambda pid: [])
    monkeypatch.setattr(register, "rows_behind", lambda subject, fact, datasets: [])
    found = granny_wang()
    monkeypatch.setattr(doubts, "likely", lambda **said: [Likely(found.pid, 0.99, ())])
    monkeypatch.setattr(doubts, "delivered", lambda batch, row_no: None)
    told = {"weight": 1.0, "probability": 0.4, "area": VILLAGE, "seen_in": "c1", "since_on": NOON.date()}
    Pair.objects.create(ref=PAIR, kind="row", left=ROW, right=found.pid, **told)
    Settlement.objects.create(
        ref="j1", kind="row", left="e" * 24, right=found.pid, verdict="apart", area=VILLAGE, decided_at=NOON, decided_by="clerk:x"
    )
    known = RegisterPerson(found.pid, found.name, found.citizen_no, "2", found.born_on, found.area)
    monkeypatch.setattr(register, "by_name", lambda name, area: [known] if known.area.startswith(area) else [])
    return found


def viewer(role: Role, area: str) -> Viewer:
    clerk = office_actions.hire(username="somebody", name="某人", password=None, by=HALL, at=NOON)
    of = "education" if role == Role.SERVICE else ""  # a helper is of a department
    office_actions.appoint(clerk=clerk, role=role, area=area, department=of, from_on=date(2026, 1, 1), by=HALL, at=NOON)
    found = office.viewer(clerk, "复核抽查", NOON)
    assert found
    return found


def test_every_query_of_the_table_takes_a_viewer() -> None:
    """What none of them tells a post elsewhere, those not in the table included, is tried in tests/web/test_every_path.py."""
    taking = {name for name, takes in public_queries().items() if "viewer" in takes}
    assert set(QUERIES) <= taking


@pytest.mark.parametrize("area", (*HERE, *AWAY))
@pytest.mark.parametrize("role", CLERKS)
def test_everybody_sees_what_their_post_opens_where_they_work_and_nothing_else(granny: Person, role: Role, area: str) -> None:
    who = viewer(role, area)
    for name, (ask, roles) in QUERIES.items():
        try:
            shown = ask(granny, who)
        except NotAllowed:
            shown = False
        assert shown == (role in roles and area in HERE), f"{name} as {role} of {area}"


@pytest.mark.parametrize("area", (*HERE, *AWAY))
def test_who_works_where_is_told_by_place(granny: Person, area: str) -> None:
    viewer(Role.TOWNSHIP, area)
    for asked in (*HERE, *AWAY):
        assert bool(office.staff(NOON, area=asked)) == contains(asked, area)


# joins of our own records to the register; what comes out names nobody
BY_MACHINE = {
    "identities",
    "lookalikes",
    "settled",
    "joined",
    "home_of",
}

BY_MACHINE |= {"told_until", "counts_unwatched", "as_of_unwatched", "said", "contacts_over", "happened_since", "accounts"}
IDS_ONLY = {
    "standing",
    "standing_of",
    "together",
    "pids_of",
    "end_of",
    "sides",
    "has_contact",
    "still_given",
    "known_here",
}  # an id for an id; what it opens is asked for elsewhere


def public_queries() -> dict[str, set[str]]:
    """The public queries of the room, each with the names of what it takes."""
    return {
        name: set(inspect.signature(query).parameters)
        for name, query in inspect.getmembers(queries, inspect.isfunction)
        if query.__module__.startswith(queries.__name__) and not name.startswith("_")
    }


OWN = {
    "me", "my_household", "my_home", "my_known", "my_requests", "events_of", "consents", "consented", "sign_in", "short_blind",
    "blind_key",
}  # fmt: skip


def test_residents_queries_are_by_their_own_id_only() -> None:
    """What residents see takes no viewer: the page passes the id signed in. These, and no others."""
    own = {name for name, takes in public_queries().items() if "viewer" not in takes}
    assert own - BY_MACHINE - IDS_ONLY == OWN


def test_what_only_the_schedule_and_supervision_count_is_on_no_page() -> None:
    pages = "".join(path.read_text() for path in (Path(queries.__file__).parents[2] / "web").rglob("*.py"))
    assert public_queries().keys() >= BY_MACHINE
    assert not [name for name in BY_MACHINE if f"registry.{name}(" in pages or f"queries.{name}(" in pages]


def test_who_visits_learns_no_number_and_no_account(granny: Person) -> None:
    who, home = queries.to_visit(granny.pid, viewer(Role.VILLAGE, VILLAGE))
    assert (who.name, who.phone, who.number, who.account) == (granny.name, granny.phone, "", "")
    assert [one.name for one in home] == ["王桂兰", "王小宝"]
