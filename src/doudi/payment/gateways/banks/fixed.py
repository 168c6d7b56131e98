"""Fixed widths in GB18030: every field begins at the same byte of its line; CRLF; amounts in fen, filled up with zeros.

Out: first H, run 24, count 8, total 18; then for each payee D, order 8, line 20, account 32, name 60, amount 15, month 6.
Back: for each line R, line 20, result 1 (0 paid, 1 not), amount 15, reason up to 60.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from doudi.payment.core import WrongReturns
from doudi.payment.gateways.banks.forms import BankSaid, Form, Payee, once

END = b"\r\n"


def _field(text: str, width: int) -> bytes:
    """A text in so many bytes: cut between two characters, filled up with spaces."""
    flat = " ".join(text.split())
    told = flat.encode("gb18030", "replace")
    while len(told) > width:
        flat = flat[:-1]
        told = flat.encode("gb18030", "replace")
    return told.ljust(width)


def write(number: str, payees: Iterable[Payee]) -> bytes:
    """The bank's file; the same run gives the same bytes."""
    body, total = bytearray(), 0
    count = 0
    for payee in payees:
        count += 1
        total += payee.amount_fen
        body += b"D%08d" % count + _field(payee.line, 20) + _field(payee.account, 32) + _field(payee.name, 60)
        body += b"%015d" % payee.amount_fen + b"%d%02d" % (payee.month.year, payee.month.month) + END
    return b"H" + _field(number, 24) + b"%08d%018d" % (count, total) + END + bytes(body)


def read(content: bytes) -> list[BankSaid]:
    """What the bank answered.

    :raises WrongReturns: not such a file; the text says which line and why
    """
    return once(list(_answers(content)))


def _answers(content: bytes) -> Iterator[BankSaid]:
    for number, row in enumerate(content.split(b"\n"), 1):
        row = row.rstrip(b"\r")
        if not row.strip():
            continue
        result, amount = row[21:22], row[22:37]
        if row[:1] != b"R" or result not in (b"0", b"1") or not amount.isdigit():
            raise WrongReturns(f"第 {number} 行不是定长回盘的样子（R、行号 20 位、结果 1 位、金额 15 位）。整份没有收下。")
        reason = row[37:].decode("gb18030", "replace").strip()[:200]
        yield BankSaid(row[1:21].decode("gb18030", "replace").strip(), result == b"0", int(amount), reason, number)


FORM = Form("fixed", "定长，GB18030", "txt", write, read, lambda content: content[:1] == b"R" and b"|" not in content[:40])
