"""Which rules cannot speak, decide nothing, or soon stop; numbers of people only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.office import queries as office
from doudi.supervision import queries as supervision
from doudi.web.parts.permits import permit

WHY = {"not_loaded": "没有一个部门交来过", "always_unknown": "交来的数据里，没有一个人知道"}
STATES = {
    "never": ("从来不成立", "amber"),
    "unknown": ("谁都说不准", "amber"),
    "nobody": ("没有要看的人", "amber"),
    "always": ("人人成立", "plain"),
}


@permit("rules.read")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What waits for data, what decides nothing, what ends soon, which places lack a number, what nobody reads."""
    try:
        found = supervision.rules_life(request.viewer, today=office.today(office.now()))
    except supervision.NotPublished as why:
        return render(request, "desk/life/page.html", {"problem": str(why)}, status=409)
    context = {
        "found": found,
        "waiting": [{"fact": one, "why": WHY[one.why]} for one in found.dead if one.rules],
        "stuck": [{"part": one, "state": STATES[one.state]} for one in found.stuck],
        "idle": len(found.unread_facts) + len(found.unread_parameters),
        "places": office.area_labels([place for gap in found.gaps for place in gap.places]),
    }
    return render(request, "desk/life/page.html", context)
