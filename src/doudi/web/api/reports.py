"""Reports through the door: the exact body for a post that reads them, and for everybody whether one is real."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.errors import HttpError

from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.verification import jobs, queries
from doudi.web.api.shapes import Problem
from doudi.web.api.tokens import Token

router = Router(tags=["reports"])


class ReportAnswer(Schema):
    """A report as it was issued. `text` is its exact bytes: SHA-256 over them is `sha256`, which the journal holds."""

    number: str
    version: int
    state: str = Field(description="valid, expired or replaced")
    replaced_by: str = Field(description="number of the newest report of the same check; empty when it is this one")
    sha256: str
    text: str
    report: dict[str, Any] = Field(description="the same, read: answers by source and person, comparisons, who was asked")


class ReportCheck(Schema):
    """What the journal proves of a report; nothing about anybody."""

    number: str
    sha256: str
    sheet_sha256: str = Field(description="of the signed PDF; empty when nobody wanted one yet")
    state: str = Field(description="valid, expired or replaced")
    replaced_by: str
    issued_on: str
    valid_until: str
    issued_by: str
    proven: bool
    proof: dict[str, Any] | None = Field(description="for `doudi report check`: the journal's line, its path, the signed head")


@router.get(
    "reports/{token}",
    response={200: ReportAnswer, 404: Problem},
    auth=Token("check.read"),
    summary="One report, whole, for a post that reads reports",
)
def report(request: HttpRequest, token: str) -> dict[str, Any]:
    """By what the picture on paper holds. In the area of the token's post and nowhere else; the look is noted for the people."""
    at = time.now()
    try:
        page = queries.report_of(token, request.viewer)  # type: ignore[attr-defined]
    except NotAllowed:
        raise HttpError(404, "no such report here") from None
    for pid in page.pids:
        office.look(subject=pid, viewer=request.viewer, at=at, what="核对报告（接口）")  # type: ignore[attr-defined]
    return {
        "number": page.row.number,
        "version": page.row.version,
        "state": page.row.standing(time.today(at)),
        "replaced_by": page.row.replaced_by,
        "sha256": page.sha256,
        "text": page.data.decode(),
        "report": json.loads(page.data),
    }


@router.get("reports/{token}/check", response={200: ReportCheck, 404: Problem}, auth=None, summary="Whether a report is real")
def check(request: HttpRequest, token: str) -> dict[str, Any]:
    """Open to whoever holds the report; says nothing about who it is."""
    told = jobs.verified(token, on=time.today(time.now()))
    if told is None:
        raise HttpError(404, "nobody issued a report with this picture here")
    return {
        "number": told.number,
        "sha256": told.sha256,
        "sheet_sha256": told.sheet_sha256,
        "state": told.standing,
        "replaced_by": told.newest,
        "issued_on": time.today(told.issued_at).isoformat(),
        "valid_until": told.valid_until.isoformat(),
        "issued_by": told.issued_by,
        "proven": told.proof is not None,
        "proof": told.proof,
    }
