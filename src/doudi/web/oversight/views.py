"""What the watchers see: figures by county, the story of one case or person line by line, the journal and its proofs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.casework import core as cases
from doudi.casework import queries as casework
from doudi.casework.queries import figures
from doudi.monitoring import queries as monitoring
from doudi.office import actions, proofs
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer
from doudi.office.merkle import NotProven
from doudi.payment import queries as payment
from doudi.registry import queries as registry
from doudi.web.oversight.words import act_words, detail_words
from doudi.web.parts.permits import permit

PAGE = 50


@permit("figures.read")
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """One page of figures by county, each counted in the database when the page is opened."""
    at, viewer = office.now(), request.viewer
    rows = _by_county(viewer, at)
    total = {name: sum(row[name] for row in rows) for name in rows[0] if name not in WORDS} if rows else {}
    runs = payment.runs(viewer) if viewer.may("payment.list") else ()
    latest_month = max((run.month for run in runs), default=None)
    latest = [run for run in runs if run.month == latest_month]
    context = {
        "rows": rows,
        "total": total,
        "seen_share": _share(total.get("closed", 0), total.get("waiting", 0)),
        "month": latest_month,
        "paid_fen": sum(run.paid_fen for run in latest),
        "failed": [run for run in latest if run.failed],
        "evaluation": monitoring.latest(),
        "at": at,
        "journal": office.journal_state() if viewer.may("journal.read") else None,
    }
    return render(request, "oversight/today.html", context)


WORDS = ("county", "label", "share", "shade")


def _by_county(viewer: Viewer, at: datetime) -> list[dict[str, Any]]:
    """Cases, help and alerts of each county side by side."""
    alerts = {row["county"]: row for row in monitoring.by_county(viewer)}
    found = []
    for row in figures.by_county(viewer, at=at):
        noticed = alerts.get(row.county, {"waiting": 0, "closed": 0})
        share = _share(noticed["closed"], noticed["waiting"])
        shade = 0 if share is None else 1 + min(share // 20, 4)
        found.append({**asdict(row), "waiting": noticed["waiting"], "closed": noticed["closed"], "share": share, "shade": shade})
    return found


def _share(done: int, waiting: int) -> int | None:
    """How many per cent were answered; None where there was nothing to answer."""
    return 100 * done // (done + waiting) if done + waiting else None


@permit("audit.read")
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Find the story of a case by its receipt number, or of a person by their number."""
    text = request.GET.get("q", "").strip()[:40]
    if text:
        receipt = cases.read_receipt(text)
        if receipt and request.viewer.may("case.read"):
            try:
                return redirect("oversight:story", casework.case_of_receipt(receipt, request.viewer))
            except NotAllowed:
                pass
    return render(request, "oversight/find.html", {"q": text, "asked": bool(text)})


@permit("audit.read")
@require_safe
def story(request: HttpRequest, subject: str) -> HttpResponse:
    """Everything that was done about one case or one person, oldest first, each line with its proof.

    :raises Http404: no such case or person in the viewer's area
    """
    at = office.now()
    try:
        if subject[:1] in ("p", "x") and len(subject) == 21:
            who = registry.person(subject, request.viewer)
            title, pid, case = who.masked_name, subject, None
        else:
            case = casework.case(subject, request.viewer, at=at)
            title, pid = case.name, case.applicant
    except (NotAllowed, registry.NotKnown):
        raise Http404 from None
    actions.look(subject=pid, viewer=request.viewer, at=at, why="监督检查", what="办理经过")
    lines = office.journal_of(subject)
    context = {
        "subject": subject,
        "title": title,
        "case": case,
        "receipt": cases.show_receipt(case.receipt) if case else "",
        "lines": _worded(lines),
        "looks": office.looks(registry.pids_of(pid)),
        "state": office.journal_state(),
    }
    return render(request, "oversight/story.html", context)


def _worded(lines: list[office.Line]) -> list[dict[str, Any]]:
    """Lines with the names of who did them and the act in words."""
    said = [str(value) for line in lines for value in line.detail.values()]
    names = office.clerk_names([*(line.by.partition(":")[2] for line in lines), *said])
    kinds = {"resident": "本人", "system": "自动"}
    return [
        {
            "line": line,
            "who": names.get(line.by.partition(":")[2]) or kinds.get(line.by.partition(":")[0], line.by),
            "what": act_words(line.act),
            "detail": detail_words(line.detail, names),
        }
        for line in lines
    ]


@permit("journal.read")
@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """The journal itself, newest first; it holds no personal data."""
    text = request.GET.get("before", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 18):
        raise Http404
    lines = office.journal_before(int(text) if text else None, limit=PAGE)
    context = {
        "lines": _worded(lines),
        "state": office.journal_state(),
        "next": f"?before={lines[-1].seq}" if len(lines) == PAGE and lines[-1].seq else "",
    }
    return render(request, "oversight/journal.html", context)


@permit("journal.read")
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Recompute the whole journal now and say what was found."""
    verdict = proofs.verify()
    if verdict.whole:
        messages.success(request, f"从头验了 {verdict.size} 行，每一行都和写下时一样。", extra_tags="pine")
    else:
        messages.error(request, f"验了 {verdict.size} 行，有 {verdict.found} 处和写下时不一样：", extra_tags="red")
        for one in verdict.findings[:20]:
            where = "" if one.seq is None else f"第 {one.seq} 行 "
            messages.error(request, f"{where}{one.table}.{one.field}：{one.words}", extra_tags="red")
    return redirect("oversight:journal")


@permit("journal.read")
@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Sign the journal as it stands, so that its newest lines can be proven."""
    signed = actions.sign_checkpoint()
    messages.success(request, f"签好了，到第 {signed.size} 行为止都能证明。", extra_tags="pine")
    return redirect("oversight:journal")


@permit("journal.read")
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The latest signed note, as other people's verifiers read it.

    :raises Http404: nothing was signed yet
    """
    state = office.journal_state()
    if not state.note:
        raise Http404
    return HttpResponse(state.note, content_type="text/plain; charset=utf-8")


@permit("journal.read")
@require_safe
def proof(request: HttpRequest, seq: int) -> HttpResponse:
    """The proof that one line is in the journal as signed; `doudi journal check` and other verifiers read it.

    :raises Http404: no such line under the latest signature
    """
    signed = office.checkpoint(office.journal_state().signed_size)
    if signed is None or not 0 <= seq < signed.size:
        raise Http404
    try:
        made = proofs.prove(seq, signed)
    except NotProven as why:
        return JsonResponse({"proven": False, "why": str(why)}, status=409)
    response = JsonResponse(made, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Content-Disposition"] = f'attachment; filename="journal-{seq}.json"'
    return response
