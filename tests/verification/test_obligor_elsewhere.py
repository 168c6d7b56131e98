"""A grandmother's son in another province: he signs his own sheet, his place is asked and answers into the check."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import people
import walk
from doudi.casework import actions as casework
from doudi.casework.models import Case
from doudi.office import queries as office
from doudi.office.core import Party
from doudi.verification import actions, jobs, queries
from doudi.verification.core import letters, peers
from doudi.verification.models import Authorisation, PlaceExchange
from doudi.verification.queries import exchanges
from verification.elsewhere import Elsewhere
from verification.objecting import DOT
from web import staged

pytestmark = pytest.mark.django_db
WORKER = Party.system("ask")


@pytest.fixture
def asked(monkeypatch):
    """The case is accepted, and the worker has carried what was due; the other place, and the check."""
    staged.set_the_stage(monkeypatch)
    there = Elsewhere("980100", "云川省桐溪市民政局")
    for dataset in ("income", "vehicle"):
        actions.keep_source(
            code=f"tongxi-{dataset}", label=there.label, dataset=dataset, adapter="place", address=there.code, by=WORKER,
            at=office.now(),
        )  # fmt: skip
    granny, li = people.granny_wang(), people.clerk_li()
    case = walk.applied(granny.pid, office.now())
    number = people.number_of("980122", date(1975, 8, 9), 51)
    son = casework.add_supporter(
        ref=case.ref,
        name="王志远",
        number=number,
        supports=granny.pid,
        relation="son",
        place="云川省桐溪县",
        by=li,
        at=office.now(),
    )
    form = [("form", "image/png", DOT)]
    casework.sign_supporter(ref=case.ref, pid=son.pid, channel="paper", files=form, by=li, at=office.now())
    casework.accept(ref=case.ref, by=li, at=office.now())
    jobs.ask_sources(by=WORKER)
    return there, Case.objects.get(ref=case.ref).check_ref, number


def test_only_he_is_asked_about_on_his_own_sheet_and_his_place_answers_into_the_check(asked):
    there, check, number = asked
    sheet = Authorisation.objects.get(role="supporter")
    questions = there.read()
    assert len(questions) == 2
    for question in questions:
        (person,) = question["people"]
        assert (person["name"], person["number"], person["authorisation"]["number"]) == ("王志远", number, sheet.number)
        assert not peers.refusal(question, office.today(office.now())), "it would be answered over there"
        assert peers.refusal(question | {"programme": "tekun"}, office.today(office.now())) == "wrong_purpose"
        wanted = question["wanted"][0]
        found = wanted["dataset"] == "income"
        rows = [{"ref": "12/3", "values": {"period": "2026-07", "income_month": "4200"}}] if found else []
        told = {"item": wanted["item"], "said": "found" if found else "nothing", "why": "", "as_of": "2026-08-20", "rows": rows}
        there.write({"kind": "answer", "exchange": question["exchange"], "digest": letters.digest(question), "answers": [told]})
    rows = {row.source: row for row in queries.answers(check) if row.whose == "王志远"}
    assert "4,200 元" in rows["tongxi-income"].items[0].words and rows["tongxi-vehicle"].said == "nothing"
    assert {one.state for one in PlaceExchange.objects.all()} == {"answered"}
    assert all(held["journal"] == held["kept"] for held in (exchanges.held(one.ref) for one in PlaceExchange.objects.all()))
    assert not [row for row in queries.answers(check) if row.source.startswith("tongxi") and row.whose != "王志远"]


def test_taken_back_before_the_letter_left_it_does_not_leave(asked, monkeypatch):
    _, check, _ = asked
    sheet = Authorisation.objects.get(role="supporter")
    later = office.now() + timedelta(minutes=1)
    actions.withdraw_authorisation(number=sheet.number, explained=True, by=Party.resident(sheet.pid), at=later)
    monkeypatch.setattr("doudi.office.queries.now", lambda: later)
    monkeypatch.setattr("doudi.verification.gateways.places.hand", lambda *more, **named: pytest.fail("it left"))
    jobs.run_places()
    assert {one.state for one in PlaceExchange.objects.all()} == {"closed"}
    assert {row.state for row in queries.answers(check) if row.source.startswith("tongxi")} == {"closed"}
