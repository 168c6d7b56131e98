"""A report: everything at one moment, sealed, versions side by side, each person's own complete and no more, provable."""

import json
import time
from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

import people
import walk
from doudi.casework import actions as casework
from doudi.casework.models import Question as CaseQuestion
from doudi.office import actions as office_actions
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.office.models import JournalEntry
from doudi.registry.queries import pids_of
from doudi.verification import actions, jobs, queries
from doudi.verification.core import asked_datasets
from doudi.verification.core import reports as core
from doudi.verification.core.compared import Declared
from doudi.verification.core.reports import NothingNew, Standing
from doudi.verification.models import Answer, Authorisation, Check, Question, Report, ReportCopy
from doudi.verification.queries import checks
from doudi.web.parts import reports
from people import NOON
from verification import reported

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture
def sources(monkeypatch):
    return reported.sources(monkeypatch)


def issued(check, *, by=None, at=NOON, why=""):
    return actions.issue(check=check.ref, by=by or people.clerk_li(), at=at, why=why)


def reader(clerk=None, at=NOON):
    return office.viewer(clerk or people.clerk_li(), "check.read", at)


def test_a_report_holds_all_of_it(sources):
    granny = people.granny_wang()
    del sources.as_of["business"]
    check = reported.checked(granny)

    page = queries.report(issued(check).ref, reader())
    body = page.body

    assert page.row.number == body["number"] == f"{check.number}-1" and body["version"] == 1
    assert (body["programme"]["label"], body["office"], body["notice"]) == ("最低生活保障", "禾安县民政局", "供参考，不是决定")
    assert [(one["name"], one["authorisation"][:6]) for one in body["people"]] == [("王桂兰", "SQ2026")]
    assert body["asked_on"] == "2026-07-01" and body["valid_until"] == "2026-09-29"
    answers = {row["dataset"]: row for row in body["answers"]}
    assert set(answers) == set(reported.DATASETS) and all(row["asked_at"] for row in answers.values())
    vehicle = answers["vehicle"]
    assert (vehicle["said"], vehicle["as_of"], vehicle["answered_at"][:10]) == ("found", "2026-06-30", "2026-07-01")
    assert vehicle["items"][0]["batch"] == 7 and vehicle["items"][0]["row_no"] == 1 and "禾A1" in vehicle["items"][0]["words"]
    assert answers["business"]["said"] == "no_answer" and answers["business"]["why"] == "这个部门还没有送来数据"
    assert body["said"]["no_answer"] == 1 and body["said"]["found"] == 2 and body["said"]["refused"] == 0
    assert any(row["kind"] == "vehicle" and row["difference"] for row in body["compared"])
    limits = [row["limit"] for row in body["compared"] if row["limit"]]
    assert limits and all(one["clause"] and one["article"] for one in limits)
    assert core.digest(page.data) == page.sha256


def test_sources_that_know_nothing_make_no_income_of_nothing(sources):
    """JSON, page and PDF (one document) say that it is not known, also beside the limit; the family's own word makes a number."""
    sources.rows.clear()
    granny = people.granny_wang()
    check = reported.checked(granny)
    told = [Declared("", "incomes", None, "", TODAY)]

    for declared, income in ((None, None), (told, 0)):
        if declared:
            check = reported.checked(granny, declared=declared)
        page = queries.report(issued(check).ref, reader())
        totals = {row["kind"]: row for row in page.body["compared"] if row["is_total"]}
        paper = render_to_string("parts/report_paper.html", reports.context(page, "https://doudi.example/"))
        assert (totals["income"]["found_fen"], totals["income"]["limit"]["holds"]) == (income, True if declared else None)
        assert totals["income"]["data_says"] == ("0 元" if declared else "还不知道")
        assert ("0 元" in totals["income"]["limit"]["says"]) == bool(declared) and totals["income"]["limit"]["says"] in paper
        assert ("家里人自己说的收入" in paper) != bool(declared)
        assert (totals["homes"]["data_says"], totals["homes"]["limit"]["holds"]) == ("还不知道", None)
        assert (totals["deposit"]["found_fen"], totals["deposit"]["limit"]["holds"]) == (0, True)  # every source says so


def test_brokers_and_the_housing_fund_are_asked_and_silent_until_they_deliver(sources):
    granny = people.granny_wang()
    for dataset in ("securities", "housing_fund"):
        del sources.as_of[dataset]
        assert {dataset} <= {one.dataset for one in asked_datasets("tekun", "supporter")}
    body = queries.report(issued(reported.checked(granny)).ref, reader()).body

    told = {row["dataset"]: (row["said_label"], row["why"]) for row in body["answers"]}
    assert told["securities"] == told["housing_fund"] == ("没有回话", "这个部门还没有送来数据")
    total = next(row for row in body["compared"] if row["key"] == "total:deposit")
    assert total["data_says"] == "至少 5,000 元" and len(total["unanswered"]) == 2 and total["limit"]["holds"] is None
    words = Authorisation.objects.get(pid=granny.pid).words
    assert "证券、理财和商业保险" in words and "住房公积金" in words


def test_a_household_is_read_once_from_request_to_report(sources, monkeypatch):
    """Opening sealed rows is what a check spends most on: the report, its comparison, the questions and the rules share one."""
    case, read, opened = walk.applied(people.granny_wang().pid), checks._answer_rows, []
    monkeypatch.setattr(checks, "_answer_rows", lambda *asked: opened.append(asked) or read(*asked))

    case = casework.accept(ref=case.ref, by=people.clerk_li(), at=NOON)

    assert len(opened) == 1
    assert queries.reports(case.check_ref) and CaseQuestion.objects.filter(case=case, kind="vehicle").exists()
    again = queries.snapshot(Check.objects.get(ref=case.check_ref), on=TODAY)
    assert core.same_content(again, queries.report(queries.reports(case.check_ref)[0].ref, reader()).body)


def test_no_number_of_anybody_stands_in_a_report(sources):
    granny = people.granny_wang()
    sources.row(granny.pid, "marriage", event="marriage", citizen_no=granny.citizen_no, spouse_no="990101194801010011")

    text = queries.report(issued(reported.checked(granny)).ref, reader()).data.decode()

    assert granny.citizen_no not in text and "990101194801010011" not in text


def test_asking_and_answering_never_change_an_issued_report(sources):
    granny = people.granny_wang()
    check = reported.checked(granny)
    first = queries.report(issued(check).ref, reader())

    del sources.rows[granny.pid]
    actions.ask_again(check=check.ref, pid=granny.pid, source="vehicle", why="车早就卖了", by=people.checker_he(), at=NOON)
    second = issued(check, at=NOON + timedelta(days=3), why="复核后改了")
    again = queries.report(first.row.ref, reader())

    assert again.data == first.data and again.sha256 == first.sha256
    assert again.row.replaced_by == second.number and again.row.standing(TODAY) is Standing.REPLACED
    page = queries.report(second.ref, reader())
    assert [row.version for row in page.versions] == [2, 1] and page.row.standing(TODAY) is Standing.VALID
    gone = next(one for one in page.changes if one.before.startswith("查到了"))
    assert (gone.whose, gone.now) == ("王桂兰", "没有查到") and "禾A1" in gone.before


def test_twice_the_same_is_one_report_and_a_further_one_needs_a_reason(sources):
    check = reported.checked(people.granny_wang())
    issued(check)
    with pytest.raises(NothingNew):
        issued(check, at=NOON + timedelta(minutes=1), why="再出一份")

    sources.row(people.granny_wang().pid, "business", status="active", from_date=date(2020, 1, 1), credit_code="9")
    actions.ask_again(
        check=check.ref, pid=people.granny_wang().pid, source="business", why="问一次", by=people.checker_he(), at=NOON
    )
    with pytest.raises(NotAllowed, match="为什么"):
        issued(check)
    assert Report.objects.count() == 1


def test_until_when_it_holds_comes_from_the_rules_and_a_newer_one_does_not_make_old_answers_younger(sources):
    check = reported.checked(people.granny_wang())
    row = queries.report(issued(check, at=NOON + timedelta(days=20)).ref, reader()).row

    assert row.valid_until == TODAY + timedelta(days=90)
    assert row.standing(row.valid_until) is Standing.VALID
    assert row.standing(row.valid_until + timedelta(days=1)) is Standing.EXPIRED


def test_ones_own_is_complete_and_of_other_adults_only_that_they_were_asked(sources):
    granny, boy, uncle = people.granny_wang(), people.grandson_wang(), people.uncle_zhou()
    sources.row(boy.pid, "student", school="禾安一小")
    report = issued(reported.checked(granny, boy, uncle, guardian=granny))

    mine = queries.my_report(report.ref, pids_of(granny.pid))
    text = mine.data.decode()

    assert {row["pid"] for row in mine.body["answers"] if not row.get("covered")} == {granny.pid, boy.pid}
    assert {row["pid"] for row in mine.body["answers"] if row.get("covered")} == {uncle.pid}
    assert "禾A1" in text and "76,543" not in text and "7654300" not in text and "76543" not in text
    assert {row["source"] for row in mine.body["answers"] if row["pid"] == uncle.pid} == set(reported.DATASETS)
    assert all(not one["authorisation"] for one in mine.body["people"] if one["pid"] == uncle.pid)
    assert [one.number for one in queries.my_reports(pids_of(uncle.pid))] == [report.number]
    theirs = queries.my_report(report.ref, pids_of(uncle.pid)).data.decode()
    assert "禾A1" not in theirs and "禾安一小" not in theirs and "76,543" in theirs
    with pytest.raises(NotAllowed):
        queries.my_report(report.ref, pids_of(people.person("旁人", date(1970, 1, 1), order=9).pid))
    with pytest.raises(NotAllowed):
        queries.my_report(report.ref, [""])


SECRET = "只有他知道"
PEOPLE = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=4, unique=True)


@given(PEOPLE, st.data())
def test_no_copy_shows_what_another_adult_has(pids, data):
    """Whatever stands in answers, rows and comparisons of somebody else stays out of a copy, however the household is made up."""
    guardians = {pid: data.draw(st.sampled_from(["", *pids])) for pid in pids}
    guardians = {pid: "" if of == pid else of for pid, of in guardians.items()}

    def answer(pid):
        row = dict.fromkeys(["asked_at", "dataset", "department", "label", "source", "source_label"], "x")
        return row | {"pid": pid, "whose": pid, "said": "found", "why": SECRET + pid, "items": [{"words": SECRET + pid}]}

    def line(pid):
        return {"pid": pid, "whose": pid, "heading": SECRET + (pid or "家"), "data_says": SECRET + (pid or "家")}

    body = {
        "people": [{"pid": pid, "name": pid, "guardian": guardians[pid], "authorisation": SECRET + pid} for pid in pids],
        "answers": [answer(pid) for pid in pids],
        "compared": [line(pid) for pid in (*pids, "")],
        "rulings": [line(pid) for pid in pids],
    }
    for pid in pids:
        own = json.dumps(core.own(body, pid), ensure_ascii=False)
        mine = {pid, *(other for other in pids if guardians[other] == pid)}
        for other in pids:
            assert (SECRET + other in own) == (other in mine)
        if mine < set(pids):
            assert '"data_says": "' + SECRET + "家" not in own


@pytest.mark.parametrize("role", [role for role in Role if role != Role.RESIDENT])
@pytest.mark.parametrize("area", [people.COUNTY, people.TOWNSHIP, people.OTHER_COUNTY, people.OTHER_TOWNSHIP])
def test_who_issues_and_who_reads(sources, role, area):
    check, here = reported.checked(people.granny_wang()), area in (people.COUNTY, people.TOWNSHIP)
    clerk = people.clerk(f"{role}{area}", "某人", role, area)
    if here and role in (Role.TOWNSHIP, Role.COUNTY, Role.VERIFICATION):
        report = issued(check, by=clerk)
    else:
        with pytest.raises(NotAllowed):
            issued(check, by=clerk)
        report = issued(check)
    token = ReportCopy.objects.get(report=report, pid="").token
    own = ReportCopy.objects.exclude(pid="").get(report=report).token
    viewer = reader(clerk)
    doors = [
        lambda: queries.report(report.ref, viewer),
        lambda: queries.report_of(token, viewer),
        lambda: queries.report_of(own, viewer),
    ]
    if here and role in (Role.TOWNSHIP, Role.COUNTY, Role.VERIFICATION, Role.AUDITOR):
        assert all(door().row.number == report.number for door in doors)
        assert [row.number for row in queries.reports_in(viewer)] == [report.number]
        return
    for door in doors:
        with pytest.raises(NotAllowed):
            door()
    if viewer.may("check.read"):
        assert queries.reports_in(viewer) == ()
    else:
        with pytest.raises(NotAllowed):
            queries.reports_in(viewer)


def test_nobody_else_issues(sources):
    check = reported.checked(people.granny_wang())
    for by in (Party.resident(people.granny_wang().pid), Party.sender("bank")):
        with pytest.raises(NotAllowed):
            issued(check, by=by)
    assert not Report.objects.exists()
    assert issued(check, by=Party.system("reports")).version == 1


def test_a_report_makes_itself_when_nothing_more_will_come(sources):
    check = reported.checked(people.granny_wang())
    question = Question.objects.filter(check_asked=check, source="business")
    Answer.objects.filter(question__in=question).delete()
    question.update(state="sent", due_at=NOON + timedelta(days=14))

    assert jobs.issue_reports(NOON + timedelta(days=13)) == 0
    later = NOON + timedelta(days=15)
    assert jobs.issue_reports(later) == 1 and jobs.issue_reports(later) == 0
    body = queries.report(Report.objects.get().ref, reader(at=later)).body
    assert [row["why"] for row in body["answers"] if row["source"] == "business"] == ["期限已经过了，对方还没有回话"]
    assert body["issued_by"] == "自动出具"


# ---- whoever holds one ---------------------------------------------------------------------------------------------------


def held(report, pid=""):
    office_actions.sign_checkpoint()
    return ReportCopy.objects.get(report=report, pid=pid)


def test_the_journal_proves_a_report_and_every_copy(sources):
    granny = people.granny_wang()
    report = issued(reported.checked(granny))
    for copy in (held(report), held(report, granny.pid)):
        told = queries.verify(copy.token, on=TODAY)
        assert told.proof is not None and (told.number, told.standing) == (report.number, Standing.VALID)
        leaf = json.loads(told.proof["leaf"])
        assert copy.sha256 in (leaf["detail"]["sha256"], *leaf["detail"]["own"])
        assert (
            told.sha256 == copy.sha256 and granny.pid not in json.dumps(told.proof) and granny.name not in json.dumps(told.proof)
        )
    assert queries.verify("nothing-like-it", on=TODAY) is None


@pytest.mark.parametrize("how", ["body", "sha256", "number", "valid_until", "both", "no line"])
def test_what_was_changed_in_the_database_is_not_proven(sources, how):
    report = issued(reported.checked(people.granny_wang()))
    copy = held(report)
    other = copy.body.replace("王桂兰", "王桂花")
    changed = {
        "body": {"body": other},
        "sha256": {"sha256": "0" * 64},
        "both": {"body": other, "sha256": core.digest(other.encode())},
    }
    if how in changed:
        ReportCopy.objects.filter(pk=copy.pk).update(**changed[how])
    elif how == "number":
        Report.objects.update(number="HD2026999999-1")
    elif how == "valid_until":
        Report.objects.update(valid_until=date(2030, 1, 1))
    else:
        JournalEntry.objects.filter(act="verification.issue").delete()

    told = queries.verify(copy.token, on=TODAY)

    assert told.proof is None and told.why_not


def test_before_the_journal_is_signed_there_is_no_proof_yet(sources):
    report = issued(reported.checked(people.granny_wang()))
    told = queries.verify(ReportCopy.objects.get(report=report, pid="").token, on=TODAY)
    assert told.proof is None and "签名" in told.why_not


def test_a_household_of_six_is_reported_in_a_tenth_of_a_second(sources, monkeypatch):
    home = [people.person(f"王{name}", date(1960 + at, 3, 1), order=20 + at) for at, name in enumerate("甲乙丙丁戊己")]
    check = reported.checked(*home)
    issued(reported.checked(people.granny_wang()))  # rules and contracts are read by the first of a day
    began = time.process_time()
    issued(check)
    assert time.process_time() - began < 0.4  # 0.1 s on a machine of its own; shared ones are slower
    assert Check.objects.count() == 2 and walk.AS_OF
