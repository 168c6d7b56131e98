"""What became of every planted mistake: turned back or noticed for the right reason, put right, put wrong, or missed; and whether
anything was turned back that was no mistake."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.engine.columns import Texts, read_column, read_numbers
from doudi.engine.contract import Column
from doudi.engine.lake import Lake
from doudi.exchange import queries
from doudi.sample.city.published import NothingPublished, files
from doudi.sample.city.score import Planted

# Which comparison would notice a wrong cell that can be read.
_CHECK_OF = {"birth_date": "birth", "sex": "sex", "name": "name", "citizen_no": "name", "area_code": "area"}
_CHECK_OF_TYPE = {"money": "unit", "text": "damaged"}
_PLAIN = ("birth", "sex", "unit", "damaged")  # comparisons that need no other source: here a row that differs was spoilt
_CHECKED_BY_NUMBER = ("birth", "sex", "name")


@dataclass
class Kind:
    """What became of the planted cells of one kind."""

    planted: int = 0
    right: int = 0  # taken, and says what is true
    noticed: int = 0  # turned back, left unknown with a reason, or found to disagree with something else
    wrongly: int = 0  # says neither what is true nor what was written
    missed: int = 0  # taken as it was written
    repeated: int = 0  # the row said what another did, and was not taken twice
    reasons: Counter[str] = field(default_factory=Counter)

    def told(self) -> dict[str, Any]:
        return {
            "planted": self.planted,
            "right": self.right,
            "noticed": self.noticed,
            "wrongly": self.wrongly,
            "missed": self.missed,
            "repeated": self.repeated,
            "reasons": dict(self.reasons.most_common()),
        }


def quality(planted: Planted, lake: Lake) -> dict[str, Any]:
    """Score every planted cell of the feeds and every cell that was turned back.

    :raises NothingPublished: nothing has been loaded
    """
    cells = planted.table("cells")
    cells = cells.filter(pc.equal(cells["snapshot"], ""))
    names = files()
    if not names:
        raise NothingPublished("Nothing has been loaded. Run `doudi feeds load` first.")
    differing = queries.differing_objects(list(names))
    rejects = {load.pk: load for load in queries.with_rejects()}
    kinds: defaultdict[str, Kind] = defaultdict(Kind)
    turned: Counter[str] = Counter()
    invented: Counter[str] = Counter()
    suspected: Counter[str] = Counter()
    silent = right_reason = 0
    of_file = {batch: name for batch, name in names.items()}
    by_file = _by_file(cells)
    objects = queries.objects_of(list(names))
    for batch, name in sorted(of_file.items()):
        dataset, path = objects[batch]
        contract = queries.contracts()[dataset]
        here = by_file.get(name)
        reasons = _reasons(lake, rejects[batch].rejects) if batch in rejects else {}
        found = _differ(lake, differing.get(batch, ""))
        landed = pq.read_table(lake.object(path))
        if here is not None:
            dropped, good = _one(here, contract.by_name, landed, reasons, found, kinds)
            silent, right_reason = silent + dropped, right_reason + good
        spoilt = set() if here is None else set(zip(here["row_no"].to_pylist(), here["field"].to_pylist(), strict=True))
        spoilt_rows = {row for row, _ in spoilt}
        for row, checks in found.items():
            suspected.update(check for check in checks if check in _PLAIN and row not in spoilt_rows)
        for (row, column), reason in reasons.items():
            turned[reason] += 1
            if (row, column) not in spoilt:
                invented[reason] += 1
    return {
        "kinds": {kind: kinds[kind].told() for kind in sorted(kinds)},
        "turned_back": {
            "cells": turned.total(),
            "for_the_right_reason": right_reason,
            "silently_left_out": silent,
            "invented": invented.total(),
            "invented_by_reason": dict(invented),
            "by_reason": dict(turned.most_common()),
        },
        "suspected_without_cause": {
            "rows": suspected.total(),
            **dict(suspected),
        },
    }


def _by_file(cells: pa.Table) -> dict[str, pa.Table]:
    """The planted cells of each file."""
    ordered = cells.sort_by("file")
    names = ordered["file"].to_pylist()
    found, begin = {}, 0
    for at in range(1, len(names) + 1):
        if at == len(names) or names[at] != names[begin]:
            found[names[begin]] = ordered.slice(begin, at - begin)
            begin = at
    return found


def _reasons(lake: Lake, rejects: str) -> dict[tuple[int, str], str]:
    table = pq.read_table(lake.object(rejects), columns=["row_no", "problems"])
    rows = zip(table["row_no"].to_pylist(), table["problems"].to_pylist(), strict=True)
    return {(row, one["field"]): one["reason"] for row, problems in rows for one in problems}


def _differ(lake: Lake, differing: str) -> dict[int, set[str]]:
    if not differing:
        return {}
    table = pq.read_table(lake.object(differing))
    return dict(zip(table["row_no"].to_pylist(), map(set, table["checks"].to_pylist()), strict=True))


def _typed(column: Column, texts: pa.ChunkedArray) -> tuple[list[Any], list[str]]:
    """What texts say when read alone, and why not."""
    read = Texts.of(texts.combine_chunks().cast(pa.string()).dictionary_encode())
    if column.type == "citizen_no":
        numbers = read_numbers(read)
        return numbers.values.cast(pa.string()).to_pylist(), numbers.states.cast(pa.string()).to_pylist()
    done = read_column(column, read)
    values = done.values.dictionary_decode() if pa.types.is_dictionary(done.values.type) else done.values
    reasons = [done.told[at] for at in done.reasons] if done.reasons is not None else [""] * len(texts)
    return values.to_pylist(), reasons


def _one(
    cells: pa.Table,
    columns: dict[str, Column],
    landed: pa.Table,
    reasons: dict[tuple[int, str], str],
    found: dict[int, set[str]],
    kinds: defaultdict[str, Kind],
) -> tuple[int, int]:
    """Judge the planted cells of one file: how many were left out without a word, how many turned back for the right reason."""
    at = dict(zip(landed["row_no"].to_pylist(), range(len(landed)), strict=True))
    rejected = {row for row, _ in reasons}
    silent = good = 0
    for name in sorted(set(cells["field"].to_pylist())):
        column = columns.get(name)
        if column is None:
            continue
        some = cells.filter(pc.equal(cells["field"], name))
        true, _ = _typed(column, some["true"])
        wrote, why = _typed(column, some["written"])
        values = landed[name].to_pylist()
        for row, kind, is_true, is_written, reason in zip(
            some["row_no"].to_pylist(), some["kind"].to_pylist(), true, wrote, why, strict=True
        ):
            one = kinds[kind]
            one.planted += 1
            cannot = column.type != "citizen_no" and bool(reason)  # read alone; a whole column may tell more
            if told := reasons.get((row, name)):
                one.noticed += 1
                one.reasons[told] += 1
                good += cannot and told == reason
            elif row not in at:
                if row in rejected:
                    one.noticed += 1  # turned back for another cell of the row
                else:
                    one.repeated += 1
            elif values[at[row]] == is_true:
                one.right += 1
            elif values[at[row]] is None and column.type == "citizen_no":
                one.noticed += 1
                one.reasons[reason] += 1
            elif values[at[row]] is None and cannot:
                one.wrongly += 1
                silent += 1
            elif _CHECK_OF.get(name, _CHECK_OF_TYPE.get(column.type, "")) in found.get(row, ()) or (
                column.type == "citizen_no" and found.get(row, set()) & set(_CHECKED_BY_NUMBER)
            ):
                one.noticed += 1
                one.reasons["disagrees"] += 1
            elif values[at[row]] == is_written:
                one.missed += 1
            else:
                one.wrongly += 1
    return silent, good
