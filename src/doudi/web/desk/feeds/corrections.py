"""校核申请: lists, one of them with its moves, the letter to a department and its file, a department's own question."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.exchange import actions, jobs, queries
from doudi.exchange.actions.corrections import NotAMove
from doudi.office import actions as office
from doudi.office.core import NotAllowed
from doudi.office.queries import now, today
from doudi.web.desk.frame import page_number
from doudi.web.parts.permits import permit

if TYPE_CHECKING:
    from doudi.web.desk.person.parts import Asked

PAGE = 50
WHICH = {"open": "等答复", "late": "过期没答复", "waiting": "已改正，等数据进来", "closed": "办结", "all": "全部"}
MOST_REJECTS = 200


@permit("correction.list")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Requests of one kind, the most pressing first, with how many wait at each department."""
    viewer = request.viewer  # type: ignore[attr-defined]
    which, department = request.GET.get("which", "open"), request.GET.get("department", "")
    if which not in WHICH or (department and department not in queries.departments()):
        raise Http404
    day, number = today(now()), page_number(request)
    rows = queries.corrections(viewer, day, which=which, department=department, first=number * PAGE, count=PAGE + 1)
    context = {
        "rows": rows[:PAGE],
        "which": which,
        "kinds": WHICH,
        "department": department,
        "label": queries.departments().get(department, ""),
        "pressing": queries.pressing(viewer, day),
        "next": f"?which={which}&department={department}&page={number + 1}" if len(rows) > PAGE else "",
        "may_send": viewer.may("correction.ask") and viewer.may("feed.list") and not viewer.department,
        "may_ask_us": viewer.department not in ("", "civil_affairs"),
    }
    return render(request, "desk/feeds/corrections.html", context)


@permit("correction.list")
@require_safe
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """One request: what stands there, what is believed, why, and what can be answered. Looking leaves a trace."""
    return _one(request, ref)


def _one(request: HttpRequest, ref: str, problem: str = "") -> HttpResponse:
    viewer, at = request.viewer, now()  # type: ignore[attr-defined]
    found = queries.correction(ref, viewer, today(at))
    if found is None:
        raise Http404
    if found.line.pid:
        office.look(subject=found.line.pid, viewer=viewer, at=at, what=f"校核申请：{found.line.label} {found.line.field_label}")
    context = {"one": found, "line": found.line, "today": today(at), "problem": problem}
    return render(request, "desk/feeds/correction.html", context, status=422 if problem else 200)


@permit("correction.answer")
@require_POST
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer: corrected, with the value; stands, with the reason; or more time, with the reason."""
    found = queries.correction(ref, request.viewer, today(now()))  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    why, by, at = request.POST.get("why", ""), request.user, now()
    try:
        match request.POST.get("move"):
            case "correct":
                actions.correct_correction(ref=ref, value=request.POST.get("value", ""), why=why, by=by, at=at)
                if found.line.batch:
                    made = jobs.take_corrections(load=found.line.batch, by=by, at=at)
                    jobs.score_loads(at=at, loads=list(made))
            case "stand":
                actions.stand_correction(ref=ref, why=why, by=by, at=at)
            case "more_time":
                actions.extend_correction(ref=ref, why=why, by=by, at=at)
            case _:
                return _one(request, ref, "请选一种答复。")
    except (NotAllowed, NotAMove) as refused:
        return _one(request, ref, str(refused))
    return redirect("desk:correction", ref)


@permit("correction.ask")
@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a request back."""
    if queries.correction(ref, request.viewer, today(now())) is None:  # type: ignore[attr-defined]
        raise Http404
    try:
        actions.withdraw_correction(ref=ref, by=request.user, at=now())
    except (NotAllowed, NotAMove) as refused:
        return _one(request, ref, str(refused))
    return redirect("desk:correction", ref)


@permit("correction.ask")
def letter(request: HttpRequest, department: str) -> HttpResponse:
    """The letter to a department with everything asked of it; noted as sent when it goes."""
    viewer, at = request.viewer, now()  # type: ignore[attr-defined]
    if department not in queries.departments():
        raise Http404
    try:
        found = queries.letter(department, viewer, today(at))
        if request.method == "POST":
            actions.send_corrections(refs=[one.line.ref for one in found.lines], to=found.department, by=request.user, at=at)
            messages.success(request, "记下已经发出。", extra_tags="pine")
            return redirect("desk:corrections")
    except NotAllowed:
        raise Http404 from None
    for page in found.lines:
        if page.line.pid:
            office.look(subject=page.line.pid, viewer=viewer, at=at, what="校核申请函")
    return render(request, "desk/feeds/letter.html", {"letter": found, "department": department, "today": today(at)})


@permit("correction.ask")
@require_safe
def letter_file(request: HttpRequest, department: str) -> HttpResponse:
    """The same as a workbook to answer in."""
    viewer, at = request.viewer, now()  # type: ignore[attr-defined]
    try:
        found = queries.letter(department, viewer, today(at))
    except NotAllowed:
        raise Http404 from None
    if not found.lines:
        raise Http404
    for page in found.lines:
        if page.line.pid:
            office.look(subject=page.line.pid, viewer=viewer, at=at, what="校核申请清单")
    with tempfile.TemporaryDirectory() as folder:
        content = BytesIO(jobs.write_letter(found, Path(folder)).read_bytes())
    return FileResponse(content, as_attachment=True, filename=f"校核申请-{found.department}-{today(at)}.xlsx")


@permit("correction.ask")
@require_POST
def rejects(request: HttpRequest, number: int) -> HttpResponse:
    """Ask the department about the rejected rows of a load, one request a row, no row twice while one is open."""
    viewer = request.viewer  # type: ignore[attr-defined]
    load = queries.load(number, viewer) if viewer.may("feed.list") else None
    if load is None:
        raise Http404
    rows = queries.rejects(number, viewer, count=MOST_REJECTS)
    try:
        for row in rows:
            first = row.problems[0]
            actions.ask_correction(
                dataset=load.dataset,
                field=first.field,
                batch=number,
                row_no=row.row_no,
                held=first.value,
                believed=None,
                evidence="；".join(f"{one.label}：{one.message}" for one in row.problems),
                origin="reject",
                by=request.user,
                at=now(),
            )
    except NotAllowed as why:
        messages.add_message(request, messages.ERROR, str(why), extra_tags="amber")
        return redirect("desk:feed", number)
    messages.success(request, f"就 {len(rows)} 行提了校核申请，部门有 10 个工作日答复。", extra_tags="pine")
    return redirect("desk:corrections")


@permit("correction.ask")
def ask_us(request: HttpRequest) -> HttpResponse:
    """A department asks us about our data."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.department:
        raise Http404
    ours = [one for one in queries.contracts().values() if one.department_code == "civil_affairs" and one.code != "division"]
    if viewer.department == "civil_affairs":
        ours = []
    problem, posted = "", request.POST
    if request.method == "POST":
        dataset = posted.get("dataset", "")
        try:
            made = actions.ask_correction(
                dataset=dataset if dataset in {one.code for one in ours} else "",
                field="",
                held=posted.get("held", "").strip() or None,
                believed=posted.get("believed", "").strip() or None,
                evidence=posted.get("evidence", ""),
                cause=posted.get("cause", "").strip()[:60],
                origin="department",
                by=request.user,
                at=now(),
            )
            return redirect("desk:correction", made.ref)
        except NotAllowed as why:
            problem = str(why)
    context = {"ours": ours, "problem": problem, "posted": posted}
    return render(request, "desk/feeds/ask_us.html", context, status=422 if problem else 200)


def about(asked: Asked) -> dict[str, Any]:
    """The part of a person's page that says what was asked about their data, and what was answered."""
    return {"asked": queries.corrections_of_person(asked.pid, asked.viewer, asked.today)}
