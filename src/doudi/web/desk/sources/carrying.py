"""What people carry: the verification body's queue, files and letters out, answers back, typed in and looked at."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.verification import actions, jobs, queries
from doudi.verification.core import NotAnAnswer, Way
from doudi.verification.queries import QuestionPage
from doudi.web.desk.frame import acted, page_number
from doudi.web.desk.sources.forms import ROWS, LookForm, TypeForm
from doudi.web.desk.sources.views import source_page, standing
from doudi.web.parts.permits import permit

SIZE = 50
PILES = (("look", "等另一位核对"), ("late", "过期没回"), ("waiting", "等着寄送"), ("sent", "问出去了"))


@permit("check.answer")
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for the verification body, the most pressing first.

    :raises Http404: no such pile
    """
    pile, page, at = request.GET.get("pile", "late"), page_number(request), time.now()
    if pile not in dict(PILES):
        raise Http404
    rows = queries.asking_queue(request.viewer, at, pile=pile, first=page * SIZE, count=SIZE + 1)
    counts = queries.asking_counts(request.viewer, at)
    context = {
        "rows": rows[:SIZE],
        "piles": [{"code": code, "words": words, "count": counts[code], "here": code == pile} for code, words in PILES],
        "next": f"?pile={pile}&page={page + 1}" if len(rows) > SIZE else "",
    }
    return render(request, "desk/sources/queue.html", context)


@permit("check.answer")
@require_POST
def make(request: HttpRequest, code: str) -> HttpResponse:
    """Put what waits for a source into a numbered file or letter."""
    standing(request, code)
    try:
        made = actions.dispatch(source=code, by=request.user, at=time.now())
    except NotAllowed as why:
        return source_page(request, code, problem=str(why))
    if made is None:
        messages.info(request, "没有等着寄送的问题。")
        return redirect("desk:source", code)
    return redirect("desk:dispatch", made.number)


def _out(request: HttpRequest, number: str) -> queries.DispatchPage:
    """What left under a number, for this viewer; everybody in it can read that it was looked at.

    :raises Http404: none, or not this viewer's
    """
    viewer, at = request.viewer, time.now()
    try:
        page = queries.dispatch_page(number, viewer)
    except NotAllowed:
        raise Http404 from None
    for pid in page.pids:
        office.look(subject=pid, viewer=viewer, at=at, what="寄给来源的核对问题")
    return page


@permit("check.answer")
@require_safe
def out(request: HttpRequest, number: str) -> HttpResponse:
    """A letter to print, or a file to fetch, with its checksum."""
    page = _out(request, number)
    lines = [[cell for at, cell in enumerate(line) if at != 1] for line in page.lines]
    heads = [head for at, head in enumerate(page.heads) if at != 1]
    context = {"page": page, "heads": heads, "lines": lines, "letter": page.row.way is Way.LETTER}
    return render(request, "desk/sources/out.html", context)


@permit("check.answer")
@require_safe
def table(request: HttpRequest, number: str) -> HttpResponse:
    """The table itself, to be filled in by the source."""
    page = _out(request, number)
    response = HttpResponse(page.content.encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{page.row.number}.csv"'
    return response


@permit("check.answer")
@require_POST
def back(request: HttpRequest, code: str) -> HttpResponse:
    """A filled-in table comes back: what was taken in, and each place that could not be."""
    one, file = standing(request, code), request.FILES.get("file")
    if file is None:
        return source_page(request, code, problem="还没有选文件。")
    try:
        done = jobs.take_file(one.source, file.read(), by=request.user, at=time.now())
    except (NotAnAnswer, NotAllowed) as why:
        return source_page(request, code, problem=str(why))
    if done.wrong:
        return source_page(request, code, taken=done, problem=f"有 {len(done.wrong)} 处不合格，其余的收下了。")
    messages.success(request, f"收下 {done.taken} 个回答；以前收过的 {done.again} 个没有重收。")
    return redirect("desk:source", code)


def _question(request: HttpRequest, ref: str) -> QuestionPage:
    """The question, for this viewer; the look is noted.

    :raises Http404: none in the viewer's area
    """
    viewer, at = request.viewer, time.now()
    try:
        page = queries.question_page(ref, viewer, at)
    except NotAllowed:
        raise Http404 from None
    office.look(subject=page.row.pid, viewer=viewer, at=at, what="一个来源的书面答复")
    return page


def _rows_asked(request: HttpRequest) -> int:
    told = request.POST.get("rows", "1")
    return min(int(told), ROWS) if told.isascii() and told.isdigit() and len(told) < 4 else 1


@permit("check.answer")
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, ref: str) -> HttpResponse:
    """A question whose answer came on paper: typed in here with the paper beside it."""
    page = _question(request, ref)
    count = _rows_asked(request) + ("more" in request.POST)
    if request.method != "POST" or "more" in request.POST:
        return _shown(request, page, TypeForm(columns=page.columns, rows=count, held=request.POST.dict()))
    form = TypeForm(request.POST, request.FILES, columns=page.columns, rows=count)
    if not form.is_valid():
        return _shown(request, page, form)
    told, at = form.cleaned_data, time.now()
    try:
        actions.type_answer(
            question=ref,
            said=told["said"],
            why=told["why"],
            as_of=told["as_of"],
            rows=form.rows(),
            paper=_paper(request, page, told["paper"]),
            by=request.user,
            at=at,
        )
    except NotAnAnswer as why:
        return _shown(request, page, form, problem=str(why), wrong=why.rows)
    except NotAllowed as why:
        return _shown(request, page, form, problem=str(why))
    messages.success(request, "录好了。请另一位同事对着纸核对，核对过才算回话。")
    return redirect("desk:question", ref)


def _paper(request: HttpRequest, page: QuestionPage, file: Any) -> str:
    """The paper kept now, or the one an earlier typing stood on."""
    if file is None:
        return page.typed[0].paper if page.typed else ""
    kept = office.keep_paper(
        kind="reply",
        content_type=file.content_type or "",
        data=file.read(),
        area=page.area,
        subject=page.row.pid,
        by=request.user,
        at=time.now(),
    )
    return kept.ref


def _shown(
    request: HttpRequest,
    page: QuestionPage,
    form: Any,
    *,
    problem: str = "",
    wrong: Any = (),
    look: Any = None,
) -> HttpResponse:
    waiting = next((one for one in page.typed if one.agreed is None), None)
    context = {
        "page": page,
        "form": form if page.row.state.is_open and waiting is None else None,
        "waiting": waiting,
        "look_form": (look or LookForm()) if waiting and not waiting.is_mine and page.row.state.is_open else None,
        "before": [one for one in page.typed if one.agreed is not None],
        "problem": problem,
        "wrong": wrong,
    }
    bad = problem or form.errors or (look and look.errors)
    return render(request, "desk/sources/question.html", context, status=422 if bad else 200)


@permit("check.answer")
@require_POST
def look(request: HttpRequest, ref: str) -> HttpResponse:
    """Another person says whether what was typed is what stands on the paper."""
    page, form = _question(request, ref), LookForm(request.POST)
    empty = TypeForm(columns=page.columns, rows=1)
    if not form.is_valid():
        return _shown(request, page, empty, look=form)
    agree = form.cleaned_data["agree"] == "yes"

    def do(at: datetime) -> None:
        actions.look_at_typed(question=ref, agree=agree, why=form.cleaned_data["why"], by=request.user, at=at)

    said, again = "算回话了。" if agree else "退回了，请重新录。", partial(_shown, request, page, empty, look=form)
    return acted(request, do, said, back=("desk:question", ref), again=again, caught=(NotAllowed, NotAnAnswer))
