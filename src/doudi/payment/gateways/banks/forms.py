"""What every format of a bank has: the lines that go out and the answers that come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from doudi.payment.core import WrongReturns

LONGEST = 256 * 1024 * 1024


class Payee(NamedTuple):
    """One line of the bank's file."""

    line: str
    name: str
    bank: str
    account: str
    amount_fen: int
    month: date


class BankSaid(NamedTuple):
    """The bank's answer for one line; `row`: where it stands in the file."""

    line: str
    is_paid: bool
    amount_fen: int
    reason: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """A format: how a file is written, how answers are read, and how to tell that answers are of this format."""

    code: str
    label: str
    ending: str
    write: Callable[[str, Iterable[Payee]], bytes]
    read: Callable[[bytes], list[BankSaid]]
    knows: Callable[[bytes], bool]


def safe(text: str) -> str:
    """A text no spreadsheet runs as a formula, and that stays on its line."""
    flat = " ".join(text.split())
    return "'" + flat if flat[:1] in ("=", "+", "-", "@") else flat


def text_of(content: bytes) -> str:
    """The answers as text.

    :raises WrongReturns: too large, or neither UTF-8 nor GB18030
    """
    if len(content) > LONGEST:
        raise WrongReturns("文件太大了，不像是这一批的回盘文件。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WrongReturns("文件不是 UTF-8 也不是 GB18030 编码，读不出来。")


def once(answers: list[BankSaid]) -> list[BankSaid]:
    """The answers, when no line is answered twice.

    :raises WrongReturns: a line is; the text says where
    """
    seen: set[str] = set()
    for said in answers:
        if said.line in seen:
            raise WrongReturns(f"第 {said.row} 行：行号 {said.line} 出现了两次。整份没有收下。")
        seen.add(said.line)
    return answers
