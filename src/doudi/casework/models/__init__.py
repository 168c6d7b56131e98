"""Applications, cases and what was said, found, seen, judged, shown and decided in them, and the help that follows."""

from doudi.casework.models.application import Application
from doudi.casework.models.appraisal import Appraisal, Seat
from doudi.casework.models.benefit import Benefit, Decision
from doudi.casework.models.case import Case, CaseMember, Supporter
from doudi.casework.models.consultation import Consultation, PrecedentReview, Voice
from doudi.casework.models.draft import Draft, ReceiptCounter
from doudi.casework.models.findings import Assessment, Line, Question, Survey
from doudi.casework.models.looking import Inquiry, Neighbour, SurveyPaper
from doudi.casework.models.opinion import BoardPhoto, Objection, Opinion, Showing
from doudi.casework.models.refs import new_application_ref, new_case_ref, new_draft_ref, new_row_ref, together

__all__ = [
    "Application",
    "Appraisal",
    "Assessment",
    "Benefit",
    "BoardPhoto",
    "Case",
    "CaseMember",
    "Consultation",
    "Decision",
    "Draft",
    "Inquiry",
    "Line",
    "Neighbour",
    "Objection",
    "Opinion",
    "PrecedentReview",
    "Question",
    "ReceiptCounter",
    "Seat",
    "Showing",
    "Supporter",
    "Survey",
    "SurveyPaper",
    "Voice",
    "new_application_ref",
    "new_case_ref",
    "new_draft_ref",
    "new_row_ref",
    "together",
]
