"""Writing people and households: one public function per act."""

from __future__ import annotations

from doudi.registry.actions.pairs import (
    AlreadySettled,
    ask_about_pair,
    explain_number,
    merge_persons,
    mirror_pairs,
    settle_pair,
    split_person,
    undo_settlement,
    weigh_help,
)
from doudi.registry.actions.people import (
    AlreadyWithdrawn,
    bring_in,
    consent,
    correct_member,
    keep_contact,
    withdraw,
)
from doudi.registry.actions.search import search

__all__ = [
    "AlreadySettled",
    "AlreadyWithdrawn",
    "ask_about_pair",
    "bring_in",
    "consent",
    "correct_member",
    "explain_number",
    "keep_contact",
    "merge_persons",
    "mirror_pairs",
    "search",
    "settle_pair",
    "split_person",
    "undo_settlement",
    "weigh_help",
    "withdraw",
]
