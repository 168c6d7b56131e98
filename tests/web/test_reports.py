"""Reports on pages: the offices that may read one, one's own phone, whoever holds it, machines; never the village."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

import people
from doudi.config.home import Home
from doudi.office import actions as office_actions
from doudi.office import queries as office
from doudi.office.core import Role
from doudi.office.models import JournalEntry
from doudi.verification import actions, queries
from doudi.verification.models import Report, ReportCopy
from doudi.web.api import tokens
from verification import reported
from web import staged
from web.browser import DESK, PHONE, picture, scrolls_sideways, small_targets, violations
from web.desk_login import sign_in
from web.phone_login import carry_on, signed_in

AT = staged.TODAY


@pytest.fixture
def page(db, monkeypatch, tmp_path, settings):
    """A report about granny Wang, her grandson and uncle Zhou."""
    (tmp_path / "keys").mkdir()
    settings.HOME = Home(tmp_path)
    staged.set_the_stage(monkeypatch)
    reported.sources(monkeypatch)
    granny = people.granny_wang()
    check = reported.checked(granny, people.grandson_wang(), people.uncle_zhou(), guardian=granny)
    made = actions.issue(check=check.ref, by=people.clerk_li(), at=people.NOON)
    return queries.report(made.ref, office.viewer(people.clerk_li(), "check.read", AT))


def looks_at(pid):
    return JournalEntry.objects.filter(act="office.look", subject=pid).count()


DOORS = ("report", "report-json", "report-pdf")


@pytest.mark.parametrize("role", [Role.TOWNSHIP, Role.COUNTY, Role.VERIFICATION, Role.AUDITOR])
def test_offices_read_it_and_every_look_is_noted_for_everybody(client, page, role):
    area = people.TOWNSHIP if role == Role.TOWNSHIP else people.COUNTY
    staged.signed_in(client, people.clerk(f"r-{role}", "本地", role, area))

    shown = client.get(reverse("desk:report", args=[page.row.ref]))
    words = shown.content.decode()

    assert page.row.number in words and "禾A1" in words and "供参考，不是决定" in words and shown["Cache-Control"] == "no-store"
    assert all(looks_at(pid) == 1 for pid in page.pids)
    assert client.get(reverse("desk:report-json", args=[page.row.ref])).content == page.data
    found = client.get(reverse("desk:reports"), {"q": page.row.number.lower()}).content.decode()
    assert page.row.number in found and "王*兰等 3 人" in found and "王桂兰" not in found
    assert page.row.number not in client.get(reverse("desk:reports"), {"q": "HD1999"}).content.decode()


@pytest.mark.parametrize(
    ("role", "area"),
    [
        (Role.VILLAGE, people.VILLAGE), (Role.VILLAGE, people.COUNTY), (Role.DATA, people.COUNTY), (Role.DIRECTOR, people.COUNTY),
        (Role.TOWNSHIP, people.OTHER_TOWNSHIP), (Role.COUNTY, people.OTHER_COUNTY), (Role.AUDITOR, people.OTHER_COUNTY),
        (Role.VERIFICATION, people.OTHER_COUNTY),
    ],
)  # fmt: skip
def test_nobody_else_by_any_door(client, page, role, area):
    clerk = people.clerk(f"n-{role}{area}", "别人", role, area)
    staged.signed_in(client, clerk)
    header = {"Authorization": f"Bearer {tokens.issue(clerk)}"}
    answers = [client.get(reverse(f"desk:{door}", args=[page.row.ref])) for door in DOORS]
    answers += [client.get(f"/my/reports/{page.row.ref}/{end}") for end in ("", "report.json", "report.pdf")]
    answers += [client.post(reverse("desk:report-issue", args=[page.row.check]), {"why": "再出一份"})]
    answers += [client.get(f"/api/v1/reports/{page.token}", headers=header), client.get(reverse("desk:reports"))]

    for answer in answers:
        text = answer.content.decode("utf-8", "replace")
        assert "禾A1" not in text and page.row.number not in text and "王桂兰" not in text
        assert answer.status_code in (302, 403, 404) or answer.request["PATH_INFO"] == "/desk/reports/"
    assert Report.objects.count() == 1 and not any(looks_at(pid) for pid in page.pids)


def test_the_village_never_sees_it_on_a_case_or_a_board(client, monkeypatch, db):
    staged.set_the_stage(monkeypatch)
    case = staged.confirmed()
    number = queries.reports(case.check_ref)[0].number
    staged.signed_in(client, people.worker_wang())
    for address in ("/field/", f"/desk/cases/{case.ref}/", "/shown/", "/desk/", f"/field/ask/{case.ref}/"):
        text = client.get(address, follow=True).content.decode()
        assert number not in text and "核对报告" not in text, address


def test_a_case_shows_its_report_and_a_clerk_issues_a_further_one_with_a_reason(client, monkeypatch, db):
    sources = staged.set_the_stage(monkeypatch)
    case = staged.accepted()
    (first,) = queries.reports(case.check_ref)
    li = staged.signed_in(client, people.clerk_li())
    assert first.number in li.get(f"/desk/cases/{case.ref}/").content.decode()

    issue = reverse("desk:report-issue", args=[case.check_ref])
    assert "没有新的内容" in li.post(issue, {"why": "再出"}, follow=True).content.decode()
    sources.row(case.applicant, "vehicle", plate="禾C3", **{"class": "car"}, first_registered=AT.date(), status="normal")
    actions.ask_again(check=case.check_ref, pid=case.applicant, source="vehicle", why="问", by=people.checker_he(), at=AT)
    assert "为什么" in li.post(issue, follow=True).content.decode() and Report.objects.count() == 1

    words = li.post(issue, {"why": "车管后来回了话"}, follow=True).content.decode()

    assert f"{first.number[:-1]}2" in words and "和上一份比，改了这些" in words and "禾C3" in words and "车管后来回了话" in words
    assert "已经有新的一份" in li.get(reverse("desk:report", args=[first.ref])).content.decode()


def test_my_own_is_complete_on_my_phone_and_nobody_elses(client, page):
    granny, uncle = people.granny_wang(), people.uncle_zhou()
    signed_in(client, granny.pid)
    assert page.row.number in client.get("/my/reports/").content.decode()
    words = client.get(f"/my/reports/{page.row.ref}/").content.decode()
    assert "禾A1" in words and "76,543" not in words and "周德顺也问过" in words and "王桂兰本人的一份" in words
    assert f"/my/checks/{page.row.check}/object/" in words
    data = client.get(f"/my/reports/{page.row.ref}/report.json").content
    assert hashlib.sha256(data).hexdigest() == ReportCopy.objects.get(pid=granny.pid).sha256
    signed_in(client, uncle.pid)
    words = client.get(f"/my/reports/{page.row.ref}/").content.decode()
    assert "禾A1" not in words and "76,543" in words
    client.session.flush()
    assert client.get("/my/reports/").status_code == 302


def test_whoever_holds_it_sees_whether_it_is_real_and_nothing_of_anybody(client, page):
    address = reverse("public:report-check", args=[page.token])
    shown = client.get(address)
    words = shown.content.decode()
    assert "现在有效" in words and page.row.number in words and page.sha256[:4] in words
    for secret in (
        "王桂兰",
        "王*兰",
        "周德顺",
        "禾A1",
        "石磨村",
        people.granny_wang().pid,
        reported.SUBJECT,
        "低保",
        "最低生活保障",
    ):
        assert secret not in words, secret
    proof = client.get(reverse("public:report-proof", args=[page.token])).json()
    assert json.loads(proof["leaf"])["detail"]["sha256"] == page.sha256
    assert client.get(reverse("public:report-check", args=["not-one-of-ours"])).status_code == 404
    assert client.get(reverse("public:report-proof", args=["not-one-of-ours"])).status_code == 404

    def held(data):
        return client.post(address, {"file": SimpleUploadedFile("r.json", data)}).content.decode()

    assert "一模一样" in held(page.data)
    assert "不一样" in held(page.data + b" ") and "不一样" in held(b"")
    assert client.post(address, {}).status_code == 422


@pytest.mark.parametrize("state", ["expired", "replaced", "changed"])
def test_it_says_expired_replaced_or_not_to_be_trusted(client, page, state):
    if state == "expired":
        office_actions.move_clock(by=people.clerk_li(), at=AT, days=60)
    elif state == "replaced":
        sources = queries.answers(page.row.check)
        actions.ask_again(
            check=page.row.check, pid=sources[0].pid, source="vehicle", why="再问", by=people.checker_he(), at=AT
        )  # fmt: skip
        actions.issue(check=page.row.check, by=people.clerk_li(), at=AT + timedelta(minutes=1), why="再问过了")
    else:
        ReportCopy.objects.filter(token=page.token).update(sha256="0" * 64)
    words = client.get(reverse("public:report-check", args=[page.token])).content.decode()
    told = client.get(f"/api/v1/reports/{page.token}/check").json()
    says = {"expired": "过了有效期", "replaced": "后来有新的一份", "changed": "证明不了"}[state]
    assert says in words and told["proven"] == (state != "changed") and (state == "changed" or told["state"] == state)


def test_a_machine_reads_it_with_the_right_post_and_the_people_see_that(client, page):
    header = {"Authorization": f"Bearer {tokens.issue(people.checker_he())}"}
    told = client.get(f"/api/v1/reports/{page.token}", headers=header).json()
    assert told["text"].encode() == page.data and told["sha256"] == page.sha256 and told["state"] == "valid"
    assert told["report"]["number"] == page.row.number and all(looks_at(pid) == 1 for pid in page.pids)
    assert client.get(f"/api/v1/reports/{page.token}").status_code == 401
    assert client.get("/api/v1/reports/nothing", headers=header).status_code == 404
    assert client.get("/api/v1/reports/nothing/check").status_code == 404


def test_lists_ask_as_often_for_many_as_for_one(client, page, django_assert_num_queries):
    staged.signed_in(client, people.clerk_li())
    with django_assert_num_queries(11):
        client.get(reverse("desk:reports"))
    granny = people.granny_wang()
    for at in range(3):
        actions.issue(check=reported.checked(granny).ref, by=people.clerk_li(), at=AT + timedelta(minutes=at))
    with django_assert_num_queries(11):
        client.get(reverse("desk:reports"))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_at_both_sizes(page, open_browser, live_server, client):
    """Desk, the person's phone and the open page: nothing wrong, nothing sideways, everything large enough for a finger."""
    clerk = open_browser(DESK)
    sign_in(clerk, people.clerk_li().username)
    for address, name in (("/desk/reports/", "reports"), (f"/desk/reports/{page.row.ref}/", "report")):
        clerk.goto(address)
        picture(clerk, f"desk-{name}")
        assert violations(clerk) == []
    phone = open_browser(PHONE)
    carry_on(phone, signed_in(client, people.granny_wang().pid), live_server)
    for address, name in (
        ("/my/reports/", "my-reports"),
        (f"/my/reports/{page.row.ref}/", "my-report"),
        (f"/sheet/check/{page.token}/", "check"),
    ):
        phone.goto(address)
        picture(phone, f"phone-{name}")
        assert violations(phone) == [] and not scrolls_sideways(phone) and small_targets(phone) == [], name
