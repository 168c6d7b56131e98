"""A resident's own page: everything known of them and their minor children, and what they may do about it."""

from __future__ import annotations

import json

import pytest

import people
from doudi.exchange.models import Correction, Load
from doudi.office import queries as office
from doudi.office.models import JournalEntry, Notice
from doudi.registry import actions, queries
from doudi.registry.core.requests import Outcome
from doudi.registry.gateways import register
from doudi.registry.models import Person, Request
from web import staged
from web.browser import NARROW, PHONE, RULES, looked_at
from web.phone_login import carry_on, signed_in
from web.reasons import family

HOUSEHOLD_OF, FACTS = register.household_of, register.facts  # before any stage stands in for them
PAGES = ("", "copy/", "copy.json", "contact/", "ask/", "requests/")


@pytest.fixture
def home(monkeypatch, tmp_path, settings):
    """刘大山, 陈秀兰 and their grandson, published; Liu is in the database, as after a first application."""
    found = family(monkeypatch, tmp_path, settings)
    monkeypatch.setattr(register, "household_of", HOUSEHOLD_OF)
    monkeypatch.setattr(register, "facts", FACTS)
    people.places()
    actions.bring_in(subject=found.liu, by=people.HALL, at=staged.TODAY)
    return found


def words(client, address):
    return client.get(f"/my/known/{address}").content.decode()


@pytest.mark.django_db
def test_strangers_sign_in_first(client, home):
    for page in PAGES:
        assert client.get(f"/my/known/{page}").url.startswith("/my/sign-in/")


@pytest.mark.django_db
def test_who_said_it_and_when_stands_beside_it_and_nobody_elses_is_there(client, home):
    signed_in(client, home.liu)
    page = words(client, "")
    assert "刘大山" in page and "公安" in page and "2026 年 6 月 30 日" in page
    liu = queries.me(home.liu)
    assert liu.number not in page and liu.masked_number in page
    assert "陈秀兰" not in page, "her own data are hers"
    assert "别的大人" in page, "figures of the household hold hers"


@pytest.mark.django_db
def test_household_figures_come_when_the_other_adults_agreed(client, home, monkeypatch):
    signed_in(client, home.liu)
    monkeypatch.setattr("doudi.registry.queries.mine.consented", lambda pids, purpose, at: set(pids))
    assert "别的大人" not in words(client, "") and "全家" in words(client, "")


@pytest.mark.django_db
def test_the_copy_is_whole_for_people_and_for_machines_and_noted(client, home):
    signed_in(client, home.liu)
    told = json.loads(client.get("/my/known/copy.json").content)
    [me] = told["people"]
    assert me["name"] == "刘大山" and me["citizen_no"] == queries.me(home.liu).number
    datasets = {row["dataset"] for row in me["rows"]}
    assert {"hukou", "dibao", "vehicle"} <= datasets and all(row["as_of"] and row["department"] for row in me["rows"])
    page = words(client, "copy/")
    assert ("刘大山" in page and "车牌" in page) or "号牌" in page
    acts = list(JournalEntry.objects.filter(subject=home.liu, act="registry.take_copy").values_list("detail", flat=True))
    assert [json.loads(one)["form"] for one in acts] == ["json", "page"]


@pytest.mark.django_db
def test_a_wrong_row_goes_to_its_department_with_a_day_for_the_answer(client, home):
    signed_in(client, home.liu)
    row = next(
        row for row in json.loads(client.get("/my/known/copy.json").content)["people"][0]["rows"] if row["dataset"] == "vehicle"
    )
    address = f"/my/known/wrong/{row['batch']}/{row['row']}/"
    counts = {"rows": 1, "accepted": 1, "rejected": 0, "repeated": 0}
    Load.objects.create(
        pk=row["batch"], dataset="vehicle", as_of=row["as_of"], delivery="d", file_name="f", object="o", received_at=staged.TODAY,
        received_by="system:hall", **counts,
    )  # fmt: skip
    assert client.post(address, {}).status_code == 422
    answer = client.post(address, {"field": "plate", "right": "没有车", "words": "早卖了"})
    assert answer.url == "/my/known/requests/"
    asked = Correction.objects.get()
    assert (asked.dataset, asked.field, asked.believed, asked.pid) == ("vehicle", "plate", "没有车", home.liu)
    assert "答复您" in words(client, "requests/")
    assert client.get("/my/known/wrong/99/1/").status_code == 404
    signed_in(client, home.chen)
    assert client.get(address).status_code == 404 and client.post(address, {"field": "", "words": "x"}).status_code == 404


@pytest.mark.django_db
def test_an_objection_gets_a_number_a_day_and_a_persons_answer(client, home):
    signed_in(client, home.liu)
    assert client.post("/my/known/ask/", {"wish": "machine", "words": ""}).status_code == 422
    assert client.post("/my/known/ask/", {"wish": "kin", "words": "想看他的"}).status_code == 422
    assert client.post("/my/known/ask/", {"wish": "machine", "words": "要人来看"}).url == "/my/known/requests/"
    made = Request.objects.get()
    page = words(client, "requests/")
    assert made.number in page and "最晚" in page
    actions.answer(ref=made.ref, outcome=Outcome.REFUSED, words="规则第 3 条说的是全家。", by=people.clerk_li(), at=office.now())
    page = words(client, "requests/")
    assert "规则第 3 条" in page and "这次没有办" in page and "李敏" in page and "12345" in page


@pytest.mark.django_db
def test_ones_own_telephone_changes_at_once_and_the_old_one_is_told(client, home):
    signed_in(client, home.liu)
    actions.keep_contact(pid=home.liu, phone="13800000000", by=people.HALL, at=staged.TODAY)
    assert client.post("/my/known/contact/", {"phone": "123"}).status_code == 422
    assert client.post("/my/known/contact/", {"phone": "139 1234 5678"}).url == "/my/known/"
    assert Person.objects.get(pid=home.liu).phone == "13912345678"
    told = Notice.objects.get(pid=home.liu)
    assert told.phone == "13800000000" and "5678" in told.body and "12345" in told.body


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_are_readable(open_browser, live_server, client, home):
    signed_in(client, home.liu)
    page = open_browser(PHONE)
    carry_on(page, client, live_server)
    client.post("/my/known/ask/", {"wish": "machine", "words": "要人来看"})
    for name in ("", "ask/", "requests/", "copy/", "contact/"):
        page.goto(f"/my/known/{name}")
        sizes = {"360": PHONE, "320": NARROW}
        looked_at(page, f"known-{name.strip('/') or 'page'}", sizes, rules=[*RULES, "wcag2aaa"])
