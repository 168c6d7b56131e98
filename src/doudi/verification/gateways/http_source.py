"""A source asked over HTTP: signed requests (RFC 9421), answers at once, by callback or polled (docs/reference/sources.md)."""

from __future__ import annotations

import hashlib
import http.client
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from doudi.exchange.core import signing
from doudi.verification.core import AT_LEAST, NotAnAnswer, SourceRow
from doudi.verification.gateways.adapters import (
    Accepted,
    Answered,
    Outgoing,
    Reply,
    SourceDown,
    TryAgain,
)
from doudi.verification.gateways.own_keys import own_keys

TIMEOUT = 10  # seconds
LARGEST = 8 * 1024 * 1024  # bytes of an answer
MOST_WAIT = timedelta(days=1)


class HttpSource:
    """Speaks the wire format of docs/reference/sources.md. clock: the real time, which signatures carry."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock

    def send(self, source: SourceRow, questions: Sequence[Outgoing]) -> list[Reply]:
        body = {"source": source.code, "questions": [_told(one) for one in questions]}
        return _replies(_post(source, "questions", body, questions, self.clock()), questions)

    def poll(self, source: SourceRow, questions: Sequence[Outgoing]) -> list[Reply]:
        body = {"source": source.code, "questions": [one.ref for one in questions]}
        return _replies(_post(source, "answers", body, questions, self.clock()), questions)


def _told(one: Outgoing) -> dict[str, Any]:
    return {
        "question": one.ref,
        "round": one.round,
        "dataset": one.dataset,
        "person": {"name": one.name, "citizen_no": one.number},
        "programme": one.programme,
        "purpose": "verification",
        "basis": one.basis,
        "authorisation": one.authorisation,
        "task_order": one.task_order,
        "area": one.area,
        "asked_at": _moment(one.asked_at),
        "due_at": _moment(one.due_at),
    }


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def _post(source: SourceRow, path: str, body: dict[str, Any], questions: Sequence[Outgoing], now: datetime) -> bytes:
    """Send one signed request and read what comes back.

    :raises SourceDown: it did not take it
    """
    data = json.dumps(body, ensure_ascii=False).encode()
    parts = urlsplit(f"{source.address.rstrip('/')}/{path}")
    headers = {
        "content-type": "application/json",
        "content-digest": signing.digest_of(hashlib.sha256(data).digest()),
        "idempotency-key": hashlib.sha256(" ".join(one.ref for one in questions).encode()).hexdigest()[:32],
    }
    request = signing.Request("POST", parts.netloc, parts.path, parts.query, headers)
    headers |= signing.sign(own_keys(now)[0].sign, request, at=now)
    secure = {"context": ssl.create_default_context()} if parts.scheme == "https" else {}
    made = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(parts.netloc, timeout=TIMEOUT, **secure)
    try:
        made.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), data, headers)
        response = made.getresponse()
        told = response.read(LARGEST + 1)
    except (OSError, http.client.HTTPException) as why:
        raise SourceDown(f"连不上：{type(why).__name__}") from why
    finally:
        made.close()
    if response.status in (200, 202):
        if len(told) > LARGEST:
            raise SourceDown("回话太大，没有收")
        return told
    if response.status in (429, 503):
        raise SourceDown(f"对方请我们等一等（{response.status}）", _after(response.getheader("Retry-After", "")))
    if response.status == 401:
        raise SourceDown("对方不认我们的签名（401），请把我们的公钥交给对方登记")
    raise SourceDown(f"对方回了 {response.status}")


def _after(text: str) -> timedelta | None:
    return min(timedelta(seconds=int(text)), MOST_WAIT) if text.isdigit() and len(text) < 9 else None


def _replies(data: bytes, questions: Sequence[Outgoing]) -> list[Reply]:
    """Each question's reply, in order; a question left out is asked again.

    :raises SourceDown: the body is not what the wire format says
    """
    if not data.strip():
        return [Accepted() for _ in questions]
    try:
        told = {one["question"]: one for one in json.loads(data)["answers"]}
    except (ValueError, TypeError, KeyError):
        raise SourceDown("回话读不懂：不是约定的 JSON") from None
    return [_reply(told.get(one.ref)) for one in questions]


def _reply(told: Mapping[str, Any] | None) -> Reply:
    if told is None:
        return TryAgain("回话里没有这一问")
    state = told.get("state")
    if state == "accepted":
        return Accepted(str(told.get("their_ref") or "")[:80])
    if state == "try_again":
        after = told.get("after_seconds")
        wait = min(timedelta(seconds=after), MOST_WAIT) if isinstance(after, int) and 0 <= after < 10**9 else None
        return TryAgain(str(told.get("why") or "对方请我们再问一次")[:300], wait)
    if state == "answered":
        try:
            return read_answer(told)
        except NotAnAnswer as why:
            return TryAgain(f"回答读不懂：{why}"[:300], timedelta(hours=1))
    return TryAgain(f"不认识的状态 {str(state)[:20]!r}", timedelta(hours=1))


def read_answer(told: Mapping[str, Any]) -> Answered:
    """An answer as it is written on the wire, in a reply or a callback.

    :raises NotAnAnswer: it is not one
    """
    said, day, rows = told.get("said"), told.get("as_of"), told.get("rows") or []
    try:
        as_of = day if isinstance(day, date) else date.fromisoformat(day) if day else None
    except (ValueError, TypeError):
        raise NotAnAnswer("no_as_of", f"as_of {str(day)[:20]!r} 不是日期。", "写成 2026-11-28。") from None
    if not isinstance(said, str) or not isinstance(rows, list):
        raise NotAnAnswer("unknown_said", "没有写 said，或者 rows 不是一组行。", "请按约定的格式。")
    values, refs = [], []
    for no, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not isinstance(row.get("values"), dict) or not row.get("row"):
            raise NotAnAnswer("row_unreadable", f"第 {no} 行没有写 row 和 values。", "每一行写自己的编号和各列的值。")
        values.append(row["values"] | ({AT_LEAST: True} if row.get(AT_LEAST) is True else {}))
        refs.append(str(row["row"]))
    return Answered(said, str(told.get("why") or ""), as_of, values, refs)
