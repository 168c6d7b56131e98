"""What staff pages share: page numbers, deadlines in words, refusals said on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from doudi.office.core import NotAllowed
from doudi.office.queries import now


def acted(
    request: HttpRequest,
    do: Callable[[datetime], object],
    said: str,
    *,
    back: tuple[str, ...],
    again: Callable[..., HttpResponse],
    caught: tuple[type[Exception], ...] = (NotAllowed,),
) -> HttpResponse:
    """Do one act now and go back to its page with what was done; a refusal is said on the page, drawn again.

    :param back: the name of the page and what stands in its address
    :param again: draws the page; takes the words of the refusal as `problem`
    :param caught: with what the act says no
    """
    try:
        do(now())
    except caught as why:
        return again(problem=str(why))
    messages.success(request, said, extra_tags="pine")
    return redirect(*back)


def page_number(request: HttpRequest) -> int:
    """Which page of a list is asked for, counted from 0.

    :raises Http404: not a page number
    """
    text = request.GET.get("page", "0")
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Http404
    return int(text)


def due(on: date | None, today: date) -> tuple[str, str]:
    """A deadline in words, and how loudly to say it: late, soon or calm."""
    if on is None:
        return "", "calm"
    left = (on - today).days
    if left < 0:
        return f"过了 {-left} 天", "late"
    if left == 0:
        return "今天到期", "late"
    return f"还有 {left} 天", "soon" if left <= 3 else "calm"
