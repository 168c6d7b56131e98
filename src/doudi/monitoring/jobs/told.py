"""People the village told of: found in the newest cycle, and somebody is asked to go and see them."""

from __future__ import annotations

from datetime import datetime

from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.monitoring import actions
from doudi.monitoring.gateways import records
from doudi.office.core import Party
from doudi.registry import actions as keeping
from doudi.registry import queries as registry

BY = Party.system("evaluate")


def send_somebody(lake: Lake, made: Cycle, *, at: datetime) -> int:
    """Ask for a visit to everybody told of whom this cycle has for the first time; says to how many. Again, nothing changes."""
    told = {one.ref: one for one in registry.told_until(made.on)}
    found = {ref: pid for ref, pid in records.told_in(lake, made).items() if ref in told and told[ref].pid != pid}
    for ref, pid in sorted(found.items()):
        if not told[ref].pid:  # who is found under another id now was asked after then
            actions.ask_visit(pid=pid, why="村里说有这个人，哪个部门的数据里都查不到，请去看看。", reason_ref=ref, by=BY, at=at)
    keeping.place_told(found, by=BY, at=at)
    return len(found)
