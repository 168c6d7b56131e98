"""Writing people and households: one public function per act."""

from __future__ import annotations

from doudi.registry.actions.erasing import erase_contact
from doudi.registry.actions.homes import (
    NotAsSaid,
    agree_home,
    confirm_event,
    dismiss_event,
    note_changes,
    report_event,
    say,
    take_back,
    undo_event,
)
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
    keep_member,
    keep_outsider,
    take_member_back,
    withdraw,
)
from doudi.registry.actions.requests import answer, ask, change_phone, take_copy
from doudi.registry.actions.roster import export_roster
from doudi.registry.actions.search import search
from doudi.registry.actions.told import place_told, tell_of

__all__ = [
    "AlreadySettled",
    "AlreadyWithdrawn",
    "NotAsSaid",
    "agree_home",
    "answer",
    "ask",
    "ask_about_pair",
    "bring_in",
    "change_phone",
    "confirm_event",
    "consent",
    "correct_member",
    "dismiss_event",
    "erase_contact",
    "explain_number",
    "export_roster",
    "keep_contact",
    "keep_member",
    "keep_outsider",
    "merge_persons",
    "mirror_pairs",
    "note_changes",
    "place_told",
    "report_event",
    "say",
    "search",
    "settle_pair",
    "split_person",
    "take_back",
    "take_copy",
    "take_member_back",
    "tell_of",
    "undo_event",
    "undo_settlement",
    "weigh_help",
    "withdraw",
]
