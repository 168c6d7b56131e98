"""What waits for a clerk today: cases and warnings in one list, most urgent first, with a look ahead beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from doudi.casework import queries as casework
from doudi.casework.core import show_receipt
from doudi.casework.queries import InboxRow
from doudi.monitoring import queries as monitoring
from doudi.monitoring.queries import AlertRow
from doudi.office import queries as time
from doudi.office.core import NotAllowed, Role, Viewer, mask_name
from doudi.policy.pack import Pack
from doudi.rulebook import queries as rulebook
from doudi.web.desk.alerts.reading import LEVELS, explanation
from doudi.web.desk.frame import due
from doudi.web.desk.today.tasks import tasks
from doudi.web.parts.permits import permit

CASES, ALERTS = 20, 10  # rows of each kind on a page
URGENT = "R"  # the level of alerts that belongs into today whatever else there is
END = "end"  # a list that has no further page
HOMES = {
    Role.VILLAGE: "field:today",
    Role.VERIFICATION: "desk:checks",
    Role.DATA: "desk:feeds",
    Role.AUDITOR: "oversight:today",
    Role.DIRECTOR: "oversight:today",
    Role.SERVICE: "desk:asked",
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
    "helped": ("补材料", "amber"),
    "confirmed": ("定下来了", "pine"),
    "refused": ("没有批", "plain"),
    "withdrawn": ("撤回了", "plain"),
}
PILES = {
    Role.TOWNSHIP: (("todo", "全部"), ("alerts", "新预警"), ("waiting", "等他补"), ("shown", "公示中")),
    Role.COUNTY: (("todo", "等您定"), ("clear", "没有疑点"), ("doubt", "有疑点"), ("shown", "公示中")),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the inbox."""

    key: tuple[int, date, int]  # urgent cases, then by the day they are due, who asked before who was noticed
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
    more: tuple[tuple[str, str, str], ...] = ()


def of_case(row: InboxRow, today: date, pile: str = "todo", after: str = "") -> Entry:
    """A case as a line of a list: name masked, one reason, one next step."""
    words, tone = due(row.due_on, today)
    tag, colour = ("急难先办", "red") if row.is_urgent else STATES[row.state]
    href = reverse("desk:case", args=[row.ref])
    return Entry(
        key=(0 if row.is_urgent else 1, row.due_on, 0),
        ref=row.ref,
        who=mask_name(row.name),
        about=f"{row.area_label} · {row.channel_label}" + (f" · 代{row.stands_for}" if row.stands_for else ""),
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
        more=(("走到", row.state_label, ""), ("编号", show_receipt(row.receipt), "")),
    )


def of_alert(row: AlertRow, today: date, rules: Pack, pile: str, after: str, alerts_after: str) -> Entry:
    """An alert as a line of the inbox: a sentence and one next step."""
    said = explanation(row, row.seen_on, rules)
    words, tone = due(row.due_on, today)
    asked = {"pile": pile, "after": after, "alerts": alerts_after, "peek": row.ref}
    return Entry(
        key=(1, row.due_on, 1),
        ref=row.ref,
        who=row.masked_name,
        about=row.area_label,
        what="主动发现",
        tag=LEVELS[row.level][0] if row.level == URGENT else "新预警",
        tone="red" if row.level == URGENT else "violet",
        why=f"{said.label}：{said.sentence}",
        due_words=words,
        due_tone=tone,
        act="安排走访",
        main=row.due_on <= today,
        href=reverse("desk:alert", args=[row.ref]),
        peek=f"?{urlencode(asked)}",
    )


@permit("desk.today")
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The inbox of a township or a county; other posts start at their own first page."""
    viewer = request.viewer
    if viewer.role in HOMES:
        return redirect(HOMES[viewer.role])
    at = time.now()
    on, piles = time.today(at), PILES[viewer.role]
    pile, after, alerts_after = (request.GET.get(name, "") for name in ("pile", "after", "alerts"))
    pile = pile or "todo"
    if pile not in dict(piles):
        raise Http404
    counts, waiting = casework.counts(viewer, at=at), _waiting(viewer)
    todo = counts.todo + waiting[URGENT]
    try:
        cases, alerts = _lists(viewer, at, pile, after, alerts_after)
    except NotAllowed:
        raise Http404 from None
    entries = [of_case(row, on, pile, after) for row in cases.rows]
    if alerts.rows:
        rules = rulebook.pack()
        entries += [of_alert(row, on, rules, pile, after, alerts_after) for row in alerts.rows]
    wanted = request.GET.get("peek", "")
    open_entry = next((entry for entry in entries if entry.ref == wanted), None)
    following = {"pile": pile, "after": cases.next or END, "alerts": alerts.next or END}
    context = {
        "total": todo,
        "due_today": counts.due_today,
        "overdue": counts.overdue,
        "chips": [
            {
                "words": words,
                "count": waiting["all"] if code == "alerts" else todo if code == "todo" else getattr(counts, code),
                "href": f"?pile={code}",
                "here": code == pile,
            }
            for code, words in piles
        ],
        "only": pile != "todo",
        "tasks": tasks(viewer, at),
        "standing": [name for _, name in viewer.standing],
        "entries": sorted(entries, key=lambda entry: entry.key),
        "next": f"?{urlencode(following)}" if cases.next or alerts.next else "",
        "open_ref": wanted,
        "peek": peek(open_entry) if open_entry else None,
    }
    return render(request, "desk/today/page.html#peek" if request.htmx and wanted else "desk/today/page.html", context)


def _waiting(viewer: Viewer) -> dict[str, int]:
    """How many alerts wait by level, where they belong into this post's day; only the most urgent are counted into it."""
    return monitoring.counts(viewer) if viewer.role == Role.TOWNSHIP else {"all": 0, URGENT: 0}


def _lists(viewer: Viewer, at: datetime, pile: str, after: str, alerts_after: str) -> tuple[casework.Page, monitoring.AlertPage]:
    """A page of cases and a page of alerts; a list that came to its end before stays empty.

    :raises NotAllowed: an address that is none of ours
    """
    cases, alerts = casework.Page((), ""), monitoring.AlertPage((), "")
    if pile != "alerts" and after != END:
        cases = casework.inbox(viewer, at=at, pile=pile, after=after, limit=CASES)
    if viewer.role == Role.TOWNSHIP and pile in ("todo", "alerts") and alerts_after != END:
        level = URGENT if pile == "todo" else ""
        alerts = monitoring.inbox(viewer, state="open", level=level, after=alerts_after, size=ALERTS)
    return cases, alerts


def peek(entry: Entry) -> dict[str, Any]:
    """What the list shows beside itself: no more about the person than the line says."""
    return {
        "kind": f"{entry.what} · {entry.tag}",
        "who": entry.who,
        "about": entry.about,
        "todo": entry.why,
        "pairs": [("期限", entry.due_words, entry.due_tone), ("下一步", entry.act, ""), *entry.more],
        "open": "打开看看" if entry.what == "主动发现" else "打开案卷",
        "href": entry.href,
    }
