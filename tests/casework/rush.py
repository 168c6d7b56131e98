"""Many officers at work in the same moment, each on a connection of their own: on cases of their own, and on one all want."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from django.db import connection, connections

import people
import walk
from doudi.casework import actions
from doudi.casework.models import Case, Opinion
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Role
from doudi.office.models import JournalEntry
from doudi.office.proofs import verify
from doudi.services import actions as services
from doudi.services.models import Referral
from people import NOON, TOWNSHIP

NEXT_DAY = NOON + timedelta(days=1)


@dataclass
class Rush:
    """What came of it. `times`: seconds each act took, waiting included."""

    officers: int
    database: Path | None
    times: list[float] = field(default_factory=list)
    won: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)  # refused in words
    problems: list[BaseException] = field(default_factory=list)

    def name(self, number: int) -> str:
        return f"officer{number}"

    def set(self) -> None:
        """Each officer with an application of their own, one application everybody wants, one child everybody refers."""
        for number in range(self.officers + 1):
            one = people.person(
                "周德顺", date(1950, 1, 1) + timedelta(days=number), order=100 + number % 800, phone="13800001111"
            )
            people.household(f"h{number:020d}", (one, "self"))
            walk.applied(one.pid)
        walk.helper_qian()
        people.granny_wang()
        for number in range(self.officers):
            people.clerk(self.name(number), "办事员", Role.TOWNSHIP, TOWNSHIP)

    def at_once(self) -> None:
        """All officers begin at the same moment."""
        start = threading.Barrier(self.officers)
        threads = [threading.Thread(target=self._officer, args=(number, start)) for number in range(self.officers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _officer(self, number: int, start: threading.Barrier) -> None:
        if self.database is not None:
            own = connection.copy()
            own.settings_dict["NAME"] = str(self.database)
            connections["default"] = own
        try:
            me = office.clerk(self.name(number))
            cases = list(Case.objects.order_by("pk").values_list("ref", flat=True))
            mine, wanted = cases[number], cases[self.officers]
            version = Case.objects.get(ref=wanted).version
            start.wait()
            self.do("accept", ref=mine, by=me, at=NEXT_DAY)
            self.do("accept", ref=mine, by=me, at=NEXT_DAY)  # the double click
            self.do(
                "ask_once", ref=wanted, missing="户口本", version=version, by=me, at=NEXT_DAY
            )  # the same page in many browsers
            self.refer(me)
            self.visit(mine, me)
            self.do("propose", ref=mine, kind="help", reason="您家收入低于标准。", by=me, at=NEXT_DAY)
            self.do("propose", ref=mine, kind="help", reason="您家收入低于标准。", by=me, at=NEXT_DAY)
            self.do("withdraw", ref=wanted, reason="不办了", by=me, at=NEXT_DAY)
        except BaseException as problem:
            self.problems.append(problem)
        finally:
            connections["default"].close()

    def do(self, name: str, **given: object) -> None:
        """One act, timed; a refusal in words is noted, anything else is a problem."""
        begun = perf_counter()
        try:
            getattr(actions, name)(**given)
            self.won[name] += 1
        except NotAllowed:
            self.told[name] += 1
        self.times.append(perf_counter() - begun)

    def visit(self, ref: str, me: object) -> None:
        begun = perf_counter()
        case = Case.objects.get(ref=ref)
        walk.visited(case, NEXT_DAY, me)  # type: ignore[arg-type]
        walk.settled(case, NEXT_DAY, me)  # type: ignore[arg-type]
        self.times.append(perf_counter() - begun)

    def refer(self, me: object) -> None:
        services.refer(
            kind="education", pid=people.grandson_wang().pid, need_words="学费", consent="paper", consent_of="guardian",
            reason="供不起", by=me, at=NEXT_DAY,
        )  # fmt: skip

    def holds(self) -> None:
        """Nothing lost, nothing twice: one winner where there is one to be, a step each where each has their own."""
        assert not self.problems, self.problems
        assert self.won["accept"] == self.told["accept"] == self.officers
        assert self.won["propose"] == self.told["propose"] == self.officers
        assert (self.won["ask_once"], self.won["withdraw"]) == (1, 1)
        wanted = Case.objects.order_by("pk")[self.officers]
        lines = JournalEntry.objects.filter(subject=wanted.ref, act__startswith="casework.")
        assert sorted(lines.values_list("act", flat=True))[-2:] == ["casework.submit", "casework.withdraw"]
        assert Opinion.objects.count() == self.officers
        assert Referral.objects.count() == 1
        numbers = sorted(int(one.receipt[8:-1]) for one in Case.objects.all())
        assert numbers == list(range(1, self.officers + 2))
        assert verify().whole
