"""Blocks of papers of looking: the visit, neighbours, letters of inquiry, what sources were asked."""

from __future__ import annotations

from doudi.casework import core
from doudi.casework.core.papers import Part
from doudi.casework.queries.looking import LookingPage, looking
from doudi.verification import queries as verification
from doudi.web.parts.sheets.parts import LINE, Making, case_of, rows, table, text
from doudi.web.parts.templatetags.parts import day, full_day


def survey(making: Making, level: str = "township") -> list[Part]:
    found = [one for one in making.case.surveys if one.level == level] if making.case else []
    if not found:
        pairs = (
            ("哪天去的", LINE),
            ("谁去的（两位）", LINE),
            ("家里谁在", LINE),
            ("住的房子", LINE),
            ("家里的东西", LINE),
            ("怎么过日子", LINE),
        )
        return [rows("看到的（没看清、没问到都可以写）", *pairs)]
    parts = []
    for one in found:
        pairs = [("哪天去的", full_day(one.on)), ("谁去的", "、".join(one.investigators)), ("家里在场的人", one.signed_by)]
        pairs += [("家里人没有签字", one.why_unsigned)] if one.why_unsigned else []
        pairs += [(what, said) for what, said in one.answers]
        parts.append(rows("看到的", *pairs, *((("还看到", one.note),) if one.note else ())))
    return parts


def needs(making: Making) -> list[Part]:
    held = {one.area: one for one in making.case.needs} if making.case else {}
    lines = []
    for code, label in core.NEED_AREAS.items():
        known = held.get(code)
        marks = tuple("√" if known and known.level == level else LINE for level in core.NEED_LEVELS)
        lines.append((label, *marks, known.note if known else LINE))
    return [table("不只看钱（在格里打 √）", ("哪方面", *core.NEED_LEVELS.values(), "为什么"), lines)]


def _looking(making: Making) -> LookingPage | None:
    if making.case is None or making.viewer is None:
        return None
    return looking(making.case.ref, making.viewer, at=making.at)


def neighbours(making: Making) -> list[Part]:
    page = _looking(making)
    heads = ("哪天", "问了谁", "什么关系", "怎么说的")
    lines = [(day(one.on), one.name, one.relation_label, one.said) for one in (page.neighbours if page else ())]
    return [table("邻居怎么说", heads, lines, least=max(4, len(lines)))]


def inquiries(making: Making) -> list[Part]:
    page = _looking(making)
    if page is None or not page.inquiries:
        return [
            rows(
                "", ("写给哪个单位", LINE), ("想问什么", LINE), ("发出日期", LINE), ("答复（由对方填）", LINE), ("答复日期", LINE)
            )
        ]
    return [
        rows(
            "",
            ("写给哪个单位", one.to_whom),
            ("想问什么", one.about),
            ("发出日期", full_day(one.sent_on)),
            ("请在哪天前答复", full_day(one.due_on)),
            ("答复", one.answer or LINE),
            ("答复日期", full_day(one.answered_on)),
        )
        for one in page.inquiries
    ]


def checked(making: Making) -> list[Part]:
    case = case_of(making)
    people = [(one.name, one.relation_label, one.consent_label) for one in case.members if one.counts]
    parts = [table("请查哪些人", ("姓名", "和申请人的关系", "同意了没有"), people)]
    if not case.check_ref or making.viewer is None:
        return [*parts, text("", "还没有发起核对。")]
    check = verification.check(case.check_ref, making.viewer, on=making.on)
    asked = [(one.label, one.department) for one in check.sources]
    return [
        rows("", ("核对编号", check.number), ("发起日期", full_day(check.asked_at)), ("报告有效到", full_day(check.valid_until))),
        *parts,
        table("问了哪些来源", ("来源", "哪个部门"), asked),
    ]


def rechecks(making: Making) -> list[Part]:
    found = []
    if making.case is not None and making.case.check_ref and making.viewer is not None and making.viewer.may("objection.list"):
        found = verification.objections_to(making.case.check_ref, making.viewer, making.on)
    if not found:
        return [
            rows(
                "",
                ("对哪一条", LINE),
                ("您觉得哪里不对", LINE),
                ("有什么能证明（没有也行）", LINE),
                ("希望怎么联系您", LINE),
                ("重新查的结果", LINE),
            )
        ]
    return [rows("", ("编号", one.number), ("什么时候提的", full_day(one.at)), ("办到哪里", one.state_label)) for one in found]
