"""What can be asked of other departments, where a referral stands, and how far a silent one climbs."""

from __future__ import annotations

from doudi.services.core.catalogue import (
    PASSED,
    STATUSES,
    Kind,
    Limits,
    guardian_below,
    kind,
    kinds,
    kinds_of,
    lookup_limits,
)
from doudi.services.core.referrals import (
    CONSENTS,
    OPEN,
    VERDICTS,
    WAYS,
    AlreadyDone,
    Climb,
    Missing,
    State,
    TooOften,
    climbed,
    due_on,
    number_of,
)

__all__ = [
    "CONSENTS",
    "OPEN",
    "PASSED",
    "STATUSES",
    "VERDICTS",
    "WAYS",
    "AlreadyDone",
    "Climb",
    "Kind",
    "Limits",
    "Missing",
    "State",
    "TooOften",
    "climbed",
    "due_on",
    "guardian_below",
    "kind",
    "kinds",
    "kinds_of",
    "lookup_limits",
    "number_of",
]
