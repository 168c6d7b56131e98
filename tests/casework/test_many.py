"""Many at once: receipts without a gap or a double, one case for two clicks, one decision for two officers; pinned queries."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connection, connections

import people
import walk
from doudi.casework import actions, jobs, queries
from doudi.casework.models import Case, Decision, Draft
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.payment import actions as payment
from doudi.payment.models import Line, Run
from people import COUNTY, NOON


def in_threads(database: Path, *works: Callable[[], object]) -> list[BaseException]:
    """Run works at once, each with its own connection; SQLite in a file, for in memory there is only one writer at all."""
    problems: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        if connection.vendor == "sqlite":
            own = connection.copy()
            own.settings_dict["NAME"] = str(database)
            connections["default"] = own
        try:
            work()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


@pytest.mark.django_db(transaction=True)
def test_at_once_nothing_is_lost_doubled_or_numbered_twice(sources, tmp_path, lay_tables):
    database = tmp_path / "casework.sqlite3"
    families = 12

    def stage() -> None:
        people.places()
        for maker in (people.clerk_li, walk.helper_qian, people.officer_zhao, people.director_lin):
            maker()
        people.clerk("feng", "冯涛", Role.COUNTY, COUNTY)
        for number in range(families):
            one = people.person("周德顺", people.date(1960, 1, 1 + number), order=100 + number)
            people.household(f"h{number:020d}", (one, "self"))
            me = Party.resident(one.pid)
            draft = actions.start_draft(pid=one.pid, by=me, at=NOON)
            actions.save_hardships(ref=draft.ref, kinds=["illness"], by=me, at=NOON)
            actions.save_members(ref=draft.ref, together={}, others=[], by=me, at=NOON)
            actions.save_incomes(ref=draft.ref, said={}, others=[], by=me, at=NOON)
            actions.save_account(ref=draft.ref, way="other", number="6230520000000008830", by=me, at=NOON)

    def hand_in(part: int) -> None:
        for draft in list(Draft.objects.order_by("pk"))[part::4]:
            for _ in range(2):
                actions.submit(ref=draft.ref, consent=True, by=Party.resident(draft.applicant), at=NOON)

    def to_county() -> None:
        numbers = sorted(int(case.receipt[8:-1]) for case in Case.objects.all())
        assert numbers == list(range(1, families + 1))
        case = Case.objects.order_by("pk").first()
        assert case is not None
        walk.proposed(case, NOON)
        jobs.run_due(NOON + timedelta(days=8))

    def confirm(officer: str) -> None:
        case = Case.objects.order_by("pk").first()
        actions.confirm(ref=case.ref, by=office.clerk(officer), at=NOON + timedelta(days=8))

    def build(officer: str) -> None:
        payment.build(county=COUNTY, month=people.date(2026, 8, 1), by=office.clerk(officer), at=NOON + timedelta(days=40))

    def check() -> None:
        assert Decision.objects.count() == 1
        assert (Run.objects.count(), Line.objects.count()) == (1, 1)

    lay_tables(database)
    assert not in_threads(database, stage)
    twice = [partial(hand_in, part % 4) for part in range(8)]  # each family by two browsers, two clicks each
    assert not in_threads(database, *twice)
    assert not in_threads(database, to_county)
    refused = in_threads(database, *(partial(confirm, name) for name in ("zhao", "feng", "zhao", "feng")))
    assert len(refused) == 3 and all(isinstance(one, NotAllowed) for one in refused)
    assert not in_threads(database, *(partial(build, name) for name in ("zhao", "feng", "zhao")))
    assert not in_threads(database, check)


@pytest.mark.django_db
def test_pages_ask_the_database_a_pinned_number_of_times(sources, django_assert_max_num_queries):
    zhao, li = people.officer_zhao(), people.clerk_li()
    cases = []
    for number in range(12):
        one = people.person("周德顺", people.date(1960, 1, 1 + number), order=100 + number)
        people.household(f"h{number:020d}", (one, "self"))
        cases.append(walk.applied(one.pid))
    walk.confirmed(cases[0])
    later = NOON + timedelta(days=9)
    at_li, at_zhao = office.viewer(li, "case.list", NOON), office.viewer(zhao, "case.list", NOON)

    with django_assert_max_num_queries(3):  # the third: what families said since
        page = queries.inbox(at_li, at=later, limit=5)
    with django_assert_max_num_queries(1):
        queries.counts(at_zhao, at=later)
    with django_assert_max_num_queries(22):  # with who signed, for the check and the visit, and what the family said
        whole = queries.case(cases[0].ref, at_zhao, at=later)
    with django_assert_max_num_queries(4):
        queries.shown(people.TOWNSHIP, on=later.date())
    assert whole.benefit and len(page.rows) == 5


@pytest.mark.django_db
def test_the_inbox_is_paged_without_a_gap_or_a_double_and_urgent_first(sources):
    li = people.clerk_li()
    refs = set()
    for number in range(11):
        one = people.person("周德顺", people.date(1960, 1, 1 + number), order=100 + number)
        people.household(f"h{number:020d}", (one, "self"))
        refs.add(walk.applied(one.pid, NOON + timedelta(days=number % 3)).ref)
    urgent = Case.objects.order_by("pk").last()
    urgent.is_urgent, urgent.rank = True, 0
    urgent.save()
    viewer = office.viewer(li, "case.list", NOON)

    seen, after = [], ""
    while True:
        page = queries.inbox(viewer, at=NOON, after=after, limit=4)
        seen += page.rows
        after = page.next
        if not after:
            break

    assert {row.ref for row in seen} == refs and len(seen) == 11
    assert seen[0].ref == urgent.ref and [row.due_on for row in seen[1:]] == sorted(row.due_on for row in seen[1:])
    with pytest.raises(NotAllowed):
        queries.inbox(viewer, at=NOON, after="1;drop")
