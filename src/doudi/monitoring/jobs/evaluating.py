"""What the schedule starts: a cycle, from the departments' loads to alerts at people's desks. Safe to run again at any point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from doudi.engine import cycle, finding
from doudi.engine.cycle import Cycle, NothingLoaded
from doudi.engine.lake import Lake
from doudi.engine.linkage import Landed
from doudi.exchange import jobs as exchange_jobs
from doudi.exchange import queries as exchange
from doudi.monitoring import actions, queries
from doudi.monitoring.core import Finding
from doudi.monitoring.gateways import lake as gateway
from doudi.monitoring.gateways import records
from doudi.monitoring.jobs import aftermath, live, told
from doudi.office import queries as office
from doudi.office.core import Party
from doudi.registry import jobs as registry_jobs
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook

__all__ = ["NothingLoaded", "OlderThanPublished", "Outcome", "evaluate"]


class OlderThanPublished(Exception):
    """A later day was judged already; going back would take away alerts that are true."""


@dataclass(frozen=True)
class Outcome:
    """A cycle whose alerts reached the desks."""

    cycle: Cycle
    alerts: dict[str, int]
    already: bool  # it had been published before; nothing changed


def evaluate(on: date | None = None, *, mark: Callable[[str], None] = lambda step: None) -> Outcome:
    """Build the cycle of a day (by default today) from what was delivered up to that day, and bring its alerts to the desks.

    :param mark: is told each step before it begins
    :raises NothingLoaded: nothing was delivered up to that day
    :raises OlderThanPublished: a later day has been judged already
    :raises RuleError: a pack of rules is not understood
    """
    at = office.now()
    on = on or office.today(at)
    latest = queries.latest()
    if latest is not None and on < latest.judged_on:
        raise OlderThanPublished(f"{latest.judged_on} 已经算过了，不能再回到 {on}。要看以前的情况，请看以前那次的结果。")
    live.take_all()  # what came as events is landed, and then is a delivery like any other
    exchange_jobs.land_events(all_of_them=True)
    lake = Lake(Path(settings.LAKE))
    rules = rulebook.pack()
    gateway.note_pack(rules, at)  # before anything is published by these rules, their text is kept
    loads: list[Landed] = [*exchange.current_loads(on)]
    if loads:
        mark("own records")
        loads.append(records.land(lake, on, queries.met(on)))
    mark("start")
    settled = registry.settled()
    said = registry.said(on)
    made = cycle.run(
        lake, exchange.contracts(), loads, rules, on, key=settings.LINKING_KEY, settled=settled, said=said, mark=mark
    )
    already = queries.published(made.id)
    mark("families")
    registry_jobs.note_changes(latest.cycle if latest else "", at=at)  # before the desks are told, so that a kill loses none
    mark("alerts")
    counted = actions.publish(
        _findings(lake, made),
        cycle=made.id,
        judged_on=on,
        counts=dict(made.counts),
        manifest=made.sha256,
        by=Party.system("evaluate"),
        at=at,
    )
    if already:
        standing = counted["new"] + counted["kept"] + counted["returned"]
        counted = {**dict.fromkeys(counted, 0), "kept": standing, "closed": counted["closed"], "open": counted["open"]}
    gateway.note_known(queries.publications())
    mark("pairs")
    registry_jobs.mirror(made.id, on=on, at=at)
    mark("tiers")
    gateway.bring_up_tiers({one.load for one in exchange.withdrawals(still=True)})
    told.send_somebody(lake, made, at=at)
    mark("finding")
    finding.make(lake, made.manifest["objects"]["person"]["sha256"])  # else the first to search waits for it
    mark("withdrawn")
    aftermath.look_through(made.id, at=at)
    mark("done")
    return Outcome(made, counted, already)


def _findings(lake: Lake, made: Cycle) -> Iterator[Finding]:
    return (Finding(*row) for row in cycle.findings(lake, made))


def summary(done: Outcome) -> dict[str, Any]:
    """A cycle in counts, for the command line and the bench."""
    counts = done.cycle.counts
    return {
        "cycle": done.cycle.id,
        "on": done.cycle.on.isoformat(),
        "already_published": done.already,
        "manifest": done.cycle.sha256,
        **{
            name: counts[name]
            for name in ("persons", "households", "links", "tiers", "facts", "findings", "by_indicator", "silent")
        },
        "switched_off": counts.get("switched_off", []),  # not told by cycles of before rules could be switched off
        "alerts": done.alerts,
    }
