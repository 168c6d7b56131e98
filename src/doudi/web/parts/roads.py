"""A case in the words of the family: what happens now, by when, who does it, what there is to do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.casework.queries import DraftPage, MyCase, Progress
from doudi.web.parts.templatetags.parts import day

STEPS = {
    "hardship": gettext_lazy("难在哪里"),
    "household": gettext_lazy("家里人"),
    "income": gettext_lazy("每月进项"),
    "account": gettext_lazy("钱打到哪张卡"),
    "check": gettext_lazy("最后看一遍"),
}
STATIONS = {  # the stations of a case as the family reads them
    "submitted": gettext_lazy("收到您的申请"),
    "accepted": gettext_lazy("镇里开始办"),
    "investigating": gettext_lazy("查一查，上门看看"),
    "shown": gettext_lazy("村里公示 7 天"),
    "at_county": gettext_lazy("送到县里"),
    "decided": gettext_lazy("县里定下来"),
    "paid": gettext_lazy("钱打到卡上"),
    "paid_once": gettext_lazy("钱打到卡上"),
    "helped": gettext_lazy("急用的钱先给您了"),
    "papers": gettext_lazy("镇里补齐材料"),
    "here": gettext_lazy("等镇里另一位同志看"),
    "decided_here": gettext_lazy("定下来"),
}
BEFOREHAND = {
    "shown": gettext_lazy("只公布姓名、几口人、多少钱"),
    "paid": gettext_lazy("定下来的下个月起"),
}
REACHED = frozenset({"submitted", "accepted", "decided", "decided_here"})  # stations that are over in the moment they are reached


def stages(case: MyCase | Progress) -> list[dict[str, Any]]:
    """The stations of the road with their days. What was reached is done; the next one is where it is now."""
    rows: list[dict[str, Any]] = []
    for stage in case.stages:
        state = {"done": "done", "current": "now", "ahead": "next"}[stage.state]
        due = stage.due_on
        if rows and rows[-1]["passed"]:
            state, due = "now", rows[-1]["due"]
        passed = state == "now" and stage.state == "current" and stage.code in REACHED and stage.on is not None
        if passed:
            state = "done"
        hint = day(stage.on) if stage.on else _("最晚 %(day)s") % {"day": day(due)} if due else BEFOREHAND.get(stage.code, "")
        row = {"name": STATIONS.get(stage.code, stage.label), "state": state, "hint": hint, "passed": passed, "due": stage.due_on}
        rows.append(row)
    return rows


def lines(case: MyCase | Progress) -> list[str]:
    """By when and who, then what the family has to do; usually nothing."""
    said = []
    if case.by_on and case.by_whom:
        said.append(_("%(who)s最晚 %(day)s办好这一步。") % {"who": _(case.by_whom), "day": day(case.by_on)})
    said.append(_(case.you_do) if case.you_do else _("您不用再做什么。"))
    return said


def first_open(page: DraftPage) -> str:
    """The first question of an application being written that has no answer yet."""
    return next((step for step in STEPS if step != "check" and step not in page.done), "check")


def resume(page: DraftPage) -> dict[str, str]:
    """The way back to where somebody stopped: the address, and the name of the question."""
    step = first_open(page)
    return {"href": f"/apply/{page.ref}/{step}/", "step": str(STEPS[step])}
