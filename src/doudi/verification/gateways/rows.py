"""Rows a source answers with, checked one by one against the dataset's contract: bad ones are named, nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from doudi.engine import landing
from doudi.engine.contract import Contract, plain_header
from doudi.engine.recognise import Refused
from doudi.exchange import queries as exchange
from doudi.verification.core import AT_LEAST, BadRow, NotAnAnswer

MOST_ROWS = 1000  # about one person


def read(contract: Contract, rows: Sequence[Mapping[str, Any]], *, name: str, number: str) -> list[dict[str, Any]]:
    """Rows about one person, typed as the contract says. Whose row it is may be left out: we know whom we asked about.

    :param rows: one marked `at_least` tells only what its sums are over; it stays marked
    :raises NotAnAnswer: rows that do not keep to the contract, or are about somebody else; each named with field, reason and fix
    """
    if len(rows) > MOST_ROWS:
        raise NotAnAnswer("too_many_rows", f"一个人最多 {MOST_ROWS} 行，这里有 {len(rows)} 行。", "请核对是不是别人的行。")
    if not rows:
        return []
    there = {found.name for row in rows for key in row if (found := contract.by_heading.get(plain_header(str(key))))}
    left_out = dict.fromkeys(contract.required - there - {"citizen_no", "name"}, "")  # so that each row is told what it lacks
    whose = {
        column: told
        for column, told in (("citizen_no", number), ("name", name))
        if column in contract.by_name and column not in there and told
    }
    try:
        typed = landing.read_rows(
            contract, [left_out | whose | {name: value for name, value in row.items() if name != AT_LEAST} for row in rows]
        )
    except Refused as why:
        raise NotAnAnswer(why.reason, why.message, why.fix) from None
    bad = []
    for no, (kept, problems) in enumerate(typed, 1):
        for problem in (exchange.problem(contract, one) for one in problems):
            bad.append(BadRow(no, problem.field, problem.label, problem.reason, problem.message, problem.fix))
        if kept is None and not problems:
            bad.append(BadRow(no, "", "整行", "empty", "这一行是空的", "空行不要发"))
        if kept is not None and number and kept.get("citizen_no") not in (None, "", number) and "spouse_no" not in kept:
            bad.append(BadRow(no, "citizen_no", "公民身份号码", "other_person", "不是我们问的那个人", "只答所问的人"))
    if bad:
        raise NotAnAnswer(
            "bad_rows", f"有 {len({one.row for one in bad})} 行不合格，整份回答没有收。", "请改好再发一次。", tuple(bad)
        )
    over = [{AT_LEAST: True} if row.get(AT_LEAST) is True else {} for row in rows]
    return [kept | more for (kept, _), more in zip(typed, over, strict=True) if kept is not None]
