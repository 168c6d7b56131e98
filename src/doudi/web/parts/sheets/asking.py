"""Blocks of papers of asking: who, the family, its trouble, its money, what is missing."""

from __future__ import annotations

from doudi.casework import core
from doudi.casework.core.papers import Part
from doudi.web.parts.sheets.parts import LINE, Making, boxes, case_of, pairs, rows, table, text
from doudi.web.parts.templatetags.parts import full_day, yuan


def who(making: Making) -> list[Part]:
    case = making.case
    if case is None:
        told = (("姓名", LINE), ("电话", LINE), ("住在哪里", LINE), ("编号（工作人员填）", LINE))
        return [pairs(*told), {"kind": "digits", "heading": "身份证号", "count": 18}]
    return [
        pairs(
            ("姓名", case.name),
            ("身份证号", case.masked_number),
            ("电话", case.phone),
            ("住在哪里", case.area_label),
            ("申请什么", case.programme_label),
            ("申请编号", core.show_receipt(case.receipt)),
        )
    ]


def family(making: Making) -> list[Part]:
    heads = ("姓名", "和您的关系", "年龄", "算不算一家", "身体、上学、干活情况")
    case = making.case
    if case is None:
        return [table("一起吃住的家里人", heads, [], least=5)]
    lines = [
        (one.name, one.relation_label, LINE if one.age is None else f"{one.age} 岁", "算" if one.counts else "不算", LINE)
        for one in case.members
    ]
    return [table("一起吃住的家里人", heads, lines, least=len(lines) + 1)]


def hardship(making: Making) -> list[Part]:
    held = making.case.hardships if making.case else ()
    told = making.case.story if making.case else ""
    ticked = boxes("难在哪里（在框里打 √）", *((label, code in held) for code, label in core.HARDSHIPS.items()))
    return [ticked, text("", f"本人说：{told}") if told else rows("", ("别的，我来说", LINE))]


def incomes(making: Making) -> list[Part]:
    heads = ("什么进项", "谁的", "每月多少元", "从哪里知道的")
    found = making.case.assessment if making.case else None
    lines = [
        (
            row.what,
            row.whose,
            "说不清" if row.fen is None else yuan(row.fen),
            f"{row.source}{' ' + full_day(row.as_of) if row.as_of else ''}",
        )
        for row in (found.table if found else ())
    ]
    return [table("每月进项（说不清就空着）", heads, lines, least=max(len(lines), 4))]


def account(making: Making) -> list[Part]:
    return [rows("", ("钱打到哪张卡", making.case.account_label if making.case else LINE))]


def words(making: Making) -> list[Part]:
    return [text("", *making.paper.words)]


def lines(making: Making) -> list[Part]:
    return [rows("", *((label, LINE) for label in making.paper.lines))]


def to_tick(making: Making) -> list[Part]:
    return [boxes(heading, *((one, False) for one in choices)) for heading, choices in making.paper.boxes.items()]


def received(making: Making) -> list[Part]:
    case = case_of(making)
    contact = next((one for one in case.clocks if one.code == "contact"), None)
    whole = next((one for one in case.clocks if one.code == "whole"), None)
    return [
        text(
            "",
            f"{full_day(case.submitted_at)}收到您的申请，走的是{case.channel_label}。",
            f"经办人：{case.handler}。" if case.handler else "",
            f"最晚 {full_day(contact.due_on)}和您联系。" if contact else "",
            f"最晚 {full_day(whole.due_on)}办完。" if whole else "",
        )
    ]


def asked(making: Making) -> list[Part]:
    asked = case_of(making).asked_for
    return [text("要补的一次说清", asked) if asked else rows("要补的一次说清", ("要补什么", LINE), ("哪天前、交给谁", LINE))]


def kin(making: Making) -> list[Part]:
    case = case_of(making)
    told = (("和谁是近亲属", case.near_kin_of), ("什么关系、在哪里上班", LINE), ("备案日期", LINE))
    return [rows("", *told)]
