"""The demo's own pages: logins, the clock, messages; none of them outside a demo."""

import json
from datetime import timedelta

import pytest
from django.conf import settings

import people
from doudi.casework import queries as cases
from doudi.office import queries as office
from web import staged

pytestmark = pytest.mark.django_db


def test_logins_are_listed_with_the_shared_password(client):
    people.clerk_li()
    html = client.get("/demo/").content.decode()
    assert "li" in html and "柳塘镇" in html and settings.DEMO_PASSWORD in html


def test_who_may_apply_is_what_the_demo_wrote(client):
    path = settings.HOME.root / "demo.json"
    path.write_text(json.dumps([{"name": "葛国鹏", "number": "990101196602089056"}]))
    try:
        assert "葛国鹏" in client.get("/demo/").content.decode()
    finally:
        path.unlink()


@pytest.mark.parametrize(("step", "days"), [("day", 1), ("week", 7)])
def test_the_clock_moves_forward(client, monkeypatch, step, days):
    staged.set_the_stage(monkeypatch)
    before = office.now()
    client.post("/demo/clock/", {"step": step})
    assert timedelta(days=days) <= office.now() - before < timedelta(days=days, minutes=1)


def test_the_clock_goes_to_the_first_of_the_next_month(client, monkeypatch):
    staged.set_the_stage(monkeypatch)
    client.post("/demo/clock/", {"step": "month"})
    here = office.now().astimezone(office.HERE)
    assert (here.month, here.day, here.hour) == (9, 1, 9)


def test_what_was_due_is_done_and_said(client, monkeypatch):
    staged.set_the_stage(monkeypatch)
    staged.shown()
    client.post("/demo/clock/", {"step": "week"})
    client.post("/demo/clock/", {"step": "day"})
    assert "公示期满 1 件，已报县里" in client.get("/demo/").content.decode()
    (case,) = cases.my_cases(people.granny_wang().pid, at=office.now())
    assert case.state == "at_county"


def test_a_step_nobody_knows_moves_nothing(client, monkeypatch):
    staged.set_the_stage(monkeypatch)
    before = office.now()
    client.post("/demo/clock/", {"step": "century"})
    assert office.now() - before < timedelta(minutes=1)


def test_messages_stand_on_the_page(client, monkeypatch):
    staged.set_the_stage(monkeypatch)
    staged.submitted()
    assert "12345" in client.get("/demo/sms/").content.decode()


def test_outside_a_demo_none_of_it_is_there(client, monkeypatch):
    monkeypatch.setattr(settings, "DEMO", False)
    for path in ("/demo/", "/demo/sms/"):
        assert client.get(path).status_code == 404
    assert client.post("/demo/clock/", {"step": "day"}).status_code == 404
    assert "/demo/" not in client.get("/").content.decode()
