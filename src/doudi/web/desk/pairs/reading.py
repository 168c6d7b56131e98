"""Pairs in words: what kind of doubt it is, what was compared, and which rows say what, by whose label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doudi.registry import queries
from doudi.registry.core import pairs as core
from doudi.web.parts.known import worded

MARKS = {"agree": ("✓ 一样", "pine"), "differ": ("✗ 不一样", "red"), "unknown": ("没写", "plain")}
TONES = {"strong": "pine", "some": "blue", "none": "plain", "against": "amber"}
# Columns that say who and where somebody is; the rest of a row is nobody's business here.
WHO = frozenset(("name", "citizen_no", "sex", "birth_date", "address", "phone", "household_no", "booklet_no"))


def line(row: queries.PairRow, contracts: Mapping[str, Any]) -> dict[str, Any]:
    """One pair as a line of the queue."""
    source, verdict = _source(contracts.get(row.dataset)), core.VERDICTS.get(row.verdict, "")
    return {"row": row, "kind": core.PAIR_KINDS[row.kind], "source": source, "verdict": verdict}


def _source(contract: Any) -> str:
    return f"{contract.department} · {contract.label}" if contract else ""


def shown(found: queries.PairDetail, contracts: Mapping[str, Any]) -> dict[str, Any]:
    """One pair as its page needs it."""
    one, other = found.one.born_on, found.other.born_on
    apart = abs((one - other).days) if one and other else None
    levels = [core.level_words(what, how, apart) for what, how in found.why]
    return {
        "pair": found,
        "kind": core.PAIR_KINDS[found.kind],
        "source": _source(contracts.get(found.dataset)),
        "names": (found.one.particulars["name"] or "没写名字", found.other.particulars["name"] or "没写名字"),
        "compared": [{"one": one, "mark": MARKS[one.mark]} for one in found.compared],
        "levels": [{"words": words, "says": core.SAYS[says], "tone": TONES[says]} for words, says in levels],
        "sides": [
            {"title": title, "rows": [_row(row, contracts.get(row.dataset)) for row in side.rows], "side": side}
            for title, side in (("左边从哪里来", found.one), ("右边从哪里来", found.other))
        ],
        "needs": {verdict: core.against_the_machine(verdict, found.probability) for verdict in core.VERDICTS},
    }


def _row(row: queries.SourceRow, contract: Any) -> dict[str, Any]:
    """A delivered row, only what it says of who somebody is."""
    pairs, who = [], {f"{row.role}_name", f"{row.role}_no"} if row.role else WHO
    for column in contract.columns if contract else ():
        value = row.values.get(column.name)
        if value not in (None, "") and column.name in who:
            words = column.codes.get(str(value), [str(value)])[0] if column.codes else worded(value)
            pairs.append((column.label, words))
    label = _source(contract) or row.dataset
    return {"label": label, "as_of": row.as_of, "batch": row.batch, "row_no": row.row_no, "pairs": pairs}
