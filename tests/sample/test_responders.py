"""The services outside the made-up city: real questions over HTTP, right answers, each in its own way and time."""

from __future__ import annotations

import random
import socket
import threading
import time
from datetime import date, datetime, timedelta

import pytest

import people
import signed
import walk
from doudi.config import cli
from doudi.engine import landing
from doudi.exchange import queries as exchange
from doudi.exchange.core import signing
from doudi.office import queries as office
from doudi.office.core import Party, mask_name
from doudi.office.sealing import blind
from doudi.registry.models import Person
from doudi.sample.city import numbers
from doudi.sample.city.plan import Plan
from doudi.sample.responders import register, score
from doudi.sample.responders.book import BANKS, Book
from doudi.sample.responders.desk import Desk
from doudi.sample.responders.manner import Manner, manners
from doudi.sample.responders.server import call_back, server_of
from doudi.verification import actions, jobs, queries
from doudi.verification.core import Asked, Basis, Said
from doudi.verification.core.matching import CannotMatch, Terms
from doudi.verification.gateways.matching import asking
from doudi.verification.gateways.matching.bank import own_key
from doudi.verification.gateways.matching.wire import Line
from doudi.verification.models import Item, Question
from doudi.verification.queries.kept import kept_answers
from people import NOON

WORKER = Party.system("ask")


@pytest.fixture(scope="module")
def book() -> Book:
    return Book(Plan("unit", 1))


def number_of(book: Book, who: int) -> str:
    return numbers.written(book._own[who : who + 1])[0].tobytes().decode()


def question(book: Book, who: int, dataset: str, **more) -> dict:
    told = {"question": f"q{who:016x}", "round": 1, "dataset": dataset, "basis": "consent", "authorisation": "SQ2026000001"}
    person = {"name": book.name[who], "citizen_no": number_of(book, who)}
    return told | {"task_order": "", "asked_at": "2026-07-01T12:00:00+08:00", "person": person} | more


def test_nine_services_thirteen_sources_and_one_bank_that_shows_nothing():
    assert len({one.service for one in manners().values()}) == 9
    assert [one.code for one in manners().values() if one.matching] == ["bank-4"]
    assert sum(one.service == "deposits" for one in manners().values()) == 5
    assert {one.dataset for one in manners().values()} <= set(exchange.contracts())


def test_everything_answered_keeps_to_the_contract(book):
    """Each row of each source reads without a problem under its dataset's contract; of many people, some are found everywhere."""
    found, written = set(), {}
    for who in random.Random(3).sample(range(len(book.name)), 500):
        for code, one in manners().items():
            right = book.right(code, question(book, who, one.dataset))
            if right.rows and not one.matching:
                found.add(code)
                rows = [{"citizen_no": number_of(book, who), "name": book.name[who]} | values for _, values in right.rows]
                written.setdefault(one.dataset, []).extend(rows)
    for dataset, rows in written.items():
        for row, (kept, problems) in zip(rows, landing.read_rows(exchange.contracts()[dataset], rows), strict=True):
            assert kept and not problems, (row, problems)
    assert found >= {"bank-1", "bank-2", "bank-3", "pay-1", "social-insurance", "tax", "vehicle-office"}


def test_the_same_seed_the_same_answers(book):
    again = Book(Plan("unit", 1))
    for who in range(0, len(book.name), 7):
        for code, one in manners().items():
            assert book.right(code, question(book, who, one.dataset)) == again.right(code, question(book, who, one.dataset))


def test_whoever_truly_needs_help_holds_little_outside_too(book):
    needy = [who for who in range(book.count) if book._needy[who] and who not in book._planted]
    assert len(needy) > 50
    assert all((book.held(code, who) or 0) < 400_000 for who in needy for code in (*BANKS, "pay-1"))


def test_who_is_meant(book):
    name, number = book.name[3], number_of(book, 3)
    assert book.who(name, number) == (3, "")
    assert book.who("别人", number) == (None, "ambiguous")
    assert book.who(name, "") == (None, "ambiguous")  # a name alone is nobody in particular
    assert book.who("没有这样的名字", "") == (None, "no_such_person")
    assert book.who(name, people.number_of("990109", date(1950, 1, 1), 999)) == (None, "no_such_person")


def test_without_a_right_to_ask_nothing_is_said_and_without_consent_only_over_a_limit(book):
    assert book.right("bank-1", question(book, 3, "deposit", authorisation="")).said == "refused"
    assert book.right("bank-1", question(book, 3, "vehicle")).said == "refused"
    rich = next(
        (code, who)
        for who in range(len(book.name))
        for code in ("bank-1", "bank-2")
        if (held := book.held(code, who))
        and held > 2_000_000
        and book.right(code, question(book, who, "deposit")).said == "found"
    )
    right = book.right(rich[0], question(book, rich[1], "deposit", basis="statutory_duty", authorisation="", task_order="RW1"))
    assert right.at_least and [values["balance"] for _, values in right.rows] == ["20000.00"]


def test_outages_end_when_they_say():
    friday = datetime(2026, 7, 3, 15, tzinfo=NOON.tzinfo)
    shut = Manner("x", "x", "x", "x", "death", down_weekend=True, down_days=(6,))
    assert shut.down_until(friday) is None
    assert shut.down_until(friday + timedelta(days=1)) == datetime(2026, 7, 7, tzinfo=NOON.tzinfo)  # the weekend, and the 6th
    night = Manner("x", "x", "x", "x", "death", down_hours=(1, 5))
    assert night.down_until(friday.replace(hour=2)) == friday.replace(hour=5)


class Town:
    """A server of the services, and an office that asks it."""

    def __init__(self, folder, book: Book, monkeypatch) -> None:
        self.now = NOON
        self.desk = Desk(book, folder, lambda: self.now)
        mine = jobs.our_key(office.clock())
        self.server = server_of(self.desk, lambda: {signing.key_id(mine): mine}, "127.0.0.1", 0)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.folder = folder
        self.port = self.server.server_address[1]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def town(tmp_path, book, monkeypatch):
    one = Town(tmp_path / "outside", book, monkeypatch)
    yield one
    one.close()


def kept(book: Book, who: int) -> Person:
    people.places()
    number = number_of(book, who)
    return Person.objects.create(
        pid=people.pid_of(number), name=book.name[who], masked_name=mask_name(book.name[who]), citizen_no=number,
        number_blind=blind(number), sex="1", born_on=date(1970, 1, 1), area=people.VILLAGE, kept_at=NOON, kept_by="system:hall",
    )  # fmt: skip


@pytest.mark.django_db
def test_a_household_is_really_asked_and_some_answers_are_late(town, book, monkeypatch, settings, tmp_path):
    settings.LAKE = tmp_path / "lake"
    walk.everything_answers(walk.Sources().install(monkeypatch))
    who = next(
        who
        for who in range(len(book.name))
        if book._age(who) >= 18
        and book.held("bank-1", who)
        and book.right("bank-1", question(book, who, "deposit")).said == "found"
    )
    person = kept(book, who)
    signed.sign(person, household=(person,))
    register.register_all(town.folder, port=town.port, bank_port=1, bank_key="", at=NOON)
    datasets = ["deposit", "vehicle", "dwelling", "business", "insurance", "income", "custody", "death"]
    check = actions.request(
        subject="case", area=people.VILLAGE, programme="dibao", sources=datasets, basis=Basis.CONSENT,
        people=[Asked(person.pid, person.name, True)], by=people.clerk_li(), at=NOON,
    )  # fmt: skip
    assert jobs.ask_sources(by=WORKER, now=lambda: NOON).down == 0
    said = {row.source: row.said for row in queries.answers(check.ref)}
    assert said["bank-1"] == Said.NO_ANSWER  # a bank takes days
    asked = {one.source: one for one in Question.objects.filter(check_asked=check)}
    for code in ("real-estate", "market", "funeral", "pay-1"):  # these answer in the same moment
        right = book.right(code, question(book, who, manners()[code].dataset))
        assert (said[code], asked[code].state) == (right.said, "answered"), code
    town.now = NOON + timedelta(days=6)
    jobs.ask_sources(by=WORKER, now=lambda: town.now)
    rows = {row.source: row for row in queries.answers(check.ref)}
    for code, one in manners().items():
        if one.dataset in datasets and not one.matching:
            right = book.right(code, question(book, who, one.dataset))
            assert (rows[code].said, len(rows[code].items)) == (right.said, len(right.rows)), code
    assert rows["bank-1"].items[0].values["balance"] == book.held("bank-1", who)
    told = score.answers(book, kept_answers(manners()), exchange.contracts())
    assert told["answers"] > 10 and told["wrong"] == 0
    Item.objects.filter(answer__question=asked["bank-1"]).update(values={"balance": 1})
    told = score.answers(book, kept_answers(manners()), exchange.contracts())
    assert [one["source"] for one in told["first_wrong"]] == ["bank-1"]
    town.now = datetime(2026, 7, 11, 12, tzinfo=NOON.tzinfo)  # a Saturday: the funeral office is closed
    actions.ask_again(check=check.ref, pid=person.pid, source="funeral", why="再问一次", by=people.clerk_li(), at=town.now)
    assert jobs.ask_sources(by=WORKER, now=lambda: town.now).down == 1
    again = Question.objects.get(round=2)
    assert again.state == "waiting" and "503" in again.last_why
    assert again.next_try_at >= town.now + timedelta(hours=12)  # no sooner than it said
    town.now += timedelta(days=2)
    assert jobs.ask_sources(by=WORKER, now=lambda: town.now).answered == 1


def test_the_bank_that_shows_nothing_answers_what_is_true(tmp_path, book, monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    private, public = signing.new_key()
    responding = cli.commands.responding
    monkeypatch.setattr(responding, "outside", lambda: tmp_path)
    bank_key = own_key(tmp_path / "bank-4")[1]
    bank = responding._bank(book, port, public)
    try:
        everybody = [who for who in range(len(book.name)) if book.who(book.name[who], number_of(book, who))[0] == who]
        rich = [who for who in everybody if (book.held("bank-4", who) or 0) > 2_000_000]
        asked = sorted({*rich[:10], *everybody[:40]})
        terms = Terms("a" * 32, "deposit", 2_000_000, "consent", "", "试验", 64)
        with Line(f"http://127.0.0.1:{port}", private, bank_key) as line:
            found = until_open(
                lambda: asking.ask(line, tmp_path / "us", [number_of(book, who) for who in asked], terms, patience=30)
            )
        assert [asked[at] for at in found.over] == [who for who in asked if who in rich] and found.over
    finally:
        bank.kill()
        bank.wait()


def until_open(work):
    """Do something as soon as the other side's program is open."""
    limit = time.monotonic() + 60
    while True:
        try:
            return work()
        except CannotMatch as why:
            if why.reason != "down" or time.monotonic() > limit:
                raise
            time.sleep(0.2)


def test_a_question_asked_again_is_answered_alike_and_counts_once(tmp_path, book):
    moment = [NOON]
    desk = Desk(book, tmp_path, lambda: moment[0])
    one = question(book, 5, "deposit")
    assert desk.ask("pay-1", [one]) == desk.ask("pay-1", [one])
    assert sum(desk._today.values()) == 1
    late = question(book, 6, "deposit")
    assert desk.ask("bank-1", [late])[0]["state"] == "accepted"
    desk = Desk(book, tmp_path, lambda: moment[0])  # the program was killed and started again
    assert desk.look("bank-1", [late["question"]])[0]["state"] == "accepted" and desk.ready() == {}
    moment[0] += timedelta(days=6)
    (answer,) = desk.ready()["bank-1"]
    assert answer == desk.look("bank-1", [late["question"]])[0] and answer["state"] == "answered"
    assert desk.ready() == {}  # told a moment ago
    desk.taken([late["question"]])
    moment[0] += timedelta(days=1)
    assert Desk(book, tmp_path, lambda: moment[0]).ready() == {}


def test_a_quota_ends_for_the_day(tmp_path, book, monkeypatch):
    monkeypatch.setitem(manners(), "pay-1", Manner("pay-1", "deposits", "x", "x", "deposit", quota=2))
    desk = Desk(book, tmp_path, lambda: NOON)
    states = [desk.ask("pay-1", [question(book, who, "deposit")])[0]["state"] for who in range(3)]
    assert states == ["answered", "answered", "try_again"]


def test_an_office_that_is_closed_is_called_again_later(tmp_path, book):
    moment = [NOON]
    desk = Desk(book, tmp_path, lambda: moment[0])
    desk.ask("prison", [question(book, 5, "custody")])
    moment[0] += timedelta(days=1)
    assert call_back(desk, "http://127.0.0.1:9", {"prison": signing.new_key()[0]}) == 0
    moment[0] += timedelta(hours=1)
    assert list(desk.ready()) == ["prison"]
