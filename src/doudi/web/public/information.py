"""Standards, figures and the calculator: what anybody may know."""

from __future__ import annotations

import csv

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from doudi.office import queries
from doudi.payment import queries as payment
from doudi.web.parts.permits import open_page
from doudi.web.parts.place import area_of
from doudi.web.public.ask import AskForm, guesses
from doudi.web.public.standards import standards

FEWEST = 10  # a count below this could tell who it is, and is not published


@open_page
def rules(request: HttpRequest) -> HttpResponse:
    """Rules and amounts of the reader's place, today."""
    area, on = area_of(request), queries.today(queries.now())
    place = queries.area_label(area)
    return render(request, "public/standards.html", {"standards": standards(area, on), "place": place, "on": on})


@open_page
def figures(request: HttpRequest) -> HttpResponse:
    """Money paid by month and programme; small counts stay hidden, and so does the sum beside them."""
    place = queries.area_label(settings.SITE["area"])
    return render(request, "public/figures.html", {"rows": _figures(), "place": place})


@open_page
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same table as open data; what is hidden on the page is hidden here."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="figures.csv"'
    response.write("\ufeff")  # spreadsheet programs then read it as UTF-8
    writer = csv.writer(response)
    writer.writerow(["month", "programme", "label", "households", "yuan"])
    for row in _figures():
        shown = ("", "") if row["hidden"] else (row["count"], f"{row['fen'] // 100}.{row['fen'] % 100:02d}")
        writer.writerow([f"{row['month']:%Y-%m}", row["programme"], row["label"], *shown])
    return response


def _figures() -> list[dict[str, object]]:
    return [
        {
            "month": row.month,
            "programme": row.programme,
            "label": row.programme_label,
            "count": row.households,
            "fen": row.total_fen,
            "hidden": row.households < FEWEST,
        }
        for row in payment.open_figures(settings.SITE["area"])
    ]


@open_page
def ask(request: HttpRequest) -> HttpResponse:
    """Six questions and what may fit. The answers live in this one request: no cookie, no database, no log."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "public/ask.html", {"form": form}, status=422 if form.errors else 200)
    found = guesses(form.cleaned_data, area_of(request), queries.today(queries.now()))
    likely = [one for one in found if one.answer == "yes"]
    shown = {
        "likely": likely,
        "unsure": [one for one in found if one.answer == "unknown"],
        "unlikely": [one for one in found if one.answer == "no" and not likely],
    }
    return render(request, "public/ask_result.html", shown)
