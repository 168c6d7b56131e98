"""People, households, and what they said and consented to."""

from __future__ import annotations

from doudi.registry.models.homes import FamilyEvent, Saying, new_event_ref, new_saying_ref
from doudi.registry.models.pairs import NumberReason, Pair, Settlement
from doudi.registry.models.people import (
    Consent,
    Household,
    Member,
    Person,
    new_consent_ref,
)
from doudi.registry.models.requests import Request, new_request_ref
from doudi.registry.models.search import SearchKey
from doudi.registry.models.told import Told

__all__ = [
    "Consent",
    "FamilyEvent",
    "Household",
    "Member",
    "NumberReason",
    "Pair",
    "Person",
    "Request",
    "Saying",
    "SearchKey",
    "Settlement",
    "Told",
    "new_consent_ref",
    "new_event_ref",
    "new_request_ref",
    "new_saying_ref",
]
