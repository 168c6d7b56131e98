"""Saying what is wrong in the report about me: line by line, in my own words, with a picture; and what came of it."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.office import queries as time
from doudi.office.core import NotAllowed, Party
from doudi.registry import queries as registry
from doudi.verification import actions, queries
from doudi.verification.actions import Disputed, File
from doudi.verification.core.objections import AlreadyOpen, Channel, due_on
from doudi.verification.queries import ObjectionPage, Offered
from doudi.web.parts.permits import resident
from doudi.web.parts.templatetags.parts import day

PICTURES = "image/jpeg,image/png,application/pdf"


def _words(label: object, *, rows: int = 3) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": rows}))


def _picture(label: object) -> forms.FileField:
    field = forms.FileField(label=label, required=False)
    field.widget.attrs["accept"] = PICTURES
    return field


class ObjectForm(forms.Form):
    """Each line of the report with what may be wrong with it; nothing is chosen. Own words, and a picture if there is one."""

    words = _words(gettext_lazy("哪里不对，您来说"))
    picture = _picture(gettext_lazy("有证明就拍一张"))

    def __init__(self, offered: list[Offered], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.offered = offered
        for number, one in enumerate(offered):
            self.fields[f"line-{number}"] = forms.ChoiceField(
                label=_("%(whose)s的%(what)s") % {"whose": one.whose, "what": _(one.label)},
                help_text=one.words if one.batch or one.place else _(one.said_label),
                choices=[(code, _(label)) for code, label in one.claims],
                widget=forms.RadioSelect,
                required=False,
            )
        self.order_fields([*(f"line-{number}" for number in range(len(offered))), "words", "picture"])

    @property
    def found(self) -> list[forms.BoundField]:
        """Lines that hold something."""
        return [self[f"line-{number}"] for number, one in enumerate(self.offered) if one.place]

    @property
    def silent(self) -> list[forms.BoundField]:
        """Lines where nothing was found, or nobody answered."""
        return [self[f"line-{number}"] for number, one in enumerate(self.offered) if not one.place]

    def disputed(self) -> list[Disputed]:
        said = ((one.key, self.cleaned_data.get(f"line-{number}")) for number, one in enumerate(self.offered))
        return [Disputed(key, claim) for key, claim in said if claim]

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if not self.disputed() and not (said.get("words") or "").strip() and not self.errors:
            self.add_error("words", _("请选一处不对的，或者写一句"))
        return said


class MoreForm(forms.Form):
    """More words or another picture."""

    words = _words(gettext_lazy("还想说的"), rows=2)
    picture = _picture(gettext_lazy("再拍一张证明"))


def _files(form: forms.Form) -> list[File]:
    kept = form.cleaned_data.get("picture")
    return [File(kept.content_type or "", kept.read())] if kept else []


@resident
def object_to(request: HttpRequest, check: str) -> HttpResponse:
    """What in the report is wrong.

    :raises Http404: no report about the one signed in
    """
    at = time.now()
    try:
        pid = queries.mine_in(check, registry.pids_of(request.pid))
    except NotAllowed:
        raise Http404 from None
    offered = list(queries.objectable(check, pid))
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ObjectForm(offered, data, files)
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.object_to(
                check=check, pid=pid, channel=Channel.PHONE, disputed=form.disputed(), words=form.cleaned_data["words"],
                files=_files(form), by=Party.resident(pid), at=at,
            )  # fmt: skip
        except AlreadyOpen as why:
            messages.success(request, _("您的不同意见正在看，可以在这里补充。"))
            return redirect("phone:objection", why.ref)
        except NotAllowed as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("收到了。最晚 %(day)s 答复您，会换一位同志看。") % {"day": day(kept.due_on)})
            return redirect("phone:objection", kept.ref)
    shown = {
        "form": form,
        "check": check,
        "report": queries.newest_report(check),
        "due": due_on(time.today(at)),
        "before": queries.my_objections([pid], check=check),
    }
    return render(request, "phone/my/object.html", shown, status=422 if form.errors else 200)


def _mine(request: HttpRequest, ref: str) -> ObjectionPage:
    """An objection of the one signed in; anybody else's looks like none at all.

    :raises Http404: none
    """
    for pid in registry.pids_of(request.pid):
        try:
            return queries.my_objection(ref, pid)
        except NotAllowed:
            continue
    raise Http404


@resident
def objection(request: HttpRequest, ref: str) -> HttpResponse:
    """How far my objection is: by when, what I said, what came back, how each line ended; more words and pictures.

    :raises Http404: no such objection of theirs
    """
    one = _mine(request, ref)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = MoreForm(data, files)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add(
                ref=ref, words=form.cleaned_data["words"], files=_files(form), by=Party.resident(one.pid), at=time.now()
            )  # fmt: skip
        except NotAllowed as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("补上了。"))
            return redirect("phone:objection", ref)
    shown = {
        "one": one,
        "form": form if one.is_open else None,
        "late": _late(one, time.now()),
        "reports": [row for row in queries.my_reports([one.pid]) if row.check == one.check],
    }
    return render(request, "phone/my/objection.html", shown, status=422 if form.errors else 200)


def _late(one: ObjectionPage, at: datetime) -> bool:
    return one.is_open and time.today(at) > one.due_on


@resident
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take my objection back; what that means is said first.

    :raises Http404: no such objection of theirs
    """
    one, problem = _mine(request, ref), ""
    if request.method == "POST":
        try:
            actions.withdraw_objection(
                ref=ref, why=request.POST.get("reason", "")[:200], by=Party.resident(one.pid), at=time.now()
            )  # fmt: skip
        except NotAllowed as why:
            problem = str(why)
        else:
            messages.success(request, _("撤回了，报告还是原来的。以后还可以再提。"))
            return redirect("phone:objection", ref)
    shown = {"one": one, "problem": problem}
    return render(request, "phone/my/objection_withdraw.html", shown, status=422 if problem else 200)
