"""Means checks: questions asked, answers kept, rolls compared."""

from __future__ import annotations

from doudi.verification.models.anomalies import Anomaly, AnomalyStep, Sample, SampleRow, Sighting
from doudi.verification.models.authorisations import Authorisation, AuthorisationCounter
from doudi.verification.models.batches import BatchCheck, BatchRun
from doudi.verification.models.checks import Check, ReportCounter, new_check_ref
from doudi.verification.models.objections import Objection, ObjectionCounter, ObjectionLine, new_line_ref, new_objection_ref
from doudi.verification.models.orders import OrderCounter, TaskOrder
from doudi.verification.models.peers import (
    ExchangeComparison,
    Letter,
    LetterPart,
    Peer,
    PeerKey,
    PlaceExchange,
    StandingAnswer,
    new_exchange_ref,
    new_policy_ref,
)
from doudi.verification.models.questions import Answer, Item, Question, Typed, new_question_ref
from doudi.verification.models.reports import Report, ReportCopy, ReportPaper, new_report_ref, new_token
from doudi.verification.models.sources import Dispatch, DispatchCounter, Source
from doudi.verification.models.statements import Statement, new_statement_ref

__all__ = [
    "Anomaly",
    "AnomalyStep",
    "Answer",
    "Authorisation",
    "AuthorisationCounter",
    "BatchCheck",
    "BatchRun",
    "Check",
    "Dispatch",
    "DispatchCounter",
    "ExchangeComparison",
    "Item",
    "Letter",
    "LetterPart",
    "Objection",
    "ObjectionCounter",
    "ObjectionLine",
    "OrderCounter",
    "Peer",
    "PeerKey",
    "PlaceExchange",
    "Question",
    "Report",
    "ReportCopy",
    "ReportCounter",
    "ReportPaper",
    "Sample",
    "SampleRow",
    "Sighting",
    "Source",
    "StandingAnswer",
    "Statement",
    "TaskOrder",
    "Typed",
    "new_check_ref",
    "new_exchange_ref",
    "new_line_ref",
    "new_objection_ref",
    "new_policy_ref",
    "new_question_ref",
    "new_report_ref",
    "new_statement_ref",
    "new_token",
]
