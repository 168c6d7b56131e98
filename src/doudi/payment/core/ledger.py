"""The accounts of the ledger. Every entry takes from one and gives to one, so the sum over all accounts is always 0."""

from __future__ import annotations

from doudi.office.core import NotAllowed

ACCOUNTS = {
    "granted": "按决定应给的救助金",  # a decision owes it to people: goes below zero by what was granted
    "due": "应发未发",  # frozen in a run: ready, held, without account, or come back
    "bank": "在银行途中",
    "paid": "已到账",
    "withheld": "按决定抵扣、没有拨出",  # of a month's help, kept back against a claim
    "claims": "应收回",
    "recovered": "已收回",
    "waived": "已免收",
    "funded": "财政拨给备用金",  # goes below zero by what the treasury put into reserve funds
    "fund": "乡镇备用金",
}


class MonthClosed(NotAllowed):
    """The month is closed; what is late goes to the next one."""
