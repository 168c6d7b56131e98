"""Objections through the door: written down by another system of the office (a hotline, a window), and how far each is."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.errors import HttpError

from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.verification import actions, queries
from doudi.verification.actions import File
from doudi.verification.core.objections import AlreadyOpen, Channel
from doudi.web.api.shapes import Problem
from doudi.web.api.tokens import Token

router = Router(tags=["objections"])


class Evidence(Schema):
    """A photograph or PDF."""

    content_type: str = Field(description="image/jpeg, image/png or application/pdf")
    data: str = Field(description="base64")


class ObjectionIn(Schema):
    """What stands on the household's own paper, and what they say."""

    report: str = Field(description="number of the report, as it is printed")
    name: str = Field(description="whose objection: the name as it stands in the report")
    datasets: list[str] = Field(default=[], description="kinds of data that are said to be wrong, by their codes")
    words: str = Field(default="", description="in the person's own words")
    papers: list[Evidence] = Field(default=[])


class ObjectionLineOut(Schema):
    """One disputed line: what the report said, what is said against it, how it ended."""

    source: str
    shown: str
    claim: str
    asked_again: bool
    outcome: str = Field(description="corrected, stands, evidence or unresolved; empty while it is looked at")
    instead: str
    reason: str


class ObjectionOut(Schema):
    """Where an objection stands."""

    ref: str
    number: str
    state: str = Field(description="opened, taken, settled or withdrawn")
    due_on: date
    report: str
    new_report: str
    answer: str
    lines: list[ObjectionLineOut]


class Received(Schema):
    """That it was written down; nothing of the report."""

    ref: str
    number: str
    due_on: date


@router.post(
    "objections",
    response={201: Received, 409: Problem, 422: Problem},
    auth=Token("objection.open"),
    summary="Write an objection to a report down",
)
def object_to(request: HttpRequest, said: ObjectionIn) -> Status:
    """The same clock as from a phone. While one of theirs is open, that one is named (409) and nothing is added."""
    try:
        files = [File(one.content_type, base64.b64decode(one.data, validate=True)) for one in said.papers]
    except (binascii.Error, ValueError):
        raise HttpError(422, "a paper is not base64") from None
    try:
        check, pid = queries.find_report(said.report, said.name, request.viewer)  # type: ignore[attr-defined]
        kept = actions.object_to(
            check=check, pid=pid, channel=Channel.API, datasets=said.datasets, words=said.words, files=files, by=request.user,
            at=time.now(),
        )  # fmt: skip
    except AlreadyOpen as why:
        raise HttpError(409, str(why)) from None
    except NotAllowed as why:
        raise HttpError(422, str(why)) from None
    return Status(201, {"ref": kept.ref, "number": kept.number, "due_on": kept.due_on})


@router.get(
    "objections/{ref}",
    response={200: ObjectionOut, 404: Problem},
    auth=Token("objection.list"),
    summary="How far an objection is",
)
def objection(request: HttpRequest, ref: str) -> dict[str, Any]:
    """In the area of the token's post and nowhere else; the look is noted for the person."""
    viewer = request.viewer  # type: ignore[attr-defined]
    try:
        one = queries.objection(ref, viewer)
    except NotAllowed:
        raise HttpError(404, "no such objection here") from None
    office.look(subject=one.pid, viewer=viewer, at=time.now(), why="objection.list", what="对核对报告的不同意见（接口）")
    return {
        "ref": one.ref,
        "number": one.number,
        "state": one.state,
        "due_on": one.due_on,
        "report": one.report,
        "new_report": one.new_report,
        "answer": one.answer,
        "lines": [
            {
                "source": line.source,
                "shown": line.shown,
                "claim": line.claim_label,
                "asked_again": line.asked_at is not None,
                "outcome": line.outcome,
                "instead": line.instead,
                "reason": line.reason,
            }
            for line in one.lines
        ],
    }
