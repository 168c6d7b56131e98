"""Mending a delivery in the browser: what is wrong by kind, put right once for all, seen before it counts, undone if need be."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from doudi.exchange import actions, jobs, queries
from doudi.office import actions as office
from doudi.office.core import NotAllowed
from doudi.office.queries import now
from doudi.web.desk.feeds import mend_words
from doudi.web.desk.frame import page_number
from doudi.web.parts.permits import permit

NOTHING = "∅"  # what a choice sends to mean an empty cell


def _source(request: HttpRequest, number: int | None, refusal: int | None, dataset: str = "") -> queries.Source:
    """The delivery to mend.

    :raises Http404: there is none, or it is another department's
    """
    viewer = request.viewer  # type: ignore[attr-defined]
    if number is not None:
        source = queries.source_of(number) if queries.load(number, viewer) else None
    else:
        known = {one.id for one in queries.refusals(viewer, count=10_000)}
        draft = queries.draft_of(viewer, refusal=refusal)
        source = queries.source_of_refusal(refusal or 0, draft.dataset if draft else dataset) if refusal in known else None
    if source is None or not viewer.answers_for(source.contract.department_code) or not viewer.whole_city:
        raise Http404
    return source


def _here(source: queries.Source) -> str:
    if source.load is not None:
        return reverse("desk:mend", args=[source.load])
    return reverse("desk:mend-refused", args=[source.refusal]) + f"?dataset={source.dataset}"


@permit("feed.mend")
@require_safe
def page(request: HttpRequest, number: int | None = None, refusal: int | None = None) -> HttpResponse:
    """What is wrong with a delivery, what might mend it, the list so far and what it would give."""
    viewer = request.viewer  # type: ignore[attr-defined]
    dataset = request.GET.get("dataset", "")
    if refusal is not None and not dataset and queries.draft_of(viewer, refusal=refusal) is None:
        return _choose(request, refusal)
    source = _source(request, number, refusal, dataset)
    draft = queries.draft_of(viewer, load=source.load, refusal=source.refusal)
    told = draft.mends if draft else source.mends
    problem, seen, groups, headings = "", draft.preview if draft else None, [], []
    try:
        headings = jobs.headings(source)
        if draft and seen is None:
            seen = jobs.preview(source, told).as_json()
        groups = jobs.wrong(source, seen)
    except (jobs.Refused, jobs.BadMend) as why:
        problem = f"{why}{getattr(why, 'fix', '')}"
    contract = source.contract
    used = {one["heading"] for one in told if one["kind"] == "heading"}
    context = {
        "source": source,
        "contract": contract,
        "draft": draft,
        "mends": mend_words.listed(told, contract, (seen or {}).get("changed", [])),
        "seen": seen,
        "gained": seen["accepted"] - source.accepted if seen else 0,
        "groups": mend_words.grouped(groups, contract),
        "headings": [one for one in headings if one not in used],
        "unknown": [one for one in headings if one not in used and mend_words.unknown(one, contract)],
        "saved": mend_words.listed(_saved(source, told), contract, []),
        "done": queries.mendings_of(source.load, viewer) if source.load else [],
        "problem": problem,
        "here": _here(source),
        "acts": _acts(source),
        "nothing": NOTHING,
    }
    return render(request, "desk/feeds/mend.html", context, status=422 if problem else 200)


def _acts(source: queries.Source) -> dict[str, str]:
    """Addresses of what can be done with this list."""
    names = {"add": "mend-add", "drop": "mend-drop", "saved": "mend-saved", "apply": "mend-apply"}
    if source.load is not None:
        return {key: reverse(f"desk:{name}", args=[source.load]) for key, name in names.items()}
    return {
        key: reverse(f"desk:{name}-refused", args=[source.refusal]) + f"?dataset={source.dataset}" for key, name in names.items()
    }


def _saved(source: queries.Source, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What helped last time and is not in the list yet."""
    return [one for one in queries.saved_mends(source.dataset, source.sender) if one not in told]


def _choose(request: HttpRequest, refusal: int) -> HttpResponse:
    """Which dataset a refused file was to be."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = next((one for one in queries.refusals(viewer, count=10_000) if one.id == refusal), None)
    if found is None or not viewer.whole_city:
        raise Http404
    known = sorted(queries.contracts().values(), key=lambda one: (one.no or "~", one.code))
    context = {
        "refused": found,
        "contracts": [one for one in known if viewer.answers_for(one.department_code) and one.code != "division"],
    }
    return render(request, "desk/feeds/mend_which.html", context)


def _change(request: HttpRequest, source: queries.Source, change: Any) -> HttpResponse:
    """Write the list anew, begun if need be, and come back to the page; a refusal is said there."""
    by, at = request.user, now()
    try:
        draft = actions.start_mending(
            load=source.load, refusal=source.refusal, dataset=source.dataset, mends=source.mends, by=by, at=at
        )
        jobs.change_mends(source, ref=draft.ref, told=change(list(draft.mends)), by=by, at=at)
    except (NotAllowed, jobs.BadMend) as why:
        messages.add_message(request, messages.ERROR, str(why), extra_tags="amber")
    except jobs.Refused as why:
        messages.add_message(request, messages.ERROR, f"{why}{why.fix}", extra_tags="amber")
    return redirect(_here(source))


@permit("feed.mend")
@require_POST
def add(request: HttpRequest, number: int | None = None, refusal: int | None = None) -> HttpResponse:
    """Add one mend to the list."""
    source = _source(request, number, refusal, request.GET.get("dataset", ""))
    told = _told(request)
    return _change(request, source, lambda mends: [*mends, told])


def _told(request: HttpRequest) -> dict[str, Any]:
    """The mend a form speaks of; whether it can be meant, the engine says."""
    posted = request.POST
    kind, column = posted.get("kind", ""), posted.get("column", "")
    if kind == "values":
        pairs = [(posted.get(f"old-{at}", ""), posted.get(f"new-{at}", "").strip()) for at in range(200) if f"old-{at}" in posted]
        return {"kind": kind, "column": column, "map": {old: "" if new == NOTHING else new for old, new in pairs if new}}
    if kind == "drop":
        return {"kind": kind, "totals": True}
    names = {
        "strip": ("characters",),
        "dates": ("order",),
        "unit": ("factor", "over"),
        "clear": ("reason",),
        "heading": ("heading",),
        "fill": (),
    }.get(kind, ())
    return {"kind": kind, "column": column, **{name: posted.get(name, "").strip(" \r\n") for name in names}}


@permit("feed.mend")
@require_POST
def drop(request: HttpRequest, number: int | None = None, refusal: int | None = None) -> HttpResponse:
    """Take one mend off the list."""
    source = _source(request, number, refusal, request.GET.get("dataset", ""))
    text = request.POST.get("at", "")
    at = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
    return _change(request, source, lambda mends: [one for index, one in enumerate(mends) if index != at])


@permit("feed.mend")
@require_POST
def saved(request: HttpRequest, number: int | None = None, refusal: int | None = None) -> HttpResponse:
    """Put on the list what helped with the last delivery."""
    source = _source(request, number, refusal, request.GET.get("dataset", ""))
    return _change(request, source, lambda mends: [*mends, *_saved(source, mends)])


@permit("feed.mend")
@require_POST
def apply(request: HttpRequest, number: int | None = None, refusal: int | None = None) -> HttpResponse:
    """Read the original by the list and take in what it gives."""
    source = _source(request, number, refusal, request.GET.get("dataset", ""))
    draft = queries.draft_of(request.viewer, load=source.load, refusal=source.refusal)  # type: ignore[attr-defined]
    if draft is None or not draft.mends or draft.ref != request.POST.get("ref"):
        messages.add_message(request, messages.ERROR, "这份修改已经变了，请看过再用。", extra_tags="amber")
        return redirect(_here(source))
    try:
        load = jobs.apply_mends(source, ref=draft.ref, told=draft.mends, by=request.user, at=now())
    except (NotAllowed, jobs.BadMend, jobs.Refused) as why:
        messages.add_message(request, messages.ERROR, str(why), extra_tags="amber")
        return redirect(_here(source))
    jobs.score_loads(at=now(), loads=[load.pk])
    messages.success(
        request,
        f"按修改重新收下了 {load.accepted} 行，还有 {load.rejected} 行没有收。原件没有动，随时可以撤销。",
        extra_tags="pine",
    )
    return redirect("desk:feed", load.pk)


@permit("feed.mend")
def row(request: HttpRequest, number: int, row: int) -> HttpResponse:
    """One row as it stands: every cell, to put right by hand."""
    source = _source(request, number, None)
    draft = queries.draft_of(request.viewer, load=source.load)  # type: ignore[attr-defined]
    try:
        cells = jobs.row_as_it_came(source, draft.mends if draft else source.mends, row)
    except (jobs.Refused, jobs.BadMend) as why:
        messages.add_message(request, messages.ERROR, str(why), extra_tags="amber")
        return redirect(_here(source))
    if cells is None:
        raise Http404
    contract = source.contract
    if request.method == "POST":
        new = {name: request.POST[name].strip() for name in cells if name in request.POST}
        changed = [
            {"kind": "cell", "row": row, "column": name, "value": value}
            for name, value in new.items()
            if value != cells[name].strip()
        ]
        if not changed:
            messages.add_message(request, messages.INFO, "这一行没有改动。", extra_tags="pine")
            return redirect(_here(source))
        again = {(one["row"], one["column"]) for one in changed}
        return _change(
            request,
            source,
            lambda mends: [
                *(one for one in mends if one["kind"] != "cell" or (one["row"], one["column"]) not in again),
                *changed,
            ],
        )
    what = f"第 {row} 行，为了改正"
    office.look(subject=f"delivery:{source.delivery}", viewer=request.viewer, at=now(), what=what)  # type: ignore[attr-defined]
    fields = [(contract.by_name[name], value) for name, value in cells.items()]
    problems = {one.field: one for line in queries.rejects_of_rows(source, [row]) for one in line.problems}
    context = {"source": source, "contract": contract, "row": row, "fields": fields, "problems": problems, "here": _here(source)}
    return render(request, "desk/feeds/mend_row.html", context)


@permit("feed.mend")
@require_safe
def rows(request: HttpRequest, number: int) -> HttpResponse:
    """Rows with one kind of problem, to be put right one by one."""
    source = _source(request, number, None)
    field, reason = request.GET.get("field", ""), request.GET.get("reason", "")
    first = page_number(request) * 50
    found = queries.rows_with(source, field, reason, first=first, count=51)
    context = {
        "source": source,
        "contract": source.contract,
        "told": mend_words.reason(source.contract, field, reason),
        "rows": found[:50],
        "next": f"?field={field}&reason={reason}&page={first // 50 + 1}" if len(found) > 50 else "",
        "here": _here(source),
    }
    return render(request, "desk/feeds/mend_rows.html", context)


@permit("feed.mend")
@require_POST
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Let what a list was applied to count again."""
    found = queries.mending_row(ref, request.viewer)  # type: ignore[attr-defined]
    if found is None or found.mended is None:
        raise Http404
    back = found.load or found.mended
    try:
        actions.undo_mends(ref=ref, why=request.POST.get("why", ""), by=request.user, at=now())
        messages.success(request, "撤销了，改之前的数据重新算数。", extra_tags="pine")
    except NotAllowed as why:
        messages.add_message(request, messages.ERROR, str(why), extra_tags="amber")
    return redirect("desk:feed", back)


@permit("feed.mend")
@require_safe
def left(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """What was not taken, as a table to work on: reason and remedy in each row; safe to open in a spreadsheet."""
    load = queries.load(number, request.viewer) if request.viewer.whole_city else None  # type: ignore[attr-defined]
    whole = request.viewer.whole_city  # type: ignore[attr-defined]
    if load is None or not whole or not load.rejected or kind not in ("csv", "xlsx"):
        raise Http404
    with tempfile.TemporaryDirectory() as folder:
        path = jobs.write_left(number, Path(folder), kind=kind, by=request.user, at=now())
        content = BytesIO(path.read_bytes())
    return FileResponse(content, as_attachment=True, filename=f"没收下的行-{load.label}-{number}.{kind}")
