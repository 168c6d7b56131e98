"""Changing the rules: write, try, propose; a second person looks and decides; undo."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.policy.language.errors import RuleError
from doudi.policy.pack import Pack
from doudi.policy.parameters import place_of
from doudi.rulebook import actions, queries
from doudi.rulebook.core import Kind, State, value_of
from doudi.web.desk.frame import acted
from doudi.web.desk.rules import words
from doudi.web.desk.rules.browse import law
from doudi.web.desk.rules.forms import ApproveForm, ReasonForm, UndoForm
from doudi.web.desk.rules.trying import preview
from doudi.web.parts.permits import permit
from doudi.web.parts.templatetags.parts import full_day

# ---- one change ---------------------------------------------------------------------------------------------------------


@permit("rules.read")
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Every change the viewer may see: those that wait first, then the others, newest first."""
    found = queries.changes(request.viewer)
    waiting = [one for one in found if one.state == State.PROPOSED]
    context = {
        "waiting": waiting,
        "drafts": [one for one in found if one.state == State.DRAFT],
        "others": [one for one in found if one.state not in (State.PROPOSED, State.DRAFT)],
        "states": words.STATES,
        "broken": law()[1],
    }
    return render(request, "desk/rules/changes.html", context)


@permit("rules.read")
@require_safe
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """One change: old and new side by side, its examples, a trial on last month's data, what may be done with it.

    :raises Http404: no such change for this viewer
    """
    return page(request, ref)


def page(
    request: HttpRequest, ref: str, *, problem: str = "", approve: forms.Form | None = None, reject: forms.Form | None = None,
    undo: forms.Form | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Draw a change's page.

    :raises Http404: no such change for this viewer
    """
    found = queries.change(ref, request.viewer)
    if found is None:
        raise Http404
    viewer, at = request.viewer, time.now()
    on = time.today(at)
    pack, broken = law()
    me, here = f"clerk:{viewer.ref}", viewer.sees(found.place)
    mine = me in (found.drafter, found.proposer)
    may_change, may_approve = viewer.may("rules.change") and here, viewer.may("rules.approve") and here
    may_decide = found.state == State.PROPOSED and may_approve and not mine
    context = {
        "change": found,
        "tone": words.STATES[found.state],
        "counts": found.state == State.APPROVED and found.starts_on <= on and not found.undone_by,
        "stages": _stages(found),
        "old_new": _old_new(found, pack, viewer),
        "lines": _clauses(found, pack),
        "diff": _diff(found, viewer),
        "cases": _cases(found, pack),
        "undone_by": queries.change(found.undone_by, viewer) if found.undone_by else None,
        "undoes": queries.change(found.undoes, viewer) if found.undoes else None,
        "broken": broken,
        "may_edit": found.state == State.DRAFT and may_change,
        "may_withdraw": found.state in (State.DRAFT, State.PROPOSED) and may_change and not may_decide,
        "own": found.state == State.PROPOSED and mine,
        "approve_form": (approve or ApproveForm(initial={"starts_on": max(found.starts_on, on)})) if may_decide else None,
        "reject_form": (reject or ReasonForm(prefix="no")) if may_decide else None,
        "undo_form": (undo or UndoForm(on, prefix="undo")) if _may_undo(found) and may_change else None,
        "may_try": may_change and found.state in (State.DRAFT, State.PROPOSED, State.APPROVED),
        "tried": preview(request, found, at) if "try" in request.GET and may_change else None,
        "problem": problem,
        "wrong": [form for form in (approve, reject, undo) if form is not None and form.errors],
    }
    part = "#tried" if request.htmx and "try" in request.GET else ""
    return render(request, f"desk/rules/change.html{part}", context, status=status)


def _may_undo(found: queries.ChangeRow) -> bool:
    return found.state == State.APPROVED and found.kind != Kind.UNDO and not found.undone_by


def _stages(found: queries.ChangeRow) -> list[dict[str, Any]]:
    ended = found.state in (State.REJECTED, State.WITHDRAWN)
    stages = [("写好", found.drafted_at, found.drafted_by), ("提交", found.proposed_at, found.proposed_by)]
    stages += (
        [(found.state.label, found.closed_at, found.closed_by)] if ended else [("审批", found.approved_at, found.approved_by)]
    )
    made = [{"label": label, "on": at, "who": who, "state": "done" if at else "ahead"} for label, at, who in stages]
    current = next((one for one in made if one["state"] == "ahead"), None)
    if current:
        current["state"] = "current"
    return made


def _old_new(found: queries.ChangeRow, pack: Pack, viewer: Any) -> dict[str, str] | None:
    """A number before and after."""
    number = words.number_of(pack, found.parameter, found.starts_on) if found.parameter else None
    if number is None or found.kind == Kind.UNDO:
        return None
    try:
        kind = number.parameter.kind if number.parameter else number.kind
        value = number.parameter.value_of(value_of(found.what)) if number.parameter else found.what["is"]
        new = words.value_words(kind, value, pack.names)
    except RuleError as why:
        new = str(why)
    old, source = words.value_at(_without(number, found), found.place, found.starts_on, pack)
    return {"label": number.label, "name": found.parameter, "old": old, "old_source": source, "new": new}


def _without(number: words.Number, found: queries.ChangeRow) -> words.Number:
    """The number as it would stand without the change."""
    if number.parameter is None or found.approved_at is None:
        return number
    own = (place_of(found.place), found.starts_on, time.today(found.approved_at))
    kept = [one for one in number.parameter.settings if (one.place, one.from_on, one.known_since) != own]
    return replace(number, parameter=replace(number.parameter, settings=kept))


def _clauses(found: queries.ChangeRow, pack: Pack) -> list[dict[str, Any]]:
    """The conditions of a warning written here, read back."""
    return [
        {
            "spoken": words.spoken_or_text(one["if"], pack.names),
            "text": one["if"],
            "says": one.get("says", ""),
            "weight": one.get("weight"),
        }
        for one in found.what.get("clauses", ())
    ]


def _diff(found: queries.ChangeRow, viewer: Any) -> list[tuple[str, str]]:
    """Line by line against the version of this warning that counts, where there is one."""
    if found.kind != Kind.INDICATOR or found.state == State.APPROVED:
        return []
    counting = queries.changes(viewer, rule=found.rule, state=State.APPROVED)
    before = next((one for one in counting if one.kind == Kind.INDICATOR), None)
    if before is None:
        return []
    marks = {"+": "new", "-": "old", " ": "same"}
    lines = difflib.ndiff(before.text.splitlines(), found.text.splitlines())
    return [(marks[line[0]], line[2:]) for line in lines if line[0] in marks and line[2:].strip()]


def _cases(found: queries.ChangeRow, pack: Pack) -> list[dict[str, Any]]:
    """The examples beside it, run now with the change laid over the law."""
    if not found.cases:
        return []
    try:
        outcomes = queries.outcomes(found)
    except RuleError as why:
        return [{"name": "读不懂", "right": False, "facts": "", "expect": "", "got": str(why)}]
    return [
        {
            "name": one.case.name,
            "right": one.right,
            "facts": words.facts_words(one.case, pack.names),
            "expect": words.ANSWERS[one.case.expect["state"]],
            "got": words.ANSWERS[one.got["state"]],
        }
        for one in outcomes
    ]


# ---- the acts -----------------------------------------------------------------------------------------------------------


def act(request: HttpRequest, ref: str, do: Callable[[datetime], Any], said: str) -> HttpResponse:
    """Do one step and come back to the change; a refusal is said there.

    :raises Http404: no such change for this viewer
    """
    if queries.change(ref, request.viewer) is None:
        raise Http404
    return acted(request, do, said, back=("desk:rules-change", ref), again=partial(page, request, ref, status=422))


@permit("rules.change")
@require_POST
def propose(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand it to a second person."""
    return act(request, ref, lambda at: actions.propose(ref=ref, by=request.user, at=at), "提交了，等另一位同志审批。")


@permit("rules.change")
@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take it back."""
    return act(request, ref, lambda at: actions.withdraw(ref=ref, by=request.user, at=at), "收回了。")


@permit("rules.approve")
@require_POST
def approve(request: HttpRequest, ref: str) -> HttpResponse:
    """Let it count from its day."""
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return page(request, ref, approve=form, status=422)
    starts_on = form.cleaned_data["starts_on"]
    return act(
        request, ref, lambda at: actions.approve(ref=ref, starts_on=starts_on, by=request.user, at=at),
        f"批了，{full_day(starts_on)}起生效。这以前什么都不变。",
    )  # fmt: skip


@permit("rules.approve")
@require_POST
def reject(request: HttpRequest, ref: str) -> HttpResponse:
    """Say no, and why."""
    form = ReasonForm(request.POST, prefix="no")
    if not form.is_valid():
        return page(request, ref, reject=form, status=422)
    reason = form.cleaned_data["reason"]
    return act(request, ref, lambda at: actions.reject(ref=ref, reason=reason, by=request.user, at=at), "没有批，原因记下了。")


@permit("rules.change")
@require_POST
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Propose that an approved change stops counting."""
    found = queries.change(ref, request.viewer)
    if found is None:
        raise Http404
    form = UndoForm(time.today(time.now()), request.POST, prefix="undo")
    if not form.is_valid():
        return page(request, ref, undo=form, status=422)
    try:
        made = actions.undo(ref=ref, **form.cleaned_data, by=request.user, at=time.now())
    except NotAllowed as why:
        return page(request, ref, problem=str(why), undo=form, status=422)
    messages.success(request, "撤回提交了，等另一位同志审批。", extra_tags="pine")
    return redirect("desk:rules-change", made.ref)
