"""Requests about one's own data: a number, a day, an answer by a person with reasons, told to the person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import people
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Viewer
from doudi.office.models import JournalEntry, Notice
from doudi.registry import actions, queries
from doudi.registry.actions.requests import OPEN_AT_MOST
from doudi.registry.core.requests import WISHES, AlreadyAnswered, Outcome, Wish
from doudi.registry.models import Request
from people import NOON

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def register(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("person", "household_of"):
        monkeypatch.setattr(f"doudi.registry.gateways.register.{name}", lambda subject: None)


def ask(**more: object) -> Request:
    granny = people.granny_wang()
    said = {"pid": granny.pid, "wish": Wish.MACHINE, "words": "我要人来看", "by": Party.resident(granny.pid), "at": NOON}
    return actions.ask(**(said | more))  # type: ignore[arg-type]


def viewer(clerk: people.Clerk) -> Viewer:
    found = office.viewer(clerk, "request.list", NOON)
    assert found
    return found


def test_it_gets_a_number_and_a_day_and_the_desk_of_the_place_sees_it() -> None:
    made = ask()
    assert len(made.number) == 12 and made.due_on == date(2026, 7, 22), "fifteen working days"
    assert [one.ref for one in queries.requests(viewer(people.clerk_li()), TODAY)] == [made.ref]
    assert queries.requests(viewer(people.clerk_sun()), TODAY) == []
    with pytest.raises(NotAllowed):
        queries.request(made.ref, viewer(people.clerk_sun()), TODAY)
    with pytest.raises(NotAllowed):
        queries.requests(viewer(people.keeper_wu()), TODAY)
    assert not queries.requests(viewer(people.clerk_li()), TODAY)[0].late
    assert queries.requests(viewer(people.clerk_li()), made.due_on + timedelta(days=1))[0].late


def test_a_person_answers_with_reasons_once_and_the_asker_is_told() -> None:
    made, li = ask(), people.clerk_li()
    with pytest.raises(NotAllowed, match="为什么"):
        actions.answer(ref=made.ref, outcome=Outcome.DONE, words=" ", by=li, at=NOON)
    with pytest.raises(NotAllowed, match="工作人员"):
        actions.answer(ref=made.ref, outcome=Outcome.REFUSED, words="不行", by=Party.system("job"), at=NOON)
    with pytest.raises(NotAllowed):
        actions.answer(ref=made.ref, outcome=Outcome.DONE, words="办了", by=people.clerk_sun(), at=NOON)
    actions.answer(ref=made.ref, outcome=Outcome.DONE, words="我重新看了，照您说的改了。", by=li, at=NOON + timedelta(hours=1))
    with pytest.raises(AlreadyAnswered):
        actions.answer(ref=made.ref, outcome=Outcome.REFUSED, words="不行", by=li, at=NOON + timedelta(hours=2))
    [mine] = queries.my_requests(made.pid, TODAY)
    assert (mine.answer, mine.answered_by, mine.row.outcome_label) == ("我重新看了，照您说的改了。", "李敏", "照办了")
    assert made.number in Notice.objects.get(pid=made.pid).body and len(Notice.objects.get(pid=made.pid).body) <= 70
    acts = list(JournalEntry.objects.filter(subject=made.ref).order_by("seq").values_list("act", flat=True))
    assert acts == ["registry.ask", "office.notify", "registry.answer"]
    assert "改了" not in "".join(JournalEntry.objects.filter(subject=made.ref).values_list("detail", flat=True))


def test_nobody_asks_for_another_but_a_clerk_of_the_place_writes_it_down() -> None:
    uncle = people.uncle_zhou()
    with pytest.raises(NotAllowed, match="自己"):
        ask(by=Party.resident(uncle.pid))
    assert ask(by=people.clerk_li()).made_by.startswith("clerk:")
    with pytest.raises(NotAllowed):
        ask(by=people.clerk_sun())


def test_words_kin_and_too_many() -> None:
    with pytest.raises(NotAllowed, match="写一句"):
        ask(words="  ")
    with pytest.raises(NotAllowed, match="亲人"):
        ask(wish=Wish.KIN, words="想看他的")
    assert ask(wish=Wish.KIN, words="想看他的", whose_name="王老根", relation="女儿").whose_name == "王老根"
    for _ in range(OPEN_AT_MOST - 1):
        ask()
    with pytest.raises(NotAllowed, match="12345"):
        ask()


def test_every_wish_names_its_article() -> None:
    assert set(WISHES) == set(Wish) and all("PIPL Art." in wish.basis for wish in Wish)
