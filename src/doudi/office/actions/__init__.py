"""Writing: the journal, posts, areas, the demo clock, papers, notices, sign-in codes."""

from __future__ import annotations

from doudi.office.actions.calendar import announce_year
from doudi.office.actions.journal import By, look, next_number, party, record, record_all, sign_checkpoint
from doudi.office.actions.leave import end_leave, enter_leave, name_stand_in
from doudi.office.actions.notices import (
    CODE_MINUTES,
    CODE_TRIES,
    CODES_A_DAY,
    CODES_IN_TEN_MINUTES,
    NOTICE_TRIES,
    Text,
    check_code,
    deliver,
    mark_failed,
    mark_sent,
    notify,
    notify_all,
    send_code,
)
from doudi.office.actions.papers import keep_paper
from doudi.office.actions.posts import appoint, dismiss, hire, move_clock, pick_post, set_areas
from doudi.office.actions.room import room_to_write

__all__ = [
    "CODES_A_DAY",
    "CODES_IN_TEN_MINUTES",
    "CODE_MINUTES",
    "CODE_TRIES",
    "NOTICE_TRIES",
    "By",
    "Text",
    "announce_year",
    "appoint",
    "check_code",
    "deliver",
    "dismiss",
    "end_leave",
    "enter_leave",
    "hire",
    "keep_paper",
    "look",
    "mark_failed",
    "mark_sent",
    "move_clock",
    "name_stand_in",
    "next_number",
    "notify",
    "notify_all",
    "party",
    "pick_post",
    "record",
    "record_all",
    "room_to_write",
    "send_code",
    "set_areas",
    "sign_checkpoint",
]
