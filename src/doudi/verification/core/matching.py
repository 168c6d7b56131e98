"""Private matching: who of ours is over a limit in a list we may not see. What is asked, what sizes show, what may go wrong.

Both sides hide each citizen number as a point of an elliptic curve under a key of their own (Diffie-Hellman); only numbers that
stand in both lists come out the same under both keys. The proof holds for two sides that keep to the protocol ("semi-honest",
under the decisional Diffie-Hellman assumption with hashes into P-256); what a side that does not keep to it could do, and what
limits that, is in docs/howto/match-privately.md.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from doudi.facts.number import parse
from doudi.verification.core.questions import NotAnAnswer

LEAST_ASKED = 64  # a question about one household looks like a question about any other
LEAST_SERVED = 1_000
PART = 1 << 20  # bytes of the other side's hidden list carried at once
ELEMENTS = 5_000  # hidden numbers asked at once
ONE_HOUSEHOLD = 64  # the most people a question may be about that no task order stands behind
WRONG_AT_MOST = 1e-9
_RANGE = 2.0**62  # what the library counts in; beyond 2^63 it would wrap around without a word
_SESSION = re.compile("[0-9a-f]{32}")


class CannotMatch(Exception):
    """A matching that is not made: a stable reason, what is wrong, what to do. `again`: seconds after which to try once more."""

    def __init__(self, reason: str, message: str, fix: str, *, again: int | None = None) -> None:
        super().__init__(f"{message}{fix}")
        self.reason, self.message, self.fix, self.again = reason, message, fix, again


@dataclass(frozen=True)
class Terms:
    """What the asking side says, signed, before anything else: how many, over what, and by which right. Nobody's name."""

    session: str
    dataset: str
    over: int  # fen
    basis: str  # consent | statutory_duty
    order: str  # number of the task order; empty with consent
    purpose: str
    asked: int  # already rounded up

    def told(self) -> dict[str, Any]:
        return asdict(self)


def read_terms(told: Mapping[str, Any]) -> Terms:
    """Read what the asking side says.

    :raises CannotMatch: a field is missing or cannot be what it says
    """
    kinds = {"session": str, "dataset": str, "over": int, "basis": str, "order": str, "purpose": str, "asked": int}
    if wrong := [name for name, kind in kinds.items() if type(told.get(name)) is not kind]:
        raise CannotMatch(
            "unreadable", f"这些没有写，或写得不对：{'、'.join(wrong)}。", "请按 docs/howto/match-privately.md 写。"
        )
    terms = Terms(**{name: told[name] for name in kinds})
    if not _SESSION.fullmatch(terms.session) or terms.over <= 0 or terms.asked < LEAST_ASKED or len(terms.purpose) > 200:
        raise CannotMatch(
            "unreadable",
            f"session 要是 32 位十六进制，over 是大于 0 的分，asked 至少 {LEAST_ASKED}，purpose 最长 200 个字。",
            "请改了再问。",
        )
    if terms.basis not in ("consent", "statutory_duty") or (terms.basis == "statutory_duty") != bool(terms.order):
        raise CannotMatch(
            "no_basis", "没有写凭什么问。", "凭本人授权写 consent，不写任务单；按法定职责写 statutory_duty 和任务单编号。"
        )
    return terms


def element(number: str) -> str:
    """A citizen number as both sides must write it before it is hidden.

    :raises NotAnAnswer: it is none: a wrong number would match nobody and read as "not over the limit"
    """
    read = parse(number)
    if read.value is None:
        raise NotAnAnswer("bad_number", "这个公民身份号码读不出来。", "请先核对号码。")
    return f"citizen_no:{read.value}"


def rounded(count: int, least: int) -> int:
    """A size as the other side may see it: up to two digits and noughts (1,234 → 1,300), at least `least`."""
    if count <= least:
        return least
    step = 10 ** (len(str(count)) - 2)
    return -(-count // step) * step


def padded(elements: Sequence[str], size: int, key: bytes) -> list[str]:
    """The elements and as many that nobody has, up to `size`; the same key makes the same ones again, and nobody else can."""
    more = (f"padding:{hmac.digest(key, at.to_bytes(8, 'big'), 'sha256').hex()}" for at in range(size - len(elements)))
    return [*elements, *more]


def shuffled(count: int, key: bytes) -> list[int]:
    """Positions in an order that says nothing about the list (a roll stands in the order of its households)."""
    order = list(range(count))
    random.Random(hashlib.sha256(b"order" + key).digest()).shuffle(order)
    return order


def wrong_at_most(served: int, asked: int) -> float:
    """How likely one wrong "over the limit" among all asked may be: a thousand-millionth where the library can count that far.

    Its compressed set keeps numbers below (the larger of both) × asked / this, in 63 bits.
    """
    return max(WRONG_AT_MOST, max(served, asked) * asked / _RANGE)


def parts(size: int, of: int) -> int:
    """In how many parts something is carried."""
    return max(1, math.ceil(size / of))


@dataclass(frozen=True)
class Matched:
    """What a matching gave: who of those asked is over the limit (positions), and what each side saw of the other."""

    over: tuple[int, ...]
    as_of: date
    asked: int  # as the other side saw it: rounded
    served: int  # as we saw it: rounded
    sent: int  # bytes
    received: int
