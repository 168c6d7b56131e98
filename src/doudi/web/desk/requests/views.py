"""The inbox of requests about one's own data, and one request with its answer."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.casework import queries as casework
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.registry import actions, queries
from doudi.registry.core.requests import OUTCOMES, AlreadyAnswered, Wish
from doudi.web.desk import fields
from doudi.web.desk.frame import due, page_number
from doudi.web.parts.permits import permit

SIZE = 50


class AnswerForm(forms.Form):
    """How it was answered and why; nothing is chosen beforehand."""

    outcome = fields.one_of([(one.value, label) for one, label in OUTCOMES.items()], label="怎么办的", missing="请选一个")
    words = fields.words(
        label="写给本人的答复",
        missing="请写清楚怎么办的、为什么",
        hint="先说结果，再说为什么。没有办的，写清是哪一条、还能怎么办",
    )


@permit("request.list")
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Requests that wait in the viewer's area, the most pressing first; or those answered."""
    today, page = time.today(time.now()), page_number(request)
    answered = request.GET.get("state") == "answered"
    rows = queries.requests(request.viewer, today, answered=answered, first=page * SIZE, count=SIZE + 1)
    lines = [{"row": row, "due": due(row.due_on, today)} for row in rows[:SIZE]]
    context = {"lines": lines, "answered": answered, "page": page, "next": page + 1 if len(rows) > SIZE else None}
    return render(request, "desk/requests/page.html", context)


@permit("request.list")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """One request: whose, what for, by when; the answer, with reasons, by a person.

    :raises Http404: no such request in the viewer's area
    """
    at = time.now()
    try:
        found = queries.request(ref, request.viewer, time.today(at))
    except NotAllowed:
        raise Http404 from None
    form = AnswerForm(request.POST or None)
    may = request.viewer.may("request.answer") and found.row.answered_at is None
    if request.method == "POST":
        if not request.viewer.may("request.answer"):
            raise Http404
        if form.is_valid():
            said = form.cleaned_data
            try:
                actions.answer(ref=ref, outcome=said["outcome"], words=said["words"], by=request.user, at=at)
            except (NotAllowed, AlreadyAnswered) as why:
                messages.error(request, str(why), extra_tags="amber")
            else:
                messages.success(request, "答复了，本人会收到短信。")
            return redirect("desk:request", ref)
    office.look(subject=found.row.pid, viewer=request.viewer, at=at, why="request.answer", what="对自己信息的请求")
    erasing = may and found.row.wish == Wish.DELETE
    context = {"one": found, "form": form, "may": may, "erasing": erasing, "due": due(found.row.due_on, time.today(at))}
    return render(request, "desk/requests/one.html", context, status=422 if form.errors else 200)


@permit("request.answer")
@require_POST
def erase(request: HttpRequest, ref: str) -> HttpResponse:
    """Delete the telephone number and bank account of who asked for it (PIPL Art. 47); the answer to them is a step of its own.

    :raises Http404: no such request in the viewer's area, or it asks for something else
    """
    at = time.now()
    try:
        found = queries.request(ref, request.viewer, time.today(at))
    except NotAllowed:
        raise Http404 from None
    if found.row.wish != Wish.DELETE or found.row.answered_at is not None:
        raise Http404
    why = f"PIPL Art. 47，请求 {found.row.number}"
    try:
        gone = actions.erase_contact([found.row.pid], why=why, held=sorted(casework.people_in_work()), by=request.user, at=at)
    except NotAllowed as why_not:
        messages.error(request, str(why_not), extra_tags="amber")
    else:
        messages.success(request, "电话和银行卡删掉了。请把结果答复本人。" if gone else "没有留存的电话和银行卡。")
    return redirect("desk:request", ref)
