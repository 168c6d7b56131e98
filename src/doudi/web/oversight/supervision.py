"""The five boards of supervision and what stands behind each number; a case is read on its story, which notes the look."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.casework import core as cases
from doudi.office import queries as office
from doudi.supervision import queries as supervision
from doudi.supervision.core import Hit, RuleRow
from doudi.verification import queries as verification
from doudi.web.parts.permits import permit

PAGE = 50
LEVELS = {"R": ("急", "red"), "O": ("要紧", "amber"), "Y": ("看一看", "plain")}
STATES = {
    "no_data": ("还没有数据", "amber"),
    "unsure": ("有的说不准", "amber"),
    "clean": ("没有查到", "pine"),
    "nobody": ("没有要看的", "plain"),
}


@permit("audit.read")
@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """Five boards, each rule with its number; what nobody keeps a record of says so."""
    found = supervision.seen_by(request.viewer, office.today(office.now()))
    shown = [
        {"board": board, "open": _shown(board.rules, CALM, False), "calm": _shown(board.rules, CALM, True)}
        for board in found.boards
    ]
    viewer, today = request.viewer, office.today(office.now())
    handed = verification.anomaly_counts(viewer, on=today).supervision if viewer.may("anomaly.read") else 0
    return render(request, "oversight/supervision.html", {"found": found, "boards": shown, "handed": handed})


CALM = ("clean", "nobody")  # folded away: asked, and nothing there


def _shown(rules: tuple[RuleRow, ...], states: tuple[str, ...], inside: bool) -> list[dict[str, Any]]:
    """The rules in (or not in) these states, what was found first."""
    some = sorted((rule for rule in rules if (rule.state in states) is inside), key=lambda rule: not rule.found)
    return [{"rule": rule, "state": STATES.get(rule.state), "level": LEVELS[rule.level]} for rule in some]


@permit("audit.read")
@require_safe
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: what it found, why, by which article, and what else may be behind it.

    :raises Http404: no such rule in force, or not a page number
    """
    found = supervision.seen_by(request.viewer, office.today(office.now()))
    row = found.rule(code)
    if row is None:
        raise Http404
    text = request.GET.get("page", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Http404
    page = int(text)
    hits = found.hits.get(code, ())
    some = hits[page * PAGE : (page + 1) * PAGE]
    context = {
        "found": found,
        "rule": row,
        "state": STATES.get(row.state),
        "level": LEVELS[row.level],
        "rows": _rows(some),
        "next": f"?page={page + 1}" if len(hits) > (page + 1) * PAGE else "",
    }
    return render(request, "oversight/supervision_rule.html", context)


def _rows(hits: tuple[Hit, ...]) -> list[dict[str, Any]]:
    labels = office.area_labels([hit.area for hit in hits])
    roads = cases.roads()
    return [
        {
            "hit": hit,
            "place": labels.get(hit.area, hit.area),
            "programme": roads[hit.programme].label if hit.programme in roads else hit.programme,
            "receipt": cases.show_receipt(hit.receipt) if hit.receipt else "",
            "is_unsure": hit.state == "unknown",
        }
        for hit in hits
    ]
