"""A department's system as it really asks: every request signed with a key of its own."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.utils import timezone

from doudi.exchange import actions
from doudi.exchange.core import signing
from people import HALL, NOON


class System:
    """A registered sender and its private key."""

    def __init__(self, client: Any, code: str = "burials", datasets: tuple[str, ...] = ("death", "tekun")) -> None:
        self.client, self.code = client, code
        actions.keep_sender(
            code=code,
            label=f"系统 {code}",
            department_code="civil_affairs",
            datasets=datasets,
            doors=["push", "event"],
            by=HALL,
            at=NOON,
        )
        self.private, public = signing.new_key()
        actions.rotate_key(code=code, public_key=public, by=HALL, at=NOON)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        at: datetime | None = None,
        signed_body: bytes | None = None,
        **headers: str,
    ) -> Any:
        """Send a request; `signed_body` is what the digest speaks of where it is not the body."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        digest = signing.digest_of(hashlib.sha256(raw if signed_body is None else signed_body).digest())
        sent = {"content-digest": digest, **{name.replace("_", "-"): value for name, value in headers.items()}}
        request = signing.Request(method, "testserver", f"/api/v1/feeds/{path}", "", sent)
        sent |= signing.sign(self.private, request, at=at or timezone.now())
        return self.again(method, path, raw, sent)

    def again(self, method: str, path: str, raw: bytes, sent: dict[str, str]) -> Any:
        """Send exactly these headers."""
        self.last = sent
        kind = "application/octet-stream" if method == "PATCH" else "application/json"
        return self.client.generic(method, f"/api/v1/feeds/{path}", raw, content_type=kind, headers=sent)
