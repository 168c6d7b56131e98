"""The bank's own small program: its list behind four signed requests. Standard library and the matching library, no database."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from doudi.exchange.core import signing
from doudi.exchange.core.signing import NotSigned
from doudi.verification.core import matching
from doudi.verification.core.matching import CannotMatch
from doudi.verification.gateways.matching.bank import Bank
from doudi.verification.gateways.matching.wire import opened, sealed

_SESSION = re.compile(r"/match/sessions/(?P<session>[0-9a-f]{32})")
_ASKED = re.compile(r"/match/sessions/(?P<session>[0-9a-f]{32})/asked/(?P<part>\d{1,6})")
_HIDDEN = re.compile(r"/match/rounds/(?P<round>[0-9a-f]{32})/hidden/(?P<part>\d{1,6})")
_MOST_BODY = matching.ELEMENTS * 64  # a hidden number takes 35 bytes
_STATUS = {"not_signed": 401, "unknown_key": 401, "unknown": 404, "preparing": 409, "quota": 429, "unreadable": 400}


@dataclass
class _Once:
    """Numbers used once: a request recorded on the way and sent again is not answered."""

    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def use(self, key_id: str, nonce: str, now: datetime) -> None:
        with self.lock:
            for one in [one for one, at in self.seen.items() if now - at > timedelta(minutes=10)]:
                del self.seen[one]
            if (key_id, nonce) in self.seen:
                raise NotSigned("used", "这个请求已经收到过。", "请换一个 nonce 重新签名再发。")
            self.seen[key_id, nonce] = now


def server_of(bank: Bank, private_key: str, host: str, port: int, told: Callable[[str], None]) -> ThreadingHTTPServer:
    """A server that answers for a bank; `serve_forever` starts it. Port 0 takes any that is free."""
    once = _Once()
    keys = {signing.key_id(one): one for one in bank.offices}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 120  # a line nobody speaks on is given up

        def _answer(self) -> None:
            length = self.headers.get("content-length", "0")
            if not length.isdigit() or int(length) > _MOST_BODY:
                self.close_connection = True
                return self._send(413, *_words("too_large", "内容太长。", "请分成小段发。"))
            body = self.rfile.read(int(length))
            headers = {name.lower(): value for name, value in self.headers.items()}
            nonce = ""
            try:
                signature = signing.read(headers)
                office = keys.get(signature.key_id)
                if office is None:
                    raise NotSigned("unknown_key", f"没有登记 {signature.key_id} 这把钥匙。", "请把公钥交给我们登记。")
                opened(headers, office, self.command, headers.get("host", ""), self.path, body)
                once.use(signature.key_id, signature.nonce, datetime.now(UTC).astimezone())
                nonce = signature.nonce
                answer = self._of(office, body)
            except NotSigned as why:
                return self._send(401, *_words(why.reason, why.message, why.fix), nonce=nonce)
            except CannotMatch as why:
                if why.reason != "preparing":
                    told(f"{self.command} {self.path}: {why.reason}")
                more = {"again": why.again} if why.again is not None else {}
                return self._send(_STATUS.get(why.reason, 403), *_words(why.reason, why.message, why.fix, **more), nonce=nonce)
            return self._send(200, answer, nonce=nonce)

        def _of(self, office: str, body: bytes) -> bytes:
            now, path = datetime.now(UTC).astimezone(), self.path
            if (at := _ASKED.fullmatch(path)) and self.command == "PUT":
                return bank.answer(office, at["session"], int(at["part"]), body)
            if (at := _HIDDEN.fullmatch(path)) and self.command == "GET":
                return bank.hidden_part(office, at["round"], int(at["part"]))
            if (at := _SESSION.fullmatch(path)) and self.command == "PUT":
                asked = _json(body)
                if asked.get("session") != at["session"]:
                    raise CannotMatch("unreadable", "路径和内容里的会话号不一样。", "请改成一样的。")
                return _bytes(bank.open(office, asked, now))
            if at and self.command == "DELETE":
                return _bytes(bank.close(office, at["session"], now))
            raise CannotMatch("unknown", "这里没有这个地址。", "请看 docs/howto/match-privately.md。")

        def _send(self, status: int, body: bytes, *, nonce: str = "") -> None:
            self.send_response(status)
            signed = sealed(private_key, self.command, self.headers.get("host", ""), self.path, body, nonce=nonce)
            for name, value in {**signed, "content-length": str(len(body)), "cache-control": "no-store"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_DELETE = _answer

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the bank's journal says what was asked."""

    return ThreadingHTTPServer((host, port), Handler)


def _json(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise CannotMatch("unreadable", "内容不是一个 JSON 对象。", "请改了再问。")
    return told


def _bytes(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def _words(reason: str, message: str, fix: str, **more: Any) -> tuple[bytes]:
    return (_bytes({"reason": reason, "message": message, "fix": fix, **more}),)
