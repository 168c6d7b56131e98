"""What a clerk does to one person's record: join another to it, take rows out of it, say why there is no number."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from doudi.exchange import queries as exchange
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.registry import actions, queries
from doudi.registry.core.pairs import who_stays
from doudi.web.desk.pairs.forms import JoinForm, NumberForm, SplitForm
from doudi.web.desk.person.views import purpose_now
from doudi.web.parts.known import row_words
from doudi.web.parts.permits import permit

NUMBER = re.compile(r"\d{17}[\dX]")
WHAT = "记录的拆合：姓名、号码、各部门的行"


def _somebody(request: HttpRequest, pid: str) -> queries.PersonRow:
    """Whose record it is; the look is noted, for the purpose their page was opened with.

    :raises Http404: nobody of this id, or not in the viewer's area
    """
    try:
        who = queries.person(pid, request.viewer)
    except (NotAllowed, queries.NotKnown):
        raise Http404 from None
    at = time.now()
    why = purpose_now(request, who.pid, at) or request.viewer.purpose
    office.look(subject=who.pid, viewer=request.viewer, at=at, why=why, what=WHAT)
    return who


def _plain(text: str) -> str:
    return re.sub(r"[\s\-—]", "", unicodedata.normalize("NFKC", text)).upper()[:40]


@permit("pair.settle")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, pid: str) -> HttpResponse:
    """Another record that is this person too: found by number or exact name, joined with a reason.

    :raises Http404: nobody of this id here, or a post that does not open people's pages
    """
    who, asked = _somebody(request, pid), request.GET.get("q", "")
    found = _alike(request, who, _plain(asked))
    choices = [(one.pid, f"{one.name}，{one.area_label}{'' if one.pid.startswith('p') else '，没有身份证号'}") for one in found]
    form, problem = JoinForm(choices, request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        goes, stays = who_stays(form.cleaned_data["other"], who.pid)
        try:
            actions.merge_persons(goes=goes, stays=stays, reason=form.cleaned_data["reason"], by=request.user, at=time.now())
            messages.success(request, "并起来了。两边的经过都在，随时可以撤销。", extra_tags="pine")
            return redirect("desk:person", stays)
        except NotAllowed as refused:
            problem = str(refused)
    status = 422 if request.method == "POST" else 200
    context = {"who": who, "q": asked, "found": found, "form": form, "problem": problem}
    return render(request, "desk/pairs/join.html", context, status=status)


def _alike(request: HttpRequest, who: queries.PersonRow, text: str) -> list[queries.Found]:
    """Others of this number or exact name in the viewer's area."""
    if NUMBER.fullmatch(text):
        one = queries.find_by_number(text, request.viewer)
        found = [one] if one else []
    else:
        found = queries.find_by_name(text or who.name, request.viewer)
    return [one for one in found if one.pid != who.pid]


@permit("pair.settle")
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, pid: str) -> HttpResponse:
    """Rows that are somebody else's, taken out of a person's record; the next cycle finds whose they are.

    :raises Http404: nobody of this id here, or a post that does not open people's pages
    """
    viewer = request.viewer
    who, contracts = _somebody(request, pid), exchange.contracts()
    rows = {exchange.mark_of(row): row for row in queries.person_page(who.pid, viewer).rows}
    words = {mark: row_words(row, contracts.get(row.dataset)) for mark, row in rows.items() if mark}
    form, problem = SplitForm([(mark, one["label"]) for mark, one in words.items()], request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            to = _whose(request, _plain(said["number"]))
            taken = {mark: rows[mark].dataset for mark in said["rows"]}
            actions.split_person(pid=who.pid, rows=taken, to=to, reason=said["reason"], by=request.user, at=time.now())
            messages.success(request, "记下了。下一次计算起，这几行就不算他的了，随时可以撤销。", extra_tags="pine")
            return redirect("desk:person", who.pid)
        except NotAllowed as refused:
            problem = str(refused)
    chosen = set(form["rows"].value() or [])
    context: dict[str, Any] = {
        "who": who,
        "form": form,
        "problem": problem,
        "rows": [{"mark": mark, "row": one, "chosen": mark in chosen} for mark, one in words.items()],
    }
    return render(request, "desk/pairs/split.html", context, status=422 if request.method == "POST" else 200)


def _whose(request: HttpRequest, number: str) -> str:
    """The pid of who has this number in the viewer's area; "" where none was given.

    :raises NotAllowed: nobody here has it
    """
    if not number:
        return ""
    found = queries.find_by_number(number, request.viewer) if NUMBER.fullmatch(number) else None
    if found is None:
        raise NotAllowed("没有找到这个身份证号的人。可能住在别处，也可能写错了；不知道就空着。")
    return found.pid


@permit("number.explain")
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest, pid: str) -> HttpResponse:
    """Why a person has no citizen number.

    :raises Http404: nobody of this id here
    """
    try:
        who, _ = queries.to_visit(pid, request.viewer)
    except (NotAllowed, queries.NotKnown):
        raise Http404 from None
    at = time.now()
    form, problem = NumberForm(request.POST or None), ""
    office.look(subject=who.pid, viewer=request.viewer, at=at, what="姓名和住处")
    if request.method == "POST" and form.is_valid():
        try:
            actions.explain_number(pid=who.pid, by=request.user, at=at, **form.cleaned_data)
            messages.success(request, "记下了。", extra_tags="pine")
            readable = request.viewer.may("person.read")
            return redirect(reverse("desk:person", args=[who.pid]) if readable else reverse("field:today"))
        except NotAllowed as refused:
            problem = str(refused)
    context = {"who": who, "form": form, "problem": problem}
    return render(request, "desk/pairs/number.html", context, status=422 if request.method == "POST" else 200)
