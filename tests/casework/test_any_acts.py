"""Random acts by random people, day after day, on the real database: money, clocks, permissions and the journal hold.

Every public act of casework, payment and services is found by looking, and tried; so a new act is tried from its first day on.
`HYPOTHESIS_PROFILE=thorough` goes on for hours.
"""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db.models import F, Q, Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

import people
import walk
from casework.anything import Stage, acts, fitting, place_of, posts_of
from doudi.casework import core
from doudi.casework import jobs as casework_jobs
from doudi.casework.models import Adjustment, Award, Benefit, Case, Decision, Opinion, Review, Survey
from doudi.facts import days
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, contains
from doudi.office.models import Clerk, JournalEntry
from doudi.office.proofs import verify
from doudi.payment import actions as payment
from doudi.payment.core import LineState
from doudi.payment.models import Claim, Entry, Line, Run
from doudi.services import jobs as services_jobs
from examples import some
from photographs import photograph
from web.staged import taken_back

pytestmark = pytest.mark.django_db
ACTS = acts()
# Rows that are added and never changed, with the column that says what they decided.
APPEND_ONLY = {Award: "amount_fen", Decision: "amount_fen", Opinion: "amount_fen", Survey: "on", Entry: "amount_fen"}


class AnyActs(RuleBasedStateMachine):
    """The office, for some weeks."""

    done: ClassVar[Counter[str]] = Counter()
    tried: ClassVar[Counter[str]] = Counter()

    @initialize(seed=st.integers(0, 2**32))
    def open_the_office(self, seed: int) -> None:
        self.back = contextlib.ExitStack()
        self.back.enter_context(taken_back())
        self.stage = Stage.set(random.Random(seed))
        walk.confirmed(walk.applied(self.stage.residents[1], self.stage.at), self.stage.at)  # help in force from the first day on
        self.stage.at += timedelta(days=10)
        self.states = self.read_states()
        self.kept: dict[Any, dict[int, Any]] = {}
        self.anything_goes(30)  # in every example, so that a short run as well has tried most acts

    def teardown(self) -> None:
        if hasattr(self, "back"):
            try:
                assert verify().whole, "the journal is not proven any more"
            finally:
                self.back.close()

    # ---- what happens -------------------------------------------------------------------------------------------------------

    @rule(times=st.integers(5, 20))
    def anybody_does_anything(self, times: int) -> None:
        """Any act, by anybody, with anything."""
        self.anything_goes(times)

    def anything_goes(self, times: int) -> None:
        for _ in range(times):
            room, name = self.stage.one(sorted(ACTS))
            self.attempt(room, name, self.stage.arguments(room, name, ACTS[room, name]))

    @rule()
    def the_right_person_goes_on(self) -> None:
        """A case goes a step on along its road, so that later steps are tried too."""
        case = self.stage.one(Case.objects.exclude(state__in=core.CLOSED))
        if case is None:
            return
        li, at, state = people.clerk_li(), self.stage.at, core.State(case.state)
        with contextlib.suppress(NotAllowed):
            if state in (core.State.SUBMITTED, core.State.ASKED):
                self.attempt("casework", "accept", {"ref": case.ref, "by": li, "at": at})
            elif state in (core.State.ACCEPTED, core.State.INVESTIGATING):
                walk.visited(case, at, li)
                walk.settled(case, at, li)
                self.attempt("casework", "propose", {"ref": case.ref, "kind": "help", "reason": "够条件", "by": li, "at": at})
            elif state is core.State.AT_COUNTY:
                self.attempt("casework", "confirm", {"ref": case.ref, "by": people.officer_zhao(), "at": at})
        self.states = self.read_states()

    @rule(days=st.sampled_from([1, 3, 8, 31]))
    def days_pass(self, days: int) -> None:
        """Time goes on, and the schedule does what is due."""
        self.stage.at += timedelta(days=days)
        casework_jobs.run_due(self.stage.at)
        services_jobs.climb(self.stage.at)
        self.moves_keep_to_the_table("run_due")

    @rule()
    def the_month_is_paid(self) -> None:
        """A run goes its way: built, approved by another, sent, answered."""
        zhao, lin, at = people.officer_zhao(), people.director_lin(), self.stage.at
        with contextlib.suppress(NotAllowed):
            run = payment.build(county=people.COUNTY, month=at.date().replace(day=1), by=zhao, at=at)
            payment.approve(ref=run.ref, by=lin, at=at)
        for run in Run.objects.filter(state__in=["approved", "sent"]):
            self.attempt("payment", "send", {"ref": run.ref, "by": zhao, "at": at})
            content = self.stage.draw("payment", "read_returns", "content", "bytes", False)
            self.attempt("payment", "read_returns", {"ref": run.ref, "content": content, "by": zhao, "at": at})

    @rule()
    def the_doors_are_open(self) -> None:
        """A call, a paper and a department's list come in, so that what is done with them is tried too."""
        common = {"by": people.clerk_li(), "at": self.stage.at}
        call = {"area": people.VILLAGE, "topic": "apply", "said": "想申请", "mood": "calm", "pid": self.stage.residents[0]}
        self.attempt("casework", "take_call", {**call, "once": f"c{self.stage.chance.random()}", **common})
        photos = [("image/png", photograph(self.stage.chance.randint(1, 4)))]
        form = {"area": people.VILLAGE, "handed_on": self.stage.at.date(), "photos": photos}
        self.attempt("casework", "keep_form", {**form, **common})
        data = self.stage.draw("casework", "take_list", "data", "bytes", False)
        viewer = office.viewer(people.clerk_li(), "outreach.take", self.stage.at)
        self.attempt("casework", "take_list", {"department": "残联", "basis": "协议", "data": data, "viewer": viewer, **common})

    @rule()
    def help_in_force_changes(self) -> None:
        """Something happens to a family that is helped, a change is proposed, its account is to change."""
        benefit = self.stage.one(Benefit.objects.all())
        if benefit is None:
            return
        common = {"benefit": benefit.ref, "by": people.clerk_li(), "at": self.stage.at}
        kind = self.stage.one(["job", "income_up", "death", "own_wish"])
        self.attempt("casework", "tell_happening", {"kind": kind, "on": self.stage.at.date(), "channel": "window", **common})
        self.attempt("casework", "propose_adjustment", {"asked": fitting(self.stage), **common})
        account = {"bank": "邮储银行", "number": "6217000011112222", "holder": benefit.case.applicant, "channel": "window"}
        self.attempt("payment", "ask_account", {**account, **common})

    @rule()
    def a_change_is_heard_and_decided(self) -> None:
        """A proposed change goes its way; a benefit that is due is looked at again."""
        li, zhao, at = people.clerk_li(), people.officer_zhao(), self.stage.at
        kept = self.stage.one(Adjustment.objects.filter(decided_at__isnull=True, dropped_at__isnull=True))
        if kept is not None:
            heard = {"outcome": "heard", "on": at.date(), "views": "知道了", "signed_by": "王桂兰"}
            self.attempt("casework", "record_hearing", {"ref": kept.ref, **heard, "by": li, "at": at})
            self.attempt("casework", "decide_adjustment", {"ref": kept.ref, "by": self.stage.one([li, zhao]), "at": at})
        due = self.stage.one(Benefit.objects.filter(review_due_on__lte=at.date(), review_state="none"))
        if due is not None:
            self.attempt("casework", "call_review", {"ref": due.ref, "by": li, "at": at})
        review = self.stage.one(Review.objects.filter(closed_at__isnull=True))
        if review is not None:
            self.attempt("casework", "open_review", {"ref": review.ref, "by": li, "at": at})
            self.attempt("casework", "close_review", {"ref": review.ref, "note": "上门看过，没有变", "by": li, "at": at})

    @rule()
    def money_comes_back(self) -> None:
        """What was paid too much is claimed, decided, given up or paid back."""
        zhao, lin, at = people.officer_zhao(), people.director_lin(), self.stage.at
        benefit = self.stage.one(Benefit.objects.all())
        if benefit is not None:
            self.attempt("payment", "propose_claim", {"benefit": benefit.ref, "by": zhao, "at": at})
        claim = self.stage.one(Claim.objects.all())
        if claim is None:
            return
        way = self.stage.one(["at_once", "instalments", "waive"])
        self.attempt(
            "payment", "decide_claim", {"ref": claim.ref, "way": way, "why": "多发了", "share": 10, "by": zhao, "at": at}
        )
        who = self.stage.one([zhao, lin])
        self.attempt("payment", "waive_claim", {"ref": claim.ref, "agree": True, "why": "家里确实难", "by": who, "at": at})
        fen = self.stage.one([1, 5000, claim.amount_fen])
        voucher = f"v{self.stage.chance.randint(1, 9)}"
        self.attempt("payment", "pay_back", {"ref": claim.ref, "amount_fen": fen, "voucher": voucher, "by": zhao, "at": at})

    # ---- one attempt --------------------------------------------------------------------------------------------------------

    def attempt(self, room: str, name: str, given: dict[str, Any]) -> bool:
        """Try an act twice with the same words: a refusal leaves nothing, a success exactly one line; twice is once."""
        start, by, act = JournalEntry.objects.count(), given["by"], ACTS[room, name]
        self.tried[f"{room}.{name}"] += 1
        try:
            act(**given)
        except NotAllowed:
            assert JournalEntry.objects.count() == start, f"{room}.{name} was refused and left a line"
            return False
        lines = list(JournalEntry.objects.filter(seq__gte=start).order_by("seq"))
        own = [line for line in lines if line.act == f"{room}.{name}"]
        assert len(own) <= 1, f"{room}.{name} left {len(own)} lines"
        self.done[f"{room}.{name}"] += bool(own)
        if isinstance(by, Clerk):
            areas = posts_of(by)
            for line in own:
                place = place_of(line.subject)
                assert not place or any(contains(area, place) for area in areas), f"{room}.{name} by somebody of elsewhere"
                assert line.by == f"clerk:{by.ref}"
        elif by.kind == "resident":
            assert by.ref in self.stage.residents or not own, f"{room}.{name} by nobody known"
        else:
            assert by == Party.system(by.ref) or not own, f"{room}.{name} by a sender"
        self.moves_keep_to_the_table(f"{room}.{name}")
        return True

    # ---- what always holds --------------------------------------------------------------------------------------------------

    def read_states(self) -> dict[str, tuple[str, str, int]]:
        return {ref: (programme, state, version) for ref, programme, state, version in
                Case.objects.values_list("ref", "programme", "state", "version")}  # fmt: skip

    def moves_keep_to_the_table(self, act: str) -> None:
        """No case changed its state but along its own road, and none went back to an older version."""
        now = self.read_states()
        for ref, (programme, state, version) in now.items():
            before = self.states.get(ref)
            if before is None:
                continue
            assert version >= before[2], f"{act} lost a version"
            if state != before[1]:
                assert version > before[2], f"{act} moved a case and kept its version"
                assert state in reachable(programme, before[1]), f"{act}: {before[1]} to {state} is not in the table"
        assert set(self.states) <= set(now), f"{act} lost a case"
        self.states = now

    @invariant()
    @precondition(lambda self: hasattr(self, "stage"))
    def the_ledger_is_the_lines(self) -> None:
        """Every fen in the account of what was paid is a paid line's, and every one on its way is a sent line's."""
        into = dict(Entry.objects.values_list("target").annotate(Sum("amount_fen")))
        out = dict(Entry.objects.values_list("source").annotate(Sum("amount_fen")))
        for account, state in (("paid", LineState.PAID), ("bank", LineState.SENT)):
            lines = Line.objects.filter(state=state).aggregate(fen=Sum(F("amount_fen") - F("withheld_fen")))["fen"] or 0
            assert into.get(account, 0) - out.get(account, 0) == lines, account
        assert not [fen for fen in (*into.values(), *out.values()) if fen <= 0]

    @invariant()
    @precondition(lambda self: hasattr(self, "stage"))
    def nobody_is_paid_twice_for_a_month(self) -> None:
        ways = Line.objects.filter(state__in=[LineState.SENT, LineState.PAID]).exclude(kind="arrears")
        counted = Counter(ways.values_list("benefit", "for_month"))
        assert not [key for key, number in counted.items() if number > 1]

    @invariant()
    @precondition(lambda self: hasattr(self, "stage"))
    def two_people_stand_behind_what_needs_two(self) -> None:
        assert not Run.objects.filter(approved_at__isnull=False, approved_by=F("built_by")).exists()
        for decision in Decision.objects.filter(kind__in=["confirm", "refuse"]).select_related("case", "opinion"):
            if decision.opinion is not None:
                assert decision.by != decision.opinion.by
            assert decision.by != decision.case.accepted_by or not decision.case.accepted_by

    @invariant()
    @precondition(lambda self: hasattr(self, "stage"))
    def who_and_when_go_together(self) -> None:
        half = Q(closed_at__isnull=True) & ~Q(closed_by="") | Q(closed_at__isnull=False, closed_by="")
        assert not Case.objects.filter(half).exists()
        assert not Case.objects.filter(state__in=core.CLOSED, closed_at__isnull=True).exists()
        assert not JournalEntry.objects.filter(by="").exists()

    @invariant()
    @precondition(lambda self: hasattr(self, "stage"))
    def what_was_decided_stays_as_it_was(self) -> None:
        """Awards, decisions, opinions, visits and entries are added, never changed or lost."""
        for model, column in APPEND_ONLY.items():
            now = dict(model._default_manager.values_list("pk", column))
            before = self.kept.get(model, {})
            assert before.items() <= now.items(), f"{model.__name__} was changed or lost"
            self.kept[model] = now

    @invariant()
    @precondition(lambda self: hasattr(self, "stage"))
    def no_limit_of_the_law_is_moved(self) -> None:
        """A case's whole clock is never longer than its road's longest, whoever asked for more."""
        for case in Case.objects.filter(accepted_at__isnull=False, whole_due_on__isnull=False):
            clock = core.road(case.programme).clock
            longest = max(value for key, value in clock.items() if key.endswith("_wd"))
            latest = days.add_working_days(case.accepted_at.date() + timedelta(days=1), longest)
            assert case.whole_due_on <= latest + timedelta(days=31), case.programme  # where a place lets publicity not count


def reachable(programme: str, state: str) -> set[str]:
    """The states one act, or the two an act may take at once, leads to."""
    table = core.moves(programme)
    first = {str(move.target) for move in table.values() if core.State(state) in move.sources}
    return first | {str(move.target) for move in table.values() if {str(one) for one in move.sources} & first}


def test_every_act_can_be_tried(sources):
    """A new act whose arguments nobody can draw fails here: teach them in anything.py."""
    untaught = set()
    with taken_back():
        stage = Stage.set(random.Random(1))
        for (room, name), act in ACTS.items():
            for _ in range(3):
                try:
                    stage.arguments(room, name, act)
                except KeyError as why:
                    untaught.add(str(why))
    assert not untaught


def test_random_acts_by_random_people_break_nothing(sources):
    AnyActs.done.clear(), AnyActs.tried.clear()
    few = settings(
        max_examples=some(6), stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck), database=None,
        print_blob=True, phases=[Phase.generate],  # what fails is named by its seed; making it smaller takes minutes
    )  # fmt: skip
    run_state_machine_as_test(AnyActs, settings=few)
    assert len(AnyActs.tried) > 40 and len(AnyActs.done) > 5, (AnyActs.tried, AnyActs.done)
