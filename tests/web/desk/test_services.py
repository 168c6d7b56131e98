"""Referrals on pages: asked for at the desk, answered at the department's own, seen by the family; looked up by a machine."""

import json
from datetime import timedelta

import pytest
from django.test import Client

import people
import walk
from doudi.services.models import Lookup, Referral
from doudi.web.api import tokens
from services.others import helper, referred
from web import staged
from web.phone_login import signed_in as at_the_phone
from web.staged import TODAY, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stage(monkeypatch):
    return staged.set_the_stage(monkeypatch)


@pytest.fixture
def case():
    return walk.applied(people.granny_wang().pid, TODAY)


def sent(case, **more):
    return referred(case=case.ref, at=TODAY, **more)


SAID = {"kind": "education", "need_words": "学费", "consent": "paper", "consent_of": "guardian", "reason": "家里供不起"}


def test_from_the_case_to_the_department_and_back_to_the_family(case):
    li, school = signed_in(Client(), people.clerk_li()), signed_in(Client(), helper("education"))
    page = li.get(f"/desk/cases/{case.ref}/services/").content.decode()
    boy = people.grandson_wang().pid
    assert f"/desk/services/new/{boy}/?case={case.ref}" in page
    form = li.get(f"/desk/services/new/{boy}/?case={case.ref}").content.decode()
    assert "checked" not in form, "nothing is chosen beforehand"
    again = li.post(f"/desk/services/new/{boy}/?case={case.ref}", {"need_words": "学费很贵"})
    assert again.status_code == 422 and "学费很贵" in again.content.decode()
    assert li.post(f"/desk/services/new/{boy}/?case={case.ref}", SAID | {"reason": ""}).status_code == 422
    made = li.post(f"/desk/services/new/{boy}/?case={case.ref}", SAID)
    row = Referral.objects.get()
    assert made["Location"] == f"/desk/services/{row.ref}/"

    assert "王*宝" in school.get("/desk/services/in/").content.decode()
    seen = school.get(f"/desk/services/in/{row.ref}/").content.decode()
    assert "王小宝" in seen and "透析" not in seen and "石磨村" not in seen.split("转介单上写的")[1]
    for closed in (f"/desk/services/{row.ref}/", f"/desk/cases/{case.ref}/", f"/desk/person/{boy}/", "/desk/find/?q=王"):
        assert school.get(closed).status_code in (403, 404)
    school.post(f"/desk/services/in/{row.ref}/take/")
    half = school.post(f"/desk/services/in/{row.ref}/answer/", {"verdict": "yes", "thing": "免学费"})
    assert half.status_code == 422 and "从哪天起" in half.content.decode() and "免学费" in half.content.decode()
    school.post(f"/desk/services/in/{row.ref}/answer/", {"verdict": "yes", "thing": "免学费", "from_on": "2026-09-01"})

    phone = at_the_phone(Client(), case.applicant)
    assert "教育局" in phone.get("/my/services/").content.decode()
    assert "免学费" in phone.get(f"/my/services/{row.ref}/").content.decode()
    assert phone.post(f"/my/services/{row.ref}/arrived/", {}).status_code == 422
    phone.post(f"/my/services/{row.ref}/arrived/", {"arrived": "yes"})
    assert "收到了" in li.get(f"/desk/services/{row.ref}/").content.decode()
    stranger = at_the_phone(Client(), people.uncle_zhou().pid)
    assert stranger.get(f"/my/services/{row.ref}/").status_code == 404


def test_a_letter_comes_back_and_is_typed_in(case):
    row = sent(case, kind="rehabilitation")
    li = signed_in(Client(), people.clerk_li())
    sheet = li.get(f"/desk/services/{row.ref}/sheet/").content.decode()
    assert row.number in sheet and "回执" in sheet and "残疾人联合会" in sheet
    typed = {"letter": "残联〔2026〕8 号", "verdict": "no", "reason": "没有残疾证"}
    assert li.post(f"/desk/services/{row.ref}/letter/", typed).status_code == 302
    assert "残联〔2026〕8 号" in li.get(f"/desk/services/{row.ref}/").content.decode()


def test_somebody_nobody_knows_is_helped_at_once():
    wang = signed_in(Client(), people.worker_wang())
    page = wang.get("/desk/services/unknown/").content.decode()
    assert "教育救助" not in page and "流浪" in page
    said = {
        "name": "桥头一位老人", "kind": "homeless", "need_words": "今晚没地方住", "consent": "urgent", "consent_of": "nobody",
        "reason": "说不出自己是谁",
    }  # fmt: skip
    assert wang.post("/desk/services/unknown/", said).status_code == 302
    assert Referral.objects.get().area == people.VILLAGE


def test_a_list_asks_as_much_for_many_as_for_one(case, django_assert_num_queries):
    li = signed_in(Client(), people.clerk_li())
    sent(case)
    with django_assert_num_queries(10):
        li.get("/desk/services/")
    for kind in ("medical", "housing", "rehabilitation", "legal_aid"):
        sent(case, kind=kind)
    with django_assert_num_queries(10):
        assert li.get("/desk/services/").content.decode().count("王*宝") == 5


def test_one_confirmation_counts_at_the_desk_and_through_the_door():
    case = staged.confirmed(TODAY - timedelta(days=60))
    boy, school = people.grandson_wang(), helper("education")
    desk = signed_in(Client(), school)
    found = desk.post("/desk/services/recognition/", {"kind": "education", "name": boy.name, "number": boy.citizen_no})
    assert "最低生活保障" in found.content.decode() and case.receipt in found.content.decode()
    other = desk.post("/desk/services/recognition/", {"kind": "education", "name": "没有此人", "number": boy.citizen_no})
    assert "查不到不等于没有" in other.content.decode()

    key = {"HTTP_AUTHORIZATION": f"Bearer {tokens.issue(school)}", "content_type": "application/json"}
    ask = {"name": boy.name, "number": boy.citizen_no, "purpose": "education"}
    answer = Client().post("/api/v1/recognition", json.dumps(ask), **key)
    told = answer.json()
    assert told["in_force"] is True and told["statuses"][0]["number"] == case.receipt and "fen" not in answer.content.decode()
    assert Client().post("/api/v1/recognition", json.dumps(ask | {"purpose": "housing"}), **key).status_code == 422
    assert Client().get("/api/v1/recognition", **key).status_code == 405, "no name in an address"
    assert Client().post("/api/v1/recognition", json.dumps(ask), content_type="application/json").status_code == 401
    seen = at_the_phone(Client(), boy.pid).get("/my/services/").content.decode()
    assert seen.count("教育救助") == Lookup.objects.filter(pid=boy.pid).count() == 2
    assert "教育局办教育救助" in at_the_phone(Client(), boy.pid).get("/my/").content.decode()
