"""The door for sources that answer later: answers to questions we asked them, signed with their own key."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from doudi.office import queries as office
from doudi.verification import jobs as verification
from doudi.web.api import shapes
from doudi.web.api.signatures import SignedSource

router = Router(tags=["answers"])


@router.post(
    "answers",
    response={200: shapes.AnswersTaken, 401: shapes.Problem, 422: shapes.Problem},
    auth=SignedSource(),
    summary="Answer questions you were asked",
)
def receive(request: HttpRequest, told: shapes.Answers) -> dict[str, Any]:
    """Take in up to 200 answers. Sending the same again changes nothing; a late answer counts like any other.

    An answer with a bad row is refused whole, each bad row named, so that half an answer is never taken for a whole one.
    """
    found = verification.take_answers(request.source, [one.model_dump() for one in told.answers], at=office.now())
    return {"answers": found}
