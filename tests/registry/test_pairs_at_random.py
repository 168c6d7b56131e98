"""Whatever a handful of people decide and take back about a handful of records, in any order: nothing is ever lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from doudi.office.core import NotAllowed
from doudi.office.models import JournalEntry
from doudi.registry import actions, queries
from doudi.registry.gateways import register
from doudi.registry.models import Person, Settlement
from examples import some
from people import NOON, VILLAGE, clerk_li, officer_zhao

PIDS = tuple(f"{'p' if number < 4 else 'x'}{number:020d}" for number in range(7))
ROWS = tuple(f"{number:024d}" for number in range(1, 5))
CLERKS = st.sampled_from((clerk_li, officer_zhao))


class Deciding(RuleBasedStateMachine):
    """Beside the acts a plain picture of what must be so: edges of people, places of rows."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        Person.objects.bulk_create(
            Person(pid=pid, name=f"人{pid}", masked_name="人*", citizen_no="", area=VILLAGE, kept_at=NOON, kept_by="system:x")
            for pid in PIDS
        )
        self.at, self.acts, self.before = NOON, 0, 0
        self.lines = JournalEntry.objects.count()
        self.joins: dict[str, tuple[str, str]] = {}  # ref → (goes, stays)
        self.others: dict[str, None] = {}  # refs of all other decisions in force

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def root(self, pid: str) -> str:
        goes = dict(self.joins.values())
        while pid in goes:
            pid = goes[pid]
        return pid

    def try_to(self, act: Any, **said: Any) -> Settlement | None:
        """Try an act as the pages do; a refusal changes nothing."""
        self.at += timedelta(minutes=1)
        try:
            with transaction.atomic():
                made = act(**said, at=self.at)
        except NotAllowed:
            return None
        new = (made[0] if isinstance(made, list) else made).ref
        return Settlement.objects.filter(ref=new).order_by("pk")[0]

    def noted(self, made: Settlement) -> bool:
        """Whether an act did something new; said again it is the decision there was."""
        new = made.ref not in self.joins and made.ref not in self.others
        self.acts += new
        return new

    @rule(goes=st.sampled_from(PIDS), stays=st.sampled_from(PIDS), by=CLERKS)
    def join(self, goes: str, stays: str, by: Any) -> None:
        made = self.try_to(actions.merge_persons, goes=goes, stays=stays, reason="看过了", by=by())
        if made is not None and self.noted(made):
            assert self.root(goes) == goes != stays == self.root(stays), "only two who stand are joined"
            assert not (goes[0] == "p" and stays[0] == "x")
            self.joins[made.ref] = (goes, stays)

    @rule(pid=st.sampled_from(PIDS), rows=st.sets(st.sampled_from(ROWS), min_size=1), to=st.sampled_from(("", *PIDS)), by=CLERKS)
    def split(self, pid: str, rows: set[str], to: str, by: Any) -> None:
        made = self.try_to(actions.split_person, pid=pid, rows=dict.fromkeys(rows, "x"), to=to, reason="别人的", by=by())
        if made is not None and self.noted(made):
            self.others[made.ref] = None

    @precondition(lambda self: self.joins or self.others)
    @rule(data=st.data(), by=CLERKS)
    def undo(self, data: st.DataObject, by: Any) -> None:
        ref = data.draw(st.sampled_from([*self.joins, *self.others]))
        assert self.try_to(actions.undo_settlement, ref=ref, why="看错了", by=by()) is not None
        self.acts += 1
        self.joins.pop(ref, None)
        self.others.pop(ref, None)

    @invariant()
    def everybody_leads_to_one_who_stands(self) -> None:
        stands = queries.standing_of(PIDS)
        assert stands == {pid: self.root(pid) for pid in PIDS}
        groups = queries.together(PIDS)
        assert {pid: set(group) for pid, group in groups.items()} == {
            pid: {other for other in PIDS if stands[other] == stands[pid]} for pid in PIDS
        }
        assert all(group[0] == stands[pid] for pid, group in groups.items())

    @invariant()
    def every_act_is_a_line_and_nothing_is_deleted(self) -> None:
        assert JournalEntry.objects.count() == self.lines + self.acts
        count = Settlement.objects.count()
        assert count >= self.before
        self.before = count
        assert Person.objects.filter(pid__in=PIDS, name__isnull=False).count() == len(PIDS)

    @invariant()
    def the_next_cycle_is_told_no_contradiction(self) -> None:
        told = queries.settled()
        same = [one for one in told if one.verdict == "same"]
        assert len({(one.kind, one.left) for one in same}) == len(same), "one place for each"
        assert all(self.root(one.right) == one.right for one in told), "led on to who stands"
        assert not {(one.left, one.right) for one in same} & {(one.left, one.right) for one in told if one.verdict == "apart"}
        assert {(one.left, one.right) for one in told if one.kind == "person"} == {
            (goes, self.root(stays)) for goes, stays in self.joins.values()
        }

    @invariant()
    def what_is_in_force_is_what_was_not_taken_back(self) -> None:
        in_force = set(Settlement.objects.filter(undone_at__isnull=True).values_list("ref", flat=True))
        assert in_force == {*self.joins, *self.others}


@pytest.mark.django_db
def test_in_any_order_nothing_is_lost_and_all_can_be_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "person", lambda pid: None)
    monkeypatch.setattr(register, "household_of", lambda subject: None)
    clerk_li(), officer_zhao()
    run_state_machine_as_test(Deciding, settings=settings(max_examples=some(8), stateful_step_count=20, deadline=None))
