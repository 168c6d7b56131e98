"""What staff pages share: page numbers, deadlines in words, refusals said on the page."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest


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
