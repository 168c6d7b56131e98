"""Writing people and households: one public function per act."""

from __future__ import annotations

from doudi.registry.actions.people import (
    AlreadyWithdrawn,
    bring_in,
    consent,
    correct_member,
    keep_contact,
    withdraw,
)

__all__ = [
    "AlreadyWithdrawn",
    "bring_in",
    "consent",
    "correct_member",
    "keep_contact",
    "withdraw",
]
