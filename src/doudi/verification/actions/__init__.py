"""Writing checks: one public function per act."""

from __future__ import annotations

from doudi.verification.actions.authorisations import (
    authorise,
    complete_authorisation,
    end_authorisations,
    follow_household,
    withdraw_authorisation,
)
from doudi.verification.actions.batches import ask_run, fail_run, finish_run
from doudi.verification.actions.checks import request
from doudi.verification.actions.objections import (
    Disputed,
    File,
    add,
    add_line,
    decide_line,
    followed,
    object_to,
    recheck,
    remind,
    say_late,
    settle,
    take,
    withdraw_objection,
)
from doudi.verification.actions.orders import approve_order, decline_order, draft_order, stop_order
from doudi.verification.actions.questions import answer, ask_again
from doudi.verification.actions.reports import issue, keep_sheet, use_certificate
from doudi.verification.actions.sending import note_sent, note_source, put_back, take_up
from doudi.verification.actions.sources import keep_source, knock_now, stop_source
from doudi.verification.actions.statements import NothingSaid, keep_statement

__all__ = [
    "Disputed",
    "File",
    "NothingSaid",
    "add",
    "add_line",
    "answer",
    "approve_order",
    "ask_again",
    "ask_run",
    "authorise",
    "complete_authorisation",
    "decide_line",
    "decline_order",
    "draft_order",
    "end_authorisations",
    "fail_run",
    "finish_run",
    "follow_household",
    "followed",
    "issue",
    "keep_sheet",
    "keep_source",
    "keep_statement",
    "knock_now",
    "note_sent",
    "note_source",
    "object_to",
    "put_back",
    "recheck",
    "remind",
    "request",
    "say_late",
    "settle",
    "stop_order",
    "stop_source",
    "take",
    "take_up",
    "use_certificate",
    "withdraw_authorisation",
    "withdraw_objection",
]
