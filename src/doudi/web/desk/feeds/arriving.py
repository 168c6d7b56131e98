"""A file brought by hand: looked at before it is taken in; and receipts, senders and sources of data."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from doudi.exchange import actions, jobs, queries
from doudi.exchange.core import Door
from doudi.office import actions as office_actions
from doudi.office import queries as office
from doudi.office.core import NotAllowed
from doudi.web.desk.frame import page_number
from doudi.web.parts.permits import permit

PAGE = 40
DOORS = [door for door in Door if door is not Door.CONSOLE]


def _senders(request: HttpRequest) -> list[queries.SenderRow]:
    """Who may bring files by hand, and is this officer's to bring for."""
    return [
        one
        for one in queries.senders()
        if one.active and Door.DESK in one.doors and request.viewer.answers_for(one.department_code)
    ]


@permit("feed.load")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; it goes to disk as it arrives and is looked at on the next page before anything is taken in."""
    senders, problem = _senders(request), ""
    if request.method == "POST":
        file, code = request.FILES.get("file"), request.POST.get("sender", "")
        told = request.POST.get("as_of", "")
        try:
            as_of = date.fromisoformat(told) if told else None
        except ValueError:
            problem = "日期请写成 2026-06-30，或空着。"
        if file is None:
            problem = "还没有选文件。"
        elif code not in {one.code for one in senders}:
            problem = "请选是哪个部门的数据。"
        if not problem:
            try:
                found = jobs.bring(file.chunks(), file_name=file.name, sender=code, as_of=as_of, by=request.user, at=office.now())
                return redirect("desk:feed-look", found.ref)
            except NotAllowed as why:
                problem = str(why)
    chosen, as_of_said = request.POST.get("sender", ""), request.POST.get("as_of", "")
    context = {"senders": senders, "problem": problem, "chosen": chosen, "as_of": as_of_said}
    return render(request, "desk/feeds/upload.html", context, status=422 if problem else 200)


@permit("feed.load")
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, ref: str) -> HttpResponse:
    """What would become of the file, column by column; take it in, or throw it away."""
    found = queries.upload(ref)
    if found is None or found.opened_by != office_actions.party(request.user):
        raise Http404
    if found.receipt:
        return redirect("desk:feed-receipt", found.receipt.id)
    if found.closed:
        return redirect("desk:feed-upload")
    problem = ""
    if request.method == "POST":
        try:
            if "give_up" in request.POST:
                jobs.give_up(found, by=request.user, at=office.now())
                messages.info(request, f"{found.file_name} 没有收，已经丢掉。")
                return redirect("desk:feed-upload")
            receipt = jobs.take_in(found, by=request.user, at=office.now())
            jobs.score_loads(at=office.now(), loads=[load["load"] for load in receipt.loads])
            return redirect("desk:feed-receipt", receipt.id)
        except jobs.Busy:
            problem = "这个文件正在入库，请过一会儿刷新这一页。"
        except jobs.Refused as why:
            problem = f"{why}{why.fix}"
        except NotAllowed as why:
            problem = str(why)
    seen = jobs.look_at(jobs.path_of(found), file_name=found.file_name)
    sender = queries.sender(found.sender)
    context = {"upload": found, "look": seen, "sender": sender, "problem": problem}
    return render(request, "desk/feeds/look.html", context, status=422 if problem else 200)


@permit("feed.list")
@require_safe
def receipts(request: HttpRequest) -> HttpResponse:
    """Every receipt, newest first."""
    number = page_number(request)
    rows = queries.receipts(request.viewer, first=number * PAGE, count=PAGE + 1)
    labels = {one.code: one.label for one in queries.senders()}
    shown = [(one, labels.get(one.sender, one.sender), one.count("accepted"), one.count("rejected")) for one in rows[:PAGE]]
    context = {"rows": shown, "next": f"?page={number + 1}" if len(rows) > PAGE else ""}
    return render(request, "desk/feeds/receipts.html", context)


@permit("feed.list")
@require_safe
def receipt(request: HttpRequest, number: int) -> HttpResponse:
    """One receipt, to print and hand over: what was taken, what was not, why, and what to do."""
    found = queries.receipt(number, request.viewer)
    if found is None:
        raise Http404
    sender = queries.sender(found.sender)
    context = {"receipt": found, "taken": found.machine()["taken"], "sender": sender}
    return render(request, "desk/feeds/receipt.html", context)


@permit("feed.list")
@require_GET
def sources(request: HttpRequest) -> HttpResponse:
    """Departments' databases we read from, and what the last readings brought."""
    return render(request, "desk/feeds/sources.html", {"rows": queries.sources_seen(request.viewer)})


@permit("feed.list")
@require_safe
def senders(request: HttpRequest) -> HttpResponse:
    """Who sends data, what, how, and with which keys."""
    known = queries.contracts()
    departments = {one.department_code: one.department for one in known.values()}
    context = {
        "rows": [(one, departments.get(one.department_code, "")) for one in queries.senders_seen(request.viewer)],
        "departments": sorted(departments.items(), key=lambda one: one[1]),
        "may_keep": request.viewer.may("sender.keep"),
    }
    return render(request, "desk/feeds/senders.html", context)


def vars_of(found: queries.SenderRow | None) -> dict[str, str]:
    """What the form says before anybody has changed it."""
    return {name: getattr(found, name) if found else "" for name in ("code", "label", "department_code", "contact")}


@permit("sender.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def sender(request: HttpRequest, code: str = "") -> HttpResponse:
    """Register a sender or change what it may send; give it another key; stop it."""
    found = queries.sender(code) if code else None
    if code and found is None:
        raise Http404
    problem, said = "", request.POST
    if request.method == "POST":
        at, by = office.now(), request.user
        try:
            if "stop" in said and found:
                actions.stop_sender(code=code, by=by, at=at)
                messages.info(request, f"{found.label} 停用了：从现在起什么也不收。")
            elif "public_key" in said and found:
                key = actions.rotate_key(code=code, public_key=said["public_key"].strip(), by=by, at=at)
                messages.info(request, f"新钥匙登记好了，名字是 {key.key_id}。原来的还能用 7 天。")
            else:
                kept = actions.keep_sender(
                    code=code or said.get("code", "").strip(),
                    label=said.get("label", ""),
                    department_code=said.get("department_code", ""),
                    datasets=said.getlist("datasets"),
                    doors=said.getlist("doors"),
                    contact=said.get("contact", ""),
                    by=by,
                    at=at,
                )
                messages.info(request, f"{kept.label} 登记好了。")
                code = kept.code
            return redirect("desk:feed-sender", code)
        except ValueError as why:
            problem = str(why)
    known = queries.contracts()
    chosen = said.getlist("datasets") if problem else found.datasets if found else ()
    theirs = [one for one in known.values() if not found or one.department_code == found.department_code or one.code in chosen]
    context = {
        "sender": found,
        "problem": problem,
        "said": said if problem else vars_of(found),
        "departments": sorted({(one.department_code, one.department) for one in known.values()}, key=lambda one: one[1]),
        "datasets": [(one, one.code in chosen) for one in sorted(theirs, key=lambda one: (one.department, one.no))],
        "doors": [(door, door.value in (said.getlist("doors") if problem else found.doors if found else ())) for door in DOORS],
    }
    return render(request, "desk/feeds/sender.html", context, status=422 if problem else 200)
