"""Signing on the phone, at the desk, in the field: a finger, a name, a form; who sees the papers; taking it back."""

from __future__ import annotations

import base64
import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

import people
from doudi.casework.models import Supporter
from doudi.office import queries as office
from doudi.office.models import Paper
from doudi.verification.models import Authorisation
from web import staged
from web.browser import DESK, PHONE, RULES, follow, picture, scrolls_sideways, small_targets, violations
from web.phone_login import carry_on, signed_in

pytestmark = pytest.mark.django_db
JPEG = BytesIO()
Image.new("RGB", (900, 1200), "ivory").save(JPEG, "JPEG")
PNG = BytesIO()
Image.new("RGBA", (640, 280)).save(PNG, "PNG")
DRAWN = "data:image/png;base64," + base64.b64encode(PNG.getvalue()).decode()


@pytest.fixture
def case(monkeypatch, settings, tmp_path):
    settings.PAPERS = tmp_path / "papers"
    staged.set_the_stage(monkeypatch)
    return staged.submitted()


def resident(client, who):
    client.logout()
    signed_in(client, who.pid, who.phone)


def photo(name="form.jpg"):
    return SimpleUploadedFile(name, JPEG.getvalue(), content_type="image/jpeg")


def test_signing_with_a_name_or_a_finger_on_the_phone(client, case):
    granny = people.granny_wang()
    resident(client, granny)
    assert "还差手写签名" in client.get("/my/").content.decode()
    page = client.get(f"/my/agree/{case.ref}/").content.decode()
    assert "银行存款" in page and "王小宝" in page and "县级以上人民政府民政部门" in page
    assert client.post(f"/my/agree/{case.ref}/").status_code == 422
    assert "身份证上的名字" in client.post(f"/my/agree/{case.ref}/", {"name": "王桂花"}).content.decode()
    assert client.post(f"/my/agree/{case.ref}/", {"signature": "data:image/png;base64,!!"}).status_code == 422
    assert client.post(f"/my/agree/{case.ref}/", {"signature": DRAWN}).url == "/my/"
    assert Paper.objects.get().kind == "signature"
    assert "还差手写签名" not in client.get("/my/").content.decode()
    number = Authorisation.objects.get(pid=granny.pid).number
    page = client.get(f"/my/authorisations/{number}/").content.decode()
    assert number in page and "本人在手机上" in page
    shown = client.get(f"/my/papers/{Paper.objects.get().ref}/")
    assert shown["Content-Type"] == "image/png" and "sandbox" in shown["Content-Security-Policy"]
    assert "no-store" in shown["Cache-Control"]

    resident(client, people.uncle_zhou())
    for path in (
        f"/my/authorisations/{number}/",
        f"/my/authorisations/{number}/withdraw/",
        f"/my/papers/{Paper.objects.get().ref}/",
    ):
        assert client.get(path).status_code == 404
    assert client.post(f"/my/authorisations/{number}/withdraw/", {"told": "1"}).status_code == 404
    assert client.post(f"/my/agree/{case.ref}/", {"signature": DRAWN}).url == "/my/"
    assert Authorisation.objects.get(number=number).ended_at is None


def test_taking_it_back_is_told_first_and_then_one_press(client, case):
    granny = people.granny_wang()
    resident(client, granny)
    number = Authorisation.objects.get(pid=granny.pid).number
    page = client.get(f"/my/authorisations/{number}/withdraw/").content.decode()
    assert "撤回以前查过的，还算数" in page and "停发" in page
    assert client.post(f"/my/authorisations/{number}/withdraw/").status_code == 422  # nobody was told
    assert client.post(f"/my/authorisations/{number}/withdraw/", {"told": "1"}).url == "/my/consents/"
    assert Authorisation.objects.get(number=number).ended_why == "withdrawn"
    page = client.get("/my/consents/").content.decode()
    assert "本人撤回了" in page and "撤回了" in page and f"/my/agree/{case.ref}/" in page
    assert client.get(f"/my/authorisations/{number}/withdraw/").status_code == 302  # nothing left to take back


def test_the_desk_keeps_paper_voice_and_supporters_and_each_look_leaves_a_trace(client, case):
    li, granny = people.clerk_li(), people.granny_wang()
    client.force_login(li)
    page = client.get(f"/desk/cases/{case.ref}/signing/")
    assert "还差手写签名" in page.content.decode()
    who = next(one for one in page.context["page"].people if one.is_applicant)
    assert client.post(f"/desk/cases/{case.ref}/signing/{who.ref}/", {}).status_code == 422
    assert client.post(f"/desk/cases/{case.ref}/signing/{who.ref}/", {"way": "paper", "form": photo()}).status_code == 302
    bad = SimpleUploadedFile("form.jpg", b"<html>", content_type="image/jpeg")
    assert client.post(f"/desk/cases/{case.ref}/signing/{who.ref}/", {"way": "paper", "form": bad}).status_code == 422
    paper = Paper.objects.get()
    assert client.get(f"/desk/papers/{paper.ref}/")["Content-Type"] == "image/jpeg"
    assert "签好的授权书" in [line.detail["what"] for line in office.journal_of(granny.pid) if line.act == "office.look"]

    far = people.number_of("220102", people.date(1975, 5, 5), 7)
    said = {"name": "王建国", "number": far, "supports": granny.pid, "relation": "son", "phone": "13900002222", "place": "长春"}
    assert client.post(f"/desk/cases/{case.ref}/signing/supporter/", said | {"number": far[:-1]}).status_code == 422
    assert client.post(f"/desk/cases/{case.ref}/signing/supporter/", said).status_code == 302
    row = Supporter.objects.get()
    sheet = client.get(f"/desk/cases/{case.ref}/signing/{row.ref}/sheet/").content.decode()
    assert sheet.count("居民家庭经济状况核对授权书") == 3 and "核对机构留存" in sheet and far not in sheet
    assert "在校读书" not in sheet and "银行存款" in sheet
    assert client.post(f"/desk/cases/{case.ref}/signing/{row.ref}/", {"way": "paper", "form": photo()}).status_code == 302
    assert client.get(f"/desk/cases/{case.ref}/signing/{row.ref}/withdraw/").status_code == 200
    assert client.post(f"/desk/cases/{case.ref}/signing/{row.ref}/withdraw/", {}).status_code == 422
    assert client.post(f"/desk/cases/{case.ref}/signing/{row.ref}/withdraw/", {"told": "1"}).status_code == 302
    assert Authorisation.objects.get(role="supporter").ended_why == "withdrawn"


def test_the_village_helper_photographs_the_form_and_opens_no_paper(client, case):
    client.force_login(people.worker_wang())
    page = client.get(f"/field/sign/{case.ref}/")
    who = next(one for one in page.context["page"].people if one.is_applicant)
    assert client.post(f"/field/sign/{case.ref}/?who={who.ref}", {"way": "visit", "form": photo()}).status_code == 302
    made = Authorisation.objects.get(pid=who.pid)
    assert len(made.papers) == 1
    assert client.get(f"/desk/papers/{made.papers[0]}/").status_code == 403
    assert client.get(f"/desk/cases/{case.ref}/signing/").status_code == 403
    client.force_login(people.clerk_sun())
    for path in (f"/field/sign/{case.ref}/", f"/desk/cases/{case.ref}/signing/", f"/desk/papers/{made.papers[0]}/"):
        assert client.get(path).status_code == 404
    assert client.post(f"/desk/cases/{case.ref}/signing/{who.ref}/", {"way": "paper"}).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_finger_signs_on_a_small_phone_and_the_desk_sees_it(open_browser, live_server, client, case):
    granny, li = people.granny_wang(), people.clerk_li()
    resident(client, granny)
    page = open_browser(PHONE)
    carry_on(page, client, live_server)
    page.goto(f"/my/agree/{case.ref}/")
    box = page.locator("canvas").bounding_box()
    page.get_by_role("button", name="签好了，我同意").click()
    page.locator("#errors").wait_for()
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 30 + step * 20, box["y"] + 40 + (step % 2) * 60)
    page.mouse.up()
    picture(page, "signing-agree")
    assert violations(page, [*RULES, "wcag2aaa"]) == [] and small_targets(page) == [] and not scrolls_sideways(page)
    page.get_by_role("button", name="签好了，我同意").click()
    page.wait_for_url("**/my/")
    (paper,) = Paper.objects.all()
    assert paper.kind == "signature" and paper.size > 400
    page.goto("/my/consents/")
    picture(page, "signing-consents")
    assert violations(page, [*RULES, "wcag2aaa"]) == [] and small_targets(page) == [] and not scrolls_sideways(page)
    follow(page.get_by_role("link", name="撤回").first)
    picture(page, "signing-withdraw")
    assert violations(page, [*RULES, "wcag2aaa"]) == [] and not scrolls_sideways(page)

    client.force_login(li)
    desk = open_browser(DESK)
    carry_on(desk, client, live_server)
    desk.goto(f"/desk/cases/{case.ref}/signing/")
    desk.get_by_text("记下王小宝签的").click()
    picture(desk, "signing-desk")
    assert violations(desk) == [] and not scrolls_sideways(desk)
    follow(desk.get_by_role("link", name="打印三份").first)
    picture(desk, "signing-sheet")
    assert violations(desk) == []
    printed = desk.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 3  # three copies, one page each

    client.force_login(people.worker_wang())
    field = open_browser(PHONE)
    carry_on(field, client, live_server)
    field.goto(f"/field/sign/{case.ref}/")
    field.get_by_text("给王小宝记下").click()
    picture(field, "signing-field")
    assert violations(field) == [] and not scrolls_sideways(field)
