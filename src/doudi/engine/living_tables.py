"""Proposed households as the tables a cycle keeps: `living`, who is counted or left out, and `edge`, every tie."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from doudi.engine.households import Proposal
from doudi.engine.living import KINDS, LOOKS, NEVER, RELATIONS, SOURCES, Array, reasons


def living_table(proposal: Proposal, on: date) -> pa.Table:
    """The cycle object `living`, by household: home (n of its head), n, own, counted, reason, article, clause, certain, look.

    own: whether this is the household somebody stands in; of others they may be left out, which is told too.
    """
    told = reasons(on)
    at = pa.array(proposal.reason)

    def word(values: Sequence[Any]) -> pa.DictionaryArray:
        words = list(dict.fromkeys(values))
        places = np.array([words.index(value) for value in values], np.int8)
        return pa.DictionaryArray.from_arrays(pa.array(places[proposal.reason]), pa.array(words))

    counted = np.array([one.counted for one in told])[proposal.reason]
    own = proposal.home[proposal.member] == proposal.of
    return pa.table(
        {
            "home": pa.array(proposal.of.astype(np.int32)),
            "n": pa.array(proposal.member.astype(np.int32)),
            "own": pa.array(own),
            "counted": pa.array(counted),
            "reason": pa.DictionaryArray.from_arrays(at, pa.array([one.code for one in told])),
            "article": word([one.article for one in told]),
            "clause": word([one.clause for one in told]),
            "certain": word([one.certain for one in told]),
            "look": pa.DictionaryArray.from_arrays(
                pa.array(np.where(own, proposal.look[proposal.member], 0).astype(np.int8)), pa.array(LOOKS)
            ),
        }
    )


def to_visit(proposal: Proposal) -> dict[str, int]:
    """How many people carry each reason why somebody should go and see."""
    counts = np.bincount(proposal.look, minlength=len(LOOKS))
    return {word: int(count) for word, count in zip(LOOKS, counts, strict=True) if word and count}


def tie_table(proposal: Proposal) -> pa.Table:
    """The cycle object `edge`: kind, source, a and b (n of people), word, from_on, to_on, batch, row_no, holds; by a and b."""
    ties = proposal.ties
    order = np.lexsort((ties.line, ties.kind, ties.b, ties.a))
    known = ties.line[order] >= 0

    def coded(places: Array, words: Sequence[str]) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(places[order], mask=places[order] < 0), pa.array(words))

    def day(days: Array) -> pa.Array:
        return pa.array(np.where(days == NEVER, 0, days)[order].astype(np.int32), mask=(days == NEVER)[order]).cast(pa.date32())

    return pa.table(
        {
            "kind": coded(ties.kind, KINDS),
            "source": coded(ties.source, SOURCES),
            "a": pa.array(ties.a[order]),
            "b": pa.array(ties.b[order]),
            "word": coded(ties.word, RELATIONS),
            "from_on": day(ties.start),
            "to_on": day(ties.end),
            "batch": pa.array((ties.line[order] >> 32).astype(np.int32), mask=~known),
            "row_no": pa.array((ties.line[order] & 0xFFFFFFFF).astype(np.int32), mask=~known),
            "holds": pa.array(proposal.home[ties.a[order]] == proposal.home[ties.b[order]]),
        }
    )
