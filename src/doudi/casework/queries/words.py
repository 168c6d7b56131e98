"""The sentences of a case: what hurts most, the stages, the drafted reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from doudi.casework import core
from doudi.casework.core import State
from doudi.casework.models import Case
from doudi.casework.queries.rows import AssessmentRow, Stage
from doudi.facts.money import spoken
from doudi.office.queries import today

STAGES = ("submitted", "accepted", "investigating", "shown", "at_county", "decided", "paid")
STAGE_LABELS = {
    "submitted": "交上来",
    "accepted": "受理",
    "investigating": "调查核对",
    "shown": "公示",
    "at_county": "县里确认",
    "decided": "定下来",
    "paid": "发放",
}
STAGE_LABELS |= {"helped": "先救助", "papers": "补齐材料", "here": "镇里确认", "decided_here": "定下来", "paid_once": "发放"}
# Stations that are called otherwise where the township confirms, and where money comes once.
CALLED_HERE = {"at_county": "here", "decided": "decided_here"}
AT = {
    State.SUBMITTED: "submitted",
    State.ASKED: "submitted",
    State.ACCEPTED: "accepted",
    State.INVESTIGATING: "investigating",
    State.OBJECTED: "investigating",
    State.RETURNED: "investigating",
    State.SHOWN: "shown",
    State.AT_COUNTY: "at_county",
    State.HELPED: "papers",
    State.CONFIRMED: "decided",
    State.REFUSED: "decided",
    State.WITHDRAWN: "submitted",
}
YOU_DO = {
    State.ASKED: "请把还差的那一样补上，拍照、打电话说都行。",
    State.CONFIRMED: "不用做什么。家里有变化，请告诉村里或镇里。",
    State.REFUSED: "不同意的话，可以提不同意见，信上写了怎么提、到哪天为止。",
    State.WITHDRAWN: "以后想申请，随时可以再交。",
}


def stages(case: Case, *, shown_from: date | None, first_month: date | None, on: date) -> tuple[Stage, ...]:
    """The road as stations with their days. A refused case ends at the decision; a withdrawn one where it was."""
    state, programme = State(case.state), core.road(case.programme)
    helped_first = state is State.HELPED or (programme.one_off and state is State.CONFIRMED and case.at_county_on is None)
    days = {
        "submitted": today(case.submitted_at),
        "accepted": today(case.accepted_at) if case.accepted_at else None,
        "investigating": today(case.investigated_at) if case.investigated_at else None,
        "shown": shown_from,
        "at_county": case.at_county_on,
        "helped": None,
        "papers": today(case.closed_at) if case.closed_at else None,
        "decided": today(case.closed_at) if case.closed_at and state in (State.CONFIRMED, State.REFUSED) else None,
        "paid": first_month if first_month and first_month <= on else None,
    }
    road = ("submitted", "helped", "papers") if helped_first else tuple(_stations(programme, state))
    here = len(road) if helped_first and state is State.CONFIRMED else road.index(AT[state])
    if state is State.CONFIRMED and first_month is not None and first_month <= on:
        here = len(road)
    if state is State.WITHDRAWN:
        here = max(index for index, code in enumerate(road) if days[code] is not None) + 1
        road = road[:here]
    called = CALLED_HERE if case.level == core.Level.TOWNSHIP else {}
    called = called | {"paid": "paid_once"} if programme.one_off else called
    return tuple(
        Stage(
            called.get(code, code),
            STAGE_LABELS[called.get(code, code)],
            "done" if index < here or (state is State.REFUSED and index == here) else "current" if index == here else "ahead",
            days[code],
            case.due_on if index == here and state.is_open else None,
        )
        for index, code in enumerate(road)
    )


def _stations(programme: core.Road, state: State) -> Iterator[str]:
    """The stations of a road: no board where nothing is shown, no payment where none follows."""
    for code in STAGES:
        no_board = code == "shown" and not programme.shows
        no_money = code == "paid" and (state in (State.REFUSED, State.WITHDRAWN) or not programme.pays)
        if not (no_board or no_money):
            yield code


def you_do(case: Case) -> str:
    """What the family has to do now; usually nothing."""
    return YOU_DO.get(State(case.state), "您不用再做什么。")


def sentence(case: Case, name: str, age: int | None, members: int) -> str:
    """Who it is and what hurts most, in one sentence."""
    who = f"{name}，{age} 岁" if age is not None else name
    home = "一个人住" if members == 1 else f"家里 {members} 口人"
    troubles = "、".join(core.HARDSHIPS[kind] for kind in case.hardships if kind in core.HARDSHIPS)
    return f"{who}，{home}。{troubles or '没有选难处'}。"


def draft_reason(case: Case, ruled: AssessmentRow | None) -> str:
    """A first text for the opinion from the figures, in words to the family; the clerk rewrites it. Empty while unknown."""
    if ruled is None or ruled.outcome == "unknown" or ruled.income_fen is None:
        return ""
    people = f"您家 {ruled.members} 口人" if ruled.members > 1 else "您一个人"
    parts = [f"{people}，查实每月一共进项 {spoken(ruled.income_fen)} 元"]
    if ruled.members > 1:
        parts.append(f"平均每人 {spoken(ruled.income_fen // ruled.members)} 元")
    if ruled.standard_fen is not None:
        parts.append(f"这里的标准是每人每月 {spoken(ruled.standard_fen)} 元")
    first = "，".join(parts) + "。"
    if ruled.outcome == "yes":
        money = f"算下来每月给您家 {spoken(ruled.amount_fen)} 元。" if ruled.amount_fen else ""
        return f"{first}够得上{ruled.programme_label}。{money}"
    failing = [one.says for one in ruled.conditions if one.holds is False]
    return f"{first}这一次够不上{ruled.programme_label}：{'；'.join(failing)}。"
