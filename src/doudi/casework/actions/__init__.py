"""Writing cases: one public function per act, each one transaction and one line of the journal."""

from __future__ import annotations

from doudi.casework.actions.appraising import call_appraisal, drop_appraisal, hold_appraisal, recuse
from doudi.casework.actions.calls import apply_for_caller, ring_back, take_call
from doudi.casework.actions.care import (
    ask_reassessment,
    assess_self_care,
    choose_support,
    end_agreement,
    keep_agreement,
)
from doudi.casework.actions.clocks import climb, recount
from doudi.casework.actions.consulting import consult, review_precedent
from doudi.casework.actions.decision import call_review, confirm, refuse, return_one, serve
from doudi.casework.actions.drafts import (
    drop_draft,
    save_account,
    save_hardships,
    save_incomes,
    save_members,
    save_programmes,
    start_draft,
    submit,
)
from doudi.casework.actions.drawing import draw_checks
from doudi.casework.actions.elsewhere import answer_elsewhere, ask_elsewhere
from doudi.casework.actions.emergency import complete, help_first
from doudi.casework.actions.intake import accept, ask_once, assign, file_near_kin, open_case, supplement, withdraw
from doudi.casework.actions.investigation import assess, count_member, extend, judge, reinvestigate, request_check, survey
from doudi.casework.actions.late_answers import take_answers
from doudi.casework.actions.looking import answer_inquiry, give_up_inquiry, hear_neighbour, keep_survey_paper, send_inquiry
from doudi.casework.actions.mandates import keep_mandate, let_see, take_mandate_back
from doudi.casework.actions.opinion import end_showing, object_to, photograph_board, propose, resend
from doudi.casework.actions.outreach import miss_offer, settle_offer, take_list
from doudi.casework.actions.paper_forms import drop_form, keep_form, read_rest, type_form
from doudi.casework.actions.papers import export_file, keep_drawn, print_sheet, scan, serve_letter
from doudi.casework.actions.rechecking import follow_recheck
from doudi.casework.actions.settling import settle_fact
from doudi.casework.actions.signing import add_supporter, record_consent, remove_supporter, sign_supporter
from doudi.casework.actions.telling import answer_at_door, answer_question

__all__ = [
    "accept",
    "add_supporter",
    "answer_at_door",
    "answer_elsewhere",
    "answer_inquiry",
    "answer_question",
    "apply_for_caller",
    "ask_elsewhere",
    "ask_once",
    "ask_reassessment",
    "assess",
    "assess_self_care",
    "assign",
    "call_appraisal",
    "call_review",
    "choose_support",
    "climb",
    "complete",
    "confirm",
    "consult",
    "count_member",
    "draw_checks",
    "drop_appraisal",
    "drop_draft",
    "drop_form",
    "end_agreement",
    "end_showing",
    "export_file",
    "extend",
    "file_near_kin",
    "follow_recheck",
    "give_up_inquiry",
    "hear_neighbour",
    "help_first",
    "hold_appraisal",
    "judge",
    "keep_agreement",
    "keep_drawn",
    "keep_form",
    "keep_mandate",
    "keep_survey_paper",
    "let_see",
    "miss_offer",
    "object_to",
    "open_case",
    "photograph_board",
    "print_sheet",
    "propose",
    "read_rest",
    "record_consent",
    "recount",
    "recuse",
    "refuse",
    "reinvestigate",
    "remove_supporter",
    "request_check",
    "resend",
    "return_one",
    "review_precedent",
    "ring_back",
    "save_account",
    "save_hardships",
    "save_incomes",
    "save_members",
    "save_programmes",
    "scan",
    "send_inquiry",
    "serve",
    "serve_letter",
    "settle_fact",
    "settle_offer",
    "sign_supporter",
    "start_draft",
    "submit",
    "supplement",
    "survey",
    "take_answers",
    "take_call",
    "take_list",
    "take_mandate_back",
    "type_form",
    "withdraw",
]
