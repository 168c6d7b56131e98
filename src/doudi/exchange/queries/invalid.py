"""Reading rows that disagree with another source, and invalid data with what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from doudi.engine import cycle
from doudi.engine.quality import damaged
from doudi.engine.sql import quote
from doudi.exchange.core import quality as core
from doudi.exchange.models import Load, Score
from doudi.exchange.queries.deliveries import contracts, current_loads, lake
from doudi.office.core import NotAllowed, Viewer


@dataclass(frozen=True, slots=True)
class Differing:
    """One row that disagrees: in which checks, what it says, what the other side says."""

    batch: int
    row_no: int
    pid: str
    checks: tuple[str, ...]
    words: str
    field: str
    held: str
    other: str
    where: str


_REGISTER = {"name": "p.name", "died": "p.died_on::VARCHAR", "area": "p.area"}
_FIELD = {"birth": "birth_date", "sex": "sex", "name": "name", "died": "to_date", "area": "area_code"}


def differing(load_id: int, check: str, viewer: Viewer, *, first: int = 0, count: int = 50) -> list[Differing]:
    """Rows of a load that fail a check, a page at a time, with both values.

    :raises NotAllowed: the post does not look after departments' data
    """
    viewer.need("feed.list")
    load = Load.objects.filter(pk=load_id).first()
    one = Score.objects.filter(load=load_id).first()
    contract = contracts().get(load.dataset) if load else None
    if load is None or one is None or not one.differing or contract is None or check not in core.CHECKS:
        return []
    if not viewer.answers_for(contract.department_code):
        return []
    root = lake()
    made = cycle.read(root, one.cycle) if check in _REGISTER else None
    if check in _REGISTER and made is None:
        return []
    register = (
        f"JOIN read_parquet({quote(str(root.object(made.manifest['objects']['person']['sha256'])))}) p USING (pid)"
        if made
        else ""
    )
    with duckdb.connect(":memory:") as con:
        columns = {column.name for column in contract.columns}
        number = "r.citizen_no" if "citizen_no" in columns else "NULL"
        kind = {"unit": "money", "damaged": "text"}.get(check, "")
        field = _FIELD.get(check) or next((one.name for one in contract.columns if one.type == kind), "")
        held = f"r.{field}::VARCHAR" if field in columns else "NULL"
        which = quote(field if field in columns else "")
        if kind == "money":
            held = f"(r.{field} / 100)::VARCHAR"  # yuan, as a file would say it
        if kind == "text":
            texts = [one.name for one in contract.columns if one.type == "text"]
            held = f"CASE {' '.join(f'WHEN {damaged(one)} THEN r.{one}' for one in texts)} END"
            which = f"CASE {' '.join(f'WHEN {damaged(one)} THEN {quote(one)}' for one in texts)} END"
        area = "r.area_code" if "area_code" in columns else "''"
        rows = con.execute(
            f"""SELECT d.row_no, d.pid, d.checks, {which}, {held}, {number}, {area}, {_REGISTER.get(check, "NULL")}
            FROM read_parquet({quote(str(root.object(one.differing)))}) d
            JOIN read_parquet({quote(str(root.object(load.object)))}) r USING (row_no)
            {register} WHERE list_contains(d.checks, ?) AND coalesce({area}, '') LIKE ? ORDER BY d.row_no LIMIT ? OFFSET ?""",
            [check, (viewer.within if len(viewer.within) > 4 else "") + "%", count, first],
        ).fetchall()
    return [
        Differing(
            batch=load.pk,
            row_no=row_no,
            pid=pid or "",
            checks=tuple(checks),
            words=core.CHECKS[check][1],
            field=column or "",
            held=said or "",
            other=known or _other(check, no),
            where=where or "",
        )
        for row_no, pid, checks, column, said, no, where, known in rows
    ]


def _other(check: str, number: str | None) -> str:
    """What the row's own number says; what the register says is looked up by person."""
    if not number:
        return ""
    if check == "birth":
        return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    return ("男" if int(number[16]) % 2 else "女") if check == "sex" else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Invalid data of one dataset and what became of them: of rows once not taken."""

    dataset: str
    label: str
    load: int
    as_of: date
    rejected: int  # rows not taken when the file came
    mended: int  # of these, good by mends
    still: int  # of these, standing yet
    replaced: bool  # a later delivery stands in place of all of them


def standing_invalid(viewer: Viewer, today: date, department: str = "", *, count: int = 100) -> list[Standing]:
    """Rows once not taken, by load: mended, replaced by a later delivery, or standing; those standing first.

    :raises NotAllowed: the post does not look at quality, or not at this department's
    """
    viewer.need("quality.read")
    department = department or viewer.department
    if department and not viewer.answers_for(department):
        raise NotAllowed("只能看自己部门的数据。")
    codes = [one.code for one in contracts().values() if not department or one.department_code == department]
    current = {row.batch for row in current_loads(today)}
    loads = Load.objects.filter(dataset__in=codes, snapshot="", rejected__gt=0, mended_from__isnull=True)
    loads = list(loads.order_by("-received_at", "-id")[:count])
    mended: dict[int, Load] = {}
    for one in Load.objects.filter(mended_from__in=loads, withdrawn_at__isnull=True).order_by("id"):
        mended[one.mended_from_id or 0] = one
    found = []
    for load in loads:
        now = mended.get(load.pk, load)
        found.append(
            Standing(
                dataset=load.dataset,
                label=contracts()[load.dataset].label,
                load=now.pk,
                as_of=load.as_of,
                rejected=load.rejected,
                mended=max(load.rejected - now.rejected, 0),
                still=now.rejected if now.pk in current else 0,
                replaced=now.pk not in current,
            )
        )
    return sorted(found, key=lambda one: (-one.still, -one.rejected))
