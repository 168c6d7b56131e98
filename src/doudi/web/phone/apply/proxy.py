"""Applying for somebody else: who, what one is to them, and whether they know. A spoken yes is enough to begin."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.casework import actions
from doudi.casework.core.doors import HELPERS
from doudi.office import queries as office
from doudi.office.core import Party
from doudi.registry import queries as people
from doudi.web.parts.permits import resident
from doudi.web.phone.my.forms import CitizenNumberField, plain

PROXIES = {code: gettext_lazy(words) for code, words in HELPERS.items()}
KNOWS = (
    ("beside", gettext_lazy("知道，就在旁边，同意我办")),
    ("call", gettext_lazy("请你们打电话问一声")),
    ("cannot", gettext_lazy("说不清楚，请村里帮着看")),
)


class WhoForm(forms.Form):
    """Whom one helps: two fields, both on the identity card."""

    name = forms.CharField(
        label=gettext_lazy("他的名字"), max_length=40, error_messages={"required": gettext_lazy("请写他的名字")}
    )
    number = CitizenNumberField(label=gettext_lazy("他的身份证号"), error_messages={"required": gettext_lazy("请写他的身份证号")})

    def clean_name(self) -> str:
        return plain(self.cleaned_data["name"])


class RelationForm(forms.Form):
    """What one is to the person helped."""

    relation = forms.ChoiceField(
        label=gettext_lazy("您是他的什么人？"),
        choices=list(PROXIES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一下：您是他的什么人")},
    )


class KnowsForm(forms.Form):
    """Whether the person helped knows of it."""

    knows = forms.ChoiceField(
        label=gettext_lazy("他知道吗？"),
        choices=KNOWS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一下：他知道吗")},
    )


def _helping(request: HttpRequest, pid: str) -> dict[str, str] | None:
    return request.session.get("helping", {}).get(pid)


def _page(request: HttpRequest, form: forms.Form, question: str, back: str, lead: str = "") -> HttpResponse:
    shown = {"form": form, "question": question, "back": back, "lead": lead}
    return render(request, "phone/apply/proxy.html", shown, status=422 if form.errors else 200)


@resident
def who(request: HttpRequest) -> HttpResponse:
    """Whom do you help? The helper is signed in as themselves; nothing of the other person's data is shown here."""
    form = WhoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        pid = people.sign_in(form.cleaned_data["name"], form.cleaned_data["number"])
        if pid == request.pid:
            return redirect("/apply/")
        if pid:
            request.session["helping"] = {**request.session.get("helping", {}), pid: {"name": form.cleaned_data["name"]}}
            return redirect(f"/apply/for/relation/?pid={pid}")
        form.add_error("number", _("没有找到这个人。名字和身份证号要和户口上一样，或打 12345 找人办"))
    return _page(request, form, _("您帮谁办？"), "/", _("他口头同意就可以开始。"))


@resident
def relation(request: HttpRequest) -> HttpResponse:
    """What are you to them?"""
    pid = request.GET.get("pid", "")
    said = _helping(request, pid)
    if said is None:
        return redirect("/apply/for/")
    form = RelationForm(request.POST if request.method == "POST" else None, initial=said)
    if request.method == "POST" and form.is_valid():
        _keep(request, pid, relation=form.cleaned_data["relation"])
        return redirect(f"/apply/for/knows/?pid={pid}")
    return _page(request, form, _("您是%(name)s的什么人？") % {"name": said["name"]}, "/apply/for/")


@resident
def knows(request: HttpRequest) -> HttpResponse:
    """Do they know? Then the questions begin, in the third person."""
    pid = request.GET.get("pid", "")
    said = _helping(request, pid)
    if said is None or "relation" not in said:
        return redirect("/apply/for/")
    form = KnowsForm(request.POST if request.method == "POST" else None, initial=said)
    if request.method == "POST" and form.is_valid():
        _keep(request, pid, knows=form.cleaned_data["knows"])
        draft = actions.start_draft(pid=pid, by=Party.resident(request.pid), at=office.now(), channel="proxy")
        return redirect(f"/apply/{draft.ref}/hardship/")
    return _page(request, form, _("%(name)s知道吗？") % {"name": said["name"]}, f"/apply/for/relation/?pid={pid}")


def _keep(request: HttpRequest, pid: str, **more: str) -> None:
    helping = request.session["helping"]
    helping[pid] = {**helping[pid], **more}
    request.session["helping"] = helping
