"""Reading cases: drafts, inboxes, the case page, what the family and the public see."""

from __future__ import annotations

from doudi.casework.queries.again import AskedAgain, asked_again
from doudi.casework.queries.alike import AlikePage, Precedent, alike, precedents_due
from doudi.casework.queries.asking import AskedHome, AskedOf, DoorPage, at_the_door, homes_to_ask, my_question, my_questions
from doudi.casework.queries.awards import Entitled, PastChanged, changed_since, entitlements
from doudi.casework.queries.boards import (
    BoardRow,
    OpenObjection,
    PublishedRow,
    SlipRow,
    boards,
    objection_of,
    open_objections,
    published,
    published_areas,
)
from doudi.casework.queries.deviations import Deviations, deviations
from doudi.casework.queries.doubled import DoubledHelp, HeldHelp, doubled
from doudi.casework.queries.drafts import draft, drafts_of, prefill
from doudi.casework.queries.inbox import counts, find, inbox
from doudi.casework.queries.leaning import LeaningRow, leaning, loads_in_work, people_in_work
from doudi.casework.queries.looking import LookingPage, NeedNote, looking, needs_note
from doudi.casework.queries.meetings import AppraisalRow, ConsultationRow, MeetingsPage, appraisals, consultations
from doudi.casework.queries.mine import (
    asked_to_agree,
    benefit,
    in_force,
    my_benefits,
    my_case,
    my_cases,
    progress,
    shown,
    shown_areas,
)
from doudi.casework.queries.page import case, case_of_receipt, cases_of
from doudi.casework.queries.recognised import OfCase, Recognised, of_case, recognised
from doudi.casework.queries.records import StepRow, steps
from doudi.casework.queries.rows import (
    AskedToAgree,
    AssessmentRow,
    BenefitRow,
    CasePage,
    Counts,
    DraftPage,
    InboxRow,
    InForce,
    MyCase,
    Page,
    Prefill,
    Progress,
    QuestionRow,
    ShownRow,
)
from doudi.casework.queries.signing import Signatory, SigningPage, my_signing, signing, supporting
from doudi.casework.queries.touching import running_of

__all__ = [
    "AlikePage",
    "AppraisalRow",
    "AskedAgain",
    "AskedHome",
    "AskedOf",
    "AskedToAgree",
    "AssessmentRow",
    "BenefitRow",
    "BoardRow",
    "CasePage",
    "ConsultationRow",
    "Counts",
    "Deviations",
    "DoorPage",
    "DoubledHelp",
    "DraftPage",
    "Entitled",
    "HeldHelp",
    "InForce",
    "InboxRow",
    "LeaningRow",
    "LookingPage",
    "MeetingsPage",
    "MyCase",
    "NeedNote",
    "OfCase",
    "OpenObjection",
    "Page",
    "PastChanged",
    "Precedent",
    "Prefill",
    "Progress",
    "PublishedRow",
    "QuestionRow",
    "Recognised",
    "ShownRow",
    "Signatory",
    "SigningPage",
    "SlipRow",
    "StepRow",
    "alike",
    "appraisals",
    "asked_again",
    "asked_to_agree",
    "at_the_door",
    "benefit",
    "boards",
    "case",
    "case_of_receipt",
    "cases_of",
    "changed_since",
    "consultations",
    "counts",
    "deviations",
    "doubled",
    "draft",
    "drafts_of",
    "entitlements",
    "find",
    "homes_to_ask",
    "in_force",
    "inbox",
    "leaning",
    "loads_in_work",
    "looking",
    "my_benefits",
    "my_case",
    "my_cases",
    "my_question",
    "my_questions",
    "my_signing",
    "needs_note",
    "objection_of",
    "of_case",
    "open_objections",
    "people_in_work",
    "precedents_due",
    "prefill",
    "progress",
    "published",
    "published_areas",
    "recognised",
    "running_of",
    "shown",
    "shown_areas",
    "signing",
    "steps",
    "supporting",
]
