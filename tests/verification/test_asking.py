"""Asking sources over HTTP: signed, again and again under one ref, each in its own time; nothing lost, nothing guessed."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

import people
import walk
from casework.test_many import in_threads
from doudi.casework import actions as casework
from doudi.casework import jobs as cases
from doudi.casework.core.differences import choices_of
from doudi.casework.models import Question as CaseQuestion
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.verification import actions, core, jobs, queries
from doudi.verification.core import Asked, Basis, NotAnAnswer, Said
from doudi.verification.models import Answer, Question, Source
from people import NOON
from verification import a_source

pytestmark = pytest.mark.django_db
WORKER = Party.system("ask")
SALARY = {"state": "answered", "said": "found", "as_of": "2026-06-28", "rows": [
    {"row": "A-7", "values": {"balance_date": "2026-06-28", "balance": "5000.00"}}]}  # fmt: skip


@pytest.fixture
def bank():
    with a_source.running() as department:
        yield department


@pytest.fixture
def lake(monkeypatch):
    return walk.everything_answers(walk.Sources().install(monkeypatch))


def keep(bank, code="bank-1", **more):
    given = {
        "label": "农信社",
        "dataset": "deposit",
        "adapter": "http",
        "address": bank.address,
        "public_key": bank.public,
    } | more
    return actions.keep_source(code=code, by=Party.system("test"), at=NOON, **given)


def asked(*, datasets=("deposit", "vehicle"), at=NOON, people_=None):
    """Granny is checked under a standing authorisation."""
    granny = people.granny_wang()
    with patch("doudi.verification.actions.checks.standing", return_value={granny.pid: "SQ2026000001"}):
        return actions.request(
            subject="case", area=granny.area, programme="dibao", people=people_ or [Asked(granny.pid, granny.name, True)],
            sources=list(datasets), basis=Basis.CONSENT, by=people.clerk_li(), at=at,
        )  # fmt: skip


@pytest.fixture(autouse=True)
def standing(monkeypatch):
    """Whether the authorisation stands is tested beside it; here it stands until a test takes it back."""
    ended = []

    def lawful(question, at):
        if ended:
            raise core.NoBasis("撤回了", "withdrawn")

    monkeypatch.setattr("doudi.verification.actions.questions.lawful", lawful)
    return ended


def ask(at=NOON):
    return jobs.ask_sources(by=WORKER, now=lambda: at)


def said(check):
    return {row.source: row.said for row in queries.answers(check.ref)}


def test_a_source_is_asked_signed_and_its_answer_kept_with_its_rows(lake, bank):
    keep(bank)
    bank.says = lambda question: SALARY

    check = asked()
    assert said(check) == {"bank-1": "no_answer", "vehicle": "nothing"}
    assert queries.progress(check.ref, NOON).sources_back == 1

    done = ask()

    assert (done.asked, done.answered) == (1, 1)
    row = next(row for row in queries.answers(check.ref) if row.source == "bank-1")
    assert (row.said, row.as_of, row.state) == (Said.FOUND, date(2026, 6, 28), "answered")
    assert row.items[0].values["balance"] == 500000 and row.items[0].their_ref == "A-7" and row.items[0].batch is None
    told = bank.bodies[0]["questions"][0]
    assert told["person"]["name"] == "王桂兰" and told["authorisation"] == "SQ2026000001" and told["basis"] == "consent"
    acts = [line.act for line in office.journal_of("case")]
    assert acts == ["verification.request", "verification.answer"]


def test_clocks_are_working_days_or_seconds():
    friday = datetime(2026, 9, 30, 15, 0, tzinfo=NOON.tzinfo)
    assert core.due_at(friday, answer_wd=1, answer_seconds=None).date() > date(2026, 10, 7)  # the holiday is not counted
    assert core.due_at(friday, answer_wd=10, answer_seconds=None).date() > date(2026, 10, 14)
    assert core.due_at(friday, answer_wd=10, answer_seconds=90) == friday + timedelta(seconds=90)


@given(tries=st.integers(0, 10_000), draw=st.floats(0, 0.999), after=st.integers(0, 100_000))
def test_knocking_again_waits_longer_each_time_never_sooner_than_asked_never_for_ever(tries, draw, after):
    at = core.retry_at(NOON, tries, after=timedelta(seconds=after), draw=lambda: draw)
    assert NOON + timedelta(seconds=max(1, after)) <= at <= NOON + max(timedelta(hours=1), timedelta(seconds=after))


@pytest.mark.parametrize("said_", ["refused", "ambiguous", "stale", "no_answer"])
def test_six_answers_stay_six(lake, bank, said_):
    keep(bank)
    bank.says = lambda question: {"state": "answered", "said": said_, "why": "同名两人"}
    check = asked()
    ask()
    row = next(row for row in queries.answers(check.ref) if row.source == "bank-1")
    assert (row.said, row.why, row.items) == (said_, "同名两人", ())
    assert queries.progress(check.ref, NOON).back == 2  # a refusal is an answer that came back


def test_a_bad_row_is_named_and_nothing_is_guessed(lake, bank):
    keep(bank)
    bank.says = lambda question: SALARY | {"rows": [{"row": "1", "values": {"balance_date": "2026-06-28", "balance": "很多"}}]}
    asked()
    done = ask()
    one = Question.objects.get(source="bank-1")
    assert done.again == 1 and "第 1 行余额" in one.last_why and not Answer.objects.filter(question=one).exists()


def callback(client, bank, answers):
    raw, headers = bank.signed(answers)
    return client.generic("POST", "/api/v1/answers", raw, content_type="application/json", headers=headers)


def test_an_answer_that_comes_later_comes_signed_once_and_also_late(lake, bank, client):
    keep(bank)
    bank.says = lambda question: {"state": "accepted", "their_ref": "WT-1"}
    check = asked()
    ask()
    one = Question.objects.get(source="bank-1")
    assert (one.state, one.their_ref) == ("sent", "WT-1")
    late = one.due_at + timedelta(days=3)
    assert queries.progress(check.ref, late).late == 1
    with patch("doudi.office.queries.now", return_value=late):
        first = callback(client, bank, [{"question": one.ref, **SALARY}])
        again = callback(client, bank, [{"question": one.ref, **SALARY}])
    assert first.json() == again.json() and first.json()["answers"][0]["state"] == "taken"
    assert said(check)["bank-1"] == "found" and Answer.objects.filter(question=one).count() == 1
    other = callback(client, bank, [{"question": one.ref, "said": "nothing", "as_of": "2026-06-28"}]).json()["answers"][0]
    assert (other["state"], other["reason"]) == ("refused", "answered_otherwise")


def test_the_callback_door_opens_to_the_source_that_was_asked_only(lake, bank, client):
    keep(bank)
    bank.says = lambda question: {"state": "accepted"}
    asked()
    ask()
    ref = Question.objects.get(source="bank-1").ref
    raw, headers = bank.signed([{"question": ref, **SALARY}])
    wrong = client.generic("POST", "/api/v1/answers", raw + b" ", content_type="application/json", headers=headers)
    assert wrong.status_code == 401 and wrong.json()["reason"] == "digest_differs"
    with a_source.running() as other:
        assert callback(client, other, [{"question": ref, **SALARY}]).json()["reason"] == "unknown_key"
        keep(other, code="bank-2", dataset="vehicle")
        told = callback(client, other, [{"question": ref, **SALARY}]).json()["answers"][0]
        assert (told["state"], told["reason"]) == ("refused", "no_such_question")
    bad = callback(client, bank, [{"question": ref, **SALARY, "rows": [{"row": "1", "values": {"balance": "5"}}]}]).json()
    assert bad["answers"][0]["reason"] and not Answer.objects.filter(question__ref=ref).exists()


def test_where_no_callback_comes_it_is_looked_for_and_no_name_travels_again(lake, bank):
    keep(bank)
    bank.says = lambda question: SALARY if question.get("polled") else {"state": "accepted"}
    check = asked()
    ask()
    assert said(check)["bank-1"] == "no_answer"
    ask(NOON + timedelta(hours=2))
    assert said(check)["bank-1"] == "found" and bank.bodies[-1]["questions"] == [Question.objects.get(source="bank-1").ref]


def test_a_source_that_is_down_rests_and_keeps_nobody_waiting(lake, bank):
    bank.status = 500
    keep(bank)
    with a_source.running() as cars:
        keep(cars, code="cars", dataset="vehicle")
        check = asked()
        at = NOON
        for _ in range(5):
            ask(at)
            last, at = at, Question.objects.get(source="bank-1").next_try_at
        assert said(check) == {"bank-1": "no_answer", "cars": "nothing"}
    whom = Source.objects.get(code="bank-1")
    assert whom.failures == 5 and "500" in whom.last_error and whom.rests_until > last
    knocks = len(bank.bodies)
    ask(whom.rests_until - timedelta(seconds=1))
    assert len(bank.bodies) == knocks  # it rests
    bank.status = 0
    ask(whom.rests_until + timedelta(hours=1))
    assert said(check)["bank-1"] == "nothing" and Source.objects.get(code="bank-1").failures == 0


def test_a_source_that_asks_us_to_wait_is_not_knocked_at_before(lake, bank):
    bank.status, bank.headers = 429, {"retry-after": "7200"}
    keep(bank)
    asked()
    ask()
    assert Question.objects.get(source="bank-1").next_try_at >= NOON + timedelta(hours=2)
    ask(NOON + timedelta(hours=1))
    assert len(bank.bodies) == 1


def test_a_day_holds_only_so_many_questions(lake, bank):
    keep(bank, daily_quota=2)
    granny, uncle, boy = people.granny_wang(), people.uncle_zhou(), people.grandson_wang()
    asked(people_=[Asked(one.pid, one.name, True) for one in (granny, uncle, boy)])
    ask()
    assert len(bank.asked) == 2
    ask(NOON + timedelta(hours=3))
    assert len(bank.asked) == 2
    ask(NOON + timedelta(days=1))
    assert len(bank.asked) == 3


def test_killed_between_sending_and_noting_the_same_ref_is_asked_again(lake, bank):
    keep(bank)
    check = asked()
    with patch("doudi.verification.actions.answer", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        ask()
    assert said(check)["bank-1"] == "no_answer"
    ask(NOON + timedelta(seconds=5))
    assert list(bank.asked.values()) == [1]  # somebody may still be carrying it
    ask(NOON + timedelta(minutes=3))
    assert list(bank.asked.values()) == [2] and said(check)["bank-1"] == "nothing"  # one ref, asked twice, answered once


def test_a_question_whose_basis_ended_does_not_leave_and_no_answer_to_it_is_kept(lake, bank, client, standing):
    keep(bank)
    check = asked()
    standing.append("withdrawn")
    ask()
    assert not bank.bodies and Question.objects.get(source="bank-1").closed_why == "no_basis"
    row = next(row for row in queries.answers(check.ref) if row.source == "bank-1")
    assert row.said == "no_answer" and "撤回" in row.why and row.state == "closed"


def test_an_answer_after_the_authorisation_was_taken_back_is_not_kept(lake, bank, client, standing):
    keep(bank)
    bank.says = lambda question: {"state": "accepted"}
    asked()
    ask()
    standing.append("withdrawn")
    ref = Question.objects.get(source="bank-1").ref
    assert callback(client, bank, [{"question": ref, **SALARY}]).json()["answers"][0]["state"] == "closed"
    assert not Answer.objects.filter(question__ref=ref).exists()


@pytest.mark.parametrize(("area", "asked_here"), [("990202", False), (people.TOWNSHIP, True), ("", True)])
def test_a_source_of_another_area_is_not_asked_again_about_people_from_here(lake, area, asked_here):
    granny, check = people.granny_wang(), asked(datasets=["vehicle"])
    actions.keep_source(
        code="bank-9", label="外县农信社", dataset="deposit", adapter="letter", area=area, by=Party.system("test"), at=NOON
    )

    def again():
        return actions.ask_again(check=check.ref, pid=granny.pid, source="bank-9", why="再问", by=people.checker_he(), at=NOON)

    if asked_here:
        assert again().source == "bank-9"
        return
    with pytest.raises(NotAllowed, match="外县农信社只回答别的地方的人"):
        again()
    assert not Question.objects.filter(source="bank-9").exists()


def test_asking_again_is_a_new_question_and_the_answer_before_stays(lake, bank):
    keep(bank)
    check, granny = asked(), people.granny_wang()
    with pytest.raises(NotAllowed, match="还没有回话"):
        actions.ask_again(check=check.ref, pid=granny.pid, source="bank-1", why="x", by=people.clerk_li(), at=NOON)
    ask()
    bank.says = lambda question: SALARY
    actions.ask_again(check=check.ref, pid=granny.pid, source="bank-1", why="本人说有", by=people.clerk_li(), at=NOON)
    row = next(row for row in queries.answers(check.ref) if row.source == "bank-1")
    assert (row.said, row.round, row.asked_again) == ("nothing", 1, True)
    ask()
    row = next(row for row in queries.answers(check.ref) if row.source == "bank-1")
    assert (row.said, row.round, row.asked_again) == ("found", 2, False)
    assert [one.said for one in Answer.objects.filter(question__source="bank-1").order_by("id")] == ["nothing", "found"]


def test_an_answer_that_contradicts_itself_is_none(lake, bank):
    keep(bank)
    asked()
    ref = Question.objects.get(source="bank-1").ref
    for wrong in (
        {"said": "found", "as_of": date(2026, 6, 1)},
        {"said": "nothing", "rows": [{"balance": 1}], "as_of": date(2026, 6, 1)},
        {"said": "nothing"},
        {"said": "maybe"},
    ):
        with pytest.raises(NotAnAnswer):
            actions.answer(question=ref, by=WORKER, at=NOON, **wrong)
    assert Question.objects.get(ref=ref).state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_no_question_twice(lake, bank, tmp_path, lay_tables):
    database, count = tmp_path / "asking.sqlite3", 30
    told: list[dict[str, str]] = []

    def stage() -> None:
        keep(bank, at_once=4)
        for number in range(count):
            one = people.person(f"王{number}", date(1950, 1, 1), order=101 + number)
            people.places()
            with patch("doudi.verification.actions.checks.standing", return_value={one.pid: "SQ2026000001"}):
                actions.request(
                    subject=f"case{number}", area=one.area, programme="dibao", people=[Asked(one.pid, one.name, True)],
                    sources=["deposit"], basis=Basis.CONSENT, by=people.clerk_li(), at=NOON,
                )  # fmt: skip

    lay_tables(database)
    assert in_threads(database, stage) == []
    bank.before_answer = lambda: time.sleep(0.05)
    assert in_threads(database, ask, ask, ask) == []
    assert in_threads(database, lambda: told.append(dict(Question.objects.values_list("ref", "state")))) == []
    assert set(told[0].values()) == {"answered"} and len(told[0]) == count
    assert set(bank.asked) == set(told[0]) and set(bank.asked.values()) == {1}


def test_a_case_goes_on_with_three_of_twelve_silent_and_takes_in_what_comes_later(lake, bank, standing, monkeypatch):
    keep(bank)
    for number, dataset in enumerate(("vehicle", "business")):
        keep(bank, code=f"silent-{number}", dataset=dataset)
    bank.says = lambda question: {"state": "accepted"} | (SALARY if question.get("dataset") == "deposit" else {})
    granny = people.granny_wang()
    case = walk.applied(granny.pid)
    li = people.clerk_li()
    casework.accept(ref=case.ref, by=li, at=NOON)
    kinds = {question.kind for question in CaseQuestion.objects.filter(case=case)}
    assert "deposit" not in kinds
    judged = CaseQuestion.objects.filter(case=case).first()
    choice = choices_of(judged.kind, judged.said_fen, judged.key)[0]
    casework.judge(ref=case.ref, question=judged.ref, choice=choice, reason="看过了", by=li, at=NOON)

    ask()
    assert [cases.take_answers(NOON), cases.take_answers(NOON)] == [1, 0]

    found = CaseQuestion.objects.get(case=case, kind="deposit", pid=granny.pid)
    assert "5,000" in found.data_says and found.judged_at is None
    judged.refresh_from_db()
    assert judged.choice == choice and judged.judged_at == NOON
    case.refresh_from_db()
    assert case.state in ("accepted", "investigating")
    assert queries.progress(case.check_ref, NOON).sources_back == len(core.asked_datasets()) - 2
