"""The bank's file and its answers: CSV in UTF-8, one line a payee, a closing line with count and total.

Out: 批次号,序号,行号,户名,开户行,账号,金额,月份 — every field quoted, CRLF, amounts in yuan with two decimals; the last line is
批次号,合计,,,,,<total>,<count>. Back: 行号,结果,金额,原因 — 结果 is 成功 or 失败; UTF-8 or GB18030.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from doudi.facts import money
from doudi.payment.core import WrongReturns

COLUMNS = ("批次号", "序号", "行号", "户名", "开户行", "账号", "金额", "月份")
RESULTS = {"成功": True, "失败": False, "paid": True, "failed": False}
LONGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Payee:
    """One line of the bank's file."""

    line: str
    name: str
    bank: str
    account: str
    amount_fen: int
    month: date


@dataclass(frozen=True, slots=True)
class BankSaid:
    """The bank's answer for one line."""

    line: str
    is_paid: bool
    amount_fen: int
    reason: str


def safe(text: str) -> str:
    """A text no spreadsheet runs as a formula, and that stays on its line."""
    flat = " ".join(text.split())
    return "'" + flat if flat[:1] in ("=", "+", "-", "@") else flat


def write(number: str, payees: Iterable[Payee]) -> bytes:
    """The bank's file; the same run gives the same bytes."""
    out = io.StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    total = count = 0
    for payee in payees:
        count += 1
        total += payee.amount_fen
        rows.writerow(
            (
                number,
                count,
                payee.line,
                safe(payee.name),
                safe(payee.bank),
                payee.account,
                money.yuan(payee.amount_fen),
                f"{payee.month:%Y-%m}",
            )
        )
    rows.writerow((number, "合计", "", "", "", "", money.yuan(total), count))
    return out.getvalue().encode()


def read(content: bytes) -> list[BankSaid]:
    """What the bank answered.

    :raises WrongReturns: not such a file; the text says which line and why
    """
    if len(content) > LONGEST:
        raise WrongReturns("文件太大了，不像是这一批的回盘文件。")
    try:
        return _answers(csv.DictReader(io.StringIO(_text(content), newline="")))
    except csv.Error as why:
        raise WrongReturns(f"文件不是 CSV 格式，读不出来（{why}）。整份没有收下。") from None


def _answers(rows: csv.DictReader[str]) -> list[BankSaid]:
    headings = [heading.strip() for heading in rows.fieldnames or []]
    missing = [name for name in ("行号", "结果", "金额") if name not in headings]
    if missing:
        raise WrongReturns(f"回盘文件缺少这几列：{'、'.join(missing)}。第一行要写列名：行号,结果,金额,原因。")
    rows.fieldnames = headings
    found: list[BankSaid] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, 2):
        said = _said(number, {key: (value or "").strip() for key, value in row.items() if isinstance(value, str) and key})
        if said is None:
            continue
        if said.line in seen:
            raise WrongReturns(f"第 {number} 行：行号 {said.line} 出现了两次。整份没有收下。")
        seen.add(said.line)
        found.append(said)
    return found


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WrongReturns("文件不是 UTF-8 也不是 GB18030 编码，读不出来。")


def _said(number: int, row: dict[str, str]) -> BankSaid | None:
    """One answer; None for an empty or closing line."""
    line, result = row.get("行号", ""), row.get("结果", "")
    if not line:
        if any(row.values()) and row.get("序号") != "合计":
            raise WrongReturns(f"第 {number} 行没有行号。整份没有收下。")
        return None
    if result not in RESULTS:
        raise WrongReturns(f"第 {number} 行：结果“{result}”看不懂，要写“成功”或“失败”。整份没有收下。")
    try:
        amount = money.fen(row.get("金额", ""))
    except money.NotMoney as why:
        raise WrongReturns(f"第 {number} 行：{why}。整份没有收下。") from None
    return BankSaid(line, RESULTS[result], amount, row.get("原因", "")[:200])
