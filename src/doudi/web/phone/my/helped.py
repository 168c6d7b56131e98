"""The help a family receives, what changed at home, and what they say before less help is decided."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazily
from django.views.decorators.http import require_POST

from doudi.casework import actions, queries
from doudi.casework.core import AlreadyDone
from doudi.casework.core.causes import ANSWERS, CAUSES
from doudi.facts import money
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.web.parts.permits import resident

# What is asked of a family, in its words (causes.toml), for translation.
ASKS = {
    "birth": lazily("家里添了孩子"),
    "death": lazily("家里有人去世了"),
    "marriage": lazily("有人结婚了"),
    "divorce": lazily("有人离婚了"),
    "moved_in": lazily("有人搬来一起住"),
    "moved_out": lazily("有人搬走了"),
    "prison": lazily("有人被关起来了"),
    "released": lazily("有人回家了"),
    "school_end": lazily("有人毕业或不上学了"),
    "job": lazily("有人找到活干了"),
    "job_lost": lazily("有人没活干了"),
    "income_up": lazily("每月进的钱多了"),
    "income_down": lazily("每月进的钱少了"),
    "property": lazily("存款、房子、车子有变化"),
    "disability": lazily("残疾等级或者要人照料的程度变了"),
    "illness": lazily("有人生了大病"),
    "account": lazily("换了卡或者电话"),
    "moved_away": lazily("全家要搬到别处"),
    "cared_elsewhere": lazily("有人住进了养老院、福利院"),
    "own_wish": lazily("不想再领了"),
}
SAYS = {
    "come": lazily("我会来"),
    "home": lazily("请上门来"),
    "phone": lazily("请打电话"),
    "agree": lazily("不用听了，我没有意见"),
    "written": lazily("我写在这里"),
}


class ToldForm(forms.Form):
    """What happened, to whom, on which day."""

    kind = forms.ChoiceField(choices=(), widget=forms.RadioSelect, error_messages={"required": lazily("请选发生了什么")})
    pid = forms.ChoiceField(choices=(), widget=forms.RadioSelect, required=False)
    on = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": lazily("请选哪一天"), "invalid": lazily("日期写成 2026-07-01 这样")},
    )
    figure = forms.CharField(required=False, max_length=20)
    said = forms.CharField(required=False, max_length=500)

    def __init__(self, members: tuple[tuple[str, str], ...], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        told = [code for code, cause in CAUSES.items() if "family" in cause.tells]
        self.fields["kind"].choices = [(code, ASKS[code]) for code in told]  # type: ignore[attr-defined]
        self.fields["pid"].choices = list(members)  # type: ignore[attr-defined]
        self.fields["on"].label, self.fields["kind"].label = _("哪一天的事"), _("发生了什么")
        self.fields["pid"].label, self.fields["figure"].label = _("是家里哪一位"), _("说了钱的，每月多少元")
        self.fields["said"].label = _("还想说的")
        self.fields["figure"].widget.attrs["inputmode"] = "decimal"

    def clean_figure(self) -> int | None:
        text = self.cleaned_data["figure"].strip()
        if not text:
            return None
        try:
            return abs(money.fen(text))
        except money.NotMoney as why:
            raise forms.ValidationError(str(why)) from None


class AnswerForm(forms.Form):
    """What a family answers to an invitation."""

    answer = forms.ChoiceField(choices=(), widget=forms.RadioSelect, error_messages={"required": lazily("请选一样")})
    words = forms.CharField(required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["answer"].choices = [(code, SAYS[code]) for code in ANSWERS]  # type: ignore[attr-defined]
        self.fields["answer"].label, self.fields["words"].label = _("您想怎么说"), _("您的意见")


@resident
def helped(request: HttpRequest) -> HttpResponse:
    """The help of the family: how much now, what may change, what changed, what they told."""
    mine = queries.my_help(request.pid, at=office.now())
    return render(request, "phone/my/help.html", {"mine": mine, "back": "/my/"})


@resident
@require_POST
def renew(request: HttpRequest, ref: str) -> HttpResponse:
    """Begin to ask anew for help that ends soon; the questions are those of every application, prefilled.

    :raises Http404: not help of theirs that ends soon
    """
    try:
        draft = actions.renew(benefit=ref, by=Party.resident(request.pid), at=office.now())
    except AlreadyDone as why:
        messages.success(request, str(why))
        return redirect("/my/help/")
    except NotAllowed:
        raise Http404 from None
    return redirect("phone:apply-hardship", draft.ref)


@resident
def changed(request: HttpRequest, ref: str) -> HttpResponse:
    """Tell what changed at home.

    :raises Http404: not their help
    """
    one = next((one for one in queries.my_help(request.pid, at=office.now()) if one.ref == ref), None)
    if one is None:
        raise Http404
    form, problem = ToldForm(one.members, request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.tell_happening(
                benefit=ref, kind=said["kind"], pid=said["pid"], on=said["on"], channel="phone", said=said["said"],
                figure_fen=said["figure"], by=Party.resident(request.pid), at=office.now(),
            )  # fmt: skip
            messages.success(request, _("记下了。镇里看过会和您说，钱先照旧。"))
            return redirect("/my/help/")
        except NotAllowed as why:
            problem = str(why)
    wrong = bool(problem or form.errors)
    shown = {"one": one, "form": form, "problem": problem, "wrong": wrong, "back": "/my/help/"}
    return render(request, "phone/my/changed.html", shown, status=422 if wrong else 200)


@resident
def invited(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer an invitation to say what one thinks of less help.

    :raises Http404: not their invitation
    """
    found = [
        (one, row)
        for one in queries.my_help(request.pid, at=office.now())
        if one.proposal is not None
        for row in one.proposal.invitations
        if row.ref == ref
    ]
    if not found:
        raise Http404
    (one, row), problem = found[0], ""
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_invitation(ref=ref, by=Party.resident(request.pid), at=office.now(), **form.cleaned_data)
            messages.success(request, _("您的话记下了，会先看过再定。"))
            return redirect("/my/help/")
        except NotAllowed as why:
            problem = str(why)
    wrong = bool(problem or form.errors)
    shown = {"one": one, "row": row, "form": form, "problem": problem, "wrong": wrong, "back": "/my/help/"}
    return render(request, "phone/my/invited.html", shown, status=422 if wrong else 200)
