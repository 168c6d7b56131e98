"""Rows pushed by machines, typed and checked like files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from doudi.engine import landing
from doudi.engine.contract import Contract
from doudi.engine.recognise import Refused
from doudi.exchange import actions, queries
from doudi.exchange.actions.senders import sender_may
from doudi.exchange.core import ADD, Door
from doudi.exchange.jobs.receiving import keep
from doudi.exchange.models import Load
from doudi.office.actions import By
from doudi.office.core import NotAllowed

MOST_ROWS_PUSHED = 50_000


@dataclass(frozen=True)
class Pushed:
    """The answer to a pushed batch: the load, whether it was received before, what became of each row, the receipt."""

    load: Load
    already_loaded: bool
    rows: list[dict[str, Any]]
    receipt: queries.ReceiptRow


def push_rows(
    dataset: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    sender: str,
    batch_key: str,
    by: By,
    at: datetime,
    as_of: date | None = None,
    door: Door = Door.CONSOLE,
    then: Callable[[list[Load]], None] | None = None,
    broken: Sequence[str | None] | None = None,
) -> Pushed:
    """Take in rows pushed by a machine, typed the same way as files. The same key again answers the same and adds nothing.

    :param broken: of each row, why it is none at all, where a gateway found that out
    :param then: done in the transaction that writes the rows into the books

    :raises Refused: no such dataset, not this sender's, no or too many rows, a required column is missing, the key was used
    """
    contract = queries.contracts().get(dataset)
    if contract is None:
        raise Refused("unknown_dataset", f"没有 {dataset!r} 这个数据集。", f"可用的：{'、'.join(queries.contracts())}。")
    if not batch_key or len(batch_key) > 80:
        raise Refused("no_batch_key", "要有批次号(最长 80 个字符)，重发时用同一个。", "请在请求里写 batch_key。")
    if not rows or len(rows) > MOST_ROWS_PUSHED:
        raise Refused("no_rows", f"一批要有 1 到 {MOST_ROWS_PUSHED} 行，这批有 {len(rows)} 行。", "请分批发送。")
    if door is not Door.CONSOLE:
        try:
            sender_may(sender, door, [dataset])
        except NotAllowed as why:
            raise Refused("not_yours", str(why), "请核对数据集；确实要送的，请数据管理员先登记。") from None
    lake = queries.lake()
    with lake.workshop() as workshop:
        body = workshop / "pushed.json"
        body.write_text(
            json.dumps({"dataset": dataset, "sender": sender, "batch": batch_key, "rows": rows}, ensure_ascii=False, default=str)
        )
        delivery, size = lake.keep_delivery(body, workshop), body.stat().st_size
        landed, answers = landing.land_rows(contract, rows, workshop, broken=broken)
        answers = [_told(contract, one) for one in answers]
        known = queries.of_batch(dataset, sender, batch_key)
        if known and known.delivery != delivery:
            raise Refused("batch_key_used", "这个批次号已经用过，内容却不一样。", "新的一批请用新的批次号。")
        with transaction.atomic():
            loads = [known] if known else []
            if not known:
                loads = actions.receive_load(
                    [keep(lake, landed)],
                    delivery=delivery,
                    file_name=f"{batch_key}.json",
                    as_of=as_of or at.date(),
                    part="",
                    by=by,
                    at=at,
                    kind=ADD,
                    sender=sender,
                    batch_key=batch_key,
                    door=door,
                )
                if then:
                    then(loads)
            receipt = actions.give_receipt(
                sender=sender,
                door=door,
                snapshot="",
                file_name=f"{batch_key}.json",
                delivery=delivery,
                size=size,
                loads=loads,
                refused=[],
                by=by,
                at=at,
            )
    return Pushed(loads[0], known is not None, answers, queries.receipt_row(receipt))


def _told(contract: Contract, answer: dict[str, Any]) -> dict[str, Any]:
    problems = [queries.problem(contract, told) for told in answer["problems"]]
    return answer | {
        "problems": [
            {"field": p.field, "value": p.value, "reason": p.reason, "message": p.message, "fix": p.fix} for p in problems
        ]
    }
