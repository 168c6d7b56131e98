"""What is over its time: listed for a person, and taken away once a person said yes. Killed anywhere, run again, the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from doudi.casework import queries as casework
from doudi.engine import destroying
from doudi.exchange import actions
from doudi.exchange import queries as exchange
from doudi.exchange.core.retention import Item
from doudi.office import queries as office
from doudi.office.core import Party
from doudi.registry import actions as keeping
from doudi.registry import queries as registry

BY = Party.system("retain")


def over(at: datetime) -> list[Item]:
    """What is over its time and may go; what an open case stands on stays."""
    if "all" in {one.scope for one in exchange.holds()}:
        return []
    found = exchange.over(at, needed=casework.loads_in_work())
    rule = {one.kind: one for one in exchange.retention_rules(at)}.get("contact")
    if rule is not None and rule.days is not None:
        before = at - timedelta(days=rule.days)
        people = registry.contacts_over(before, office.today(before), casework.people_in_work())
        found += [Item("contact", pid, office.today(kept_at), 1, 0) for pid, kept_at in people]
    return found


def plan() -> str:
    """Keep the list for a person to approve; says its name, "" when nothing is over its time."""
    at = office.now()
    made = actions.plan_disposal(over(at), by=BY, at=at)
    return made.ref if made else ""


def carry_out() -> dict[str, int]:
    """Destroy every approved list, sparing what must stay since; says how many things of each list are gone."""
    at = office.now()
    done = {}
    for ref in exchange.approved():
        found = exchange.disposal(ref)
        if found is None:
            continue
        # a list of which part is gone already, because somebody pulled the plug, is gone through again from the start
        free = {(one.kind, one.name) for one in over(at)}
        gone = [one for one in found[1] if (one.kind, one.name) in free or _is_gone(one)]
        going = {one.name for one in gone if one.kind == "cycle"}
        for one in gone:
            if one.kind != "contact":
                destroying.destroy(exchange.lake(), one.kind, one.name, going)
        people = [one.name for one in gone if one.kind == "contact"]
        for first in range(0, len(people), 500):
            keeping.erase_contact(
                people[first : first + 500], why="PIPL Art. 19、47", held=sorted(casework.people_in_work()), by=BY, at=at
            )
        actions.finish_disposal(gone, ref=ref, by=BY, at=at)
        done[ref] = len(gone)
    return done


def _is_gone(one: Item) -> bool:
    """Whether an earlier try, cut off, took it away already."""
    if one.kind == "contact":
        return not registry.has_contact(one.name)
    return not destroying.is_there(exchange.lake(), one.kind, one.name)
