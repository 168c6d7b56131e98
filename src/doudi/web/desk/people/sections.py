"""Parts of a person's page: tiers with dates, what is not known, and how things stood on an earlier day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doudi.exchange import queries as exchange
from doudi.office.core import NotAllowed
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook
from doudi.web.parts.known import dimensions, row_words

if TYPE_CHECKING:
    from doudi.web.desk.person.parts import Asked


def standing(asked: Asked) -> dict[str, Any]:
    """In which tier from when to when, and why it ended."""
    return {"spells": registry.spells(asked.pid, asked.viewer)}


def unseen(asked: Asked) -> dict[str, Any]:
    """What is not known of the person and of the household, item by item; what the village said; asking for a visit."""
    own = registry.unseen(asked.pid, asked.viewer)
    home = None
    try:
        pids = [one.pid for one in registry.household(asked.pid, asked.viewer).members if one.together]
        home = registry.unseen_home(pids, asked.viewer) if len(pids) > 1 else None
    except (registry.NotKnown, NotAllowed):  # no household, or somebody of it lives elsewhere
        home = None
    told = registry.told(asked.pid, asked.viewer) if asked.viewer.may("visit.record") else ()
    return {"own": own, "home": home, "told": told, "pid": asked.pid, "may_ask": asked.viewer.may("alert.assign")}


def then(asked: Asked) -> dict[str, Any]:
    """How things stood on a day, as we knew it on a day; today where none is named."""
    known_on = asked.known_on or asked.today
    on = asked.on or known_on
    context: dict[str, Any] = {"on": on, "known_on": known_on, "today": asked.today, "kept": asked.request.GET}
    if asked.on is None and asked.known_on is None:
        return context
    try:
        found = registry.as_of(asked.pid, on, known_on, asked.viewer)
    except registry.NothingThen as why:
        return context | {"problem": str(why).partition("管理员")[0]}
    contracts, rules = exchange.contracts(), rulebook.pack()
    return context | {
        "found": found,
        "members": [one for one in found.members if one["pid"] != asked.pid],
        "dimensions": dimensions(found.facts, found.household_facts, found.rows, rules, contracts),
        "rows": [row_words(row, contracts.get(row.dataset)) for row in found.rows],
    }
