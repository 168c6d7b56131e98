"""The people of a roll as they are asked about by private matching: one row of each who has a number that can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from doudi.engine.contract import Contract
from doudi.engine.lake import Lake
from doudi.engine.linkage import Landed, source
from doudi.engine.lookup import Lookup, own_pid
from doudi.engine.sql import connect, quote


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on a roll: one of their rows."""

    number: str
    name: str
    area: str
    batch: int
    row_no: int


def listed(lake: Lake, contract: Contract, loads: Sequence[Landed], within: str) -> tuple[list[Listed], int]:
    """Everybody on a roll in an area who has a number that can be read, ordered by it, and how many rows have none."""
    area = "s.area_code" if "area_code" in contract.by_name else "NULL::VARCHAR"
    with lake.workshop() as workshop, connect(workshop) as con:
        said = f"({source(loads)}) s"
        here = f"starts_with(coalesce({area}, {quote(within)}), {quote(within)})"
        (unread,) = con.execute(f"SELECT count(*) FROM {said} WHERE s.citizen_no IS NULL AND {here}").fetchone() or (0,)
        rows = con.execute(
            f"""SELECT citizen_no, coalesce(s.name, ''), coalesce({area}, ''), batch, row_no FROM {said}
            WHERE s.citizen_no IS NOT NULL AND {here}
            QUALIFY row_number() OVER (PARTITION BY citizen_no ORDER BY batch, row_no) = 1 ORDER BY citizen_no"""
        ).fetchall()
    return [Listed(*row) for row in rows], unread


def delivered(batch: int, row_no: int) -> dict[str, Any]:
    """The values of a row of a roll, as they were delivered; empty where the published register does not hold it."""
    found = Lookup(settings.LAKE).delivered(batch, row_no)
    return dict(found["values"]) if found else {}


def pid_of(one: Listed) -> str:
    """Who somebody on a roll is: in the register, or by their number alone where it does not know them."""
    found = Lookup(settings.LAKE).by_number(one.number, settings.LINKING_KEY)
    return found["pid"] if found else own_pid(one.number, settings.LINKING_KEY)
