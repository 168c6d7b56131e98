"""The case page: owner may, neighbour may not, refusals are said, nothing typed is lost."""

from datetime import date

import pytest

import people
import walk
from doudi.casework import actions, queries
from doudi.office import queries as office
from web import staged
from web.browser import DESK, follow, looked_at
from web.phone_login import carry_on

pytestmark = pytest.mark.django_db


def page_of(client, case):
    return client.get(f"/desk/cases/{case.ref}/")


def state_of(case):
    case.refresh_from_db()
    return case.state


def test_the_township_sees_the_whole_case_and_the_look_is_written_down(client):
    case = staged.submitted()
    answer = page_of(staged.signed_in(client, people.clerk_li()), case)
    words = answer.content.decode()
    assert answer.status_code == 200
    for part in ("王桂兰，78 岁", "石磨村", "透析", "看病花钱多", "受理，马上查数据", "谁做过什么"):
        assert part in words
    looks = office.looks(case.applicant)
    assert [(one.who, one.what) for one in looks] == [("李敏", "案卷")]
    assert "办理" in looks[0].purpose


@pytest.mark.parametrize("who", [people.clerk_sun, people.worker_wang, people.keeper_wu, people.checker_he])
def test_others_do_not_learn_that_the_case_exists(client, who):
    case = staged.submitted()
    assert page_of(staged.signed_in(client, who()), case).status_code in (403, 404)
    assert client.post(f"/desk/cases/{case.ref}/accept/").status_code in (403, 404)
    assert state_of(case) == "submitted"


def test_strangers_are_sent_to_sign_in(client):
    answer = page_of(client, staged.submitted())
    assert answer.status_code == 302 and answer.url.startswith("/desk/login/?next=/desk/cases/")


def test_taking_in_moves_the_case_once(client):
    case = staged.submitted()
    staged.signed_in(client, people.clerk_li())
    answer = client.post(f"/desk/cases/{case.ref}/accept/", {"version": case.version, "accept-near_kin_of": ""}, follow=True)
    assert "受理了" in answer.content.decode()
    again = client.post(f"/desk/cases/{case.ref}/accept/", {"accept-near_kin_of": ""})
    assert again.status_code == 422 and 'role="alert"' in again.content.decode()
    lines = [line.act for line in office.journal_of(case.ref)]
    assert lines.count("casework.accept") == 1


def test_asking_needs_words(client):
    case = staged.submitted()
    staged.signed_in(client, people.clerk_li())
    answer = client.post(f"/desk/cases/{case.ref}/ask/", {"ask-missing": " "})
    assert answer.status_code == 422 and "请写清楚还差什么" in answer.content.decode()
    client.post(f"/desk/cases/{case.ref}/ask/", {"ask-missing": "孙子的学籍证明"})
    assert state_of(case) == "asked"


def test_an_old_page_says_what_changed_and_keeps_the_words(client):
    case = staged.surveyed()
    staged.signed_in(client, people.clerk_li())
    case.refresh_from_db()
    version, seen = case.version, len(queries.case(case.ref, staged.viewer_of(people.clerk_li()), at=staged.TODAY).acts)
    actions.file_near_kin(ref=case.ref, of="村支书", by=people.clerk_li(), at=staged.TODAY)
    words = {
        "opinion-kind": "help",
        "opinion-amount": "1200",
        "opinion-reason": "您家两口人，够得上。",
        "opinion-differs_reason": "上门看的",
    }
    answer = client.post(f"/desk/cases/{case.ref}/propose/", {"version": version, "seen": seen, **words})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "有了变化" in text and "登记近亲属" in text and "您家两口人，够得上。" in text
    assert state_of(case) == "investigating"


def test_nothing_is_chosen_beforehand(client):
    text = page_of(staged.signed_in(client, people.clerk_li()), staged.accepted()).content.decode()
    assert 'type="radio"' in text and "checked" not in text


def test_a_survey_lacking_a_need_keeps_what_was_written(client):
    case = staged.accepted()
    walk.helper_qian()
    staged.signed_in(client, people.clerk_li())
    said = {
        "survey-on": office.today(staged.TODAY).isoformat(),
        "survey-second": "qian",
        "survey-signed_by": "王桂兰",
        "survey-note": "屋顶漏雨",
    }
    answer = client.post(f"/desk/cases/{case.ref}/survey/", said)
    text = answer.content.decode()
    assert answer.status_code == 422 and "屋顶漏雨" in text and "吃穿这一项还没选" in text
    needs = {f"survey-need_{code}": "hard" for code in walk.NEEDS}
    kept = client.post(f"/desk/cases/{case.ref}/survey/", {**said, **needs})
    assert kept.status_code == 302, kept.content.decode()
    assert "屋顶漏雨" in page_of(client, case).content.decode()


def test_a_first_opinion_needs_reason_and_goes_on_the_board(client):
    case = staged.surveyed()
    staged.signed_in(client, people.clerk_li())
    answer = client.post(f"/desk/cases/{case.ref}/propose/", {"opinion-kind": "help"})
    assert answer.status_code == 422 and "请写理由" in answer.content.decode()
    drafted = client.post(f"/desk/cases/{case.ref}/propose/", {"draft": "1", "opinion-kind": "help"})
    assert drafted.status_code == 200 and "有地方没填好" not in drafted.content.decode()
    said = {
        "opinion-kind": "help",
        "opinion-amount": "1200",
        "opinion-reason": "您家 2 口人。",
        "opinion-differs_reason": "上门看的",
    }
    assert client.post(f"/desk/cases/{case.ref}/propose/", said).status_code == 302
    assert state_of(case) == "shown"


def test_money_is_typed_in_yuan_and_a_slip_is_said(client):
    case = staged.surveyed()
    staged.signed_in(client, people.clerk_li())
    said = {"opinion-kind": "help", "opinion-amount": "一千二", "opinion-reason": "您家 2 口人。"}
    answer = client.post(f"/desk/cases/{case.ref}/propose/", said)
    assert answer.status_code == 422 and "不是金额" in answer.content.decode()


def test_the_county_sees_the_letter_before_it_decides(client):
    case = staged.at_county()
    staged.signed_in(client, people.officer_zhao())
    said = {"decide-kind": "refuse", "decide-article": "", "decide-reason": "家里有两套房。", "preview": "1"}
    answer = client.post(f"/desk/cases/{case.ref}/decide/", said)
    text = answer.content.decode()
    assert answer.status_code == 200 and "这次没有批" in text and "行政复议" in text and "家里有两套房。" in text
    assert state_of(case) == "at_county"


def test_refusing_needs_rule_and_reason(client):
    case = staged.at_county()
    staged.signed_in(client, people.officer_zhao())
    answer = client.post(f"/desk/cases/{case.ref}/decide/", {"decide-kind": "refuse"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "依据哪一条" in text and "群众看得懂" in text


def test_sending_back_names_one_thing(client):
    case = staged.at_county()
    staged.signed_in(client, people.officer_zhao())
    assert client.post(f"/desk/cases/{case.ref}/decide/", {"decide-kind": "return_one"}).status_code == 422
    client.post(f"/desk/cases/{case.ref}/decide/", {"decide-kind": "return_one", "decide-one_thing": "孙子的学籍证明"})
    assert state_of(case) == "returned"
    text = page_of(staged.signed_in(client, people.clerk_li()), case).content.decode()
    assert "县里请补一样" in text and "孙子的学籍证明" in text


def test_the_county_confirms_and_the_letter_can_be_printed(client):
    case = staged.at_county()
    staged.signed_in(client, people.officer_zhao())
    said = {"decide-kind": "confirm", "decide-reason": "同意"}
    assert client.post(f"/desk/cases/{case.ref}/decide/", said).status_code == 302
    assert state_of(case) == "confirmed"
    letter = client.get(f"/desk/cases/{case.ref}/letter/").content.decode()
    assert "县里定下来了" in letter and "每月给您家 2 口人" in letter and "行政复议" in letter
    staged.signed_in(client, people.clerk_li())
    assert "还没有送到" in page_of(client, case).content.decode()
    printed = client.post(f"/desk/cases/{case.ref}/papers/confirmed/").url
    assert f"/desk/papers/letters/{printed.rstrip('/').rpartition('/')[2]}/" in client.get(printed).content.decode()


def test_the_same_person_does_not_decide(client):
    """A clerk of the township never has the county's form; the act refuses them too."""
    case = staged.at_county()
    staged.signed_in(client, people.clerk_li())
    assert "县里定下来</h2>" not in page_of(client, case).content.decode()
    assert client.post(f"/desk/cases/{case.ref}/decide/", {"decide-kind": "confirm"}).status_code == 403


def test_somebody_the_family_only_named_gets_an_identity_on_the_page_and_can_then_sign(client):
    case = staged.submitted()
    row = case.members.create(name="建国", relation="son", proposed=False, together=True)
    staged.signed_in(client, people.clerk_li())
    words = page_of(client, case).content.decode()
    assert "先补身份信息" in words and words.count("补身份信息<span") == 1, "only beside who lacks it"
    address, prefix = f"/desk/cases/{case.ref}/members/{row.ref}/", f"who{row.ref[:8]}"
    number = people.number_of("220102", date(1975, 5, 5), 7)

    mistyped = number[:-1] + ("0" if number[-1] != "0" else "1")
    wrong = client.post(address, {f"{prefix}-name": "王建国", f"{prefix}-number": mistyped})
    assert wrong.status_code == 422 and "身份证号不对" in wrong.content.decode() and mistyped in wrong.content.decode()
    assert client.post(address, {f"{prefix}-name": "王建国"}).status_code == 422
    done = client.post(address, {f"{prefix}-name": "王建国", f"{prefix}-number": number}, follow=True)

    words = done.content.decode()
    assert "身份信息补上了" in words and "先补身份信息" not in words and "王建国" in words and "还没同意核对" in words
    assert "补上了家里人的身份信息" in words, "in the story of the case"
    assert client.post(address, {f"{prefix}-name": "王建国", f"{prefix}-number": number}).status_code == 404
    assert "记下王建国签的" in client.get(f"/desk/cases/{case.ref}/signing/").content.decode()
    looks = office.looks(people.pid_of(number))
    assert [one.who for one in looks][:1] == ["李敏"]


def test_the_form_for_an_identity_is_there_for_a_finger_and_for_an_eye(client, open_browser, live_server):
    case = staged.submitted()
    case.members.create(name="建国", relation="son", proposed=False, together=True)
    staged.signed_in(client, people.clerk_li())
    page = open_browser(DESK)
    carry_on(page, client, live_server)
    page.goto(f"/desk/cases/{case.ref}/")
    page.get_by_text("补身份信息（建国）").click()
    looked_at(page, "case-identity")
    page.get_by_label("身份证号").fill("220102197505050071")
    follow(page.get_by_role("button", name="记下", exact=True))
    assert page.get_by_role("alert").count() and page.get_by_label("身份证号").input_value() == "220102197505050071"
    page.get_by_label("身份证上的姓名").fill("王建国")
    page.get_by_label("身份证号").fill(people.number_of("220102", date(1975, 5, 5), 7))
    follow(page.get_by_role("button", name="记下", exact=True))
    assert "身份信息补上了" in page.content()


def test_who_may_not_keep_consents_has_no_form_for_an_identity(client):
    case = staged.submitted()
    row = case.members.create(name="建国", relation="son", proposed=False, together=True)
    for who in (people.clerk_sun, people.worker_wang, people.auditor_chen):
        staged.signed_in(client, who())
        assert client.post(f"/desk/cases/{case.ref}/members/{row.ref}/", {}).status_code in (403, 404)
    row.refresh_from_db()
    assert row.pid == ""


def test_the_case_page_reads_a_fixed_number_of_times(client, django_assert_max_num_queries):
    case = staged.surveyed()
    staged.signed_in(client, people.clerk_li())
    page_of(client, case)
    with django_assert_max_num_queries(36):
        page_of(client, case)
