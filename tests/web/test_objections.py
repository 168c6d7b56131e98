"""Objections on the pages: the resident's phone, the window, the village without the report, the desk of another person."""

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import people
from doudi.exchange.models import Correction
from doudi.office import queries as office
from doudi.office.models import Notice
from doudi.verification import actions, queries
from doudi.verification.models import Objection, ObjectionLine, Report
from doudi.web.api import tokens
from doudi.web.desk.objections.forms import field_of
from verification.objecting import DOT, SOLD, reported
from web import staged
from web.browser import DESK, PHONE, RULES, picture, scrolls_sideways, small_targets, violations
from web.desk_login import sign_in
from web.phone_login import carry_on, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def check(monkeypatch):
    """Granny's report says she has a car."""
    sources = staged.set_the_stage(monkeypatch)
    return reported(sources, people.granny_wang(), at=office.now())[0]


def phone(who):
    return signed_in(Client(), who.pid, who.phone)


def desk(clerk):
    return staged.signed_in(Client(), clerk)


def car(check):
    """The car's line in the form of the phone."""
    lines = list(queries.objectable(check.ref, people.granny_wang().pid))
    return f"line-{next(number for number, one in enumerate(lines) if one.dataset == 'vehicle')}"


def photo():
    return SimpleUploadedFile("hetong.png", DOT, "image/png")


def objected(check):
    """She says on her phone that the car is gone, with the contract."""
    client = phone(people.granny_wang())
    said = {car(check): "gone", "words": "去年卖的", "picture": photo()}
    assert client.post(f"/my/checks/{check.ref}/object/", said).status_code == 302
    return Objection.objects.get()


def test_from_her_phone_to_the_answer_on_her_phone(check):
    granny = people.granny_wang()
    client = phone(granny)
    page = client.get(f"/my/checks/{check.ref}/object/").content.decode()
    assert SOLD in page and "早就卖了" in page and " checked" not in page
    one = objected(check)
    assert one.channel == "phone" and len(one.papers) == 1
    assert one.number in client.get(f"/my/objections/{one.ref}/").content.decode()
    again = client.post(f"/my/checks/{check.ref}/object/", {car(check): "gone"})
    assert again.url == f"/my/objections/{one.ref}/" and Objection.objects.count() == 1

    he, line = desk(people.checker_he()), ObjectionLine.objects.get()
    at = {name: reverse(f"desk:objection-{name}", args=[one.ref]) for name in ("take", "settle")}
    at |= {name: reverse(f"desk:objection-{name}", args=[one.ref, line.ref]) for name in ("again", "decide")}
    assert he.get(reverse("desk:objection", args=[one.ref])).content.decode().count("凭什么这样定") == 0
    assert he.post(at["take"]).status_code == 302
    assert " checked" not in he.get(reverse("desk:objection", args=[one.ref])).content.decode()
    assert he.post(at["again"]).status_code == 302
    missing = he.post(at["decide"], {"outcome": "evidence", "reason": "合同是真的"})
    assert missing.status_code == 422 and "应当是什么情况" in missing.content.decode()
    assert he.post(at["decide"], {"outcome": "evidence", "reason": "合同是真的", "instead": "车卖了"}).status_code == 302
    assert he.post(at["settle"], {"answer": "您说得对，车不算您的。"}).status_code == 302

    told = client.get(f"/my/objections/{one.ref}/").content.decode()
    assert "您说得对" in told and "以您给的证明为准" in told and "已经请那个部门改正登记" in told
    assert Report.objects.count() == 2 and Correction.objects.get().cause == one.ref
    assert "出了新报告" in Notice.objects.filter(subject=one.ref).last().body


def test_who_asked_first_is_told_why_not_and_nothing_happens(check):
    one = objected(check)
    li = desk(people.clerk_li())
    page = li.get(reverse("desk:objection", args=[one.ref])).content.decode()
    assert "换一位同志" in page and "我来重新看" not in page
    forced = li.post(reverse("desk:objection-take", args=[one.ref]))
    assert forced.status_code == 422 and "换一位同志" in forced.content.decode()
    one.refresh_from_db()
    assert one.state == "opened"


def test_at_the_window_from_a_paper_form(check):
    li, granny = desk(people.clerk_li()), people.granny_wang()
    wrong = li.post(reverse("desk:objection-find"), {"number": check.number, "name": "王桂花"})
    assert wrong.status_code == 422 and "对不上" in wrong.content.decode()
    found = li.post(reverse("desk:objection-find"), {"number": f"{check.number}-1", "name": granny.name})
    page = li.get(found.url).content.decode()
    assert SOLD in page
    line = next(one for one in queries.objectable(check.ref, granny.pid) if one.dataset == "vehicle")
    said = {field_of(line.key): "gone", "channel": "paper", "words": "", "paper": photo()}
    assert li.post(found.url, said).status_code == 302
    assert Objection.objects.get().channel == "paper" and ObjectionLine.objects.get().shown == SOLD


def test_the_village_writes_it_down_without_seeing_the_report(check):
    wang, granny = desk(people.worker_wang()), people.granny_wang()
    found = wang.post(reverse("desk:objection-find"), {"number": check.number, "name": granny.name})
    page = wang.get(found.url).content.decode()
    assert "禾A1" not in page and "查到了" not in page and "车辆" in page
    assert wang.post(found.url, {"datasets": ["vehicle"], "words": "车卖了", "paper": photo()}).status_code == 302
    one = Objection.objects.get()
    assert one.channel == "village" and one.lines.get().dataset == "vehicle"
    for address in (reverse("desk:objections"), reverse("desk:objection", args=[one.ref])):
        assert wang.get(address).status_code == 403


def test_nobody_elses(check):
    one = objected(check)
    uncle, sun = phone(people.uncle_zhou()), desk(people.clerk_sun())
    assert uncle.get(f"/my/objections/{one.ref}/").status_code == 404
    assert uncle.get(f"/my/checks/{check.ref}/object/").status_code == 404
    assert uncle.post(f"/my/objections/{one.ref}/withdraw/").status_code == 404
    assert sun.get(reverse("desk:objection", args=[one.ref])).status_code == 404
    assert sun.post(reverse("desk:objection-take", args=[one.ref])).status_code == 404
    assert "YY" not in sun.get(reverse("desk:objections")).content.decode()


def test_a_file_that_is_no_picture_is_refused_in_words(check):
    client = phone(people.granny_wang())
    said = {car(check): "gone", "picture": SimpleUploadedFile("x.png", b"MZ\x90\x00 not a picture", "image/png")}
    refused = client.post(f"/my/checks/{check.ref}/object/", said)
    assert refused.status_code == 422 and not Objection.objects.exists()


def test_she_takes_it_back(check):
    one, client = objected(check), phone(people.granny_wang())
    assert "报告还是原来的" in client.get(f"/my/objections/{one.ref}/withdraw/").content.decode()
    assert client.post(f"/my/objections/{one.ref}/withdraw/").status_code == 302
    assert "再提一次" in client.get(f"/my/objections/{one.ref}/").content.decode()


def test_the_list_costs_the_same_however_long(check, django_assert_max_num_queries):
    objected(check)
    he = desk(people.checker_he())
    with django_assert_max_num_queries(14):
        assert "王*兰" in he.get(reverse("desk:objections")).content.decode()


def test_through_the_door_for_machines(check):
    said = {
        "report": f"{check.number}-1", "name": "王桂兰", "datasets": ["vehicle"], "words": "车卖了",
        "papers": [{"content_type": "image/png", "data": base64.b64encode(DOT).decode()}],
    }  # fmt: skip

    def call(clerk, method="post", address="/api/v1/objections", **more):
        key = {"authorization": f"Bearer {tokens.issue(clerk)}"}
        return getattr(Client(), method)(address, content_type="application/json", headers=key, **more)

    assert Client().post("/api/v1/objections", said, content_type="application/json").status_code == 401
    assert call(people.auditor_chen(), data=said).status_code == 403
    assert call(people.clerk_sun(), data=said).status_code == 422 and not Objection.objects.exists()
    assert call(people.clerk_li(), data=said | {"papers": [{"content_type": "x", "data": "?"}]}).status_code == 422
    received = call(people.clerk_li(), data=said)
    assert received.status_code == 201, received.content
    assert call(people.clerk_li(), data=said).status_code == 409
    one = Objection.objects.get()
    assert one.channel == "api" and len(one.papers) == 1
    here = f"/api/v1/objections/{one.ref}"
    assert call(people.clerk_sun(), "get", here).status_code == 404
    assert call(people.worker_wang(), "get", here).status_code == 403
    told = call(people.auditor_chen(), "get", here).json()
    assert (told["state"], told["lines"][0]["shown"], told["number"]) == ("opened", SOLD, one.number)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_page_of_it_reads_well(open_browser, check, live_server):
    one = objected(check)
    zhao = people.officer_zhao()
    actions.take(ref=one.ref, by=zhao, at=office.now())
    for size in (PHONE, DESK):
        staff = open_browser(size)
        sign_in(staff, "zhao")
        for name, address in (
            ("list", reverse("desk:objections")),
            ("one", reverse("desk:objection", args=[one.ref])),
            ("find", reverse("desk:objection-find")),
            ("new", reverse("desk:objection-new", args=[check.ref]) + f"?who={one.pid}"),
            ("form", reverse("desk:objection-form")),
        ):
            staff.goto(address)
            picture(staff, f"objection-{name}-{size['width']}")
            assert violations(staff) == [], name
            assert not scrolls_sideways(staff), name
        page = open_browser(size)
        carry_on(page, phone(people.granny_wang()), live_server)
        for name, address in (
            ("object", f"/my/checks/{check.ref}/object/"),
            ("mine", f"/my/objections/{one.ref}/"),
            ("withdraw", f"/my/objections/{one.ref}/withdraw/"),
        ):
            page.goto(address)
            picture(page, f"objection-{name}-{size['width']}")
            assert violations(page, [*RULES, "wcag2aaa"]) == [], name
            assert not scrolls_sideways(page), name
            assert small_targets(page) == [], name
