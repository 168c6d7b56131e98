"""Killed by the system in the middle of building, sending or taking over answers: as if it had not begun, and done once after."""

import os
import signal
from datetime import date, datetime

import pytest
from django.db import connections

import people
import walk
from casework.test_many import in_threads
from doudi.facts import money
from doudi.office.models import JournalEntry
from doudi.payment import actions, queries
from doudi.payment.models import Entry, Line, ReturnFile, Run, RunSum, SentFile

AUGUST = date(2026, 8, 1)
PAY_DAY = datetime(2026, 8, 5, 10, 0, tzinfo=people.HERE)


def there():
    """Everything the acts write, as it lies in the database."""
    rows = (model.objects.order_by("pk") for model in (Run, Line, RunSum, Entry, SentFile, ReturnFile))
    told = [list(some.values_list("pk", flat=True)) for some in rows]
    return *told, list(Run.objects.values_list("state")), list(Line.objects.values_list("state")), JournalEntry.objects.count()


def killed(do, after: str) -> None:
    """Do it in a process of its own, which the system kills right after a statement that begins so."""
    connections["default"].close()
    child = os.fork()
    if not child:
        try:

            def die(execute, sql, params, many, context):
                found = execute(sql, params, many, context)
                if sql.startswith(after):
                    os.kill(os.getpid(), signal.SIGKILL)
                return found

            with connections["default"].execute_wrapper(die):
                do()
        finally:
            os._exit(7)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"it never came to {after}"


@pytest.mark.django_db(transaction=True)
def test_killed_anywhere_it_is_as_if_never_begun_and_done_once_after(sources, tmp_path, lay_tables):
    def life() -> None:
        people.places()
        walk.confirmed(walk.applied(people.granny_wang().pid))
        zhou = people.person("周德顺", date(1950, 3, 4), order=7)
        people.household("h" + "7" * 20, (zhou, "self"))
        walk.confirmed(walk.applied(zhou.pid))
        zhao, lin = people.officer_zhao(), people.director_lin()

        def build() -> None:
            actions.build(county=people.COUNTY, month=AUGUST, by=zhao, at=PAY_DAY)

        def send() -> None:
            actions.send(ref=Run.objects.get().ref, by=zhao, at=PAY_DAY)

        def answers() -> None:
            told = [f"{line.ref},成功,{money.yuan(line.amount_fen)}" for line in Line.objects.order_by("pk")]
            content = "\n".join(["行号,结果,金额", *told]).encode()
            actions.read_returns(ref=Run.objects.get().ref, content=content, by=zhao, at=PAY_DAY)

        def done(act, *places: str) -> None:
            before = there()
            for place in (*places, 'INSERT INTO "office_journalentry"'):
                killed(act, place)
                assert there() == before
            act()
            after = there()
            act()
            assert after != before and there() == after

        done(build, 'INSERT INTO "payment_run"', 'INSERT INTO "payment_entry"')
        actions.approve(ref=Run.objects.get().ref, by=lin, at=PAY_DAY)
        done(send, 'INSERT INTO "payment_sentfile"', 'UPDATE "payment_line"')
        done(answers, 'UPDATE "payment_line"', 'INSERT INTO "payment_returnfile"')
        total = Run.objects.get().total_fen
        assert Line.objects.count() == 2
        assert {name: fen for name, fen in queries.balances(people.COUNTY).items() if fen} == {"granted": -total, "paid": total}

    database = tmp_path / "killed.sqlite3"
    lay_tables(database)
    assert not in_threads(database, life)
