"""References of rows, and the constraint that ties who to when."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q


def new_run_ref() -> str:
    return "r" + uuid4().hex[:16]


def new_row_ref() -> str:
    return uuid4().hex[:20]


def together(name: str, at: str, by: str) -> models.CheckConstraint:
    """Who and when go together."""
    return models.CheckConstraint(
        condition=Q(**{f"{at}__isnull": True, by: ""}) | (Q(**{f"{at}__isnull": False}) & ~Q(**{by: ""})), name=name
    )
