"""Applications, cases and what was said, found, seen, judged, shown and decided in them, and the help that follows."""

from doudi.casework.models.benefit import Benefit, Decision
from doudi.casework.models.case import Case, CaseMember, Supporter
from doudi.casework.models.draft import Draft, ReceiptCounter
from doudi.casework.models.findings import Assessment, Line, Question, Survey
from doudi.casework.models.opinion import Objection, Opinion, Showing
from doudi.casework.models.refs import new_case_ref, new_draft_ref, new_row_ref, together

__all__ = [
    "Assessment",
    "Benefit",
    "Case",
    "CaseMember",
    "Decision",
    "Draft",
    "Line",
    "Objection",
    "Opinion",
    "Question",
    "ReceiptCounter",
    "Showing",
    "Supporter",
    "Survey",
    "new_case_ref",
    "new_draft_ref",
    "new_row_ref",
    "together",
]
