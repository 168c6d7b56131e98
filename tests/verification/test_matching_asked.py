"""Private matching as a source of checks and of rolls: ordinary answers, on a legal basis, and nothing learnt beside them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import people
import signed
import walk
from doudi.config.cli import cli
from doudi.exchange.models import Correction
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.office.models import JournalEntry
from doudi.registry import queries as registry
from doudi.verification import actions, jobs, queries
from doudi.verification.core import Asked, Basis, Said
from doudi.verification.core.matching import CannotMatch
from doudi.verification.core.orders import NoOrder
from doudi.verification.gateways.own_keys import own_keys
from doudi.verification.models import Anomaly, Question
from people import NOON
from verification.a_bank import served
from verification.rolls import SUBSIDY, deliver, number, order, subsidy

pytestmark = pytest.mark.django_db
WORKER = Party.system("check")


def keys() -> tuple[str, str]:
    """Our own key, as the bank was given its public half."""
    mine = own_keys(office.clock())[0]
    return mine.sign, mine.public[0]


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings) -> None:
    settings.LAKE = tmp_path / "lake"


def keep(bank, over: str = "50000"):
    return actions.keep_source(
        code="bank-p", label="禾安农商行", dataset="deposit", adapter="matching", address=f"{bank.address}/?over={over}",
        public_key=bank.public, by=Party.system("test"), at=NOON,
    )  # fmt: skip


def test_a_check_learns_only_who_is_over_the_limit(tmp_path, monkeypatch):
    walk.everything_answers(walk.Sources().install(monkeypatch))
    granny, son = people.granny_wang(), people.uncle_zhou()
    their = registry.me(granny.pid).number
    for one in (granny, son):
        signed.sign(one, household=(granny, son))
    with served(tmp_path, office=keys(), rich=[their]) as bank:
        keep(bank)
        check = actions.request(
            subject="case", area=granny.area, programme="dibao", sources=["deposit"], basis=Basis.CONSENT,
            people=[Asked(granny.pid, granny.name, True), Asked(son.pid, son.name, True)], by=people.clerk_li(), at=NOON,
        )  # fmt: skip
        done = jobs.ask_sources(by=WORKER, now=lambda: NOON)
        assert (done.asked, done.answered) == (2, 2)
        rows = {row.pid: row for row in queries.answers(check.ref) if row.source == "bank-p"}
        over, not_over = rows[granny.pid], rows[son.pid]
        assert (over.said, not_over.said, not_over.items) == (Said.FOUND, Said.NOTHING, ())
        assert over.items[0].words == "截至日期 2026-06-30；余额 超过 50,000 元"
        assert over.as_of == date(2026, 6, 30)
        kept = b"".join(path.read_bytes() for path in (tmp_path / "bank").rglob("*") if path.is_file())
        assert (
            their.encode() in (tmp_path / "sums.csv").read_bytes()
            and their.encode() not in kept
            and granny.name.encode() not in kept
        )
        assert not list((tmp_path / "matching" / "bank-p").glob("?" * 32))  # no session's key stays here
        bank.kill()
        actions.ask_again(check=check.ref, pid=granny.pid, source="bank-p", why="再问一次", by=people.clerk_li(), at=NOON)
        assert jobs.ask_sources(by=WORKER, now=lambda: NOON).down == 1
        assert Question.objects.get(round=2).state == "waiting"  # silence stays no answer


def test_a_roll_under_an_order(tmp_path):
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(n) for n in range(8)])
    with served(tmp_path, office=keys(), rich=[number(2), number(5), number(99)]) as bank:
        keep(bank)
        standing = order()
        done = jobs.match_roll("disability_subsidy", source="bank-p", order=standing, by=WORKER, at=NOON)
        assert (done.batch.persons, done.batch.anomalies, done.asked_as, done.served_as) == (8, 2, 64, 1_000)
        found = Anomaly.objects.order_by("number")
        assert {one.number for one in found} == {number(2), number(5)}
        assert {one.pairs[0]["other_words"] for one in found} == {"超过 50,000 元（截至 2026-06-30，只知道超过，不知道多少）"}
        again = jobs.match_roll("disability_subsidy", source="bank-p", order=standing, by=WORKER, at=NOON)
        assert again.batch.anomalies == 2 and Anomaly.objects.count() == 2  # twice is once
        one = found.first()
        body = people.clerk("gao", "高远", Role.VERIFICATION, "990101")
        actions.close_anomaly(ref=one.ref, cause="other_wrong", note="银行说记错了人", by=body, at=NOON)
        asked = Correction.objects.get(cause=one.ref)
        assert (asked.dataset, asked.load_id, asked.row_no) == ("deposit", None, None)  # nobody saw the bank's row
        lines = [one.detail for one in JournalEntry.objects.filter(act="verification.begin_matching")]
        assert json.loads(lines[0]) == {
            "asked": 64,
            "order": standing,
            "over": 5000000,
            "roll": "disability_subsidy",
            "source": "bank-p",
        }


def test_nothing_leaves_without_an_order(tmp_path):
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(n) for n in range(8)])
    with served(tmp_path, office=keys()) as bank:
        keep(bank)
        wrong = order(datasets=["vehicle"])
        for number_, error in (("RW2026999999", NoOrder), (wrong, NoOrder)):
            with pytest.raises(error):
                jobs.match_roll("disability_subsidy", source="bank-p", order=number_, by=WORKER, at=NOON)
        with pytest.raises(NotAllowed):
            village = people.clerk("cun", "村干部", Role.VILLAGE, "990101001201")
            jobs.match_roll("disability_subsidy", source="bank-p", order=order(), by=village, at=NOON)
        with pytest.raises(NotAllowed):
            jobs.match_roll("disability_subsidy", source="vehicle", order=order(), by=WORKER, at=NOON)
        assert not JournalEntry.objects.filter(act="verification.begin_matching").exists()
        assert not (bank.folder / "bank" / "journal.jsonl").exists()
        keep(bank, over="70000")
        with pytest.raises(CannotMatch, match="只答超过这些"):  # a limit of our own choosing is not answered
            jobs.match_roll("disability_subsidy", source="bank-p", order=order(), by=WORKER, at=NOON)


def test_a_source_is_written_down_whole():
    told = {"code": "bank-q", "label": "银行", "adapter": "matching", "by": Party.system("test"), "at": NOON}
    whole = {"dataset": "deposit", "address": "http://bank:9400/?over=50000", "public_key": keys()[1]}
    wrong = (
        {"dataset": "vehicle"},
        {"address": "bank"},
        {"address": "http://bank"},
        {"address": "http://b/?over=-1"},
        {"public_key": ""},
    )
    for one in wrong:
        with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]"):
            actions.keep_source(**told, **whole | one)
    assert actions.keep_source(**told, **whole).adapter == "matching"


def test_the_commands_say_what_to_do(tmp_path):
    told = CliRunner().invoke(cli, ["match", "ask", "--order", "RW1", "--roll", "dibao", "--source", "nobody", "--json"])
    assert told.exit_code == 2 and "没有 'nobody'" in json.loads(told.stdout)["error"]
    wrong = tmp_path / "sums.csv"
    wrong.write_text("号码,钱\n1,2\n", encoding="utf-8")
    key = tmp_path / "office.pub"
    key.write_text(keys()[1])
    words = [str(wrong), "--home", str(tmp_path / "bank"), "--label", "银行", "--as-of", "2026-06-30", "--over", "5", "--json"]
    told = CliRunner().invoke(cli, ["match", "serve", *words, "--office", str(key)])
    assert told.exit_code == 2 and "没有这些列：公民身份号码、金额" in json.loads(told.stdout)["error"]
