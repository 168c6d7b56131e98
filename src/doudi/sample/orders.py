"""The demo's task orders, drafted by one of its directors and approved by the other; the papers' batch checks made under one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from doudi.exchange import jobs as exchange
from doudi.office import queries
from doudi.office.core import Party
from doudi.sample import staff
from doudi.sample.city.checks import SNAPSHOTS, sizes
from doudi.sample.city.plan import Plan
from doudi.verification import actions, jobs
from doudi.verification import queries as verification

ROLLS = ("disability_subsidy", "dibao", "applicant")
PURPOSE = "每月把在册人员和各部门数据放在一起看，有疑点就去核实"
DAYS = 180
COUNTY_LISTS = ("tekun", "died", "certificate", "moved", "prison", "twice")
APPLICANT_LISTS = ("dwelling", "vehicle", "firm", "income", "deposits")


def in_force(at: datetime, *, another: bool = False) -> str:
    """The number of the demo's order over the whole made-up city; drafted and approved the first time, or always another."""
    staff.appoint_all(at=at)
    today, drafter, approver = queries.today(at), queries.clerk("tang"), queries.clerk("jiang")
    if drafter is None or approver is None or (viewer := queries.viewer(drafter, "order.read", at)) is None:
        raise LookupError("the demo's two directors are not appointed today")
    for order in verification.orders(viewer, on=today):
        if order.in_force and order.purpose == PURPOSE and not another:
            return order.number
    drafted = actions.draft_order(
        purpose=PURPOSE,
        rolls=ROLLS,
        datasets=[code for code, _, _ in verification.lists_of_people()],
        area=staff.CITY,
        from_on=today,
        until_on=today + timedelta(days=DAYS),
        by=drafter,
        at=at,
    )
    return actions.approve_order(number=drafted.number, by=approver, at=at).number


@dataclass(frozen=True)
class Figure:
    """One check the papers tell of: how many people on the list and how many to look at, found and planted."""

    name: str
    roll: str
    listed: int  # on the list as it was delivered; of the running roll some lines are rejected or speak of one person twice
    persons: int  # told apart
    anomalies: int
    planted_listed: int
    planted_anomalies: int

    @property
    def right(self) -> bool:
        return (self.listed, self.anomalies) == (self.planted_listed, self.planted_anomalies)


def papers_checks(city: Path, *, at: datetime, say: Callable[[str], None]) -> Iterator[Figure]:
    """Make the papers' checks on a made-up city, one after the other: the running rolls, then the lists of their own days.

    :param city: the folder of the city; its feeds are loaded already, the frozen lists are loaded here
    :raises FileNotFoundError: it holds no city
    :raises NotLoaded: its feeds are not loaded
    """
    made = json.loads((city / "manifest.json").read_text())
    plan = Plan(made["profile"], made["seed"], date.fromisoformat(made["as_of"]))
    order = in_force(at)
    by = Party.system("feeds")
    planted = plan.p1_plain + sum(plan.p1_repair.values())
    done = jobs.run_batch("disability_subsidy", ["tekun"], order=order, by=jobs.WORKER, at=at, on=plan.as_of)
    with next((city / "feeds").glob("*_disability_subsidy.csv")).open("rb") as file:
        listed = sum(1 for _ in file) - 1
    told = (done.batch.persons, done.batch.anomalies, plan.feed("disability_subsidy")[0], planted)
    yield Figure("P1", done.batch.roll, listed, *told)
    for snapshot in SNAPSHOTS:
        say(snapshot)
        exchange.pick_up(city / "checks" / snapshot, by=by, at=at, snapshot=snapshot)
        roll, kinds, _ = sizes(plan, snapshot)
        name, words = (
            ("applicant", APPLICANT_LISTS)
            if (city / "checks" / snapshot / "applicant.csv").exists()
            else (ROLLS[0], COUNTY_LISTS)
        )
        done = jobs.run_batch(name, words, order=order, by=jobs.WORKER, at=at, snapshot=snapshot)
        told = (done.batch.persons, done.batch.anomalies, roll, sum(kinds.values()))
        yield Figure(snapshot.upper(), name, done.batch.persons, *told)
