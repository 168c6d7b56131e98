"""Requests about one's own data at the desk: what may be deleted is deleted by a person, what is in work stays."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

import people
from doudi.office import queries as time
from doudi.office.core import Party
from doudi.registry import actions
from doudi.registry.core.requests import Wish
from doudi.registry.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def register(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("person", "household_of"):
        monkeypatch.setattr(f"doudi.registry.gateways.register.{name}", lambda subject: None)


def asked(wish: Wish) -> tuple[Person, str]:
    granny, at = people.granny_wang(), time.now()
    me = Party.resident(granny.pid)
    actions.keep_contact(pid=granny.pid, phone="13800000001", account="6222000011112222", by=me, at=at)
    return granny, actions.ask(pid=granny.pid, wish=wish, words="请删掉", by=me, at=at).ref


def erase(username_of: people.Clerk, ref: str) -> int:
    client = Client()
    client.force_login(username_of)
    return client.post(reverse("desk:request-erase", args=[ref])).status_code


def contact(granny: Person) -> tuple[str, str]:
    granny.refresh_from_db()
    return granny.phone, granny.account


def test_a_clerk_of_the_place_deletes_what_was_asked_to_be_deleted() -> None:
    granny, ref = asked(Wish.DELETE)
    assert erase(people.clerk_sun(), ref) == 404 and contact(granny)[0]
    assert erase(people.clerk_li(), ref) == 302
    assert contact(granny) == ("", "")
    assert erase(people.clerk_li(), ref) == 302, "again, nothing changes"


def test_another_wish_deletes_nothing() -> None:
    granny, ref = asked(Wish.EXPLAIN)
    assert erase(people.clerk_li(), ref) == 404
    assert contact(granny) == ("13800000001", "6222000011112222")


def test_who_is_still_being_helped_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    granny, ref = asked(Wish.DELETE)
    monkeypatch.setattr("doudi.casework.queries.people_in_work", lambda: {granny.pid})
    assert erase(people.clerk_li(), ref) == 302
    assert contact(granny)[0] == "13800000001"
