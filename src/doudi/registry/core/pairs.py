"""Words and small rules for records that may belong together: kinds, what was compared and how it came out, who stays."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

PAIR_KINDS = {
    "row": "这行数据是不是他的",
    "same": "是不是同一个人",
    "shared": "一个号码，两个人",
}

# Why a person has no citizen number, in the words a clerk chooses from.
NO_NUMBER = {
    "child": "孩子还没上户口",
    "unregistered": "大人一直没有户口",
    "lost": "证件丢了，自己也记不清号码",
    "foreign": "外国人，用护照或居留证",
    "compatriot": "港澳台居民，用通行证或居住证",
    "stateless": "没有国籍，或者国籍不清楚",
    "unknown_self": "说不清自己是谁（流浪、失能）",
    "other": "别的原因，写在说明里",
}

CITY_DIGITS = 4  # a post whose places begin with so few digits is the whole city's

VERDICTS = {"same": "是同一个人", "apart": "不是同一个人"}


def pair_ref(kind: str, left: str, right: str) -> str:
    """The name of a pair, the same in every cycle. Two people make one pair, whichever comes first."""
    if kind == "same":
        left, right = sorted((left, right))
    return "d" + blake2b(f"{kind}|{left}|{right}".encode(), digest_size=10).hexdigest()


def settled_kind(left: str) -> str:
    """What a decision is about, by what stands on the left: a pid begins with p or x, the fingerprint of a row with neither."""
    return "person" if left[:1] in ("p", "x") else "row"


def who_stays(one: str, other: str) -> tuple[str, str]:
    """(goes, stays) of two pids that are one person: who has a citizen number stays before who has none, else the second."""
    return (other, one) if one.startswith("p") and other.startswith("x") else (one, other)


LIKELY = ((0.95, "很可能是同一个人"), (0.7, "多半是同一个人"), (0.3, "说不准"), (0.05, "多半不是同一个人"))


def likely(probability: float) -> str:
    """How sure the machine is, in words."""
    return next((words for least, words in LIKELY if probability >= least), "很可能不是同一个人")


def against_the_machine(verdict: str, probability: float) -> bool:
    """Whether a verdict says otherwise than the machine thought, so that a reason is needed."""
    return (verdict == "same") != (probability >= 0.5)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A pair as a cycle tells it: what was compared, and how it came out."""

    kind: str
    left: str
    right: str
    dataset: str
    role: str
    batch: int | None
    row_no: int | None
    weight: float
    probability: float
    why: tuple[tuple[str, str], ...]
    area: str
    other_area: str

    @property
    def ref(self) -> str:
        return pair_ref(self.kind, self.left, self.right)


# What was compared and how it came out: the words for it, and how much it says: for (strongly, a little), nothing, against.
LEVELS: dict[tuple[str, str], tuple[str, str]] = {
    ("name", "same"): ("姓名一样", "strong"),
    ("name", "sound"): ("姓名同音，字不一样", "strong"),
    ("name", "blurred"): ("姓名读音相近（平翘舌、前后鼻音）", "some"),
    ("name", "lost"): ("姓名里有一个字没能存下来", "strong"),
    ("name", "close"): ("姓名差一个字", "none"),
    ("name", "surname"): ("只有姓一样", "against"),
    ("name", "other"): ("姓名不一样", "against"),
    ("birth", "same"): ("生日一样", "strong"),
    ("birth", "lunar"): ("生日差几十天，像把农历写成了公历", "none"),
    ("birth", "digit"): ("生日差一位数字", "some"),
    ("birth", "year"): ("只有出生年份一样", "against"),
    ("birth", "other"): ("生日不一样", "against"),
    ("number", "same"): ("身份证号一样", "strong"),
    ("number", "certificate"): ("残疾人证号里就是他的身份证号", "strong"),
    ("number", "edit"): ("身份证号只差一位", "strong"),
    ("number", "edits"): ("身份证号差两三位", "strong"),
    ("number", "birth"): ("号码里的生日对得上", "strong"),
    ("number", "other"): ("号码对不上", "against"),
    ("place", "house"): ("在同一户", "strong"),
    ("place", "village"): ("在同一个村（社区）", "strong"),
    ("place", "town"): ("在同一个乡镇（街道）", "some"),
    ("place", "county"): ("只在同一个县", "against"),
    ("place", "elsewhere"): ("不在一个县", "against"),
    ("couple", "yes"): ("配偶或监护人对得上", "strong"),
    ("couple", "no"): ("配偶或监护人对不上", "against"),
}
SAYS = {"strong": "很能说明是", "some": "有点像", "none": "说明不了什么", "against": "不像"}


def level_words(what: str, how: str, apart: int | None = None) -> tuple[str, str]:
    """What was compared and how it came out, in words, and how much it says.

    :param apart: by how many days the two birthdays differ, where both are known
    """
    words, says = LEVELS.get((what, how), (f"{what}：{how}", "none"))
    if (what, how) == ("birth", "lunar") and apart:
        words = f"生日差 {apart} 天，像把农历写成了公历"
    return words, says
