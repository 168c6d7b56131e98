"""Whether one person's status is in force, for a department's system that holds a token (LAW Art. 42). Never a list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.errors import HttpError

from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.services import actions
from doudi.services.core import TooOften
from doudi.web.api.shapes import Problem
from doudi.web.api.tokens import Token

router = Router(tags=["recognition"])


class Asked(Schema):
    """One person, and what it is needed for."""

    name: str = Field(max_length=40)
    number: str = Field(min_length=18, max_length=18, description="citizen number; it stands in no address and in no log")
    purpose: str = Field(description="a kind of help your department gives: education, medical, housing, employment …")


class Status(Schema):
    """A status in force; nothing of money or of the family."""

    programme: str
    label: str
    number: str = Field(description="the number a person can name at a window")
    from_on: date
    until_month: date | None = Field(description="first day of its last month; null: until it is looked at again")
    review_due_on: date


class Recognition(Schema):
    """What is in force today."""

    look_up: str = Field(description="number of this look-up; the person sees it too")
    in_force: bool | None = Field(description="null: not known here, which is not a no")
    statuses: list[Status]


@router.post(
    "recognition",
    response={200: Recognition, 403: Problem, 422: Problem, 429: Problem},
    auth=Token("recognition.look"),
    summary="Whether one person's status is in force",
)
def recognition(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """By name and whole number together. Each look-up is kept, and shown to the person with your department and your purpose."""
    try:
        found = actions.look_up(name=asked.name, number=asked.number, kind=asked.purpose, by=request.user, at=time.now())
    except TooOften as why:
        raise HttpError(429, str(why)) from None
    except NotAllowed as why:
        raise HttpError(422, str(why)) from None
    return {
        "look_up": found.ref,
        "in_force": found.in_force,
        "statuses": [
            {
                "programme": one.programme,
                "label": one.label,
                "number": one.receipt,
                "from_on": one.from_on,
                "until_month": one.until_month,
                "review_due_on": one.review_due_on,
            }
            for one in found.statuses
        ],
    }
