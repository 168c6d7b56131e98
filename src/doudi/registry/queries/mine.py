"""What is known of a resident and of their children who are minors, for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doudi.office.queries import today
from doudi.registry.core import Purpose, age_on
from doudi.registry.gateways import register
from doudi.registry.queries.people import NotKnown, PersonRow, SourceRow, _source, consented, me, my_household

GROWN = 18


@dataclass(frozen=True, slots=True)
class MyKnown:
    """Everything known of one person, for the person or a parent: particulars, facts, the household's facts, delivered rows."""

    person: PersonRow
    mine: bool  # of the one signed in, not of their child
    facts: dict[str, Any]
    household_facts: dict[str, Any]
    rows: tuple[SourceRow, ...]
    covered: bool = False  # facts of the household hold other adults', who have not agreed


def my_known(pid: str, at: datetime) -> list[MyKnown]:
    """Everything known of the one signed in, then of their children under eighteen in the same household.

    Whose child somebody is, the register tells by the relation to the head: sons and daughters of the head, for the head and the
    spouse. Others who care for a child show their papers at the window. What is worked out of the whole household holds other
    adults' data: it is shown when all of them agreed to checks of the household.

    :raises NotKnown: nobody of this id
    """
    own = me(pid)
    try:
        home = my_household(pid)
        members = {one.pid: one for one in home.members}
        of_home = register.facts(home.hid)
    except NotKnown:
        members, of_home = {}, {}
    on = today(at)
    others = [one.pid for one in members.values() if one.pid != pid and (age_on(one.born_on, on) or GROWN) >= GROWN]
    covered = bool(of_home) and not set(others) <= consented(others, Purpose.VERIFICATION, at)
    children = []
    if pid in members and members[pid].relation in ("self", "spouse"):
        children = [one.pid for one in members.values() if one.relation in ("son", "daughter") and one.pid != pid]
    found = [MyKnown(own, True, register.facts(pid), {} if covered else of_home, _rows(pid), covered)]
    for child in children:
        person = me(child)
        age = person.age(on)
        if age is not None and age < GROWN:
            found.append(MyKnown(person, False, register.facts(child), {}, _rows(child)))
    return found


def _rows(pid: str) -> tuple[SourceRow, ...]:
    return tuple(_source(row) for row in register.everything(pid))
