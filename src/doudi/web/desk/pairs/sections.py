"""The part of a person's page that says by which numbers and names they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doudi.exchange import queries as exchange
from doudi.office.core import mask_number
from doudi.registry import queries

if TYPE_CHECKING:
    from doudi.web.desk.person.parts import Asked


def identity(asked: Asked) -> dict[str, Any]:
    """Numbers, other names, who shares the number, why there is none, and what was decided about the records."""
    known = queries.identity(asked.pid, asked.viewer)
    contracts = exchange.contracts()
    return {
        "known": known,
        "numbers": [mask_number(number) for number in known.numbers],
        "names": [(name, contracts[dataset].label if dataset in contracts else dataset) for name, dataset in known.other_names],
        "decisions": queries.decisions_about(asked.pid, asked.viewer),
        "may_settle": asked.viewer.may("pair.settle"),
        "may_explain": asked.viewer.may("number.explain"),
    }
