"""Every refusal on every path: the page, the door for machines, the worker, the command, the letter, the callback, the second
question of an objection. Each says why in a sentence, nothing leaves the house, and nothing is written but the closing of the
question that may not be asked any more.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

import people
import walk
from doudi.casework import actions as casework
from doudi.config.cli import cli
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.office.models import JournalEntry
from doudi.verification import actions, jobs, queries
from doudi.verification.actions import Disputed
from doudi.verification.core import Asked, Basis, NoBasis
from doudi.verification.core.orders import NoOrder
from doudi.verification.models import (
    Answer,
    Authorisation,
    BatchRun,
    Check,
    Dispatch,
    Objection,
    Question,
    Report,
    TaskOrder,
)
from doudi.web.api import tokens
from verification import a_source
from web import staged

pytestmark = [pytest.mark.django_db, pytest.mark.lake]  # who is refused, in what words, is no matter of the database
WORKER = Party.system("ask")
WRITTEN = (Check, Question, Answer, Dispatch, Report, Objection, JournalEntry)


def written() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in WRITTEN}


@pytest.fixture
def bank():
    with a_source.running() as department:
        yield department


class Stage:
    """Uncle Zhou applied and signed; Li asked; the bank (a server) and the fund (by letter) wait to be asked; he objects."""

    def __init__(self, monkeypatch: Any, bank: a_source.Department) -> None:
        sources = staged.set_the_stage(monkeypatch)
        self.now, self.bank, self.uncle = office.now(), bank, people.uncle_zhou()
        sources.row(self.uncle.pid, "vehicle", plate="禾A1", **{"class": "car"}, status="normal")
        given = {"by": WORKER, "at": self.now}
        actions.keep_source(
            code="bank", label="农信社", dataset="deposit", adapter="http", address=bank.address, public_key=bank.public, **given
        )
        actions.keep_source(code="fund", label="公积金中心", dataset="income", adapter="letter", address="河滨路 1 号", **given)
        self.case = walk.applied(self.uncle.pid, self.now)
        casework.accept(ref=self.case.ref, by=people.clerk_li(), at=self.now)
        self.check = Check.objects.get()
        actions.issue(check=self.check.ref, by=people.clerk_li(), at=self.now)
        self.paper = Authorisation.objects.filter(pid=self.uncle.pid)
        line = next(one for one in queries.objectable(self.check.ref, self.uncle.pid) if one.dataset == "vehicle")
        self.objection = actions.object_to(
            check=self.check.ref, pid=self.uncle.pid, channel="phone", disputed=[Disputed(line.key, "gone")],
            by=Party.resident(self.uncle.pid), at=self.now,
        )  # fmt: skip
        actions.take(ref=self.objection.ref, by=people.checker_he(), at=self.now)

    def waiting(self, source: str) -> Question:
        return Question.objects.get(source=source)


@pytest.fixture
def stage(monkeypatch, bank) -> Stage:
    return Stage(monkeypatch, bank)


def withdraw(stage: Stage) -> None:
    number = stage.paper.get().number
    actions.withdraw_authorisation(number=number, explained=True, by=Party.resident(stage.uncle.pid), at=stage.now)


# What is wrong with the authorisation → how it came to be so, and the words everybody is told.
SPOILT = {
    "no_authorisation": (lambda stage: stage.paper.delete(), "还没有签授权书"),
    "withdrawn": (withdraw, "授权撤回了"),
    "expired": (lambda stage: stage.paper.update(until_on=date(2026, 6, 30)), "授权过期了"),
    "wrong_purpose": (lambda stage: stage.paper.update(programmes=["tekun"]), "签的不是这一项救助"),
    "wrong_sources": (lambda stage: stage.paper.update(datasets=["student"]), "没有写明要查这些"),
    "members_changed": (lambda stage: stage.paper.update(household=[]), "家里一起吃住的人变了"),
}


def desk(clerk) -> Client:
    client = Client()
    client.force_login(clerk)
    return client


def by_page(stage: Stage) -> str:
    """Clerk Li asks the sources again from the case."""
    answer = desk(people.clerk_li()).post(reverse("desk:check", args=[stage.case.ref]))
    assert answer.status_code == 422
    return answer.content.decode()


def by_objection(stage: Stage) -> str:
    """Another person asks the disputed source again, from the page of the objection."""
    line = stage.objection.lines.get()
    answer = desk(people.checker_he()).post(reverse("desk:objection-again", args=[stage.objection.ref, line.ref]))
    assert answer.status_code == 422 and stage.objection.lines.get().asked_at is None
    return answer.content.decode()


def by_act(stage: Stage) -> str:
    """A room or a job asks: a clerk's rights do not help, nor those of the system."""
    whom = Asked(stage.uncle.pid, stage.uncle.name, True)
    with pytest.raises(NoBasis) as why:
        actions.request(
            subject=stage.case.ref, area=stage.case.area, programme="dibao", people=[whom], sources=["deposit", "vehicle"],
            basis=Basis.CONSENT, by=Party.system("nightly"), at=stage.now,
        )  # fmt: skip
    return str(why.value)


@pytest.mark.parametrize("reason", SPOILT)
@pytest.mark.parametrize("path", [by_page, by_objection, by_act])
def test_nothing_is_asked_on_a_paper_that_does_not_carry_it(stage, path, reason):
    spoil, words = SPOILT[reason]
    spoil(stage)
    looked = JournalEntry.objects.filter(act="office.look").count()
    before = written() | {"JournalEntry": JournalEntry.objects.exclude(act="office.look").count()}
    assert words in path(stage)
    after = written() | {"JournalEntry": JournalEntry.objects.exclude(act="office.look").count()}
    assert after == before, "a page that shows a person says who looked; nothing else is written"
    assert looked <= JournalEntry.objects.filter(act="office.look").count()
    assert not stage.bank.bodies


def carried_by_worker(stage: Stage) -> None:
    jobs.ask_source(queries.source("bank"), by=WORKER, now=lambda: stage.now)


def carried_by_command(stage: Stage, monkeypatch) -> None:
    monkeypatch.setattr("doudi.config.commands.ask.start_django", lambda: None)
    monkeypatch.setattr("doudi.config.commands.ask.new_database", lambda: None)
    told = CliRunner().invoke(cli, ["ask", "--once", "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["answered"] == 0


def carried_by_letter(stage: Stage) -> None:
    assert actions.dispatch(source="fund", by=WORKER, at=stage.now) is None


@pytest.mark.parametrize("reason", SPOILT)
@pytest.mark.parametrize("path", ["worker", "command", "letter"])
def test_what_waited_is_closed_and_does_not_leave_the_house(stage, monkeypatch, path, reason):
    SPOILT[reason][0](stage)
    source = "fund" if path == "letter" else "bank"
    if path == "command":
        carried_by_command(stage, monkeypatch)
    else:
        {"worker": carried_by_worker, "letter": carried_by_letter}[path](stage)
    one = stage.waiting(source)
    assert (one.state, one.closed_why) == ("closed", "no_basis") and not stage.bank.bodies
    assert not Answer.objects.filter(question=one).exists() and not Dispatch.objects.exists()
    row = next(row for row in queries.answers(stage.check.ref) if row.source == source)
    assert row.said == "no_answer" and "不再发出" in row.why, "the report says why it is not known"
    closed = [line for line in office.journal_of(stage.case.ref) if line.act == "verification.close_question"]
    assert source in {line.detail["source"] for line in closed}


def call_back(stage: Stage, question: str, sign_with: a_source.Department | None = None) -> Any:
    said = [{"question": question, "state": "answered", "said": "nothing", "as_of": "2026-08-20"}]
    raw, headers = (sign_with or stage.bank).signed(said)
    return Client().post("/api/v1/answers", raw, content_type="application/json", headers=headers)


def test_an_answer_to_what_was_taken_back_is_not_kept(stage):
    """It was asked lawfully, then taken back: the callback is told so, and nothing of it is kept."""
    stage.bank.says = lambda question: {"state": "accepted"}
    carried_by_worker(stage)
    one = stage.waiting("bank")
    assert one.state == "sent"
    withdraw(stage)
    before = written()
    told = call_back(stage, one.ref)
    assert told.status_code == 200 and told.json()["answers"][0]["state"] == "closed"
    assert written() == before and not Answer.objects.filter(question=one).exists()


def test_nobody_else_answers_for_a_source(stage):
    stage.bank.says = lambda question: {"state": "accepted"}
    carried_by_worker(stage)
    before = written()
    with a_source.running() as stranger:
        assert call_back(stage, stage.waiting("bank").ref, stranger).status_code == 401
    assert Client().post("/api/v1/answers", {"answers": []}, content_type="application/json").status_code == 401
    refused = call_back(stage, stage.waiting("fund").ref).json()["answers"][0]
    assert refused["state"] == "refused" and refused["message"] and refused["fix"], "a question to another source is not theirs"
    assert written() == before


# ---- who, and where -------------------------------------------------------------------------------------------------------

WRONG = {
    "the village": people.worker_wang, "another township": people.clerk_sun, "the auditor": people.auditor_chen,
    "the data officer": people.keeper_wu, "the director": people.director_lin,
}  # fmt: skip


@pytest.mark.parametrize("who", WRONG)
def test_no_wrong_post_and_no_other_place_asks_issues_or_looks_again(stage, who):
    clerk = WRONG[who]()
    line = stage.objection.lines.get()
    given = {"by": clerk, "at": stage.now}
    acts = {
        "request": lambda: actions.request(
            subject=stage.case.ref, area=stage.case.area, programme="dibao", sources=["deposit"], basis=Basis.CONSENT,
            people=[Asked(stage.uncle.pid, stage.uncle.name, True)], **given,
        ),
        "ask again": lambda: actions.ask_again(
            check=stage.check.ref, pid=stage.uncle.pid, source="vehicle", why="再问", **given
        ),
        "issue": lambda: actions.issue(check=stage.check.ref, why="再出一份", **given),
        "take": lambda: actions.take(ref=stage.objection.ref, **given),
        "recheck": lambda: actions.recheck(ref=stage.objection.ref, line=line.ref, **given),
        "decide": lambda: actions.decide_line(
            ref=stage.objection.ref, line=line.ref, outcome="stands", reason="看过", **given
        ),
        "settle": lambda: actions.settle(ref=stage.objection.ref, answer="好", **given),
    }  # fmt: skip
    before = written()
    for name, act in acts.items():
        with pytest.raises(NotAllowed) as why:
            act()
        assert str(why.value).endswith("。"), name
    client = desk(clerk)
    for address in (
        reverse("desk:check", args=[stage.case.ref]),
        reverse("desk:report-issue", args=[stage.check.ref]),
        reverse("desk:objection-take", args=[stage.objection.ref]),
        reverse("desk:objection-again", args=[stage.objection.ref, line.ref]),
        reverse("desk:objection-settle", args=[stage.objection.ref]),
    ):
        assert client.post(address).status_code in (403, 404), address
        assert Client().post(address).url.startswith("/desk/login/")
    assert written() == before and not stage.bank.bodies


def test_the_door_for_machines_keeps_the_same_borders(stage):
    copy = Report.objects.get().copies.get(pid="")
    report, objection = f"/api/v1/reports/{copy.token}", f"/api/v1/objections/{stage.objection.ref}"
    before = written()
    for address in (report, objection):
        assert Client().get(address).status_code == 401
        for who, status in ((people.worker_wang(), 403), (people.director_lin(), 403), (people.clerk_sun(), 404)):
            key = {"authorization": f"Bearer {tokens.issue(who)}"}
            told = Client().get(address, headers=key)
            assert told.status_code == status and told.json()["detail"], (address, who.username)
    assert written() == before


# ---- the statutory duty: no order, not approved, over, another place, other lists ------------------------------------------

TODAY = staged.TODAY.date()


def order(**more: Any) -> str:
    """An approved order over the city's deposits, spoilt as asked."""
    people.places()
    TaskOrder.objects.create(
        **{
            "number": "RW2026000009", "purpose": "季度核对", "rolls": ["dibao"], "datasets": ["deposit", "vehicle"],
            "area": people.COUNTY, "from_on": TODAY - timedelta(days=10), "until_on": TODAY + timedelta(days=10),
            "state": "approved", "drafted_at": staged.TODAY, "drafted_by": "clerk:a", "decided_at": staged.TODAY,
            "decided_by": "clerk:b",
        } | more,
    )  # fmt: skip
    return "RW2026000009"


ORDERS = {
    "no_order": {},
    "order_not_approved": {"state": "drafted", "decided_at": None, "decided_by": ""},
    "order_expired": {"until_on": TODAY - timedelta(days=1)},
    "order_wrong_area": {"area": people.OTHER_COUNTY},
    "order_wrong_sources": {"datasets": ["student"]},
}


@pytest.mark.parametrize("reason", ORDERS)
def test_nothing_is_asked_on_an_order_that_does_not_carry_it(monkeypatch, reason):
    staged.set_the_stage(monkeypatch)
    number = order(**ORDERS[reason]) if reason != "no_order" else "RW2026999999"
    uncle = people.uncle_zhou()
    before = written()
    with pytest.raises(NoOrder) as why:
        actions.request(
            subject="periodic", area=uncle.area, programme="dibao", people=[Asked(uncle.pid, uncle.name, True)],
            sources=["deposit"], basis=Basis.STATUTORY_DUTY, task_order=number, by=people.clerk_li(), at=staged.TODAY,
        )  # fmt: skip
    assert why.value.reason == reason and "任务单" in str(why.value)
    assert written() == before


@pytest.mark.parametrize(
    "reason", [reason for reason in ORDERS if reason != "order_wrong_area"]
)  # a run stays in its order's area
def test_no_roll_is_checked_on_an_order_that_does_not_carry_it(monkeypatch, tmp_path, settings, reason):
    """The command and the job behind it: an exit code, a sentence, no run."""
    settings.LAKE = tmp_path / "lake"
    staged.set_the_stage(monkeypatch)
    number = order(**ORDERS[reason]) if reason != "no_order" else "RW2026999999"
    monkeypatch.setattr("doudi.config.commands.check.start_django", lambda: None)
    monkeypatch.setattr("doudi.config.commands.check.new_database", lambda: None)
    before = written()
    told = CliRunner().invoke(cli, ["check", "--order", number, "--roll", "dibao", "--against", "deposit", "--json"])
    assert told.exit_code == 2 and "任务单" in told.output, told.output
    assert written() == before and not BatchRun.objects.filter(state="done").exists()


@pytest.mark.parametrize("reason", ORDERS)
def test_no_page_asks_for_a_roll_on_an_order_that_does_not_carry_it(monkeypatch, reason):
    """The page of a new check offers only orders in force here; one named by hand is not there, or its list is not."""
    staged.set_the_stage(monkeypatch)
    number = order(**ORDERS[reason]) if reason != "no_order" else "RW2026999999"
    client = desk(people.checker_he())
    here = reverse("desk:check-new")
    before = written()
    offered = client.get(here).content.decode()
    asked = client.post(f"{here}?order={number}", {"roll": "dibao", "against": ["deposit"]})
    assert asked.status_code in (404, 422)
    assert (number in offered) is (reason == "order_wrong_sources"), "that order is in force, for another list"
    assert written() == before and not BatchRun.objects.exists()
    village = desk(people.worker_wang())
    assert village.get(here).status_code == village.post(here).status_code == 403
