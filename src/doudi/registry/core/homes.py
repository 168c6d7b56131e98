"""Words of proposed households: ties, why somebody is counted or left out, what may happen in a family and what it touches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# Ties as registers tell them (`engine.living.KINDS`).
TIES = {
    "booklet": "同一本户口簿",
    "roll": "同一户在册",
    "married": "结婚登记",
    "divorced": "离婚登记",
    "guardian": "监护人",
    "address": "户籍地址相同",
    "together": "说住在一起",
    "apart": "说不住在一起",
    "parent": "说是父母和子女",
}
TIE_SOURCES = {
    "hukou": "户籍",
    "dibao": "低保在册名单",
    "near_dibao": "低保边缘在册名单",
    "rigid_expenditure": "刚性支出在册名单",
    "tekun": "特困在册名单",
    "monitored": "防返贫监测名单",
    "marriage": "婚姻登记",
    "student": "困难学生名单",
    "child_benefit": "孤儿和无人抚养儿童名单",
    "said": "家里人或工作人员说的",
}
# Why somebody is counted or left out (`engine/households.toml`): a short word, and a sentence.
REASONS = {
    "self": ("户主", "这一户围着这个人算。"),
    "roll": ("在册", "入户查过，名单上写的就是这一户的人。"),
    "duty_together": ("长期同住的亲属", "有赡养、扶养、抚养义务，户口也在一起，当作长期同住；没有看过，可能不是。"),
    "dependent_child": ("不能独立生活的成年子女", "成年了，但是重度残疾、没有民事行为能力，或者还在读本科及以下。"),
    "minor_child": ("未成年子女", "不满 18 岁。"),
    "spouse": ("配偶", "夫妻，住得远也算一家。"),
    "ward": ("被监护的孩子", "孩子没有别的家人在一起，监护人是这一户的人。"),
    "said": ("说是一家", "家里人或工作人员说住在一起。"),
    "guessed": ("可能是一家", "登记说不清，走访过的同类家庭多半住在一起；要上门看。"),
    "no_duty": ("不算：没有法定义务", "户口簿上有这个人，但不是亲属，没有赡养、扶养、抚养义务，比如租住、寄住的人。"),
    "independent": ("不算：已经自己成家", "成年子女有了自己的家，不再算父母这一户。"),
    "master_student": ("不算：读研究生", "只有读到本科的成年子女算不能独立生活。还住在家里的，要问清楚。"),
    "divorced": ("不算：已经离婚", "婚姻登记写着离婚，户口还在一起。还住在一起的，要问清楚。"),
    "other_home": ("不算：另有一户", "户口簿上在一起，生活在另一户。"),
    "supporter": ("不算：另住的赡养、抚养义务人", "有义务供养，但是不住在一起。给的钱算收入，人不算一家。"),
    "collective": ("不算：集体户", "集体户口簿说不出谁和谁是一家。"),
    "moved": ("不算：户口迁走了", "户口迁走了，没有别的登记说还在一起。"),
    "said_apart": ("不算：说不住在一起", "家里人或工作人员说不住在一起。"),
    "clergy": ("不算：长期离家的宗教教职人员", "连续三年以上脱离家庭，生活在宗教场所。"),
    "missing": ("不算：宣告失踪", "法院宣告失踪。"),
    "custody": ("不算：服刑或强制隔离戒毒", "释放以后再算回来。"),
    "dead": ("不算：已经去世", "登记写着已经去世。"),
}
# The same for the family itself, in the plainest words.
PLAIN = {
    "self": "户口簿或名单上的户主",
    "roll": "名单上是一家",
    "duty_together": "亲人，长期住在一起",
    "dependent_child": "成年的孩子，还在读书或者要人照顾",
    "minor_child": "还没满 18 岁的孩子",
    "spouse": "夫妻",
    "ward": "由您家照看的孩子",
    "said": "你们说住在一起",
    "guessed": "可能住在一起，我们还拿不准",
    "no_duty": "户口簿上有，但不是亲人",
    "independent": "已经自己成家",
    "master_student": "在读研究生",
    "divorced": "已经离婚",
    "other_home": "住在另一家",
    "supporter": "亲人，不住在一起",
    "collective": "集体户口",
    "moved": "户口迁走了",
    "said_apart": "你们说不住在一起",
    "clergy": "长期住在宗教场所",
    "missing": "法院宣告失踪",
    "custody": "眼下不在家",
    "dead": "已经去世",
}
PLAIN_EVENTS = {
    "birth": "孩子出生",
    "death": "家人去世",
    "marriage": "结婚了",
    "divorce": "离婚了",
    "moved_in": "有人搬来同住",
    "moved_out": "有人搬走了",
    "released": "有人回家了",
    "school_start": "开始上学",
    "school_left": "不再上学",
}
CERTAIN = {"sure": "确定", "likely": "多半是", "ask": "要问清楚"}
# Why somebody should go and see (`engine.living.LOOKS`).
LOOKS = {
    "headless": "一个人一本户口簿，却写着是别人的亲属",
    "two_heads": "一本户口簿上有两个户主，谁跟谁只能按写的先后猜",
    "spouse_elsewhere": "登记是夫妻，各有各的户",
    "two_rolls": "有亲属关系，却在两个户头上享受救助",
    "off_roll": "和在册的人一起生活，自己不在册",
    "on_roll_only": "在册是一户，户口不在一起",
    "minor_alone": "孩子身边没有大人",
    "guardian_elsewhere": "孩子和监护人不在一户",
    "too_large": "一户超过 8 个人",
    "unlike": "走访过的同类家庭和登记说的不一样",
}


@dataclass(frozen=True, slots=True)
class SaidKind:
    """One thing a person may say about two people, or about one: the words when it holds, and when not."""

    label: str
    holds: str
    holds_not: str
    two: bool


SAYINGS: dict[str, SaidKind] = {
    "together": SaidKind("住在一起", "住在一起", "不住在一起", two=True),
    "married": SaidKind("夫妻", "是夫妻", "不是夫妻", two=True),
    "parent": SaidKind("父母和子女", "是父母和子女", "不是父母和子女", two=True),
    "guardian": SaidKind("监护", "是监护人", "不是监护人", two=True),
    "custody": SaidKind("服刑或强制隔离戒毒", "正在服刑或强制隔离戒毒", "没有在服刑", two=False),
    "missing": SaidKind("宣告失踪", "已宣告失踪", "没有失踪", two=False),
    "clergy": SaidKind("长期离家的宗教教职人员", "三年以上住在宗教场所", "不是", two=False),
    "dead": SaidKind("去世", "已经去世", "还健在", two=False),
    "school": SaidKind("在校（本科及以下）", "在校读书", "不在校了", two=False),
    "moved": SaidKind("迁走", "迁走了", "没有迁走", two=False),
}


class EventState(StrEnum):
    """Where a family event stands. Only what a person confirmed is fed into the next cycle."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        return {"reported": "等人核实", "confirmed": "已核实", "dismissed": "不是这么回事", "undone": "核实后又撤回"}[self]


@dataclass(frozen=True, slots=True)
class EventKind:
    """What may happen in a family: its words, whether it is between two people, what it says, and which parts of help it touches.

    said: (kind of saying, whether it holds, whether the second person stands first), of the person and the other.
    """

    label: str
    two: bool
    said: tuple[tuple[str, bool, bool], ...]
    touches: tuple[str, ...]
    paper: str


_SUM, _REVIEW, _PAYEE = "救助金额", "复核日期", "收款人"
_PEOPLE = ("家庭人数", _SUM, _REVIEW)
_MEANS = (*_PEOPLE, "家庭收入")
_TOGETHER, _APART = ("together", True, False), ("together", False, False)
_MOVING = "户口迁移证、村里证明"
EVENTS: dict[str, EventKind] = {
    "birth": EventKind("出生", True, (("parent", True, True), _TOGETHER), _PEOPLE, "出生医学证明"),
    "death": EventKind("去世", False, (("dead", True, False),), (*_PEOPLE, _PAYEE), "死亡证明、火化证明"),
    "marriage": EventKind("结婚", True, (("married", True, False),), _MEANS, "结婚证"),
    "divorce": EventKind("离婚", True, (("married", False, False), _APART), _MEANS, "离婚证、判决书"),
    "moved_in": EventKind("搬来同住", True, (_TOGETHER,), _MEANS, _MOVING),
    "moved_out": EventKind("搬走", True, (_APART,), _MEANS, _MOVING),
    "split": EventKind("分户", True, (_APART,), _MEANS, "分户后的户口簿"),
    "adoption": EventKind("收养、监护变更", True, (("guardian", True, True), _TOGETHER), _PEOPLE, "收养登记证、监护证明"),
    "custody": EventKind("服刑或强制隔离戒毒", False, (("custody", True, False),), (*_PEOPLE, _PAYEE), "判决书、通知书"),
    "released": EventKind("释放", False, (("custody", False, False),), _PEOPLE, "释放证明"),
    "school_start": EventKind("入学", False, (("school", True, False),), (_SUM, _REVIEW), "学生证、录取通知书"),
    "school_left": EventKind("离校", False, (("school", False, False),), (_SUM, _REVIEW, "家庭收入"), "毕业证"),
}
CHANNELS = {"window": "窗口", "phone": "电话", "visit": "上门", "village": "村里", "online": "本人手机", "data": "数据变化"}


@dataclass(frozen=True, slots=True)
class LivingPerson:
    """A person counted in a proposed household, or left out of it, with the reason and where it is written."""

    pid: str
    name: str
    born_on: date | None
    area: str
    hid: str
    tier: str
    own: bool
    counted: bool
    reason: str
    article: str
    clause: str
    certain: str
    look: str


@dataclass(frozen=True, slots=True)
class LivingTie:
    """One tie between two people: what says so, of which day, and whether the proposal holds it."""

    kind: str
    source: str
    a: str
    b: str
    word: str
    from_on: date | None
    batch: int | None
    row_no: int | None
    holds: bool


@dataclass(frozen=True, slots=True)
class LivingHome:
    """A household as the latest cycle proposes it."""

    on: date
    head: str
    people: tuple[LivingPerson, ...]
    ties: tuple[LivingTie, ...]
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class FamilyChange:
    """Something two cycles show to have happened in a family; nobody has confirmed it."""

    kind: str
    pid: str
    other: str
    on: date | None
    area: str


def citation(article: str, clause: str) -> str:
    """An article in words: D57 Art. 7 with clause 1(3) is 民发〔2021〕57号 第七条第一款第三项."""
    if article != "D57 Art. 7":
        return article
    digits = {"1": "一", "2": "二", "3": "三", "4": "四"}
    words = "民发〔2021〕57号 第七条"
    if clause:
        paragraph, item = clause.rstrip(")").split("(")
        words += f"第{digits[paragraph]}款第{digits[item]}项"
    return words
