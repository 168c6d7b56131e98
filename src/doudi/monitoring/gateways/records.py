"""Our own case records as one more input of a cycle: landed in the lake like a department's file, and joined like one."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.casework import queries as casework
from doudi.engine import landing, origins
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.exchange import queries as exchange
from doudi.monitoring.core import Seen
from doudi.payment import queries as payment
from doudi.registry import queries as registry

DATASET = "case_record"
OWN_BATCH = 0  # deliveries are numbered from 1
_COLUMNS = ("citizen_no", "name", "area_code", "step", "step_date", "due_date", "programme", "ref")


@dataclass(frozen=True)
class OwnRecords:
    """A landed load of our own: the same records are the same object, so that a cycle over them is the same cycle."""

    dataset: str
    batch: int
    object: Path
    as_of: date


def land(lake: Lake, on: date, met: Iterable[Seen]) -> OwnRecords:
    """Write down what our own cases, payments and visits say about a day, and keep it in the lake under its content.

    Killed anywhere it leaves at most an object nobody names.
    """
    contract = exchange.contracts()[DATASET]
    labels = {column.name: column.label for column in contract.columns}
    known = set(contract.by_name["programme"].codes)
    rows = sorted(_rows(on, met))
    who = registry.identities({row[0] for row in rows})
    with lake.workshop() as workshop:
        path = workshop / "own.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([labels[name] for name in _COLUMNS])
            for pid, area, step, day, due, programme, ref in rows:
                if pid in who:  # whom nobody here knows by name cannot be joined to anybody
                    name, number = who[pid]
                    writer.writerow(
                        [number, name, area, step, day, due, programme if programme in known else "other" * bool(programme), ref]
                    )
            for told in registry.told_until(on):
                writer.writerow(["", told.name, told.area, "told", told.on.isoformat(), "", "", told.ref])
        (landed,) = landing.land_csv(path, {DATASET: contract}, workshop, dataset=DATASET, complete=True, may_be_empty=True)
        return OwnRecords(DATASET, OWN_BATCH, lake.object(lake.keep_object(landed.good)), on)


def known_in(lake: Lake, made: Cycle, on: date) -> OwnRecords | None:
    """Our own records as an earlier cycle had them, up to a day; None when it had none or they are not kept."""
    kept = next((one for one in made.manifest["inputs"] if one["batch"] == OWN_BATCH), None)
    if kept is None or not lake.object(kept["object"]).exists():
        return None
    if made.on <= on:
        return OwnRecords(DATASET, OWN_BATCH, lake.object(kept["object"]), made.on)
    table = pq.read_table(lake.object(kept["object"]))
    then = table.filter(pc.less_equal(table["step_date"], on))
    if len(then) == len(table):
        return OwnRecords(DATASET, OWN_BATCH, lake.object(kept["object"]), on)
    with lake.workshop() as workshop:
        path = workshop / "own.parquet"
        pq.write_table(then, path)
        return OwnRecords(DATASET, OWN_BATCH, lake.object(lake.keep_object(path)), on)


def told_in(lake: Lake, made: Cycle) -> dict[str, str]:
    """Whom a cycle has for each person the village told of: ref of the telling → pid."""
    kept = next((one for one in made.manifest["inputs"] if one["batch"] == OWN_BATCH), None)
    if kept is None:
        return {}
    own = pq.read_table(lake.object(kept["object"]), columns=["row_no", "step", "ref"])
    told = own.filter(pc.equal(own["step"], "told"))
    refs = dict(zip(told["row_no"].to_pylist(), told["ref"].to_pylist(), strict=True))
    return {refs[row_no]: pid for row_no, pid in origins.pids_of_rows(lake, made, OWN_BATCH, list(refs)).items()}


def _rows(on: date, met: Iterable[Seen]) -> Iterator[tuple[str, str, str, str, str, str, str]]:
    """pid, area, step, day, last day, programme, what it belongs to."""
    for row in casework.steps(on):
        yield row.pid, row.area, row.step, row.on.isoformat(), row.due.isoformat() if row.due else "", row.programme, row.ref
    for line in payment.answered(on):
        yield line.pid, line.area, "returned" if line.came_back else "paid", line.on.isoformat(), "", line.programme, line.ref
    for seen in met:
        yield seen.pid, seen.area, "contact", seen.on.isoformat(), "", "", seen.ref
