"""Words beside the codes of applications, visits and opinions."""

from __future__ import annotations

from datetime import date

HARDSHIPS = {
    "illness": "看病花钱多",
    "no_work": "没活干、没收入",
    "school": "孩子上学",
    "disability": "残疾或失能",
    "sudden": "突然出了事",
    "care": "没人照顾",
    "other": "别的难处",
}
URGENT_HARDSHIPS = frozenset({"sudden"})

CHANNELS = {
    "phone": "手机网页",
    "window": "办事窗口",
    "proxy": "别人代办",
    "village": "村里代交",
    "hotline": "热线",
    "paper": "纸质申请",
    "visit": "走访时提出",
}

ACCOUNT_WAYS = {"same": "和现在领钱的是同一张卡", "other": "打到另一张卡", "none": "没有卡，请帮我办"}

NEED_AREAS = {"food": "吃穿", "health": "看病", "home": "住房", "school": "上学", "care": "照料"}
NEED_LEVELS = {"fine": "过得去", "hard": "有点难", "very_hard": "很难", "unknown": "不清楚"}

OPINIONS = {"help": "建议给予救助", "refuse": "建议不予确认"}
DECISION_LABELS = {"confirm": "确认", "return_one": "退回补一样", "refuse": "不确认"}

QUESTION_CHOICES = {
    "data_right": "按查到的算",
    "person_right": "按本人说的算",
    "not_counted": "查到的属实，但不计入",
    "amount": "另定一个数",
    "homes_0": "没有自己的房子",
    "homes_1": "只有一处",
    "homes_2": "两处或更多",
    "supporter_unable": "没有，或者没有能力",
    "supporter_able": "有，也能照顾",
    "care_full": "六项都能自己做",
    "care_half": "一到三项做不了",
    "care_none": "四项以上做不了",
    "visit": "走访时看一眼",
    "discuss": "提交会商",
}
OPEN_CHOICES = frozenset({"", "visit", "discuss"})  # these leave the question open


def mask_for_list(name: str, is_minor: bool) -> str:
    """A name on a public list: the middle hidden, a minor's never written (design, journey d)."""
    if is_minor:
        return "（未成年人）"
    if len(name) <= 1:
        return name
    return name[0] + "*" + (name[-1] if len(name) > 2 else "")


def showing_ends(from_on: date, days: int) -> date:
    """The last day of a showing: the first day is not counted (Civil Code Art. 201)."""
    return date.fromordinal(from_on.toordinal() + days)
