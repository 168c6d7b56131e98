"""`doudi lake`: what was true on a day, what was known on a day; deliveries withdrawn; what is over its time destroyed."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import Any

import click

from doudi.config.cli import answer, could_not, new_database, start_django

DAY = click.DateTime(["%Y-%m-%d"])


def register(cli: click.Group) -> None:
    cli.add_command(lake)


@click.group()
def lake() -> None:
    """What departments said and when: one person or a count as of a day, deliveries taken back, retention."""


def _days(on: datetime.datetime | None, known_on: datetime.datetime | None) -> tuple[datetime.date, datetime.date]:
    from doudi.office import queries as office

    known = known_on.date() if known_on else office.today(office.now())
    return (on.date() if on else known), known


@lake.command()
@click.argument("pid")
@click.option("--on", type=DAY, help="the day it is true of; by default the day it was known on")
@click.option("--known-on", type=DAY, help="as we knew it at the end of this day; today by default")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def show(pid: str, on: datetime.datetime | None, known_on: datetime.datetime | None, as_json: bool) -> None:
    """Show one person as of a day: who they were, with whom they lived, every fact, and the rows it came from."""
    start_django()
    new_database()
    from doudi.registry import queries

    day, known = _days(on, known_on)
    try:
        found = queries.as_of_unwatched(pid, day, known)
    except queries.NothingThen as why:
        could_not(str(why), as_json=as_json)
    facts = {name: value for name, value in found.facts.items() if value is not None}
    home = {name: value for name, value in found.household_facts.items() if value is not None}
    told: dict[str, Any] = {
        "person": found.person,
        "cycle": found.cycle,
        "on": found.on,
        "known_at": found.known_at,
        "members": [{name: one[name] for name in ("pid", "name", "relation", "born_on")} for one in found.members],
        "facts": facts,
        "household_facts": home,
        "rows": [
            {"dataset": row.dataset, "batch": row.batch, "row_no": row.row_no, "as_of": row.as_of, "values": row.values}
            for row in found.rows
        ],
    }

    def lines() -> list[str]:
        head = f"{day} as known on {known}: cycle {found.cycle}, which judges {found.on}, known since {found.known_at:%F %R}"
        if found.person is None:
            return [head, f"{pid}: no department spoke of this person then"]
        who = found.person
        shown = [head, f"{who['name']}  {who['area']}  tier {who['tier'] or '-'}"]
        shown += [f"  lives with {one['name']} ({one['relation']})" for one in told["members"] if one["pid"] != pid]
        shown += [f"  {name} = {value}" for name, value in (facts | home).items()]
        shown += [f"  from {row['dataset']} of {row['as_of']}, batch {row['batch']} row {row['row_no']}" for row in told["rows"]]
        return shown

    answer(told, as_json=as_json, lines=lines)


@lake.command()
@click.option("--area", default="", help="a place, by the beginning of its code; everywhere by default")
@click.option("--on", type=DAY, help="the day it is true of; by default the day it was known on")
@click.option("--known-on", type=DAY, help="as we knew it at the end of this day; today by default")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def count(area: str, on: datetime.datetime | None, known_on: datetime.datetime | None, as_json: bool) -> None:
    """Count the people of each tier as of a day."""
    start_django()
    new_database()
    from doudi.registry import queries

    day, known = _days(on, known_on)
    try:
        found = queries.counts_unwatched(day, known, area)
    except queries.NothingThen as why:
        could_not(str(why), as_json=as_json)
    told = {"cycle": found.cycle, "on": found.on, "known_at": found.known_at, "tiers": found.tiers}

    def lines() -> list[str]:
        head = f"{day} as known on {known}: cycle {found.cycle}, which judges {found.on}"
        return [head, *(f"{tier:20} {n:>9,}" for tier, n in sorted(found.tiers.items(), key=lambda one: -one[1]))]

    answer(told, as_json=as_json, lines=lines)


@lake.command()
@click.option("--on", type=DAY, required=True, help="the day it is true of")
@click.option("--known-on", type=DAY, help="from what had arrived by the end of this day; today by default")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def rebuild(on: datetime.datetime, known_on: datetime.datetime | None, as_json: bool) -> None:
    """Work out a past day as it was known then, and keep it beside the cycle that counts now. Twice changes nothing."""
    start_django()
    new_database()
    from doudi.monitoring import jobs

    day, known = _days(on, known_on)
    try:
        made = jobs.rebuild(day, known)
    except (jobs.CannotRestore, jobs.NothingLoaded) as why:
        could_not(str(why), as_json=as_json)
    told = {"cycle": made.cycle.id, "on": made.cycle.on, "already": made.already, "persons": made.cycle.counts["persons"]}
    answer(told, as_json=as_json, lines=lambda: [f"{made.cycle.id}{' (was there already)' if made.already else ''}"])


@lake.command()
@click.argument("cycle")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def restore(cycle: str, as_json: bool) -> None:
    """Build the missing objects of a kept cycle again, the same to the byte."""
    start_django()
    new_database()
    from doudi.monitoring import jobs

    try:
        made = jobs.restore(cycle)
    except jobs.CannotRestore as why:
        could_not(str(why), as_json=as_json)
    answer({"cycle": made.id, "manifest": made.sha256}, as_json=as_json, lines=lambda: [f"{made.id} is whole again"])


@lake.command()
@click.argument("load", type=int)
@click.option("--why", required=True, help="the reason, for the department and for later")
@click.option("--back", is_flag=True, help="put a withdrawn delivery back")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def withdraw(load: int, why: str, back: bool, as_json: bool) -> None:
    """Take a delivery (by its number) out of what counts, from the next cycle on; nothing is deleted."""
    start_django()
    new_database()
    from doudi.exchange import actions
    from doudi.office.core import NotAllowed, Party
    from doudi.office.queries import now

    act = actions.reinstate_load if back else actions.withdraw_load
    try:
        done = act(load=load, why=why, by=Party.system("lake"), at=now())
    except NotAllowed as told:
        could_not(str(told), as_json=as_json)
    result = {"load": done.pk, "dataset": done.dataset, "withdrawn": done.withdrawn_at is not None}
    words = "is withdrawn" if done.withdrawn_at else "counts again"
    answer(
        result, as_json=as_json, lines=lambda: [f"{done.dataset} {done.as_of} ({done.file_name}) {words} from the next cycle on"]
    )


@lake.command()
@click.option("--dry-run", "how", flag_value="look", default=True, help="only say what is over its time and why")
@click.option("--plan", "how", flag_value="plan", help="keep the list, for a person to approve on the page of retention")
@click.option("--go", "how", flag_value="go", help="destroy the lists a person has approved")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def retain(how: str, as_json: bool) -> None:
    """Destroy what is over its time: first listed, then approved by a person, then gone. Killed and run again: the same."""
    start_django()
    new_database()
    from doudi.exchange import queries
    from doudi.monitoring import jobs
    from doudi.office.queries import now

    at = now()
    if how == "go":
        done = jobs.carry_out()
        answer(
            {"done": done},
            as_json=as_json,
            lines=lambda: [f"{ref}: {n:,} gone" for ref, n in done.items()] or ["No list is approved."],
        )
    items = jobs.over(at)
    ref = jobs.plan() if how == "plan" else ""
    law = {one.kind: one for one in queries.retention_rules(at)}
    told: dict[str, Any] = {
        "plan": ref,
        "items": [asdict(one) for one in items],
        "rules": [{"kind": one.kind, "days": one.days, "article": one.article, "why": one.why} for one in law.values()],
        "holds": [{"scope": one.scope, "why": one.why} for one in queries.holds()],
    }

    def lines() -> list[str]:
        shown = [f"HELD {one['scope']}: {one['why']}" for one in told["holds"]]
        for kind, rule in law.items():
            of_kind = [one for one in items if one.kind == kind]
            size = sum(one.size for one in of_kind)
            kept = f"after {rule.days} days" if rule.days is not None else "never"
            shown.append(
                f"{kind:10} {len(of_kind):>6,} over their time, {size / 1e6:,.1f} MB  ({kept}; {rule.article}: {rule.why})"
            )
            shown += [f"    {one.name}  since {one.kept_since}  {one.rows:,} rows" for one in of_kind[:20]]
        return [*shown, f"plan {ref}: waits for a person" if ref else f"{len(items):,} things are over their time"]

    answer(told, as_json=as_json, lines=lines)
