"""Fields between bars, with control totals at both ends; UTF-8, LF, amounts in fen.

Out: H|run|count|total|check, for each payee D|order|line|name|account|amount|month, last T|count|total|check; `check` is the sum
of the last four digits of all accounts, so that a changed account is seen. Back: R|line|code|amount|reason (code 00 paid, any
other not), last T|count|total of the rows above.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from doudi.payment.core import WrongReturns
from doudi.payment.gateways.banks.forms import BankSaid, Form, Payee, once, text_of


def _field(text: str) -> str:
    return " ".join(text.replace("|", " ").split())


def write(number: str, payees: Iterable[Payee]) -> bytes:
    """The bank's file; the same run gives the same bytes."""
    rows: list[str] = []
    total = check = 0
    for payee in payees:
        total += payee.amount_fen
        tail = payee.account[-4:]
        check += int(tail) if tail.isascii() and tail.isdigit() else 0
        name, account = _field(payee.name), _field(payee.account)
        rows.append(f"D|{len(rows) + 1}|{payee.line}|{name}|{account}|{payee.amount_fen}|{payee.month:%Y%m}")
    ends = f"{len(rows)}|{total}|{check}"
    return "\n".join([f"H|{number}|{ends}", *rows, f"T|{ends}", ""]).encode()


def read(content: bytes) -> list[BankSaid]:
    """What the bank answered.

    :raises WrongReturns: not such a file, or its totals are not those of its rows
    """
    return once(list(_answers(text_of(content))))


def _answers(text: str) -> Iterator[BankSaid]:
    count = total = 0
    closed = False
    for number, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        kind, *cells = row.strip("\r").split("|")
        if closed or kind not in ("R", "T") or len(cells) < (3 if kind == "R" else 2):
            raise WrongReturns(f"第 {number} 行看不懂（要写 R|行号|代码|金额|原因，最后一行 T|笔数|总额）。整份没有收下。")
        if not all(cell.isascii() and cell.isdigit() for cell in (cells[2:3] if kind == "R" else cells[:2])):
            raise WrongReturns(f"第 {number} 行的金额或者笔数不是整数（单位是分）。整份没有收下。")
        if kind == "T":
            closed = True
            if (int(cells[0]), int(cells[1])) != (count, total):
                raise WrongReturns(f"第 {number} 行的合计和上面的明细对不上。整份没有收下。")
            continue
        count, total = count + 1, total + int(cells[2])
        yield BankSaid(
            cells[0].strip(), cells[1].strip() == "00", int(cells[2]), (cells[3] if len(cells) > 3 else "")[:200], number
        )
    if not closed:
        raise WrongReturns("回盘文件没有最后的合计行，可能没有传完。整份没有收下。")


FORM = Form("control", "竖线分隔，带控制合计", "dat", write, read, lambda content: content[:2] in (b"R|", b"T|"))
