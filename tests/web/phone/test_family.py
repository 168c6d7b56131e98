"""My own household on the phone: what we think, in plain words; right, or say what is not; nobody else's."""

from __future__ import annotations

import pytest

import families
import people
from doudi.registry import queries as registry
from doudi.registry.models import FamilyEvent, Saying
from web import staged
from web.browser import PHONE, looked_at
from web.phone_login import carry_on, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("family") / "lake"


@pytest.fixture
def mine(client, root, settings, monkeypatch):
    """The family's lists, published once; the head of the family is signed in."""
    people.places()
    settings.LAKE = root
    families.read_the_register(monkeypatch)
    if not (root / "CURRENT").exists():
        families.publish(root)
    return signed_in(client, families.pid(families.MA), "13900000000")


def test_who_is_counted_and_who_is_not_in_plain_words(mine):
    words = mine.get("/my/family/").content.decode()
    for said in (
        "马小军",
        "还在读书或者要人照顾",
        "郑玉兰",
        "亲人，长期住在一起",
        "钱*客",
        "不是亲人",
        "眼下不在家",
    ):
        assert said in words
    assert "服刑" not in words and "/my/family/" in mine.get("/my/").content.decode()


def test_all_of_it_is_right_and_is_kept_as_said(mine):
    assert mine.post("/my/family/agree/").status_code == 302
    said = registry.said(staged.TODAY.date().replace(year=2100))
    assert {one.a for one in said} == {families.pid(one) for one in (families.LI, families.SON, families.GRANNY)}
    assert all(one.kind == "together" and one.holds and one.b == families.pid(families.MA) for one in said)


def test_somebody_is_not_with_us_and_it_is_taken_back(mine):
    granny = families.pid(families.GRANNY)
    assert mine.post("/my/family/correct/", {"who": granny, "together": "no", "reason": ""}).status_code == 422
    assert mine.post("/my/family/correct/", {"who": granny, "together": "no", "reason": "住在我弟弟家"}).status_code == 302
    saying = Saying.objects.get()
    assert (saying.a, saying.b, saying.holds, saying.reason) == (granny, families.pid(families.MA), False, "住在我弟弟家")
    assert "不在一起" in mine.get("/my/family/").content.decode()
    assert mine.post("/my/family/back/", {"ref": saying.ref}).status_code == 302
    saying.refresh_from_db()
    assert saying.undone_at is not None


def test_what_happened_waits_for_the_township(mine):
    sent = {"kind": "birth", "person": "", "named": "马小囡", "on": "2026-08-01"}
    assert mine.post("/my/family/happened/", sent).status_code == 302
    event = FamilyEvent.objects.get()
    assert (event.named, event.other, event.state, event.channel) == ("马小囡", families.pid(families.MA), "reported", "online")
    assert mine.post("/my/family/happened/", sent | {"on": "2999-01-01"}).status_code == 422


def test_nobody_speaks_of_another_family(mine):
    uncle = people.uncle_zhou()
    sent = {"who": uncle.pid, "together": "yes", "reason": "来住了"}
    assert mine.post("/my/family/correct/", sent).status_code == 422
    assert mine.post("/my/family/happened/", {"kind": "death", "person": uncle.pid, "on": "2026-08-01"}).status_code == 422
    assert not Saying.objects.exists() and not FamilyEvent.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_can_be_used_by_everybody(open_browser, mine, live_server):
    page = open_browser(PHONE)
    carry_on(page, mine, live_server)
    page.goto("/my/family/")
    for one in page.locator("details").all():
        one.evaluate("e => e.open = true")
    looked_at(page, "my-family", {"360": PHONE}, fingers=())
