"""Applications, cases and what was said, found, seen, judged, shown and decided in them, and the help that follows."""

from doudi.casework.models.adjustment import Adjustment, Happening, Hearing, Invitation
from doudi.casework.models.after import FollowUp, Offer, Review
from doudi.casework.models.application import Application
from doudi.casework.models.appraisal import Appraisal, Seat
from doudi.casework.models.benefit import Award, Benefit, Decision
from doudi.casework.models.case import Case, CaseMember, Supporter
from doudi.casework.models.clock import Climb, Pause, RunningClock
from doudi.casework.models.consultation import Consultation, PrecedentReview, Voice
from doudi.casework.models.doors import Call, CallCounter, PaperForm
from doudi.casework.models.draft import Draft, ReceiptCounter
from doudi.casework.models.elsewhere import PlaceRequest
from doudi.casework.models.emergency import FirstHelp
from doudi.casework.models.findings import Assessment, Line, Question, Survey
from doudi.casework.models.looking import Inquiry, Neighbour, SurveyPaper
from doudi.casework.models.mandate import Mandate
from doudi.casework.models.opinion import BoardPhoto, Objection, Opinion, Showing
from doudi.casework.models.outreach import OutreachList, OutreachOffer
from doudi.casework.models.paper import Retirement, Scan, Service, Sheet
from doudi.casework.models.refs import new_application_ref, new_case_ref, new_draft_ref, new_row_ref, together
from doudi.casework.models.settled import SettledFact
from doudi.casework.models.tekun import Agreement, Reassessment, SelfCare, SupportForm

__all__ = [
    "Adjustment",
    "Agreement",
    "Application",
    "Appraisal",
    "Assessment",
    "Award",
    "Benefit",
    "BoardPhoto",
    "Call",
    "CallCounter",
    "Case",
    "CaseMember",
    "Climb",
    "Consultation",
    "Decision",
    "Draft",
    "FirstHelp",
    "FollowUp",
    "Happening",
    "Hearing",
    "Inquiry",
    "Invitation",
    "Line",
    "Mandate",
    "Neighbour",
    "Objection",
    "Offer",
    "Opinion",
    "OutreachList",
    "OutreachOffer",
    "PaperForm",
    "Pause",
    "PlaceRequest",
    "PrecedentReview",
    "Question",
    "Reassessment",
    "ReceiptCounter",
    "Retirement",
    "Review",
    "RunningClock",
    "Scan",
    "Seat",
    "SelfCare",
    "Service",
    "SettledFact",
    "Sheet",
    "Showing",
    "SupportForm",
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
