"""Blocks of papers of deciding: the sums, the opinion, the board, meetings, certificates."""

from __future__ import annotations

from datetime import timedelta

from doudi.casework import core
from doudi.casework.core.papers import Part
from doudi.casework.queries import CasePage
from doudi.casework.queries.meetings import appraisals as appraisals_of
from doudi.casework.queries.meetings import consultations as consultations_of
from doudi.office.core import NotAllowed
from doudi.web.parts.sheets.parts import LINE, Making, case_of, rows, table, text
from doudi.web.parts.templatetags.parts import article, day, full_day, month, yuan

CERTIFICATE_DAYS = 90  # a certificate is looked at, not kept: whoever reads it later asks by its picture


def sums(making: Making) -> list[Part]:
    found = case_of(making).assessment
    if found is None:
        return [text("钱是怎么算的", "还没有算。")]
    lines = [
        (
            row.what,
            row.whose,
            f"{row.source}{' ' + day(row.as_of) if row.as_of else ''}",
            "不清楚" if row.fen is None else yuan(row.fen),
            "算" if row.counted else "没定" if row.counted is None else f"不算{'：' + row.why if row.why else ''}",
        )
        for row in found.table
    ]
    pairs = (
        ("几口人", f"{found.members}"),
        ("标准（每人每月）", yuan(found.standard_fen)),
        ("收入（每月）", yuan(found.income_fen)),
        ("规则算出来", f"{found.outcome_label}{'，每月 ' + yuan(found.amount_fen) if found.amount_fen else ''}"),
    )
    return [rows("钱是怎么算的", *pairs), table("", ("什么", "谁的", "来源", "每月", "算不算"), lines)]


def opinion(making: Making) -> list[Part]:
    case = case_of(making)
    said = case.opinion
    if said is None:
        return [rows("初步意见", ("建议", LINE), ("理由", LINE))]
    given = f"：{said.members} 口人，每月 {yuan(said.amount_fen)}" if said.kind == "help" and said.amount_fen else ""
    pairs = [("建议", f"{said.kind_label}{given}"), ("理由", said.reason), ("谁写的", said.by), ("哪天", full_day(said.at))]
    if said.differs:
        pairs.append(("和规则算的不一样，因为", said.differs_reason))
    return [rows("初步意见", *pairs)]


def showing(making: Making) -> list[Part]:
    shown = case_of(making).showings
    if not shown:
        return [rows("公示", ("贴在哪里", LINE), ("从哪天到哪天", LINE), ("写了什么", LINE))]
    return [
        rows(
            "公示",
            ("贴在哪里", one.area_label),
            ("从哪天到哪天", f"{full_day(one.from_on)}至 {full_day(one.to_on)}"),
            ("公示的名字", one.shown_name),
            ("几口人、每月多少", f"{one.members} 口人，{yuan(one.amount_fen)}"),
            ("撕下来的日子", LINE),
        )
        for one in shown
    ]


def objections(making: Making) -> list[Part]:
    said = [row for one in case_of(making).showings for row in one.objections]
    if not said:
        return [text("不同意见", "公示的时候没有人提不同意见。")]
    lines = [(day(one.at), one.said, one.answer) for one in said]
    return [table("不同意见", ("哪天", "说了什么", "了解到什么"), lines)]


def appraisals(making: Making) -> list[Part]:
    held = ()
    if making.case is not None and making.viewer is not None:
        held = appraisals_of(making.case.ref, making.viewer, at=making.at).appraisals
    if not held:
        pairs = (
            ("哪天、在哪里", LINE),
            ("应到几人、实到几人", LINE),
            ("谁回避、为什么", LINE),
            ("同意几人", LINE),
            ("不同意几人", LINE),
            ("弃权几人", LINE),
            ("这家人说了什么", LINE),
            ("不同的话", LINE),
        )
        return [rows("评议", *pairs), table("到场的人签名", ("姓名", "签名", "姓名", "签名"), [], least=6)]
    parts: list[Part] = []
    for one in held:
        away = "、".join(f"{seat.name}（{seat.recused_label}）" for seat in one.seats if seat.recused_label)
        votes = one.votes
        counted = f"同意 {votes.agree}，不同意 {votes.against}，弃权 {votes.abstain}" if votes else LINE
        pairs = (
            ("为什么评议", f"{one.why_label}。{one.reason}"),
            ("哪天、在哪里", f"{full_day(one.meets_at)}，{one.place}"),
            ("至少要到几人", f"{one.quorum}"),
            ("实到几人", LINE if one.present is None else f"{one.present}"),
            ("谁回避", away),
            ("怎么投的", counted),
            ("这家人说了什么", one.family_said),
            ("不同的话", one.dissent),
            ("记录", one.minutes),
        )
        parts.append(rows("评议", *pairs))
        parts.append(table("到场的人签名", ("姓名", "身份", "签名"), [(seat.name, seat.kind_label, LINE) for seat in one.voting]))
    return parts


def consultations(making: Making) -> list[Part]:
    held = ()
    if making.case is not None and making.viewer is not None:
        held = consultations_of(making.case.ref, making.viewer, at=making.at).consultations
    if not held:
        pairs = (("哪天", LINE), ("为什么要会商", LINE), ("要商量的事", LINE), ("家里的情况", LINE), ("怎么定", LINE))
        return [rows("会商", *pairs), table("参加的单位", ("姓名", "单位、职务", "同意不同意", "签名"), [], least=6)]
    parts: list[Part] = []
    for one in held:
        pairs = (
            ("哪天", full_day(one.on)),
            ("为什么要会商", "、".join(one.reasons)),
            ("要商量的事", one.question),
            ("家里的情况", one.situation),
            ("怎么定", one.outcome_label),
            ("一句话", one.gist),
        )
        said = [(row.name, row.duty, f"{row.vote_label}{'：' + row.said if row.said else ''}", LINE) for row in one.voices]
        parts += [rows("会商", *pairs), table("参加的单位", ("姓名", "单位、职务", "同意不同意", "签名"), said)]
    return parts


def letter(making: Making) -> list[Part]:
    raise NotAllowed("信从定下来的那一条打印。")


def _in_force(making: Making) -> CasePage:
    case = case_of(making)
    helped = case.benefit
    if helped is None or (helped.to_month is not None and helped.to_month < making.on.replace(day=1)):
        raise NotAllowed("现在没有在享受的救助，开不了证明。")
    return case


def certificate(making: Making) -> list[Part]:
    case = _in_force(making)
    helped = case.benefit
    assert helped is not None
    living = [one.name for one in case.members if one.counts]
    lines = [
        f"{case.name}（身份证号 {case.masked_number}）一家 {helped.members} 口人：{'、'.join(living)}。",
        f"从 {month(helped.from_month)}起，经{making.office}定下来，享受{case.programme_label}。",
        "这张证明只说明上面的事，不写收入和病情。",
    ]
    until = making.on + timedelta(days=CERTIFICATE_DAYS)
    return [text("", *lines), text("", f"到 {full_day(until)}前有效。扫右边的图，就知道现在还算不算数。")]


def recognition(making: Making) -> list[Part]:
    case = _in_force(making)
    helped = case.benefit
    assert helped is not None
    decided = case.decision
    living = [(one.name, one.relation_label) for one in case.members if one.counts]
    until = making.on + timedelta(days=CERTIFICATE_DAYS)
    return [
        rows(
            "",
            ("姓名", case.name),
            ("身份证号", case.masked_number),
            ("认定的是", case.programme_label),
            ("依据", article(core.road(case.programme).article)),
            ("哪天定的", full_day(decided.on) if decided else LINE),
            ("从哪个月起", month(helped.from_month)),
            ("下次看的日子", full_day(helped.review_due_on)),
            ("这张单子有效到", full_day(until)),
        ),
        table("算进来的家里人", ("姓名", "和申请人的关系"), living),
        text("", "一处定下来，各部门都认，不用再查一遍。（依据：社会救助法第 42 条）", "这张单子不写收入、存款和病情。"),
    ]
