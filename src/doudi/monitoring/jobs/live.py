"""Events taken in order, as they come: to whom they happened, what changes at home, whom the rules now name, at whose desk.

One process takes events. Killed anywhere, what was shown is shown and what was not is taken again: the alerts and the note that
an event is shown are one transaction, and what pages read besides is made again from the events.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import InterfaceError, OperationalError

from doudi.exchange import actions as exchange_actions
from doudi.exchange import jobs as exchange_jobs
from doudi.exchange import queries as exchange
from doudi.exchange.actions import Elsewhere, Settled
from doudi.exchange.queries import EventRow
from doudi.monitoring import actions, queries
from doudi.monitoring.actions import AnotherCycle
from doudi.monitoring.core import Finding
from doudi.monitoring.gateways import live as gateway
from doudi.monitoring.gateways.live import Home, Live, NotInLake, Told, Whose, alone
from doudi.office import queries as office
from doudi.office.core import Party
from doudi.policy.pack import Pack
from doudi.rulebook import queries as rulebook

__all__ = ["Taker", "take_all", "take_until"]

AT_ONCE = 100  # events in one transaction: they wait for one another less than a second
_IDLE = 0.05  # seconds between two looks
_PACE = 0.2  # and from one step to the next while events come: taken together they cost a third
_LANDS_EVERY = 5.0
_ME = Party.system("live")
_log = logging.getLogger(__name__)


@dataclass
class Taker:
    """Takes events, holding the published cycle in memory meanwhile."""

    _live: Live | None = None
    _opened: tuple[str, date, str] = ("", date.min, "")
    _looked_at_rules: float = field(default=-1e9)
    _pack: Pack | None = None

    def step(self, most: int = AT_ONCE) -> int:
        """Take the oldest events that wait; returns how many there were. Nothing is taken before the first cycle is published."""
        at = office.now()
        live = self._current(at)
        if live is None:
            return 0
        waiting = exchange.waiting_events(most)
        if not waiting:
            return 0
        try:
            self._take(live, waiting)
        except (AnotherCycle, Elsewhere):
            self.forget()
        except (OperationalError, InterfaceError):  # the database is at fault, not the event
            self.forget()
            raise
        except Exception:
            if len(waiting) == 1:
                _log.exception("event %s is set aside", waiting[0].sequence)
                self._set_aside(waiting[0])
            else:  # one of them is at fault; take them one by one
                self._go_back()
                for _ in waiting:
                    self.step(1)
        return len(waiting)

    def forget(self) -> None:
        """Let go of the cycle in memory; it is read anew with the next step."""
        if self._live is not None:
            self._live.close()
        self._live = None

    def _go_back(self) -> None:
        """After a step that failed: count only those events as known that are shown."""
        if self._live is not None:
            self._live.begin_again()
            self._learn(self._live, self._live.on)

    def _current(self, at: datetime) -> Live | None:
        """The latest evaluation's cycle with every event that is not in it; read anew when cycle, day or rules changed."""
        latest = queries.latest()
        if latest is None:
            return None
        if self._pack is None or time.monotonic() - self._looked_at_rules > 1:
            self._pack, self._looked_at_rules = rulebook.pack(), time.monotonic()
        on = max(office.today(at), latest.judged_on)
        wanted = (latest.cycle, on, self._pack.version)
        if self._live is None or self._opened != wanted:
            self.forget()
            self._live, self._opened = gateway.opened(latest.cycle, on, self._pack), wanted
            self._replay(self._live, on)
        return self._live

    def _replay(self, live: Live, on: date) -> None:
        """Bring what was shown since the cycle was made to the desks again: of another cycle or day it may say something else."""
        pids = self._learn(live, on)
        for first in range(0, len(pids), AT_ONCE):
            self._bring(live, pids[first : first + AT_ONCE], [])

    def _learn(self, live: Live, on: date) -> list[str]:
        """Count every event that was shown and is not in the cycle as known; returns whose they are."""
        current = [load.batch for load in exchange.current_loads(on)]
        batches = [one["batch"] for one in live.cycle.manifest["inputs"]]
        taken = [live.take(_told(event)) for event in exchange.events_beyond(batches, current)]
        return list(dict.fromkeys(one.pid for one in taken))

    def _take(self, live: Live, waiting: Sequence[EventRow]) -> None:
        taken = [live.take(_told(event)) for event in waiting]
        pids = list(dict.fromkeys(one.pid for one in taken if not one.repeated))
        self._bring(live, pids, taken)

    def _bring(self, live: Live, pids: Sequence[str], taken: Sequence[Whose]) -> None:
        homes: list[Home] = live.homes(pids)
        actions.bring_live(
            [Finding(*one) for home in homes for one in home.findings],
            pids={one["pid"] for home in homes for one in home.people},
            cycle=live.cycle.id,
            judged_on=live.on,
            settled=[Settled(one.event.sequence, one.pid, one.how, one.repeated) for one in taken],
            by=_ME,
            at=office.now(),
        )
        gateway.show(live.cycle.id, homes, live.on)

    def _set_aside(self, event: EventRow) -> None:
        self._go_back()
        try:
            exchange_actions.set_event_aside(sequence=event.sequence, why="program", by=_ME, at=office.now())
        except Elsewhere:
            return


def _told(event: EventRow) -> Told:
    return Told(event.sequence, event.dataset, event.kept, office.today(event.received_at))


def take_all() -> int:
    """Take every event that waits, unless another process does; returns how many were taken."""
    if not exchange.count_events()["waiting"]:
        return 0
    taken = 0
    with alone() as mine:
        if mine:
            taker = Taker()
            try:
                while step := taker.step():
                    taken += step
            finally:
                taker.forget()
    return taken


def take_until(stopped: Callable[[], bool], *, ready: Callable[[], None] = lambda: None) -> None:
    """Take events as they come until told to stop. A second process waits here until the first is gone.

    :param ready: called once, when the cycle is in memory and events are looked for
    """
    while not stopped():
        with alone() as mine:
            if not mine:
                time.sleep(1)
                continue
            _take_here(stopped, ready)


def _take_here(stopped: Callable[[], bool], ready: Callable[[], None]) -> None:
    taker, landed, said = Taker(), time.monotonic(), False
    while not stopped():
        begun = time.monotonic()
        try:
            found = taker.step()
            if not said:
                said = True
                ready()
            if not found and time.monotonic() - landed > _LANDS_EVERY:
                landed = time.monotonic()
                exchange_jobs.land_events()
        except NotInLake as why:
            _log.warning("%s", why)
            found = 0
            time.sleep(5)
        except Exception:  # the database restarts, the disk is full: say so, and go on when it is over
            _log.exception("events wait")
            taker.forget()
            found = 0
            time.sleep(2)
        if not found:
            time.sleep(_IDLE)
        elif found < AT_ONCE:
            time.sleep(max(0.0, _PACE - (time.monotonic() - begun)))
