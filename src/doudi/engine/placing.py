"""One new record placed among everybody, in a few milliseconds: whose is it, how sure, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.engine.contract import Contract
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.engine.linkage import Role
from doudi.engine.lookup import Lookup

Why = tuple[tuple[str, str], ...]  # what was compared and how far it agrees, as in the `why` of the cycle's pairs


@dataclass(frozen=True)
class Record:
    """What a new row says about who it is; empty where it says nothing."""

    dataset: str
    role: str = ""
    number: str = ""  # a number that can be trusted, in eighteen characters
    written: str = ""  # the number as written where it cannot
    name: str = ""
    born: date | None = None
    area: str = ""
    place_no: str = ""  # the household number of the roll, or of the booklet
    guardian: str = ""  # the trusted number of the guardian
    spouse: str = ""  # the trusted number of the other spouse


def record_of(contract: Contract, role: Role, row: Mapping[str, Any]) -> Record:
    """A row as it landed (column → value, `…_raw` beside numbers) as a record."""
    own = row if not role.called else {}
    spouse = "spouse_no" if not role.called else "citizen_no"
    return Record(
        contract.code,
        role.called,
        row.get(role.number) or "",
        "" if row.get(role.number) else row.get(role.number + "_raw") or "",
        row.get(role.name) or "",
        own.get("birth_date"),
        own.get("area_code") or "",
        own.get("household_no") or own.get("booklet_no") or "",
        own.get("guardian_no") or "",
        row.get(spouse) or "" if "spouse_no" in contract.by_name else "",
    )


@dataclass(frozen=True)
class Candidate:
    """Somebody a record may be about."""

    pid: str
    probability: float
    weight: float  # log2 of the odds of all that was compared
    why: Why


@dataclass(frozen=True)
class Placement:
    """Where a record belongs. pid is None where nobody fits well enough; `candidates` are the likely ones, likeliest first."""

    pid: str | None
    probability: float
    why: Why
    candidates: Sequence[Candidate]


def place(lake: Lake, cycle: Cycle, record: Record, key: str) -> Placement:
    """Find the person a record is about, by the weights the cycle itself is linked with.

    :param key: the linking key
    """
    lookup = Lookup(lake, cycle.id)
    found = lookup.by_number(record.number, key) if record.number else None
    if found is None and record.name:
        born = record.born
        same = [one for one in lookup.search(record.name, record.area) if born is None or one["born_on"] == born]
        found = same[0] if len(same) == 1 and (born or record.area) else None
    if found is None:
        return Placement(None, 0.0, (), ())
    why: Why = (("number", "same"),) if record.number else (("name", "same"),)
    one = Candidate(found["pid"], 1.0, 0.0, why)
    return Placement(one.pid, one.probability, one.why, (one,))
