"""Writing checks: one public function per act."""

from __future__ import annotations

from doudi.verification.actions.anomalies import close_anomaly, export_anomalies, hand_anomaly, reopen_anomaly, take_back_anomaly
from doudi.verification.actions.authorisations import (
    authorise,
    end_authorisations,
    follow_household,
    know_member,
    withdraw_authorisation,
)
from doudi.verification.actions.batches import ask_run, fail_run, finish_run
from doudi.verification.actions.carried import dispatch, look_at_typed, type_answer
from doudi.verification.actions.checks import request
from doudi.verification.actions.exchange_asking import ask_place, hold_back, say_once_more
from doudi.verification.actions.exchange_comparing import compare_exchange
from doudi.verification.actions.exchanges import answer_place, read_letter, refuse_place
from doudi.verification.actions.letters import mark_moved, mark_not_moved, take_part
from doudi.verification.actions.matching import begin_matching
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
from doudi.verification.actions.peers import (
    add_peer,
    approve_standing_answer,
    change_own_keys,
    check_peer,
    draft_standing_answer,
    end_standing_answer,
    stop_peer,
)
from doudi.verification.actions.questions import answer, ask_again
from doudi.verification.actions.reports import issue, keep_sheet, use_certificate
from doudi.verification.actions.samples import keep_look, keep_sample
from doudi.verification.actions.sending import note_sent, note_source, put_back, take_up
from doudi.verification.actions.sources import keep_source, knock_now, stop_source
from doudi.verification.actions.statements import NothingSaid, keep_statement

__all__ = [
    "Disputed",
    "File",
    "NothingSaid",
    "add",
    "add_line",
    "add_peer",
    "answer",
    "answer_place",
    "approve_order",
    "approve_standing_answer",
    "ask_again",
    "ask_place",
    "ask_run",
    "authorise",
    "begin_matching",
    "change_own_keys",
    "check_peer",
    "close_anomaly",
    "compare_exchange",
    "decide_line",
    "decline_order",
    "dispatch",
    "draft_order",
    "draft_standing_answer",
    "end_authorisations",
    "end_standing_answer",
    "export_anomalies",
    "fail_run",
    "finish_run",
    "follow_household",
    "followed",
    "hand_anomaly",
    "hold_back",
    "issue",
    "keep_look",
    "keep_sample",
    "keep_sheet",
    "keep_source",
    "keep_statement",
    "knock_now",
    "know_member",
    "look_at_typed",
    "mark_moved",
    "mark_not_moved",
    "note_sent",
    "note_source",
    "object_to",
    "put_back",
    "read_letter",
    "recheck",
    "refuse_place",
    "remind",
    "reopen_anomaly",
    "request",
    "say_late",
    "say_once_more",
    "settle",
    "stop_order",
    "stop_peer",
    "stop_source",
    "take",
    "take_back_anomaly",
    "take_part",
    "take_up",
    "type_answer",
    "use_certificate",
    "withdraw_authorisation",
    "withdraw_objection",
]
