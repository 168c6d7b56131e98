"""What people may ask about what is known of them (PIPL Art. 44–50), how long an answer may take, and what it can be."""

from __future__ import annotations

from enum import StrEnum

# The law says "in time" and asks for reasons (PIPL Art. 50); GB/T 35273-2020 8.7 allows thirty days. Fifteen working days keep
# within that over the longest holidays.
ANSWER_WORKING_DAYS = 15


class Wish(StrEnum):
    """What is asked for."""

    MACHINE = "machine"
    USE = "use"
    EXPLAIN = "explain"
    CORRECT = "correct"
    DELETE = "delete"
    KIN = "kin"

    @property
    def label(self) -> str:
        return WISHES[self][0]

    @property
    def basis(self) -> str:
        return WISHES[self][1]


WISHES = {
    Wish.MACHINE: ("不能只由电脑定，请一个人重新看", "PIPL Art. 24"),
    Wish.USE: ("不同意这样用我的信息", "PIPL Art. 44"),
    Wish.EXPLAIN: ("把规则讲给我听", "PIPL Art. 48"),
    Wish.CORRECT: ("有错，或者缺了，请改过来", "PIPL Art. 46"),
    Wish.DELETE: ("请删掉", "PIPL Art. 47"),
    Wish.KIN: ("替去世的亲人查看、更正或删除", "PIPL Art. 49"),
}


class Outcome(StrEnum):
    """How a request was answered, always with reasons."""

    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return OUTCOMES[self]


OUTCOMES = {Outcome.DONE: "照办了", Outcome.PARTLY: "办了一部分", Outcome.REFUSED: "这次没有办"}


class AlreadyAnswered(Exception):
    """The request was answered before."""
