"""Private matching as two processes: only who stands in both lists is learnt, by one side; and why hashing would not do."""

from __future__ import annotations

import hashlib
import http.client
import itertools
import json
import sys
import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.exchange.core import signing
from doudi.facts.number import check_character
from doudi.verification.core import matching
from doudi.verification.core.matching import CannotMatch, Terms
from doudi.verification.core.questions import NotAnAnswer
from doudi.verification.gateways.matching import asking, library
from doudi.verification.gateways.matching.bank import BadList, read_sums
from doudi.verification.gateways.matching.wire import Line, sealed
from verification.a_bank import OVER, number, served


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    with served(tmp_path_factory.mktemp("bank")) as one:
        yield one


def terms(session: str = "a" * 32, **more) -> Terms:
    told = {
        "dataset": "deposit",
        "over": OVER,
        "basis": "statutory_duty",
        "order": "RW2026000001",
        "purpose": "复核",
        "asked": 64,
    }
    return Terms(session=session, **{**told, **more})


def test_only_who_is_in_both_lists_is_learnt_and_the_bank_sees_nobody(bank, tmp_path):
    ours = [number(at) for at in (0, 1, 4, 5, 9_000, 9_004)]
    found = bank.ask(tmp_path, ours, terms("1" * 32), patience=30)
    assert [ours[at] for at in found.over] == [number(0), number(4)]
    assert (found.as_of, found.asked, found.served) == (date(2026, 6, 30), 64, 1_000)  # sizes rounded: 6 and 500
    kept = b"".join(path.read_bytes() for path in (bank.folder / "bank").rglob("*") if path.is_file())
    assert not any(one.encode() in kept or hashlib.sha256(one.encode()).digest() in kept for one in ours)
    lines = [json.loads(line) for line in (bank.folder / "bank" / "journal.jsonl").read_text().splitlines()]
    assert {(one["act"], one["order"], one["asked"]) for one in lines if one["session"] == "1" * 32} == {
        ("open", "RW2026000001", 64),
        ("close", "RW2026000001", 64),
    }


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"order": "RW2026999999"}, "no_order"),
        ({"order": "RW2020000001"}, "order_expired"),
        ({"asked": 1_100}, "too_many"),
        ({"basis": "consent", "order": "", "asked": 65}, "no_order"),
        ({"basis": "consent"}, "no_basis"),
        ({"over": OVER - 1}, "not_asked_here"),
        ({"dataset": "securities"}, "not_asked_here"),
        ({"asked": 1}, "unreadable"),
    ],
)
def test_nothing_is_answered_without_a_right_to_ask(bank, tmp_path, more, reason):
    with pytest.raises(CannotMatch) as why:
        bank.ask(tmp_path, [number(0)], terms("2" * 32, **more))
    assert why.value.reason == reason and why.value.fix


def test_a_stranger_and_a_request_sent_twice_are_not_answered(bank):
    with pytest.raises(CannotMatch) as why, bank.line(signing.new_key()[0]) as stranger:
        stranger.tell("PUT", f"/match/sessions/{'3' * 32}", terms("3" * 32).told())
    assert why.value.reason in ("unknown_key", "not_signed")
    with pytest.raises(CannotMatch) as why, Line(bank.address, bank.office, signing.new_key()[1]) as line:
        line.tell("PUT", f"/match/sessions/{'3' * 32}", terms("3" * 32).told())  # who answers is not who was registered
    assert why.value.reason == "not_signed"
    there, path, body = (
        bank.address.removeprefix("http://"),
        f"/match/sessions/{'3' * 32}",
        json.dumps(terms("3" * 32).told(), ensure_ascii=False),
    )
    headers, said = sealed(bank.office, "PUT", there, path, body.encode()), []
    for sent in (body, body, body.replace("复核", "改过")):
        connection = http.client.HTTPConnection(there, timeout=10)
        connection.request("PUT", path, sent.encode(), headers)
        answer = connection.getresponse()
        said.append((answer.status, json.loads(answer.read()).get("reason", "")))
        connection.close()
    assert said[0][0] in (200, 409)  # open, or still hiding its list
    assert said[1:] == [(401, "used"), (401, "digest_differs")]


def test_more_than_was_said_is_not_answered(bank, tmp_path):
    said, key = terms("4" * 32), library.new_key()
    bank.ask(tmp_path, [number(0)], terms("5" * 32), patience=30)
    asked, first = f"/match/sessions/{said.session}/asked", library.hidden_questions(key, [str(at) for at in range(64)])
    with bank.line() as line:
        line.tell("PUT", f"/match/sessions/{said.session}", said.told())
        assert line.ask("PUT", f"{asked}/0", first) == line.ask("PUT", f"{asked}/0", first)
        for part, questions, reason in (
            (0, library.hidden_questions(key, ["other"]), "other_content"),
            (1, library.hidden_questions(key, ["more"]), "too_many"),
            (1, b"nonsense", "unreadable"),
        ):
            with pytest.raises(CannotMatch) as why:
                line.ask("PUT", f"{asked}/{part}", questions)
            assert why.value.reason == reason


def test_a_days_quota_ends(tmp_path):
    with served(tmp_path, "--quota", "128") as bank:
        for at in range(2):
            bank.ask(tmp_path, [number(0)], terms(str(at) * 32), patience=30)
        bank.kill()
        bank.start()  # it is remembered over a restart
        with pytest.raises(CannotMatch) as why:
            bank.ask(tmp_path, [number(0)], terms("9" * 32))
        assert why.value.reason == "quota" and why.value.again > 0
        with pytest.raises(CannotMatch, match="分成几天"):
            bank.ask(tmp_path, [number(0)], terms("8" * 32, asked=1_000))


def test_both_sides_killed_in_the_middle_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr(matching, "ELEMENTS", 20)  # four parts
    with served(tmp_path) as bank:
        ours, said, stops = [number(at) for at in range(60)], terms("6" * 32), itertools.count()

        class Killed(Exception):
            pass

        def progress(step: str, done: int, whole: int) -> None:
            if step == "asked" and next(stops) == 1:
                bank.kill()
                raise Killed

        with pytest.raises(Killed):
            bank.ask(tmp_path / "office", ours, said, patience=30, progress=progress)
        with pytest.raises(CannotMatch) as down:
            bank.ask(tmp_path / "office", ours, said)
        assert down.value.reason == "down" and down.value.again
        bank.start()
        found = bank.ask(tmp_path / "office", ours, said, patience=30)
        assert found.over == tuple(range(0, 60, 4))
        assert found.sent < 64 * 35 * 0.85  # the first two of four parts were not sent again
        assert bank.ask(tmp_path / "office", ours[1:], said).over == tuple(range(3, 59, 4))  # another list: begun anew
        asking.forget(tmp_path / "office", said.session)
        assert not (tmp_path / "office" / said.session).exists()


def test_a_bad_file_of_the_bank_names_its_rows(tmp_path):
    path = tmp_path / "sums.csv"
    path.write_text(f"公民身份号码,金额\n{number(1)},12.50\n123,5\n{number(2)},many\n{number(1)},1\n", encoding="utf-8")
    with pytest.raises(BadList, match=r"第 3 行 公民身份号码(.|\n)*第 4 行 金额"):
        read_sums(path)
    path.write_text(f"公民身份号码,金额\n{number(1)},12.50\n{number(1)},1\n", encoding="utf-8")
    assert read_sums(path) == {number(1): 1350}  # two accounts of one person count together


def test_without_the_library_it_is_said_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "private_set_intersection.python", None)
    with pytest.raises(CannotMatch, match="bin/setup psi"):
        library.new_key()


@given(st.integers(0, 10**9))
def test_a_rounded_size_is_no_smaller_and_hardly_larger(count):
    shown = matching.rounded(count, 64)
    assert max(count, 64) <= shown <= max(64, count * 1.1)
    assert matching.rounded(shown, 64) == shown


@given(st.integers(0, 200), st.binary(min_size=32, max_size=32))
def test_padding_and_order_come_back_with_the_key(count, key):
    padded = matching.padded([str(at) for at in range(count)], 200, key)
    assert len(set(padded)) == 200 and padded == matching.padded([str(at) for at in range(count)], 200, key)
    assert sorted(matching.shuffled(200, key)) == list(range(200))


def test_a_number_that_cannot_be_read_is_not_asked():
    with pytest.raises(NotAnAnswer):
        matching.element("990101194001010009")
    assert matching.element(f" {number(1)} ".replace("0", "０")) == f"citizen_no:{number(1)}"


def test_a_hashed_list_of_a_township_is_read_in_seconds():
    """Why hashing is not privacy: whoever holds a list of hashed numbers tries all numbers there can be.

    A township is one region code, some 30,000 days and 999 orders a day. Here one year of it, 365,000 numbers, is tried against a
    list of hashed numbers; the whole of it would take eighty times as long, which is still below an hour on one core.
    """
    secret = {hashlib.sha256(number(at).encode()).digest() for at in range(0, 366, 7)}
    began, read = time.process_time(), set()
    for day in range(366):
        born = f"990101{date(1940, 1, 1) + timedelta(days=day):%Y%m%d}"
        for order in range(1_000):
            first = f"{born}{order:03d}"
            tried = first + check_character(first)
            if hashlib.sha256(tried.encode()).digest() in secret:
                read.add(tried)
    assert read == {number(at) for at in range(0, 366, 7)}
    assert time.process_time() - began < 30
