"""Everything the clock makes due, by the command: once, again, at once, with one job failing, killed in between."""

import json
import threading
from datetime import timedelta

import pytest
from click.testing import CliRunner

import people
import walk
from doudi.casework import jobs
from doudi.casework.core import State
from doudi.config.cli import cli
from doudi.config.commands import serve
from doudi.office import actions, gateways, queries
from doudi.office import jobs as office
from doudi.office.core import CouldNotSend, Party
from doudi.office.models import Checkpoint, JournalEntry, Notice

pytestmark = pytest.mark.django_db
NOON = people.NOON
LATER = NOON + timedelta(days=8)
JOBS = {
    *(
        "end_showings",
        "end_authorisations",
        "call_reviews",
        "note_happenings",
        "follow_objections",
        "take_answers",
        "issue_reports",
    ),
    *("remind_objections", "tell_late_objections", "send_notices", "sign_journal"),
    *("recount_clocks", "climb_clocks", "climb_referrals", "replay_claims", "share_calendar"),
}


@pytest.fixture
def later(monkeypatch):
    """Eight days on, by the clock pages and jobs go by."""
    monkeypatch.setattr(queries, "now", lambda: LATER)


@pytest.fixture
def shown(sources):
    """A case on the board since noon."""
    case = walk.applied(people.granny_wang().pid)
    walk.proposed(case, NOON)
    return case


def due(*words):
    done = CliRunner().invoke(cli, ["due", "--json", *words])
    return done.exit_code, json.loads(done.stdout)


def test_everything_due_is_done_once_and_again_is_nothing(shown, later):
    code, told = due()
    shown.refresh_from_db()
    assert (code, shown.state, told["failed"], told["elsewhere"]) == (0, State.AT_COUNTY, {}, False)
    assert set(told["done"]) == JOBS and told["done"]["end_showings"] == 1 and told["done"]["send_notices"] > 0
    assert told["done"]["sign_journal"] == JournalEntry.objects.count() == Checkpoint.objects.get().size
    assert not Notice.objects.filter(sent_at=None).exists()

    lines = JournalEntry.objects.count()
    code, told = due()
    assert code == 0 and not any(told["done"].values()) and JournalEntry.objects.count() == lines


def test_a_job_that_fails_keeps_no_other_waiting_and_is_due_again(shown, later, monkeypatch):
    whole = dict(jobs.EVERYTHING)

    def broken(at):
        raise OSError("the disk is full")

    monkeypatch.setitem(jobs.EVERYTHING, "end_authorisations", broken)
    code, told = due()
    assert (code, told["failed"], told["done"]["end_showings"]) == (
        2, {"end_authorisations": "OSError: the disk is full"}, 1,
    )  # fmt: skip
    assert told["done"]["sign_journal"] > 0
    monkeypatch.setitem(jobs.EVERYTHING, "end_authorisations", whole["end_authorisations"])
    assert due()[0] == 0


def test_killed_in_between_the_rest_is_still_due(shown, later, monkeypatch):
    whole = jobs.EVERYTHING["send_notices"]

    def killed(at):
        raise KeyboardInterrupt

    monkeypatch.setitem(jobs.EVERYTHING, "send_notices", killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.run_everything(LATER)
    shown.refresh_from_db()
    assert shown.state == State.AT_COUNTY and not Checkpoint.objects.exists()

    monkeypatch.setitem(jobs.EVERYTHING, "send_notices", whole)
    done = jobs.run_everything(LATER).done
    assert (done["end_showings"], done["sign_journal"]) == (0, JournalEntry.objects.count())
    assert not Notice.objects.filter(sent_at=None).exists()


def test_of_two_at_once_one_does_it(shown, later):
    held, done = threading.Event(), threading.Event()

    def other() -> None:
        from django.db import connection

        with office.turn("due", wait=False) as mine:
            assert mine
            held.set()
            done.wait(30)
        if connection.vendor == "postgresql":
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    try:
        assert held.wait(30)
        assert due() == (0, {"done": {}, "failed": {}, "elsewhere": True})
        shown.refresh_from_db()
        assert shown.state == State.SHOWN
    finally:
        done.set()
        thread.join()
    assert due()[1]["done"]["end_showings"] == 1


def test_the_journal_is_signed_once_a_day(sources):
    actions.record("hall.act", subject="c1", by=Party.system("hall"), at=NOON)
    assert [office.sign_journal_daily(NOON + timedelta(hours=hours)) for hours in (0, 1, 24, 24)] == [0, 0, 1, 0]
    actions.record("hall.act", subject="c1", by=Party.system("hall"), at=NOON + timedelta(days=1))
    assert [office.sign_journal_daily(NOON + timedelta(days=days)) for days in (1, 2)] == [0, 1]


def test_a_message_that_fails_is_tried_again_over_half_a_day_not_every_minute(monkeypatch):
    tried = []

    def broken(message):
        tried.append(message.ref)
        raise CouldNotSend("the line is dead")

    monkeypatch.setattr(gateways, "send", broken)
    actions.notify(body="好", subject="c1", by=Party.system("hall"), at=NOON, phone="13800000000")
    when = []
    for minute in range(0, 24 * 60, 5):
        before = len(tried)
        office.send_notices(paced_at=NOON + timedelta(minutes=minute))
        when += [minute] * (len(tried) - before)
    assert when == [0, 5, 30, 120, 720]


def test_the_site_starts_it_beside_itself(monkeypatch):
    started = []
    monkeypatch.setattr(serve.subprocess, "Popen", lambda words, **_: started.append(words))
    monkeypatch.setattr(serve.os, "execv", lambda *_: None)
    serve.open_site(host="127.0.0.1", port=0, workers=1)
    assert [words[words.index("--beside") - 1] for words in started] == ["live", "ask", "batches", "due"]
