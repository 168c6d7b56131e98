"""Applying in five questions: every answer kept, nothing lost, the same case however often it is handed in."""

from datetime import date

import pytest

import people
from doudi.casework import actions
from doudi.casework import queries as cases
from doudi.office import queries as office
from doudi.office.core import Party
from doudi.registry import queries as registry
from doudi.registry.core import Purpose
from doudi.registry.models import Member
from web.phone_login import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def granny(client):
    people.clerk_li()
    one = people.granny_wang()
    signed_in(client, one.pid, one.phone)
    return one


def begin(client, **more):
    answer = client.post("/apply/", {"hardship": ["illness", "school"], "story": "老伴住院", **more})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url.split("/")[2]


def fill_in(client, ref, *, member="together"):
    assert client.post(f"/apply/{ref}/household/", {"member-1": member}).url.endswith("/income/")
    said = {"other_kind": ["support", ""], "other_amount": ["200", ""]}
    assert client.post(f"/apply/{ref}/income/", said).url.endswith("/account/")
    assert client.post(
        f"/apply/{ref}/account/", {"way": "other", "bank": "农商行", "number": "6228 4800 0000 0088 30"}
    ).url.endswith("/check/")


def test_the_whole_road_in_six_posts(client, granny):
    ref = begin(client)
    fill_in(client, ref)
    page = client.get(f"/apply/{ref}/check/").content.decode()
    assert "看病花钱多" in page and "2 口人" in page and "2 份，共 413 元" in page
    done = client.post(f"/apply/{ref}/check/")
    receipt = client.get(done.url).content.decode()
    (case,) = cases.my_cases(granny.pid, at=office.now())
    assert case.receipt_shown in receipt and "<svg" in receipt
    assert registry.consents(granny.pid, purpose=Purpose.VERIFICATION, in_force=True)


def test_handing_in_twice_is_one_case(client, granny):
    ref = begin(client)
    fill_in(client, ref)
    first, second = client.post(f"/apply/{ref}/check/"), client.post(f"/apply/{ref}/check/")
    assert first.url == second.url
    assert len(cases.my_cases(granny.pid, at=office.now())) == 1


def test_whoever_stopped_goes_on_where_they_stopped(client, granny):
    ref = begin(client)
    client.post(f"/apply/{ref}/household/", {"member-1": "together"})
    client.cookies.clear()
    signed_in(client, granny.pid, granny.phone)
    assert client.get("/apply/").url == f"/apply/{ref}/income/"
    assert "接着填" in client.get("/").content.decode()
    assert "老伴住院" in client.get(f"/apply/{ref}/hardship/").content.decode()


def test_nothing_chosen_is_said_and_nothing_is_kept(client, granny):
    answer = client.post("/apply/", {"story": "  "})
    assert answer.status_code == 422
    assert answer.content.decode().count("请选一样，或者写一句") == 1
    assert cases.drafts_of(by=Party.resident(granny.pid)) == []


def test_a_person_left_out_is_named_and_the_rest_stays(client, granny):
    ref = begin(client)
    answer = client.post(f"/apply/{ref}/household/", {"other_name": "王大强", "other_relation": ""})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count("请选一下：王小宝是不是一起吃住") == 2
    assert html.count("请选：王大强是什么人") == 2
    assert 'value="王大强"' in html


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"other_kind": "wage", "other_amount": ""}, "大约多少元"),
        ({"other_kind": "", "other_amount": "300"}, "请选是什么钱"),
        ({"other_kind": "wage", "other_amount": "一百"}, "请写成多少元，例如 860"),
        ({"other_kind": "wage", "other_amount": "-5"}, "请写成多少元，例如 860"),
    ],
)
def test_an_amount_nobody_can_read_is_asked_again(client, granny, posted, words):
    ref = begin(client)
    answer = client.post(f"/apply/{ref}/income/", posted)
    assert answer.status_code == 422 and words in answer.content.decode()


@pytest.mark.parametrize("posted", [{}, {"way": "elsewhere"}, {"way": "other", "number": "123"}])
def test_the_account_is_asked_again(client, granny, posted):
    ref = begin(client)
    assert client.post(f"/apply/{ref}/account/", posted).status_code == 422


def test_what_the_registers_know_is_shown_with_its_source_and_asked_yes_or_no(client, granny):
    ref = begin(client)
    html = client.get(f"/apply/{ref}/income/").content.decode()
    assert "养老金 213 元" in html and "6 月 30 日" in html and 'value="wrong"' in html
    assert "尾号 8830" in client.get(f"/apply/{ref}/account/").content.decode()
    client.post(f"/apply/{ref}/household/", {"member-1": "together"})
    client.post(f"/apply/{ref}/income/", {"line-0": "wrong"})
    client.post(f"/apply/{ref}/account/", {"way": "same"})
    assert "有 1 样您说不对" in client.get(f"/apply/{ref}/check/").content.decode()


def test_changing_one_answer_leads_back_to_the_summary(client, granny):
    ref = begin(client)
    fill_in(client, ref)
    assert client.post(f"/apply/{ref}/hardship/", {"hardship": "care", "changing": "1"}).url == f"/apply/{ref}/check/"


def test_the_summary_waits_until_every_question_has_its_answer(client, granny):
    ref = begin(client)
    assert client.get(f"/apply/{ref}/check/").url == f"/apply/{ref}/household/"


def test_a_neighbour_sees_nothing_of_it(client, granny):
    ref = begin(client)
    fill_in(client, ref)
    case = client.post(f"/apply/{ref}/check/").url.split("/")[3]
    signed_in(client, people.uncle_zhou().pid, people.uncle_zhou().phone)
    assert client.get(f"/apply/{ref}/check/").url == "/my/"
    for path in ("", "receipt/", "sheet/", "withdraw/"):
        assert client.get(f"/my/cases/{case}/{path}").status_code == 404


def test_without_signing_in_every_page_asks_who_you_are(client):
    for path in ("/apply/", "/apply/d0/household/", "/apply/for/", "/my/", "/my/cases/a0/", "/my/consents/"):
        assert client.get(path).url.startswith("/my/sign-in/?next=")


def test_withdrawing(client, granny):
    ref = begin(client)
    fill_in(client, ref)
    case = client.post(f"/apply/{ref}/check/").url.split("/")[3]
    assert client.post(f"/my/cases/{case}/withdraw/", {"reason": ""}).status_code == 302
    assert "您撤回了申请" in client.get(f"/my/cases/{case}/").content.decode()
    assert client.post(f"/my/cases/{case}/withdraw/", {"reason": ""}).status_code == 422


def test_taking_a_consent_back(client, granny):
    ref = begin(client)
    fill_in(client, ref)
    client.post(f"/apply/{ref}/check/")
    (consent,) = registry.consents(granny.pid, in_force=True)
    told = client.post("/my/consents/", {"ref": consent.ref}).url  # first what it means
    client.post(told, {"told": "1"})
    assert registry.consents(granny.pid, in_force=True) == []
    assert client.post("/my/consents/", {"ref": "k" + "0" * 16}).status_code == 404


# ---- what is asked of the family afterwards -----------------------------------------------------------------------------


def handed_in(client, granny):
    ref = begin(client)
    fill_in(client, ref)
    return client.post(f"/apply/{ref}/check/").url.split("/")[3]


def test_what_is_missing_is_brought_from_the_phone(client, granny):
    case = handed_in(client, granny)
    assert client.get(f"/my/cases/{case}/supplement/").status_code == 302  # nothing was asked for
    actions.ask_once(ref=case, missing="请补一张出院单", by=people.clerk_li(), at=office.now())
    assert "请补一张出院单" in client.get(f"/my/cases/{case}/").content.decode()
    answer = client.post(f"/my/cases/{case}/supplement/", {"said": " "})
    assert answer.status_code == 422 and answer.content.decode().count("请写一句补了什么") == 2
    assert client.post(f"/my/cases/{case}/supplement/", {"said": "拍照发给镇里了"}).url == f"/my/cases/{case}/"
    assert "请补一张出院单" not in client.get(f"/my/cases/{case}/").content.decode()


def test_another_adult_agrees_for_herself_and_nobody_else_can(client, granny):
    daughter = people.person("王芳", date(1980, 5, 6), order=44, phone="13700002222")
    people.household("h" + "1" * 20, (granny, "self"))
    Member.objects.create(
        household_id="h" + "1" * 20, person=daughter, relation="daughter", source="register",
        from_on=date(2026, 6, 30), kept_at=people.NOON, kept_by="system:hall",
    )  # fmt: skip
    ref = begin(client)
    both = {"member-1": "together", "member-2": "together"}
    client.post(f"/apply/{ref}/household/", both)
    client.post(f"/apply/{ref}/income/", {})
    client.post(f"/apply/{ref}/account/", {"way": "none"})
    case = client.post(f"/apply/{ref}/check/").url.split("/")[3]
    assert "还要王芳也同意" in client.get(f"/my/cases/{case}/").content.decode()

    signed_in(client, people.uncle_zhou().pid, people.uncle_zhou().phone)
    assert client.post(f"/my/agree/{case}/").url == "/my/"
    signed_in(client, daughter.pid, daughter.phone)
    assert "要您同意查一查" in client.get("/my/").content.decode()
    assert "王芳，请用手指在框里签名" in client.get(f"/my/agree/{case}/").content.decode()
    client.post(f"/my/agree/{case}/", {"name": "王芳"})
    assert "要您同意查一查" not in client.get("/my/").content.decode()
    signed_in(client, granny.pid, granny.phone)
    assert "还要王芳也同意" not in client.get(f"/my/cases/{case}/").content.decode()


# ---- a niece applies for her uncle --------------------------------------------------------------------------------------


@pytest.fixture
def niece(client):
    people.clerk_li()
    people.uncle_zhou()
    one = people.granny_wang()
    signed_in(client, one.pid, one.phone)
    return one


def help_uncle(client):
    uncle = people.uncle_zhou()
    said = client.post("/apply/for/", {"name": uncle.name, "number": uncle.citizen_no})
    assert said.url == f"/apply/for/relation/?pid={uncle.pid}"
    assert client.post(said.url, {"relation": "other"}).url == f"/apply/for/knows/?pid={uncle.pid}"
    begun = client.post(f"/apply/for/knows/?pid={uncle.pid}", {"knows": "beside"})
    return begun.url.split("/")[2]


def test_a_niece_applies_and_both_are_on_the_case(client, niece):
    uncle, ref = people.uncle_zhou(), help_uncle(client)
    assert "周德顺最近难在哪里" in client.get(f"/apply/{ref}/hardship/").content.decode()
    client.post(f"/apply/{ref}/hardship/", {"hardship": "care"})
    client.post(f"/apply/{ref}/household/", {})
    client.post(f"/apply/{ref}/income/", {})
    client.post(f"/apply/{ref}/account/", {"way": "none"})
    assert client.post(f"/apply/{ref}/check/", {}).status_code == 422
    done = client.post(f"/apply/{ref}/check/", {"mandate": "screen"})
    assert done.status_code == 302, done.content.decode()
    (hers,) = cases.my_cases(niece.pid, at=office.now())
    (his,) = cases.my_cases(uncle.pid, at=office.now())
    assert hers.ref == his.ref and hers.for_name == "周德顺"


def test_the_niece_sees_no_data_of_her_uncle(client, niece):
    uncle, ref = people.uncle_zhou(), help_uncle(client)
    for step in ("hardship", "household", "income", "account"):
        html = client.get(f"/apply/{ref}/{step}/").content.decode()
        assert uncle.citizen_no not in html and uncle.phone not in html


def test_nobody_is_found_with_the_wrong_number(client, niece):
    uncle = people.uncle_zhou()
    answer = client.post("/apply/for/", {"name": "周德胜", "number": uncle.citizen_no})
    assert answer.status_code == 422 and "没有找到这个人" in answer.content.decode()


def test_a_pid_in_the_address_is_not_enough(client, niece):
    assert client.get(f"/apply/for/knows/?pid={people.uncle_zhou().pid}").url == "/apply/for/"
