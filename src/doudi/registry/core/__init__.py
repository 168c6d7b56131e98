"""Words of households: relations, and what a person may consent to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

RELATIONS = {
    "self": "本人",
    "spouse": "配偶",
    "son": "儿子",
    "daughter": "女儿",
    "grandchild": "孙子女",
    "parent": "父母",
    "grandparent": "祖父母",
    "sibling": "兄弟姐妹",
    "in_law": "儿媳、女婿或公婆、岳父母",
    "other": "其他",
}
SEXES = {"1": "男", "2": "女", "0": "未知", "9": "未说明"}


class Purpose(StrEnum):
    """What a consent is for; one purpose, one consent."""

    VERIFICATION = "verification"  # the household's means may be checked (D57 Art. 15; Law Art. 40)
    APPLICATION = "application"  # the register's data may prefill an application
    REFERRAL = "referral"  # a social organisation may be told

    @property
    def label(self) -> str:
        return PURPOSE_LABELS[self]


PURPOSE_LABELS = {
    Purpose.VERIFICATION: "核对家庭经济状况",
    Purpose.APPLICATION: "用已有信息帮您填申请",
    Purpose.REFERRAL: "把需要转给社会组织",
}


@dataclass(frozen=True, slots=True)
class RegisterPerson:
    """A person as the published register knows them."""

    pid: str
    name: str
    citizen_no: str
    sex: str
    born_on: date | None
    area: str


@dataclass(frozen=True, slots=True)
class RegisterMember:
    """A person's place in a household of the published register."""

    person: RegisterPerson
    relation: str


@dataclass(frozen=True, slots=True)
class RegisterHousehold:
    """A household as the published register knows it."""

    hid: str
    area: str
    members: tuple[RegisterMember, ...]


def age_on(born_on: date | None, on: date) -> int | None:
    """Whole years lived on a day; born on 29 February ages on 1 March in other years."""
    if born_on is None:
        return None
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
