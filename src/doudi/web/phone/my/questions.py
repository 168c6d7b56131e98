"""Where what was found and what I said differ: asked in plain words, answered by a tap. No last day, nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from doudi.casework import actions
from doudi.casework import queries as cases
from doudi.casework.queries import AskedOf
from doudi.office import queries as time
from doudi.office.core import BadPaper, NotAllowed, Party
from doudi.web.parts.permits import resident
from doudi.web.parts.saying import SayForm, asked_words, told_words


@resident
def questions(request: HttpRequest) -> HttpResponse:
    """Everything I am asked, what is not answered first."""
    asked = cases.my_questions(request.pid, at=time.now())
    shown = [{"one": one, "words": asked_words(one), "told": told_words(one)} for one in asked if not one.is_settled]
    shown.sort(key=lambda each: bool(each["one"].said))
    return render(request, "phone/my/questions.html", {"asked": shown, **unsaid([each["one"] for each in shown])})


def unsaid(asked: Iterable[AskedOf]) -> dict[str, int]:
    """How many questions are not answered yet, and how many of these are differences."""
    left = [one for one in asked if not one.said and not one.is_settled]
    return {"unsaid": len(left), "differing": sum(one.differs for one in left)}


@resident
def question(request: HttpRequest, ref: str) -> HttpResponse:
    """One question; I may say it in one tap, in my own words, with a photograph, or that I cannot tell. More may follow later.

    :raises Http404: no such question, or it is not put to me
    """
    at = time.now()
    try:
        one = cases.my_question(ref, request.pid, at=at)
    except NotAllowed:
        raise Http404 from None
    if one.is_settled:
        return redirect("phone:questions")
    form = SayForm(one.answers, *((request.POST, request.FILES) if request.method == "POST" else ()), paper=one.paper)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.answer_question(
                ref=one.case_ref, question=ref, choice=said["choice"], words=said["words"], channel="screen", once=said["once"],
                photo=form.photo(), by=Party.resident(request.pid), at=at,
            )  # fmt: skip
        except BadPaper as why:
            form.add_error("photo", str(why))
        except NotAllowed as why:
            form.add_error("choice", str(why))
        else:
            messages.success(request, _("记下了，谢谢您。还想起什么，随时再来说。"))
            return redirect("phone:questions")
    shown = {"form": form, "one": one, "words": asked_words(one), "told": told_words(one)}
    return render(request, "phone/my/question.html", shown, status=422 if form.errors else 200)
