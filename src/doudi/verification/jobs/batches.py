"""A whole roll against other lists, under an order: made at once by a command, or by a worker for whoever asked on a page."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import close_old_connections

from doudi.exchange import queries as exchange
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import now
from doudi.policy.checks import read_checks
from doudi.policy.language.errors import RuleError
from doudi.verification import actions, queries
from doudi.verification.core import Batch, is_fresh
from doudi.verification.core.anomalies import Problem
from doudi.verification.core.orders import Order
from doudi.verification.gateways import rolls

WORKER = Party.system("check")
log = logging.getLogger(__name__)


class NotLoaded(Exception):
    """The roll itself was never delivered; says what to do."""


@dataclass(frozen=True)
class Done:
    """A comparison and where its rows lie; `already` when the very same one was made before under this order."""

    run: str
    batch: Batch
    parquet: Path
    readable: Path
    already: bool
    seen: dict[str, int]
    lists: list[dict[str, Any]]


@dataclass(frozen=True)
class _Set:
    """A comparison made ready: what to compare, which lists have not come, and what it is called."""

    plan: rolls.Plan
    day: date
    used: dict[str, list[exchange.LoadRow]]
    silent: tuple[str, ...]
    ref: str
    within: str


def run_batch(
    roll: str, against: Sequence[str], *, order: str, by: By, at: datetime, on: date | None = None, snapshot: str = ""
) -> Done:
    """Check a roll against lists, named by check or dataset. The same inputs give the same answer and add nothing.

    A list nobody delivered is reported as silent, never as "nothing found". `*` is every list of the order.

    :param order: the number of the task order it stands on
    :param on: the day judged; by default the day the roll tells about
    :raises NoOrder: the order is not in force, or does not name the roll or one of the lists
    :raises NotLoaded: the roll, or every list asked for, was not delivered by that day
    :raises RuleError: a word names no check and no list, or a check is not understood
    """
    ready = made_ready(roll, against, order=order, at=at, on=on, snapshot=snapshot)
    if before := queries.run_before(order, ready.ref):
        if not _here(ready):
            with rolls.one_at_a_time(exchange.lake()), _compared(roll, ready, lambda step: None):
                pass  # its files were lost: made again, to the byte
        return _again(before, ready)
    run = actions.ask_run(
        order=order,
        roll=roll,
        words=against,
        datasets=lists_asked(roll, against, order=order),
        day=on,
        snapshot=snapshot,
        by=by,
        at=at,
    )
    with rolls.one_at_a_time(exchange.lake()):
        return carry_out(run.ref, by=by, at=at)


def lists_asked(roll: str, against: Sequence[str], *, order: str) -> tuple[str, ...]:
    """Every list the words look at beside the roll.

    :raises RuleError: a word names no check and no list
    """
    return _plan(roll, against, queries.order_allows(order)).lists(roll)


def _plan(roll: str, against: Sequence[str], allows: Order | None) -> rolls.Plan:
    return rolls.choose(exchange.contracts(), read_checks(settings.PACKS), roll, against, allows.datasets if allows else ())


@dataclass(frozen=True)
class Offered:
    """A check an order lets people ask for: its code, what it is called, the list it looks at."""

    kind: str
    label: str
    other: str


def checks_for(order: str) -> tuple[Offered, ...]:
    """The written checks an order allows, of any of its rolls, in the order written."""
    allows = queries.order_allows(order)
    if allows is None:
        return ()
    told: dict[str, Offered] = {}
    for check in read_checks(settings.PACKS):
        for roll in allows.rolls:
            if (not check.rolls or roll in check.rolls) and check.other(roll) in (roll, *allows.datasets):
                told.setdefault(check.code, Offered(check.code, check.label, check.other(roll)))
    return tuple(told.values())


def problems_of(roll: str, kinds: Sequence[str]) -> tuple[Problem, ...]:
    """What each kind of finding is called, on which article it rests, what it may innocently be; unknown ones are left out."""
    contracts, checks = exchange.contracts(), read_checks(settings.PACKS)
    told = []
    for kind in kinds:
        try:
            plan = rolls.choose(contracts, checks, roll, [kind], ())
        except RuleError:  # not a check: a step of the work, or a rule of an older pack
            continue
        told += [Problem(one.code, one.label, one.article, one.innocent) for one in plan.checks if one.code == kind]
    return tuple(told)


def made_ready(
    roll: str, against: Sequence[str], *, order: str, at: datetime, on: date | None = None, snapshot: str = ""
) -> _Set:
    """Look whether a check can be made, before anybody waits for it.

    :raises NoOrder: the order is not in force, or does not name the roll or one of the lists
    :raises NotLoaded: the roll, or every list asked for, was not delivered by that day
    :raises RuleError: a word names no check and no list
    """
    allows = queries.order_allows(order)
    plan, area = _plan(roll, against, allows), allows.area if allows else ""
    queries.standing(order, datasets=plan.lists(roll), area=area, at=at, roll=roll)
    day = on or exchange.latest_day(roll, snapshot)
    loads = exchange.datasets_of(day, snapshot) if day else {}
    if day is None or roll not in loads:
        raise NotLoaded(f"{roll} 在这一天之前没有数据。请先 doudi feeds load，或用 --snapshot、--on 指明哪一份。")
    silent = tuple(code for code in plan.lists(roll) if code not in loads)
    asked = rolls.Plan(
        tuple(check for check in plan.checks if check.other(roll) in loads),
        tuple(code for code in plan.counted if code in loads),
    )
    if not asked.checks and not asked.counted:
        raise NotLoaded(f"{'、'.join(silent)} 在这一天之前没有数据，没有可以核对的名单。")
    used = {code: of for code, of in loads.items() if code in {roll, "hukou", *asked.lists(roll)}}
    within = rolls.within(area)
    ref = rolls.ref_of(exchange.lake(), asked, used, roll, day, snapshot, within)
    return _Set(asked, day, used, silent, ref, within)


def carry_out(run: str, *, by: By, at: datetime) -> Done:
    """Make one comparison that was asked for and keep what it gave. Killed half way and begun again, it gives the same once.

    :raises NoOrder: the order is not in force any more; noted with the run
    :raises NotLoaded: the roll, or every list asked for, was withdrawn meanwhile; noted with the run
    """
    asked = queries.run_asked(run)
    try:
        ready = made_ready(asked.roll, asked.words, order=asked.order, at=at, on=asked.day, snapshot=asked.snapshot)
        before = queries.run_before(asked.order, ready.ref)
        if before and _here(ready):  # the very same rows were compared under this order
            actions.finish_run((), run=run, batch=before.batch, problems={}, lists=before.lists, by=by, at=at)
            return _again(before, ready)
        steps = ["link", *(check.code for check in ready.plan.checks), "write", "keep"]

        def tell(step: str) -> None:
            rolls.keep_progress(exchange.lake(), run, rolls.Progress(step, steps.index(step), len(steps)))

        with _compared(asked.roll, ready, tell) as made:
            batch, lists = _batch(asked, ready, made), _lists(asked.roll, ready, made)
            tell("keep")
            problems = {one.kind: one for one in problems_of(asked.roll, [check.code for check in ready.plan.checks])}
            kept = actions.finish_run(made.whole, run=run, batch=batch, problems=problems, lists=lists, by=by, at=at)
    except (NotAllowed, NotLoaded, RuleError) as why:
        actions.fail_run(run=run, why=str(why), by=by, at=at)
        raise
    finally:
        rolls.keep_progress(exchange.lake(), run, None)
    parquet, readable, _ = rolls.paths(exchange.lake(), ready.ref)
    return Done(run, batch, parquet, readable, False, dict(kept.seen), list(kept.lists))


def _here(ready: _Set) -> bool:
    return all(file.exists() for file in rolls.paths(exchange.lake(), ready.ref))


def _again(before: queries.RunBefore, ready: _Set) -> Done:
    parquet, readable, _ = rolls.paths(exchange.lake(), ready.ref)
    return Done(before.ref, before.batch, parquet, readable, True, before.seen, before.lists)


def _compared(roll: str, ready: _Set, tell: Callable[[str], None]) -> AbstractContextManager[rolls.Compared]:
    return rolls.compared(
        exchange.lake(),
        exchange.contracts(),
        ready.used,
        roll,
        ready.plan,
        ready.day,
        ref=ready.ref,
        key=settings.LINKING_KEY,
        within=ready.within,
        tell=tell,
    )


def _batch(asked: queries.RunAsked, ready: _Set, made: rolls.Compared) -> Batch:
    return Batch(
        ref=ready.ref,
        roll=asked.roll,
        against=[*(check.code for check in ready.plan.checks), *ready.plan.counted],
        snapshot=asked.snapshot,
        on=ready.day,
        area=asked.area,
        persons=made.found.persons,
        anomalies=made.found.anomalies,
        kinds=dict(made.found.kinds),
        pairs=made.found.pairs,
        silent=list(ready.silent),
        sources=[
            {"dataset": code, "batch": load.batch, "as_of": load.as_of.isoformat()}
            for code, of in sorted(ready.used.items())
            for load in of
        ],
        object=made.sha256,
    )


def _lists(roll: str, ready: _Set, made: rolls.Compared) -> list[dict[str, Any]]:
    """What each list said: how many people it holds, and whether its silence about the rest means "nothing"."""
    told: list[dict[str, Any]] = []
    for code in (*ready.plan.lists(roll), *ready.silent):
        if code in ready.silent:
            told.append({"dataset": code, "said": "no_answer", "found": None, "as_of": None})
            continue
        as_of = max(load.as_of for load in ready.used[code])
        fresh = is_fresh(as_of, exchange.contracts()[code].rhythm, ready.day)
        told.append(
            {
                "dataset": code,
                "said": "answered" if fresh else "stale",
                "found": made.found.found[code],
                "as_of": as_of.isoformat(),
            }
        )
    return told


# ---- the worker ---------------------------------------------------------------------------------------------------------


def work_off(*, at: datetime | None = None) -> int:
    """Carry out every check that waits, the oldest first; returns how many. While another worker is at it, none."""
    with rolls.one_at_a_time(exchange.lake(), wait=False) as mine:
        if not mine:
            return 0
        done = 0
        while (run := queries.run_waiting()) is not None:
            try:
                carry_out(run, by=WORKER, at=at or now())
            except (NotAllowed, NotLoaded, RuleError) as why:
                log.warning("check %s could not be made: %s", run, why)
            done += 1
        return done


def work_until(stopped: Callable[[], bool], *, pause: float = 1.0) -> None:
    """Carry out checks as they are asked for, until told to stop."""
    while not stopped():
        close_old_connections()
        if not work_off():
            time.sleep(pause)
