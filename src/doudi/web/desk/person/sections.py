"""What the parts of a person's page show: read from each room, put into plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from doudi.casework import core as cases
from doudi.casework import queries as casework
from doudi.exchange import queries as exchange
from doudi.monitoring import queries as monitoring
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.payment import queries as payment
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook
from doudi.web.desk.alerts.reading import LEVELS, explanation
from doudi.web.desk.today.views import STATES
from doudi.web.parts.known import differing, dimensions, row_words

if TYPE_CHECKING:
    from doudi.web.desk.person.parts import Asked


def home(asked: Asked) -> dict[str, Any]:
    """Who lives together, as the register and they themselves say."""
    try:
        found = registry.household(asked.pid, asked.viewer)
    except (registry.NotKnown, NotAllowed):  # no household, or one registered elsewhere
        found = None
    return {"home": found, "now": asked.at}


def known(asked: Asked) -> dict[str, Any]:
    """Every fact the last cycle knows, by part of life, with who said it; what nobody said is unknown, not no."""
    page = registry.person_page(asked.pid, asked.viewer)
    found = dimensions(page.facts, page.household_facts, page.rows, rulebook.pack(), exchange.contracts())
    return {"dimensions": found, "any": any(one.facts or one.nots for one in found)}


def differs(asked: Asked) -> dict[str, Any]:
    """What sources say differently of the person, side by side."""
    return {"differing": differing(registry.person_page(asked.pid, asked.viewer).rows, exchange.contracts())}


def rows(asked: Asked) -> dict[str, Any]:
    """Every delivered row about the person."""
    page = registry.person_page(asked.pid, asked.viewer)
    contracts = exchange.contracts()
    return {"rows": [row_words(row, contracts.get(row.dataset)) for row in page.rows]}


def cases_(asked: Asked) -> dict[str, Any]:
    """Cases and benefits."""
    return {
        "cases": [
            {
                "row": row,
                "receipt": cases.show_receipt(row.receipt),
                "href": reverse("desk:case", args=[row.ref]),
                "tone": STATES[row.state][1],
            }
            for row in casework.cases_of(asked.pid, asked.viewer, at=asked.at)
        ]
    }


def money(asked: Asked) -> dict[str, Any]:
    """What was paid on the person's cases, latest first."""
    rows = casework.cases_of(asked.pid, asked.viewer, at=asked.at) if asked.viewer.may("case.read") else ()
    paid = [line for row in rows for line in payment.payments_of(row.ref, asked.viewer)]
    return {"lines": sorted(paid, key=lambda one: one.for_month, reverse=True)[:24]}


def alerts(asked: Asked) -> dict[str, Any]:
    """What the cycles noticed."""
    rules = rulebook.pack()
    return {
        "alerts": [
            {"row": row, "label": explanation(row, asked.today, rules).label, "tone": LEVELS[row.level][1]}
            for row in monitoring.of_person(asked.pid, asked.viewer)
        ]
    }


def consents(asked: Asked) -> dict[str, Any]:
    """What the person agreed to."""
    return {"consents": registry.consents(asked.pid)}


def requests(asked: Asked) -> dict[str, Any]:
    """What the person asked about their own data, and what was answered."""
    return {"requests": registry.requests_of(asked.pid, asked.viewer, asked.today)}


def looks(asked: Asked) -> dict[str, Any]:
    """Who looked and why."""
    return {"looks": time.looks(registry.pids_of(asked.pid))}
