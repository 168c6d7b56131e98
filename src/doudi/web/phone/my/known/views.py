"""Everything known of me and my children who are minors, in plain words; what I may do about it, here and at once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from doudi.exchange import actions as exchange_acts
from doudi.exchange import queries as exchange
from doudi.exchange.core.corrections import Origin
from doudi.office import queries as time
from doudi.office.core import NotAllowed, Party, mask_phone
from doudi.registry import actions, queries
from doudi.registry.core.requests import ANSWER_WORKING_DAYS, WISHES, Wish
from doudi.registry.queries import MyKnown, SourceRow
from doudi.rulebook import queries as rulebook
from doudi.web.parts.known import differing, dimensions, row_words
from doudi.web.parts.permits import resident
from doudi.web.parts.templatetags.parts import day
from doudi.web.phone.my.known.forms import PhoneForm, WishForm, WrongForm


def _today() -> date:
    return time.today(time.now())


def _everybody(request: HttpRequest) -> list[MyKnown]:
    """Me, then my children who are minors.

    :raises Http404: nobody knows the one signed in any more
    """
    try:
        return queries.my_known(request.pid, time.now())
    except queries.NotKnown:
        raise Http404 from None


def _words(one: MyKnown) -> dict[str, Any]:
    rules, contracts = rulebook.pack(), exchange.contracts()
    parts = dimensions(one.facts, one.household_facts, one.rows, rules, contracts)
    return {
        "person": one.person,
        "mine": one.mine,
        "covered": one.covered,
        "dimensions": [part for part in parts if part.facts or part.nots],
        "unknown": [part.label for part in parts if part.unknown and not part.facts and not part.nots],
        "differing": differing(one.rows, contracts),
        "rows": [row_words(row, contracts.get(row.dataset)) | {"dataset": row.dataset} for row in one.rows],
    }


@resident
def known(request: HttpRequest) -> HttpResponse:
    """What departments said of me, what was worked out of it, who looked, and what I may do."""
    looks = time.looks(queries.pids_of(request.pid), limit=20)
    shown = {"people": [_words(one) for one in _everybody(request)], "looks": looks, "on": _today()}
    return render(request, "phone/my/known/page.html", shown)


@resident
def copy(request: HttpRequest) -> HttpResponse:
    """The same, whole and open, to print or keep (PIPL Art. 45)."""
    actions.take_copy(pid=request.pid, form="page", by=Party.resident(request.pid), at=time.now())
    shown = {
        "people": [_words(one) for one in _everybody(request)],
        "looks": time.looks(queries.pids_of(request.pid), limit=1000),
        "consents": queries.consents(request.pid),
        "on": _today(),
    }
    return render(request, "phone/my/known/copy.html", shown)


@resident
def copy_json(request: HttpRequest) -> HttpResponse:
    """The same for a machine, so that it can be taken elsewhere (PIPL Art. 45)."""
    actions.take_copy(pid=request.pid, form="json", by=Party.resident(request.pid), at=time.now())
    contracts = exchange.contracts()
    told = {
        "made_on": _today(),
        "people": [
            {
                "name": one.person.name,
                "citizen_no": one.person.number,
                "born_on": one.person.born_on,
                "phone": one.person.phone,
                "account": one.person.account,
                "area": one.person.area_label,
                "facts": {name: value for name, value in one.facts.items() if value is not None},
                "household_facts": {name: value for name, value in one.household_facts.items() if value is not None},
                "rows": [
                    {
                        "dataset": row.dataset,
                        "department": contracts[row.dataset].department if row.dataset in contracts else "",
                        "as_of": row.as_of,
                        "batch": row.batch,
                        "row": row.row_no,
                        "joined_by": row.how,
                        "values": {name: value for name, value in row.values.items() if value is not None},
                    }
                    for row in one.rows
                ],
            }
            for one in _everybody(request)
        ],
        "looks": [
            {"at": one.at, "who": one.who, "role": one.role, "area": one.area, "purpose": one.purpose, "what": one.what}
            for one in time.looks(queries.pids_of(request.pid), limit=1000)
        ],
        "consents": [
            {"purpose": one.purpose.label, "sources": one.sources, "given_at": one.given_at, "withdrawn_at": one.withdrawn_at}
            for one in queries.consents(request.pid)
        ],
    }
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


# ---- correcting ---------------------------------------------------------------------------------------------------------


def _row(request: HttpRequest, batch: int, row_no: int) -> tuple[MyKnown, SourceRow]:
    """A delivered row about me or my child; any other looks like none at all.

    :raises Http404: no such row of theirs
    """
    for one in _everybody(request):
        for row in one.rows:
            if (row.batch, row.row_no) == (batch, row_no):
                return one, row
    raise Http404


@resident
def wrong(request: HttpRequest, batch: int, row_no: int) -> HttpResponse:
    """Say what is wrong in a row; the department that sent it is asked, and answers by a day said at once."""
    one, row = _row(request, batch, row_no)
    contract = exchange.contracts().get(row.dataset)
    words = row_words(row, contract)
    columns = [column for column in contract.columns if row.values.get(column.name) not in (None, "")] if contract else []
    cells = {name: value for name, value in words["pairs"]}
    fields = [(column.name, f"{column.label}：{cells[column.label]}") for column in columns if column.label in cells]
    form = WrongForm(request.POST if request.method == "POST" else None, fields=fields)
    if request.method == "POST" and form.is_valid():
        try:
            due = _asked(request, one, row, form.cleaned_data, time.now())
        except NotAllowed as why:
            form.add_error(None, str(why))
        else:
            told = _("收到了。最晚 %(day)s 给您答复。") % {"day": day(due)}
            messages.success(request, told)
            return redirect("phone:requests")
    shown = {"form": form, "row": words, "one": one}
    return render(request, "phone/my/known/wrong.html", shown, status=422 if form.errors else 200)


def _asked(request: HttpRequest, one: MyKnown, row: SourceRow, said: dict[str, Any], at: datetime) -> date:
    """Ask the department about my own row; for a child, the clerk of the place takes it further.

    :returns: the day it is answered by
    """
    me = Party.resident(request.pid)
    if not one.mine:
        words = f"{row.dataset} 第 {row.batch} 批第 {row.row_no} 行 {said['field']}：{said['right'] or '不对'}。{said['words']}"
        return actions.ask(pid=request.pid, wish=Wish.CORRECT, words=words, about=row.dataset, by=me, at=at).due_on
    held = row.values.get(said["field"]) if said["field"] else None
    asked = exchange_acts.ask_correction(
        dataset=row.dataset,
        field=said["field"],
        believed=said["right"] or None,
        held=None if held is None else str(held),
        evidence=said["words"],
        batch=row.batch,
        row_no=row.row_no,
        pid=request.pid,
        area=one.person.area,
        origin=Origin.OBJECTION,
        by=me,
        at=at,
    )
    return asked.due_on


@resident
def contact(request: HttpRequest) -> HttpResponse:
    """My own telephone number: mine to change, at once; the old one is told."""
    me, at = queries.me(request.pid), time.now()
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by, phone = Party.resident(request.pid), form.cleaned_data["phone"]
        try:
            actions.change_phone(pid=request.pid, phone=phone, by=by, at=at)
        except queries.NotKnown:
            form.add_error(None, _("您还没有办过事，我们这里没有存您的电话。第一次申请时会问。"))
        else:
            messages.success(request, _("改好了：%(phone)s") % {"phone": mask_phone(phone)})
            return redirect("phone:known")
    return render(request, "phone/my/known/contact.html", {"form": form, "me": me}, status=422 if form.errors else 200)


# ---- asking -------------------------------------------------------------------------------------------------------------


@resident
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for something about my data: no decision by machine alone, no such use, an explanation, deletion, for the dead."""
    wish = request.GET.get("wish", "")
    start = {"wish": wish} if wish in set(WISHES) else None
    form = WishForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.ask(
                pid=request.pid,
                wish=Wish(said["wish"]),
                words=said["words"],
                whose_name=said["whose_name"],
                relation=said["relation"],
                about=request.GET.get("about", ""),
                by=Party.resident(request.pid),
                at=time.now(),
            )
        except NotAllowed as why:
            form.add_error(None, str(why))
        else:
            day = f"{made.due_on.month} 月 {made.due_on.day} 日"
            messages.success(
                request, _("收到了，编号 %(number)s。最晚 %(day)s 由一位同志给您答复。") % {"number": made.number, "day": day}
            )
            return redirect("phone:requests")
    shown = {"form": form, "days": ANSWER_WORKING_DAYS}
    return render(request, "phone/my/known/ask.html", shown, status=422 if form.errors else 200)


@resident
def requests(request: HttpRequest) -> HttpResponse:
    """What I asked and objected to, and what was answered."""
    today = _today()
    shown = {
        "requests": queries.my_requests(request.pid, today),
        "corrections": exchange.corrections_asked_by(request.pid, today),
    }
    return render(request, "phone/my/known/requests.html", shown)
