"""A department's real server for tests: checks our signature, answers at once or later, breaks down as told."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from doudi.exchange.core import signing
from doudi.verification.gateways.own_keys import own_keys

Say = Callable[[dict[str, Any]], dict[str, Any] | None]


class Department:
    """What one source knows, and what it was asked. `says` answers a question; `status` above 0 breaks every request."""

    def __init__(self) -> None:
        self.private, self.public = signing.new_key()
        self.address = ""
        self.asked: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.status, self.headers = 0, {}
        self.says: Say = lambda question: {"state": "answered", "said": "nothing", "as_of": "2026-06-30"}
        self.before_answer: Callable[[], None] = lambda: None

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        raw = handler.rfile.read(int(handler.headers["content-length"]))
        told = {name.lower(): value for name, value in handler.headers.items()}
        request = signing.Request("POST", told["host"], handler.path, "", told)
        ours = own_keys(datetime.now(UTC))[0].public[0]
        signing.check(signing.read(told), request, ours, at=datetime.now(UTC))
        assert signing.told_digest(told["content-digest"]) == hashlib.sha256(raw).digest()
        body = json.loads(raw)
        self.bodies.append(body)
        if self.status:
            return self._send(handler, self.status, {})
        answers = []
        for one in body["questions"]:
            question = one if isinstance(one, dict) else {"question": one, "polled": True}
            self.asked[question["question"]] += 1
            said = self.says(question)
            answers += [{"question": question["question"]} | said] if said else []
        self.before_answer()
        return self._send(handler, 200, {"answers": answers})

    def _send(self, handler: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        handler.send_response(status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def signed(self, answers: list[dict[str, Any]], path: str = "/api/v1/answers") -> tuple[bytes, dict[str, str]]:
        """A callback: its body and headers, signed with the source's own key."""
        raw = json.dumps({"answers": answers}).encode()
        headers = {"content-digest": signing.digest_of(hashlib.sha256(raw).digest())}
        request = signing.Request("POST", "testserver", path, "", headers)
        return raw, headers | signing.sign(self.private, request, at=datetime.now(UTC))


@contextmanager
def running() -> Iterator[Department]:
    department = Department()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                department.answer(self)
            except signing.NotSigned:
                department._send(self, 401, {})

        def log_message(self, *words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    department.address = f"http://127.0.0.1:{server.server_port}/ask"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield department
    finally:
        server.shutdown()
        server.server_close()
