"""Blocks of papers around help: hearing before less, agreements, self-care, help first, referrals; blank where none is kept."""

from __future__ import annotations

from doudi.casework import core
from doudi.casework.core.papers import Part
from doudi.casework.queries.benefits import benefit_page
from doudi.casework.queries.road import RoadPage, case_road
from doudi.services import queries as services
from doudi.web.parts.sheets import asking
from doudi.web.parts.sheets.parts import LINE, Making, boxes, rows, text
from doudi.web.parts.templatetags.parts import full_day, month, yuan


def _road(making: Making) -> RoadPage | None:
    if making.case is None or making.viewer is None:
        return None
    return case_road(making.case.ref, making.viewer, at=making.at)


def _by_hand(making: Making) -> list[Part]:
    """What is ticked and written by hand: the paper as it is printed empty."""
    return [*(asking.to_tick(making) if making.paper.boxes else ()), *(asking.lines(making) if making.paper.lines else ())]


def hearing(making: Making) -> list[Part]:
    """The newest change that gives less: what it is, how the family was asked, what it said."""
    case, viewer, change = making.case, making.viewer, None
    if case is not None and case.benefit is not None and viewer is not None and viewer.may("benefit.list"):
        found = benefit_page(case.benefit.ref, viewer, at=making.at)
        changes = ([found.proposal] if found.proposal else []) + list(found.adjustments)
        change = next((one for one in changes if one.is_less and one.state != "dropped"), None)
    asked = change.invitations[-1] if change and change.invitations else None
    on = change.heard_on if change else None
    how = f"{full_day(on)}，{change.heard_label}" if change and on else LINE
    return [
        rows(
            "",
            (
                "要变什么、从哪个月起",
                f"{change.kind_label}：{change.cause_label}，{month(change.from_month)}起" if change else LINE,
            ),
            ("依据哪一条", change.article if change else LINE),
            ("怎么请的", f"{asked.way_label}，{full_day(asked.for_on)}，{asked.place}".rstrip("，") if asked else LINE),
            ("哪天、怎么听的", how),
            ("本人怎么说", change.views if change else LINE),
            ("镇里怎么答", LINE),
            ("念给本人听过了没有", LINE),
        )
    ]


def _agreement(making: Making, kind: str) -> list[Part]:
    """The newest agreement of a kind that was not ended."""
    road = _road(making)
    held = [one for one in road.agreements if one.kind_label == core.AGREEMENTS[kind] and one.ended_on is None] if road else []
    if not held:
        return _by_hand(making)
    one = held[0]
    return [
        rows(
            "",
            ("谁来做", one.party),
            ("身份证号", LINE),
            ("和本人的关系", one.relation),
            ("电话", one.phone),
            ("做什么", one.duties),
            ("从哪天到哪天", f"{full_day(one.from_on)}至 {full_day(one.to_on)}"),
        )
    ]


def custody(making: Making) -> list[Part]:
    return _agreement(making, "custody")


def carer(making: Making) -> list[Part]:
    return _agreement(making, "carer")


def self_care(making: Making) -> list[Part]:
    """The newest look at the six things, as the two people found them."""
    road = _road(making)
    if road is None or not road.self_care:
        return _by_hand(making)
    one = road.self_care[0]
    told = rows("评估", ("哪天", full_day(one.on)), ("谁评估的", "、".join(one.by)), ("结果", one.grade_label))
    return [*(boxes(label, ("能", not cannot), ("不能", cannot)) for label, cannot in one.items), told, text("看到的", one.words)]


def emergency(making: Making) -> list[Part]:
    """What happened, and what was given at once."""
    road = _road(making)
    one = road.first_help if road else None
    if one is None:
        return _by_hand(making)
    return [
        boxes("遇到的是", *((label, label == one.kind_label) for label in core.EMERGENCIES.values())),
        rows(
            "",
            ("哪天、在哪里", f"{full_day(one.happened_on)}，{one.place}"),
            ("出了什么事", one.cause),
            ("先给了多少", yuan(one.amount_fen)),
            ("谁先给的", one.by),
            ("哪天前补齐材料", full_day(one.papers_due_on)),
            ("补来的材料说明", one.found),
            ("谁补签的", "、".join(one.completed_by)),
        ),
    ]


def referrals(making: Making) -> list[Part]:
    """Every request to another department in this case, with what it answered."""
    case, viewer = making.case, making.viewer
    found = services.of_case(case.ref, viewer) if case and viewer and viewer.may("referral.list") else ()
    if case is None or viewer is None or not found:
        return _by_hand(making)
    parts = []
    for row in found:
        one = services.referral(row.ref, viewer)
        parts.append(
            rows(
                row.number,
                ("转给哪个单位", row.department_label),
                ("请他们帮什么", f"{row.label}：{one.need}" if one.need else row.label),
                ("最晚哪天回话", full_day(row.due_on)),
                ("（回执）接了没有、为什么", one.answer.verdict_label if one.answer else LINE),
                ("（回执）办成什么样、哪天", one.answer.thing or one.answer.reason if one.answer else LINE),
            )
        )
    return parts
