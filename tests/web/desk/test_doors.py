"""The other doors at the desk: a paper typed, a call taken, a list read, a helper's permission taken back."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import people
from doudi.casework import actions
from doudi.casework.models import Application, Call, Case, Draft, OutreachOffer, PaperForm
from doudi.office.core import Party
from photographs import photograph
from web import staged

pytestmark = pytest.mark.django_db


@pytest.fixture
def li(client, monkeypatch):
    staged.set_the_stage(monkeypatch)
    people.granny_wang()
    return staged.signed_in(client, people.clerk_li())


def picture(number):
    return SimpleUploadedFile(f"{number}.png", photograph(number), content_type="image/png")


KEY = {"hardships": ["care"], "story": "", "phone": "", "signed": "yes"}


def test_a_paper_is_kept_typed_and_read_to_its_end(li):
    granny = people.granny_wang()
    assert li.post("/desk/doors/papers/new/", {"handed_on": "2026-08-21", "area": people.VILLAGE}).status_code == 422
    kept = li.post(
        "/desk/doors/papers/new/",
        {"handed_on": "2026-08-21", "area": people.VILLAGE, "name": "王桂兰", "application": picture(1)},
    )
    form = PaperForm.objects.get()
    assert kept.url == f"/desk/doors/papers/{form.ref}/receipt/" and "收到了" in li.get(kept.url).content.decode()
    page = li.get("/desk/doors/papers/").content.decode()
    assert "1 张纸表等录" in page and "王*兰" in page and "王桂兰" not in page
    at = f"/desk/doors/papers/{form.ref}/"
    assert f"{at}photo/{form.papers[0]}/" in li.get(at).content.decode()
    assert li.get(f"{at}photo/{form.papers[0]}/").status_code == 200
    wrong = li.post(at, {**KEY, "name": "王桂花", "number": granny.citizen_no})
    assert wrong.status_code == 422 and "对不上" in wrong.content.decode() and "王桂花" in wrong.content.decode()
    assert li.post(at, {**KEY, "name": granny.name, "number": granny.citizen_no}).url == f"{at}rest/"
    case = Case.objects.get()
    assert case.channel == "paper" and str(case.application.handed_on) == "2026-08-21"
    rest = li.post(f"{at}rest/", {f"member_{people.grandson_wang().pid}": "yes", "way": "none"})
    assert rest.url == "/desk/doors/papers/", rest.content.decode()
    assert case.members.get(pid=people.grandson_wang().pid).together is True
    assert "没有等录的纸表" in li.get("/desk/doors/papers/").content.decode()


def test_a_call_is_written_down_whoever_rings_and_may_become_an_application(li):
    granny = people.granny_wang()
    said = {"once": "x1", "topic": "apply", "said": "日子难", "mood": "calm", "answered": ""}
    bad = li.post("/desk/doors/calls/new/", {**said, "name": granny.name, "tail": "0000"})
    assert bad.status_code == 422 and "对不上" in bad.content.decode() and "日子难" in bad.content.decode()
    unknown = li.post("/desk/doors/calls/new/", said)
    assert Call.objects.get().pid == "" and "替他申请" not in li.get(unknown.url).content.decode()
    known = li.post("/desk/doors/calls/new/", {**said, "once": "x2", "name": granny.name, "tail": granny.citizen_no[-4:]})
    assert "2 通电话说好要回" in li.get("/desk/doors/calls/").content.decode()
    assert li.post(known.url, {"apply": "1"}).status_code == 422
    begun = li.post(known.url, {"apply": "1", "agreed": "yes"})
    draft = Draft.objects.get()
    assert begun.url == f"/desk/register/{draft.ref}/" and draft.channel == "hotline"
    answers = {"hardships": ["care"], f"member_{people.grandson_wang().pid}": "yes", "way": "none"}
    helps = li.post(begun.url, answers)
    assert helps.url == f"/desk/register/{draft.ref}/help/"
    page = li.get(helps.url).content.decode()
    assert "checked" in page and "最低生活保障" in page
    less = li.post(helps.url, {"programmes": ["temporary_expenditure"], "consent": "voice"})
    assert less.status_code == 422 and "少问了一样" in less.content.decode()
    done = li.post(helps.url, {"programmes": ["dibao", "temporary_expenditure"], "consent": "voice"})
    application = Application.objects.get()
    assert done.url == f"/desk/register/receipt/{application.receipt}/"
    receipt = li.get(done.url).content.decode()
    assert "最低生活保障" in receipt and "临时救助" in receipt
    case = application.cases.first()
    assert "临时救助" in li.get(f"/desk/cases/{case.ref}/application/").content.decode()


def test_a_list_is_read_and_each_person_is_asked(li):
    granny = people.granny_wang()
    rows = f"姓名,身份证号,情况\n{granny.name},{granny.citizen_no},残疾\n无名,1,\n".encode()
    upload = BytesIO(rows)
    upload.name = "list.csv"
    assert li.post("/desk/doors/outreach/take/", {"channel": "list", "department": "残联", "basis": "协议"}).status_code == 422
    taken = li.post("/desk/doors/outreach/take/", {"channel": "list", "department": "残联", "basis": "协议", "file": upload})
    assert taken.url == "/desk/doors/outreach/"
    page = li.get(taken.url).content.decode()
    assert "1 位等着去问" in page and "王*兰" in page and granny.name not in page and "第 3 行" in page
    offer = OutreachOffer.objects.get()
    assert "愿意让我们帮您申请吗" in li.get(f"/desk/doors/outreach/{offer.ref}/").content.decode()
    assert not Case.objects.exists()
    begun = li.post(f"/desk/doors/outreach/{offer.ref}/", {"state": "begun"})
    assert begun.url == f"/desk/register/{Draft.objects.get().ref}/" and not Case.objects.exists()


def test_he_takes_the_permission_back_by_telephone(li):
    granny, niece = people.granny_wang(), people.uncle_zhou()
    her = Party.resident(niece.pid)
    draft = actions.start_draft(pid=granny.pid, by=her, at=staged.TODAY, channel="proxy")
    common = {"ref": draft.ref, "by": her, "at": staged.TODAY}
    actions.save_hardships(kinds=["care"], **common)
    actions.save_members(together={people.grandson_wang().pid: True}, others=[], **common)
    actions.save_incomes(said={}, others=[], **common)
    actions.save_account(way="none", **common)
    case = actions.submit(consent=True, proxy_relation="neighbour", mandate="screen", may_see=True, **common)
    at = f"/desk/cases/{case.ref}/helper/"
    assert "结果也告诉他" in li.get(at).content.decode()
    assert li.post(at, {"says": "hide"}).status_code == 422
    assert li.post(at, {"says": "hide", "way": "phone"}).url == at
    assert "只告诉他办到哪一步" in li.get(at).content.decode()
    assert li.post(at, {"sheet": "1", "way": "paper", "mandate": picture(2)}).url == at
    assert "已经有 1 张" in li.get(at).content.decode()
    assert li.post(at, {"says": "end", "way": "phone"}).url == at
    assert "本人收回了" in li.get(at).content.decode()
    assert li.get("/desk/doors/").status_code == 200
