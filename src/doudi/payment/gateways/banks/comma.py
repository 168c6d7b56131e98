"""CSV in UTF-8, one line a payee, a closing line with count and total.

Out: 批次号,序号,行号,户名,开户行,账号,金额,月份 — every field quoted, CRLF, amounts in yuan with two decimals; the last line is
批次号,合计,,,,,<total>,<count>. Back: 行号,结果,金额,原因 — 结果 is 成功 or 失败; UTF-8 or GB18030.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from operator import itemgetter

from doudi.facts import money
from doudi.payment.core import WrongReturns
from doudi.payment.gateways.banks.forms import BankSaid, Form, Payee, once, safe, text_of

COLUMNS = ("批次号", "序号", "行号", "户名", "开户行", "账号", "金额", "月份")
RESULTS = {"成功": True, "失败": False, "paid": True, "failed": False}


def write(number: str, payees: Iterable[Payee]) -> bytes:
    """The bank's file; the same run gives the same bytes."""
    out = io.StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    told = list(payees)
    rows.writerows(
        (number, order, line, safe(name), safe(bank), account, money.yuan(fen), month.isoformat()[:7])
        for order, (line, name, bank, account, fen, month) in enumerate(told, 1)
    )
    rows.writerow((number, "合计", "", "", "", "", money.yuan(sum(one.amount_fen for one in told)), len(told)))
    return out.getvalue().encode()


def read(content: bytes) -> list[BankSaid]:
    """What the bank answered.

    :raises WrongReturns: not such a file; the text says which line and why
    """
    try:
        return once(list(_answers(csv.reader(io.StringIO(text_of(content), newline="")))))
    except csv.Error as why:
        raise WrongReturns(f"文件不是 CSV 格式，读不出来（{why}）。整份没有收下。") from None


def _answers(rows: Iterator[list[str]]) -> Iterator[BankSaid]:
    headings = [heading.strip() for heading in next(rows, [])]
    missing = [name for name in ("行号", "结果", "金额") if name not in headings]
    if missing:
        raise WrongReturns(f"回盘文件缺少这几列：{'、'.join(missing)}。第一行要写列名：行号,结果,金额,原因。")
    width = len(headings)  # one more cell stands empty, for columns that are not there
    pick = itemgetter(*(headings.index(name) if name in headings else width for name in ("行号", "结果", "金额", "原因", "序号")))
    for number, row in enumerate(rows, 2):
        cells = row if len(row) == width else (row + [""] * width)[:width]
        line, result, amount, reason, order = map(str.strip, pick([*cells, ""]))
        if not line:
            if any(cell.strip() for cell in row) and order != "合计":
                raise WrongReturns(f"第 {number} 行没有行号。整份没有收下。")
            continue
        if result not in RESULTS:
            raise WrongReturns(f"第 {number} 行：结果“{result}”看不懂，要写“成功”或“失败”。整份没有收下。")
        try:
            fen = money.fen(amount)
        except money.NotMoney as why:
            raise WrongReturns(f"第 {number} 行：{why}。整份没有收下。") from None
        yield BankSaid(line, RESULTS[result], fen, reason[:200], number)


FORM = Form("comma", "逗号分隔，UTF-8", "csv", write, read, lambda content: True)
