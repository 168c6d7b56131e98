"""The five boards on screen: the number, the list behind it, the reason, the article, and that no data is not "clean"."""

from __future__ import annotations

import re
from datetime import date
from functools import partial

import pytest

import people
from doudi.casework.models import Benefit, Case, CaseMember
from doudi.office import queries as office
from doudi.supervision.queries import boards
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, small_targets

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    boards._swept.cache_clear()


def overdue() -> Case:
    """Granny Wang's help, a review nobody called."""
    case = staged.confirmed()
    Benefit.objects.filter(case=case).update(review_due_on=date(2026, 8, 1))
    return case


def row_of(words: str, label: str) -> str:
    found = re.search(rf"<(tr|li)>(?:(?!</\1>).)*?{label}.*?</\1>", words, re.S)
    assert found, label
    return found.group(0)


def test_the_boards_say_what_was_found_what_not_and_what_nobody_can_say(client):
    overdue()
    words = staged.signed_in(client, people.auditor_chen()).get("/audit/supervision/").content.decode()
    for board in ("办理过程", "救助复核", "资金发放", "应保尽保、应退尽退", "政策叠加"):
        assert f">{board}</h2>" in words
    assert '<b class="late">1</b>' in row_of(words, "到期没有复核")
    assert "没有查到" in row_of(words, "入户调查不足两个人")
    assert "没有查到" in row_of(words, "近亲属没有登记")
    assert "还没有数据" in row_of(words, "存折、卡由干部拿着，没有协议")
    assert "没有查到" not in row_of(words, "家里有人去世，过了 3 个月没有处理")  # no cycle yet: nobody is called alive


def test_behind_a_number_stand_the_case_the_reason_the_article_and_innocent_causes(client):
    case = overdue()
    staged.signed_in(client, people.auditor_chen())
    words = client.get("/audit/supervision/RV-01/").content.decode()
    for part in ("王*兰", "就该复核，还没有发起", "复核期限延长了", "第 31 条", f"/audit/story/{case.ref}/", "发起复核"):
        assert part in words, part
    assert "王桂兰" not in words
    assert "没有问题" in client.get("/audit/supervision/PY-07/").content.decode()
    assert client.get("/audit/supervision/XX-99/").status_code == 404
    assert client.get("/audit/supervision/RV-01/?page=x").status_code == 404


def test_the_list_alone_is_no_look_and_opening_the_case_is(client):
    case = overdue()
    staged.signed_in(client, people.auditor_chen())
    before = len(office.looks(case.applicant))
    client.get("/audit/supervision/RV-01/")
    assert len(office.looks(case.applicant)) == before
    client.get(f"/audit/story/{case.ref}/")
    assert len(office.looks(case.applicant)) == before + 1


def test_the_director_sees_numbers_and_reasons_but_opens_no_case(client):
    overdue()
    words = staged.signed_in(client, people.director_lin()).get("/audit/supervision/RV-01/").content.decode()
    assert "王*兰" in words and "/audit/story/" not in words


@pytest.mark.parametrize("who", [people.clerk_li, people.worker_wang, people.officer_zhao, people.keeper_wu, people.checker_he])
def test_who_works_does_not_supervise(client, who):
    staged.signed_in(client, who())
    for address in ("/audit/supervision/", "/audit/supervision/RV-01/"):
        assert client.get(address).status_code == 403


def test_a_long_list_comes_in_pages(client, monkeypatch):
    monkeypatch.setattr("doudi.web.oversight.supervision.PAGE", 1)
    case = overdue()
    other = Case.objects.get(pk=case.pk)
    other.pk, other.ref, other.receipt, other.recipient = None, "a" + "7" * 16, "99010126000077", "p7"
    other.save()
    CaseMember.objects.filter(case=case).update(counted=None)
    decision = case.decisions.get()
    opinion = decision.opinion
    opinion.pk, opinion.ref, opinion.case = None, "o7", other
    opinion.save()
    decision.pk, decision.ref, decision.case, decision.opinion = None, "d7", other, opinion
    decision.save()
    help_ = Benefit.objects.get(case=case)
    help_.pk, help_.ref, help_.case, help_.decision = None, "b7", other, decision
    help_.save()
    staged.signed_in(client, people.auditor_chen())
    first, second = (client.get("/audit/supervision/RV-01/", {"page": page}).content.decode() for page in (0, 1))
    assert "?page=1" in first and "?page=2" not in second
    assert (case.ref in first) != (case.ref in second)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_boards_in_a_browser(open_browser):
    overdue()
    page = open_browser(DESK)
    page.goto("/desk/login/")
    people.auditor_chen()
    page.fill("[name=username]", "chen")
    page.fill("[name=password]", "doudi-demo-2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit/")
    page.get_by_role("link", name="五项监管").click()
    page.wait_for_url("**/audit/supervision/")
    for step in ("boards", "rule", "no-data"):
        for fold in page.locator("summary").all():
            fold.click()
        if step == "rule":
            follow(page.get_by_role("link", name="到期没有复核"))
        if step == "no-data":
            page.goto("/audit/supervision/PY-07/")
        looked_at(page, f"supervision-{step}", fingers=(PHONE, DESK), targets=partial(small_targets, least=24))
