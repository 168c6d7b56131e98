"""Reading authorisations as the basis of questions: whose paper stands, and what it carries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from doudi.office.queries import today
from doudi.registry import queries as registry
from doudi.verification.core.basis import Ended, Signed
from doudi.verification.models import Authorisation


def as_signed(rows: Iterable[Authorisation], at: datetime) -> list[Signed]:
    """Papers as the basis reads them; one whose plain yes was taken back anywhere is taken back here too."""
    kept = list(rows)
    given = registry.still_given([row.consent for row in kept], at)
    found = []
    for row in kept:
        signed = Signed(
            number=row.number,
            pid=row.pid,
            role=row.role,
            signer=row.signer,
            subject=row.subject,
            programmes=tuple(row.programmes),
            datasets=tuple(row.datasets),
            household=tuple(row.household),
            from_at=row.from_at,
            until_on=row.until_on,
            ended_at=row.ended_at,
            ended_why=row.ended_why,
        )
        if row.consent not in given and signed.ended_at is None and at >= row.from_at:
            signed = replace(signed, ended_at=at, ended_why=Ended.WITHDRAWN)
        found.append(signed)
    return found


def papers_of(pids: Collection[str], *, at: datetime, subject: str = "") -> dict[str, list[Signed]]:
    """Every authorisation of each of these people, under whatever id it was signed; of one case, when it is named."""
    known_by = registry.together(pids)
    rows = Authorisation.objects.filter(pid__in={one for group in known_by.values() for one in group})
    if subject:
        rows = rows.filter(subject=subject)
    signed = as_signed(rows, at)
    return {pid: [one for one in signed if one.pid in group] for pid, group in known_by.items()}


def signed_for(subject: str, *, at: datetime) -> dict[tuple[str, str], Signed]:
    """The authorisations of a case that hold at a moment, by (pid, role). What they carry, `actions.basis.standing` says."""
    on = today(at)
    rows = as_signed(Authorisation.objects.filter(subject=subject).order_by("from_at", "id"), at)
    return {(one.pid, one.role): one for one in rows if not one.standing(at, on)}
