"""After a cycle without a withdrawn delivery: everything that came from it, listed."""

from __future__ import annotations

from datetime import datetime

from doudi.casework import queries as casework
from doudi.exchange import queries as exchange
from doudi.exchange.queries import WithdrawalRow
from doudi.monitoring import actions, queries
from doudi.monitoring.core import Trace
from doudi.monitoring.gateways import origins
from doudi.office.core import Party
from doudi.rulebook import queries as rulebook
from doudi.verification import queries as verification


def look_through(after: str, *, at: datetime) -> int:
    """List what came from each delivery withdrawn before this cycle was made; says for how many. Run again it adds nothing."""
    done = 0
    for one in exchange.withdrawals(still=True):
        if queries.looked_through(one.id) or origins.used(after, {one.load}):
            continue
        _list(one, after, at)
        done += 1
    return done


def _list(one: WithdrawalRow, after: str, at: datetime) -> None:
    before = next((made for made in queries.cycles(until=at) if made != after and origins.used(made, {one.load})), "")
    came = origins.came_of(before, {one.load}, rulebook.pack()) if before else None
    leaning = {row.ref: row for row in came.findings} if came else {}
    now = origins.said(after) if leaning else {}
    different = [ref for ref, row in leaning.items() if now.get(ref) != row.told]
    states = queries.states(different)
    touched = [
        Trace("alert", ref, leaning[ref].pid, leaning[ref].area, "changed" if ref in now else "gone", states[ref])
        for ref in sorted(different)
        if ref in states
    ]
    checks = verification.leaning(one.load)
    cases = casework.leaning(one.load, checks, leaning)
    touched += [Trace("case", row.ref, row.pid, row.area, "look", row.state) for row in cases]
    counts = {
        "rows": one.rows,
        "persons": came.persons if came else 0,
        "households": came.households if came else 0,
        "findings": len(leaning),
        "gone": sum(row.change == "gone" for row in touched),
        "changed": sum(row.change == "changed" for row in touched),
        "checks": len(checks),
        "cases": len(cases),
    }
    actions.keep_aftermath(
        touched,
        withdrawal=one.id,
        load=one.load,
        before=before,
        after=after,
        counts=counts,
        by=Party.system("evaluate"),
        at=at,
    )
