"""Live events as they stream in: who sends how much, and what is odd about it, each with its reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.exchange import queries
from doudi.exchange.core.events import Sign
from doudi.exchange.queries import StreamLine
from doudi.office import queries as office
from doudi.web.parts.permits import permit


@permit("feed.list")
@require_safe
def streams(request: HttpRequest) -> HttpResponse:
    """Every stream of the last month, the odd ones first."""
    lines = queries.streams(request.viewer, office.now())
    context = {
        "lines": [{"line": one, "why": [_words(one, sign) for sign in one.signs]} for one in lines],
        "odd": sum(bool(one.signs) for one in lines),
        **queries.count_events(),
    }
    return render(request, "desk/feeds/live.html", context)


def _words(line: StreamLine, sign: Sign) -> str:
    """Why a stream is looked at, and what to do, in a sentence."""
    told: Any = sign.figures
    if sign.code == "silent":
        return f"已经 {told['hours']} 小时没有消息，约定最多 {told['promised']} 小时。请打电话问发送方的系统是不是停了。"
    if sign.code == "jump":
        return f"这一小时来了 {told['now']} 件，平常一小时 {told['usual']} 件。请问是补送，还是发重了，还是真出了大事。"
    if sign.code == "drop":
        return f"上一小时只来了 {told['now']} 件，平常一小时 {told['usual']} 件。请问是不是有一部分断了。"
    return f"近两小时 {told['all']} 件里退回 {told['rejected']} 件，最多的原因：{line.worst}。请发送方照原因改好再送。"
