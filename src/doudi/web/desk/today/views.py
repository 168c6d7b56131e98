"""What waits for a clerk today: cases and warnings in one list, most urgent first, with a look ahead beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from doudi.casework import queries as casework
from doudi.casework.queries import InboxRow
from doudi.office import queries as time
from doudi.office.core import Role
from doudi.web.desk.frame import due
from doudi.web.parts.permits import permit

CASES = 20  # rows of each kind on a page
HOMES = {
    Role.VILLAGE: "field:today",
    Role.VERIFICATION: "desk:find",
    Role.DATA: "desk:feeds",
    Role.AUDITOR: "oversight:today",
    Role.DIRECTOR: "oversight:today",
}
STATES = {
    "submitted": ("收到申请", "blue"),
    "asked": ("等补材料", "plain"),
    "accepted": ("核实情况", "amber"),
    "investigating": ("核实情况", "amber"),
    "shown": ("公示中", "pine"),
    "objected": ("不同意见", "red"),
    "at_county": ("等县里定", "amber"),
    "returned": ("补一样", "amber"),
    "confirmed": ("定下来了", "pine"),
    "refused": ("没有批", "plain"),
    "withdrawn": ("撤回了", "plain"),
}
PILES = {
    Role.TOWNSHIP: (("todo", "等您办"), ("waiting", "等他补"), ("shown", "公示中")),
    Role.COUNTY: (("todo", "等您定"), ("clear", "没有疑点"), ("doubt", "有疑点"), ("shown", "公示中")),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the inbox."""

    key: tuple[int, date]
    ref: str
    who: str
    about: str
    what: str
    tag: str
    tone: str
    why: str
    due_words: str
    due_tone: str
    act: str
    main: bool
    href: str
    peek: str


def of_case(row: InboxRow, today: date, pile: str = "todo", after: str = "") -> Entry:
    """A case as a line of a list: name masked, one reason, one next step."""
    words, tone = due(row.due_on, today)
    tag, colour = ("急难先办", "red") if row.is_urgent else STATES[row.state]
    href = reverse("desk:case", args=[row.ref])
    return Entry(
        key=(0 if row.is_urgent else 1, row.due_on),
        ref=row.ref,
        who=row.name,
        about=f"{row.area_label} · {row.channel_label}",
        what=row.programme_label,
        tag=tag,
        tone=colour,
        why=row.why,
        due_words=words,
        due_tone=tone,
        act=row.next_label or "打开案卷",
        main=row.is_urgent or row.due_on <= today,
        href=href,
        peek=f"?{urlencode({'pile': pile, 'after': after, 'peek': row.ref})}",
    )


@permit("desk.today")
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The inbox of a township or a county; other posts start at their own first page."""
    if request.viewer.role in HOMES:
        return redirect(HOMES[request.viewer.role])
    at = time.now()
    on = time.today(at)
    piles = PILES[request.viewer.role]
    pile, after = request.GET.get("pile", "todo"), request.GET.get("after", "")
    if pile not in dict(piles):
        raise Http404
    counts = casework.counts(request.viewer, at=at)
    page = casework.inbox(request.viewer, at=at, pile=pile, after=after, limit=CASES)
    entries = sorted((of_case(row, on, pile, after) for row in page.rows), key=lambda entry: entry.key)
    wanted = request.GET.get("peek", "")
    row = next((row for row in page.rows if row.ref == wanted), None)
    context = {
        "total": counts.todo,
        "due_today": counts.due_today,
        "overdue": counts.overdue,
        "chips": [
            {"words": words, "count": getattr(counts, code), "href": f"?pile={code}", "here": code == pile}
            for code, words in piles
        ],
        "only": pile != "todo",
        "entries": entries,
        "next": f"?{urlencode({'pile': pile, 'after': page.next})}" if page.next else "",
        "open_ref": wanted,
        "peek": peek(row, on) if row else None,
    }
    return render(request, "desk/today/page.html#peek" if request.htmx and wanted else "desk/today/page.html", context)


def peek(row: InboxRow, on: date) -> dict[str, Any]:
    """What the list shows beside itself: no more about the person than the line says."""
    words, tone = due(row.due_on, on)
    return {
        "kind": f"{row.programme_label} · {row.channel_label}",
        "who": row.name,
        "about": row.area_label,
        "todo": row.why,
        "pairs": [
            ("期限", words, tone),
            ("走到", row.state_label, ""),
            ("下一步", row.next_label, ""),
            ("编号", row.receipt, ""),
        ],
        "open": "打开案卷",
        "href": reverse("desk:case", args=[row.ref]),
    }
