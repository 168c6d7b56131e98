"""The demo's families stand at every step, by the acts of people; a second run adds nothing."""

from datetime import date

import pytest

import people
from doudi.casework.core import State
from doudi.casework.models import Award, Case, Decision
from doudi.office.core import Role
from doudi.payment.models import Run
from doudi.sample import lives
from doudi.web.parts import letters
from walk import Sources, everything_answers

pytestmark = pytest.mark.django_db


def letter(case):
    written = letters.of_decision(case, "禾安县民政局")
    return written.code, letters.body_of(written)


def test_somebody_stands_at_every_step_and_is_made_once(monkeypatch):
    everything_answers(Sources().install(monkeypatch))
    people.clerk_li()
    people.officer_zhao()
    people.clerk("sun", "孙丽", Role.COUNTY, people.COUNTY)
    people.clerk("wang", "王秀英", Role.VILLAGE, people.TOWNSHIP)
    alone = [
        people.person(f"周{name}", date(1958, 3, 1 + place), order=70 + place).pid
        for place, name in enumerate("一二三四五六七八九十百")
    ]
    monkeypatch.setattr(lives, "_families", lambda without, count: alone[:count])
    assert lives.under_way(without=[], letter=letter, at=people.NOON) == 11
    states = [State(one) for one in Case.objects.values_list("state", flat=True)]
    assert {State.SUBMITTED, State.INVESTIGATING, State.SHOWN, State.AT_COUNTY, State.CONFIRMED, State.HELPED} <= set(states)
    assert Award.objects.count() == states.count(State.CONFIRMED) + states.count(State.HELPED)
    assert not Decision.objects.filter(kind__in=["confirm", "refuse"], served_at=None).exclude(case__state="helped").exists()
    run = Run.objects.get()
    assert run.lines.filter(state="failed").count() == 1 and run.lines.filter(state="paid").count() == 3
    assert lives.under_way(without=[], letter=letter, at=people.NOON) == 0 and Case.objects.count() == 11
