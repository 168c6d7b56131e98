"""Papers of the road as people get them: on the screen, and as a PDF that has the same bytes whenever it is asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from doudi.casework import actions
from doudi.casework.core import papers
from doudi.casework.core.papers import Body
from doudi.casework.queries.sheets import SheetRow
from doudi.office import jobs as office
from doudi.office import queries as kept
from doudi.office.actions import By
from doudi.web.parts.reports import short

PAGES = 1  # what a paper is meant to have; what is longer is set smaller first
PROVES = frozenset({"certificate", "recognition"})  # signed by the office like a letter, and checked by others


def context(row: SheetRow) -> dict[str, Any]:
    """What a printed paper shows, on the screen and in the PDF."""
    return shown(row.body, number=row.number, sha256=row.sha256, token=row.token, is_letter=row.is_letter)


def shown(body: Body, *, number: str = "", sha256: str = "", token: str = "", is_letter: bool = False) -> dict[str, Any]:
    """The same for a paper that was never kept: a blank form has no number."""
    return {
        "body": body,
        "on": date.fromisoformat(body["on"]) if body.get("on") else None,
        "number": number,
        "short": short(sha256) if sha256 else "",
        "code": picture(token) if token else "",
        "code_words": "扫码看是不是这里出的",
        "letter": is_letter,
        "digits": range(18),
        "hotline": settings.SITE["hotline"],
    }


def picture(token: str) -> SafeString:
    """The picture on a paper: leads to its check, and says to whoever photographs it which paper it is."""
    origin = next(iter(settings.CSRF_TRUSTED_ORIGINS), "http://127.0.0.1:8000")
    where = origin.rstrip("/") + reverse("public:paper-check", args=[token])
    drawn = segno.make(where, error="m", micro=False).svg_inline(omitsize=True, border=1, title="扫码看是不是这里出的")
    return mark_safe(drawn)  # drawn here from our own address


def pdf_of(row: SheetRow, *, by: By, at: datetime) -> bytes:
    """The PDF of a kept paper: drawn once, letters and certificates signed by the office; the same bytes ever after.

    :raises NotAllowed: whoever asks may not print it
    """
    paper = row.paper
    if not paper:
        proves = row.is_letter or row.code in PROVES
        inside = office.Attached("letter.json", "这张纸的原文，供程序核验", papers.as_bytes(row.body)) if proves else None
        made = _document(context(row), row.sha256, at, f"{row.label} {row.number}" if proves else "", inside)
        sheet = actions.keep_drawn(sheet=row.ref, pdf=made.pdf, pages=made.pages, certificate=made.certificate, by=by, at=at)
        paper = sheet.paper
    return kept.paper_bytes([paper])[0][1]


def drawn(row: SheetRow, at: datetime) -> bytes:
    """A paper drawn from its words, to be bound; nothing is kept, nothing signed."""
    return _document(context(row), row.sha256, at).pdf


def blank_pdf(body: Body, at: datetime) -> bytes:
    """A blank form as PDF; nothing is kept of it."""
    return _document(shown(body), papers.digest(body), at).pdf


def _document(
    told: dict[str, Any], identifier: str, at: datetime, reason: str = "", inside: office.Attached | None = None
) -> office.Document:
    return office.document(
        lambda tight: render_to_string("parts/sheet_paper.html", told | {"tight": tight}),
        style="css/sheet-paper.css", most=PAGES, identifier=identifier, at=at, reason=reason, attached=inside,
    )  # fmt: skip
