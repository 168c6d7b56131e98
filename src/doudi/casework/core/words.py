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
    "list": "部门送来的名单",
    "referral": "部门转来的",
}

ACCOUNT_WAYS = {"same": "和现在领钱的是同一张卡", "other": "打到另一张卡", "none": "没有卡，请帮我办"}

# Near kin by the list of the law (Civil Code Art. 1045; D220 Art. 14), and kin who are only noted.
NEAR_KIN = {
    "spouse": "配偶",
    "parent": "父母",
    "child": "子女",
    "sibling": "兄弟姐妹",
    "grandparent": "祖父母、外祖父母",
    "grandchild": "孙子女、外孙子女",
}
KIN = {**NEAR_KIN, "aunt_uncle": "叔伯姑舅姨", "cousin": "堂、表兄弟姐妹", "in_law": "姻亲", "other_kin": "别的亲戚"}

# What an emergency is, and how grave: codes of the facts hh_emergency_kind and hh_emergency_band.
EMERGENCIES = {"fire": "火灾", "accident": "交通事故等意外", "illness": "突发重病", "other": "别的急难"}
BANDS = {"light": "较轻", "middle": "较重", "grave": "特别重"}

# The six items of self-care (T43 Art. 21), the grades (Art. 22), and what follows from them.
SELF_CARE = {
    "eating": "自己吃饭",
    "dressing": "自己穿衣",
    "getting_up": "自己上下床",
    "toilet": "自己如厕",
    "walking": "室内走动",
    "bathing": "自己洗澡",
}
CARE_GRADES = {"full": "具备生活自理能力", "half": "部分丧失", "none": "完全丧失"}
SUPPORT_FORMS = {"home": "在家分散供养", "institution": "到机构集中供养"}
AGREEMENTS = {"custody": "代管协议", "carer": "照料协议"}

# What another place is asked for, and the only reasons to refuse.
ELSEWHERE = {"visit": "去家里看一看", "property": "查当地的房产", "income": "了解在当地的收入", "double": "看有没有在当地享受"}
REFUSALS = {
    "no_such_person": "当地没有这个人",
    "not_ours": "不归当地管，应当问别处",
    "no_basis": "没有本人的授权，依法不能提供",
    "unclear": "没有写清要查什么，请写清再来",
}


def care_grade(failed: int) -> str:
    """The grade of self-care by how many of the six items somebody cannot do (T43 Art. 22)."""
    return "full" if failed == 0 else "half" if failed <= 3 else "none"


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
