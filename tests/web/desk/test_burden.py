"""What help costs those who bring it: counted by place and month from rows, unopened; for directors, in their own area."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial

import pytest

import people
from doudi.casework import actions, queries
from doudi.casework.models import Case, CaseMember
from doudi.monitoring import actions as monitoring
from doudi.office import queries as office
from doudi.office import sealing
from doudi.office.core import Role
from web import staged
from web.browser import DESK, PHONE, looked_at, small_targets

pytestmark = pytest.mark.django_db
PAGE = "/desk/burden/"
MONTH_AGO = staged.TODAY - timedelta(days=31)


@pytest.fixture(autouse=True)
def stage(monkeypatch):
    return staged.set_the_stage(monkeypatch)


def looks(clerk=None):
    return office.viewer(clerk or people.director_lin(), "burden.read", staged.TODAY)


def registered(*, others=(("王大海", "son"),), incomes=(("wage", 80000),), at=staged.TODAY):
    """Clerk Li writes granny Wang's application at the window, with what data do not know."""
    common = {"by": people.clerk_li(), "at": at}
    draft = actions.start_draft(pid=people.granny_wang().pid, channel="window", **common)
    actions.save_hardships(ref=draft.ref, kinds=["illness"], story="透析", **common)
    together = {one["pid"]: True for one in draft.content["members"] if not one["is_applicant"]}
    actions.save_members(ref=draft.ref, together=together, others=list(others), **common)
    said = {one["key"]: "right" for one in draft.content["incomes"]}
    actions.save_incomes(ref=draft.ref, said=said, others=list(incomes), **common)
    actions.save_account(ref=draft.ref, way="other", bank="农信社", number="6230520000000008830", **common)
    return actions.submit(ref=draft.ref, consent=True, consent_channel="paper", **common)


def test_what_a_clerk_types_into_an_application_is_counted_beside_what_data_knew():
    registered()
    now = queries.burden(looks(), at=staged.TODAY).whole.now
    assert now.pieces["window"] == 1 and now.each("window") == 5  # her words, a son, a wage, a bank and its number
    assert now.figures["prefilled"] == 2 and now.by_hand == 5 and now.share == 29  # she and her grandson were known
    assert now.figures["known_typed"] == 0


def test_what_she_types_on_her_own_phone_is_no_work_of_a_clerks():
    staged.submitted()
    now = queries.burden(looks(), at=staged.TODAY).whole.now
    assert now.pieces["window"] == 0 and now.by_hand == 0 and now.share is None and now.each("window") is None


def test_what_data_held_and_was_typed_again_is_counted_as_twice(stage):
    granny = people.granny_wang()
    stage.row(granny.pid, "insurance", event="pension_start", event_date=date(2010, 1, 1), base=21300)
    case = registered(incomes=(("pension", 21300),), others=())
    found = case.lines.filter(found_fen__isnull=False)
    now = queries.burden(looks(), at=staged.TODAY).whole.now
    assert now.figures["known_typed"] == found.filter(kind="pension").count() == now.twice == 1
    CaseMember.objects.filter(case=case, relation="grandchild").update(proposed=False)  # he has a number: the register knew him
    assert queries.burden(looks(), at=staged.TODAY).whole.now.twice == 2


def test_each_step_counts_what_was_written_on_it():
    staged.at_county()
    now = queries.burden(looks(), at=staged.TODAY).whole.now
    assert [now.each(screen) for screen in ("submitted", "surveyed")] == [0, 1]
    questions = sum(now.figures[one] for one in ("by_data", "by_people"))
    assert questions > 0 and now.each("accepted") == 2 + questions  # a day and a signature; why, for each difference
    assert now.figures["surveys"] == 1 and now.visited == 1
    assert now.waits["showing"].each > 6 and now.each("at_county") is None


def test_a_fact_found_out_twice_is_counted_as_twice():
    case = staged.surveyed()
    for reason in ("看过证", "又看过一次"):
        actions.settle_fact(
            ref=case.ref, name="hh_income_year", value=100, reason=reason, by=people.clerk_li(),
            at=staged.TODAY + timedelta(minutes=len(reason)),
        )  # fmt: skip
    assert queries.burden(looks(), at=staged.TODAY).whole.now.figures["settled_again"] == 1


def test_last_month_stands_beside_this_one_and_older_months_nowhere():
    staged.submitted(MONTH_AGO)
    case = Case.objects.get()
    actions.ask_once(ref=case.ref, missing="户口本", by=people.clerk_li(), at=MONTH_AGO)
    found = queries.burden(looks(), at=staged.TODAY)
    assert (found.month, found.month_before) == (date(2026, 8, 1), date(2026, 7, 1))
    assert found.whole.before.figures["asked"] == 1 and found.whole.now.figures["asked"] == 0
    Case.objects.update(submitted_at=staged.TODAY - timedelta(days=70))
    assert queries.burden(looks(), at=staged.TODAY).whole.before.figures["asked"] == 0


def test_a_visit_for_an_alert_is_work_too(client):
    alert, worker = staged.alerted(), people.worker_wang()
    monitoring.assign(ref=alert, worker=worker.username, by=people.clerk_li(), at=staged.TODAY)
    monitoring.close_visit(
        ref=alert, visit_ref="visit-of-the-first-alert", visited_at=staged.TODAY, answers={}, wish="later", by=worker,
        at=staged.TODAY,
    )  # fmt: skip
    words = staged.signed_in(client, people.director_lin()).get(PAGE).content.decode()
    assert "<b>1</b> 次" in words


def test_nothing_sealed_is_opened_to_count_it(monkeypatch):
    staged.confirmed()
    registered()
    looked = looks()

    def opened(*_: object) -> str:
        raise AssertionError("counted by reading")

    monkeypatch.setattr(sealing, "unseal", opened)
    assert queries.burden(looked, at=staged.TODAY).places


def test_a_director_looks_into_the_own_area_only(client):
    staged.at_county()
    staged.signed_in(client, people.director_lin())
    words = client.get(PAGE).content.decode()
    assert "柳塘镇" in words and f"?area={people.TOWNSHIP}" in words and "王桂兰" not in words
    part = client.get(PAGE, {"area": people.TOWNSHIP}).content.decode()
    assert "石磨村" in part and f"?area={people.VILLAGE}" not in part
    elsewhere = people.clerk("far", "远", Role.DIRECTOR, "990102")
    staged.signed_in(client, elsewhere)
    for area in (people.TOWNSHIP, people.COUNTY, "9901", "nonsense"):
        assert client.get(PAGE, {"area": area}).status_code == 404, area
    assert "柳塘镇" not in client.get(PAGE).content.decode()
    city = queries.burden(looks(people.clerk("city", "市", Role.DIRECTOR, "990100")), at=staged.TODAY)
    assert [one.area for one in city.places] == [people.COUNTY]


@pytest.mark.parametrize("who", ["clerk_li", "officer_zhao", "auditor_chen", "worker_wang", "keeper_wu"])
def test_it_is_for_directors(client, who):
    assert staged.signed_in(client, getattr(people, who)()).get(PAGE).status_code == 403


def test_every_figure_leads_to_how_it_is_counted(client):
    staged.at_county()
    words = staged.signed_in(client, people.director_lin()).get(PAGE).content.decode()
    asked = set(re.findall(r'href="#(how-[\w-]+)"', words))
    assert len(asked) > 15 and asked <= set(re.findall(r'id="(how-[\w-]+)"', words))


def test_as_many_queries_for_much_work_as_for_none(client, django_assert_max_num_queries):
    staged.signed_in(client, people.director_lin()).get(PAGE)
    with django_assert_max_num_queries(23):
        client.get(PAGE)
    staged.confirmed()
    registered()
    with django_assert_max_num_queries(23):
        client.get(PAGE)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_in_a_browser(open_browser):
    staged.confirmed()
    registered()
    people.director_lin()
    page = open_browser(PHONE)
    page.goto("/desk/login/")
    page.fill("[name=username]", "lin")
    page.fill("[name=password]", "doudi-demo-2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit/")
    page.goto(PAGE)
    looked_at(page, "burden", fingers=(PHONE, DESK), targets=partial(small_targets, least=24))
