"""Writing cases: one public function per act, each one transaction and one line of the journal."""

from __future__ import annotations

from doudi.casework.actions.adjusting import decide_adjustment, drop_adjustment, propose_adjustment
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
from doudi.casework.actions.decision import confirm, refuse, return_one
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
from doudi.casework.actions.following import follow_up, record_offer
from doudi.casework.actions.happenings import leave_happening, tell_happening
from doudi.casework.actions.hearing import answer_invitation, invite, record_hearing
from doudi.casework.actions.identity import identify_member
from doudi.casework.actions.intake import accept, ask_once, assign, file_near_kin, open_case, supplement, withdraw
from doudi.casework.actions.investigation import assess, count_member, extend, judge, reinvestigate, request_check, survey
from doudi.casework.actions.late_answers import take_answers
from doudi.casework.actions.looking import (
    answer_inquiry,
    give_up_inquiry,
    hear_neighbour,
    keep_survey_paper,
    leave_unsigned,
    send_inquiry,
)
from doudi.casework.actions.mandates import keep_mandate, let_see, take_mandate_back
from doudi.casework.actions.opinion import end_showing, object_to, photograph_board, propose, resend
from doudi.casework.actions.outreach import miss_offer, settle_offer, take_list
from doudi.casework.actions.paper_forms import drop_form, keep_form, read_rest, type_form
from doudi.casework.actions.papers import export_file, keep_drawn, print_sheet, retire_papers, scan, serve_letter
from doudi.casework.actions.rechecking import follow_recheck
from doudi.casework.actions.renewing import renew
from doudi.casework.actions.reviewing import call_review, close_review, open_review
from doudi.casework.actions.settling import settle_fact
from doudi.casework.actions.signing import add_supporter, record_consent, remove_supporter, sign_supporter
from doudi.casework.actions.telling import answer_at_door, answer_question

__all__ = [
    "accept",
    "add_supporter",
    "answer_at_door",
    "answer_elsewhere",
    "answer_inquiry",
    "answer_invitation",
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
    "close_review",
    "complete",
    "confirm",
    "consult",
    "count_member",
    "decide_adjustment",
    "draw_checks",
    "drop_adjustment",
    "drop_appraisal",
    "drop_draft",
    "drop_form",
    "end_agreement",
    "end_showing",
    "export_file",
    "extend",
    "file_near_kin",
    "follow_recheck",
    "follow_up",
    "give_up_inquiry",
    "hear_neighbour",
    "help_first",
    "hold_appraisal",
    "identify_member",
    "invite",
    "judge",
    "keep_agreement",
    "keep_drawn",
    "keep_form",
    "keep_mandate",
    "keep_survey_paper",
    "leave_happening",
    "leave_unsigned",
    "let_see",
    "miss_offer",
    "object_to",
    "open_case",
    "open_review",
    "photograph_board",
    "print_sheet",
    "propose",
    "propose_adjustment",
    "read_rest",
    "record_consent",
    "record_hearing",
    "record_offer",
    "recount",
    "recuse",
    "refuse",
    "reinvestigate",
    "remove_supporter",
    "renew",
    "request_check",
    "resend",
    "retire_papers",
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
    "tell_happening",
    "type_form",
    "withdraw",
]
