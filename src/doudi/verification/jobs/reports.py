"""The signed sheet of a report, made once; and what the signed journal proves of a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.jobs import Attached, document
from doudi.verification import actions, queries
from doudi.verification.queries import ReportPage, Verified
from doudi.verification.queries.reports import NOT_SIGNED

PAGES = 3  # what somebody reads to the end


def sheet_of(page: ReportPage, html: Callable[[bool], str], *, by: By, at: datetime) -> bytes:
    """The signed PDF of a report: as kept, or drawn, signed and kept now. Drawing holds no transaction; of two who draw at once
    one is kept, and both get that one.

    :param html: the document, in large type or (True) in smaller; only called when there is no PDF yet
    """
    kept = queries.sheet(page.token)
    if kept is not None:
        return kept
    inside = Attached("report.json", "核对报告的原文，供程序核验", page.data)
    made = document(
        html, style="css/report-paper.css", most=PAGES, identifier=page.sha256, attached=inside, at=at,
        reason=f"核对报告 {page.row.number}",
    )  # fmt: skip
    actions.keep_sheet(token=page.token, pdf=made.pdf, pages=made.pages, certificate=made.certificate, by=by, at=at)
    there = queries.sheet(page.token)
    assert there is not None
    return there


def verified(token: str, *, on: date) -> Verified | None:
    """What the journal proves of a report somebody holds; a line younger than the last signature is signed first."""
    told = queries.verify(token, on=on)
    if told is None or told.why_not != NOT_SIGNED:
        return told
    office.sign_checkpoint()
    return queries.verify(token, on=on)


def issue_reports(at: datetime) -> int:
    """Issue the report of every check nothing more will come to; returns how many. Twice is once."""
    job, issued = Party.system("issue_reports"), 0
    for ref in queries.unreported(at):
        try:
            actions.issue(check=ref, by=job, at=at)
        except NotAllowed:  # a clerk was quicker
            continue
        issued += 1
    return issued
