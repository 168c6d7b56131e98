"""References of rows, and the constraint that ties who to when."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q


def new_draft_ref() -> str:
    return "d" + uuid4().hex[:16]


def new_application_ref() -> str:
    return "z" + uuid4().hex[:16]


def new_case_ref() -> str:
    return "a" + uuid4().hex[:16]


def new_row_ref() -> str:
    return uuid4().hex[:20]


def together(name: str, at: str = "at", by: str = "by") -> models.CheckConstraint:
    """Who and when go together."""
    return models.CheckConstraint(
        condition=Q(**{f"{at}__isnull": True, by: ""}) | (Q(**{f"{at}__isnull": False}) & ~Q(**{by: ""})), name=name
    )
