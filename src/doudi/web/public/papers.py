"""Blank forms for a village without signal; and whether a printed paper was printed here."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.casework.core import papers
from doudi.casework.queries import sheets as kept
from doudi.office import queries
from doudi.web.parts import sheet_files, sheets
from doudi.web.parts.permits import open_page
from doudi.web.parts.reports import as_file, short


@open_page
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every form that can be printed empty."""
    forms = [one for one in papers.catalogue().values() if one.is_blank]
    return render(request, "public/papers.html", {"forms": forms})


def _blank(code: str) -> papers.Paper:
    """A form that can be printed empty.

    :raises Http404: there is none of this code
    """
    found = papers.catalogue().get(code)
    if found is None or not found.is_blank:
        raise Http404
    return found


@open_page
@require_safe
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """One blank form, to print from here."""
    form = _blank(code)
    body = sheets.blank(form, queries.now())
    return render(request, "public/paper.html", {"form": form, **sheet_files.shown(body)})


@open_page
@require_safe
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same as PDF, to carry along."""
    at = queries.now()
    return as_file(sheet_files.blank_pdf(sheets.blank(_blank(code), at), at), "application/pdf", f"{code}.pdf")


@open_page
@require_safe
def check(request: HttpRequest, token: str) -> HttpResponse:
    """What whoever holds a printed paper may know of it: that it is ours, its number, whether it still holds; nobody's name."""
    told = kept.check_paper(token, on=queries.today(queries.now()))
    shown = {"told": told, "short": short(told.sha256) if told else ""}
    return render(request, "public/paper_check.html", shown, status=200 if told else 404)
