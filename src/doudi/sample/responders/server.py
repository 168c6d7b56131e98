"""The services outside as one HTTP server: the wire format of docs/reference/sources.md, every request signed, callbacks too."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from doudi.exchange.core import signing
from doudi.sample.responders.desk import Desk, Down
from doudi.sample.responders.manner import manners

_PATH = re.compile(r"/(?P<source>[a-z0-9-]+)/(?P<what>questions|answers)")
_MOST = 1 << 20  # bytes of a request
_TIMEOUT = 10  # seconds


def server_of(desk: Desk, office_keys: Callable[[], Mapping[str, str]], host: str, port: int) -> ThreadingHTTPServer:
    """A server for all sources, each at its own path; port 0 takes any that is free.

    office_keys: the public keys of who may ask, by their ids
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_POST(self) -> None:
            length, at = self.headers.get("content-length", ""), _PATH.fullmatch(self.path)
            if not length.isdigit() or int(length) > _MOST:
                self.close_connection = True
                return self._say(413, {"detail": "内容太长，或者没有写长度。"})
            body = self.rfile.read(int(length))
            if at is None or at["source"] not in manners() or manners()[at["source"]].matching:
                return self._say(404, {"detail": "这里没有这个来源。"})
            try:
                self._signed(body)
                told = json.loads(body)
                asked = told["questions"]
                answers = desk.ask(at["source"], asked) if at["what"] == "questions" else desk.look(at["source"], asked)
            except signing.NotSigned as why:
                return self._say(401, {"detail": f"{why.message}{why.fix}"})
            except Down as why:
                return self._say(503, {"detail": "这个系统停机了。"}, {"retry-after": str(why.seconds)})
            except (ValueError, KeyError, TypeError, AttributeError):
                return self._say(422, {"detail": "内容不是约定的格式。"})
            return self._say(200, {"answers": answers})

        def _signed(self, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            signature = signing.read(headers)
            key = office_keys().get(signature.key_id)
            if key is None:
                raise signing.NotSigned("unknown_key", "没有登记这把钥匙。", "请把公钥交给我们登记。")
            request = signing.Request("POST", headers.get("host", ""), self.path, "", headers)
            signing.check(signature, request, key, at=datetime.now(UTC))
            if signing.told_digest(headers.get("content-digest", "")) != hashlib.sha256(body).digest():
                raise signing.NotSigned("digest_differs", "收到的内容和 Content-Digest 写的不一样。", "请原样再发一次。")

        def _say(self, status: int, told: dict[str, Any], headers: Mapping[str, str] | None = None) -> None:
            body = json.dumps(told, ensure_ascii=False).encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", "content-length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: what was asked is nobody else's business."""

    return ThreadingHTTPServer((host, port), Handler)


def call_back(desk: Desk, site: str, keys: Mapping[str, str]) -> int:
    """Bring answers whose time has come to the office that asked, each signed by its source; returns how many were taken.

    site: the office's address, http://host:port
    keys: each source's private key
    """
    taken = 0
    for source, answers in desk.ready().items():
        body = json.dumps({"answers": answers}, ensure_ascii=False).encode()
        try:
            told = _post(site, "/api/v1/answers", body, keys[source])
        except (OSError, http.client.HTTPException, ValueError):
            continue  # the office is closed just now: told again later, or polled
        done = [one["question"] for one in told["answers"] if one["state"] in ("taken", "closed")]
        desk.taken(done)
        taken += len(done)
    return taken


def _post(site: str, path: str, body: bytes, key: str) -> dict[str, Any]:
    there = urlsplit(site)
    headers = {"content-type": "application/json", "content-digest": signing.digest_of(hashlib.sha256(body).digest())}
    request = signing.Request("POST", there.netloc, path, "", headers)
    headers |= signing.sign(key, request, at=datetime.now(UTC))
    connection = http.client.HTTPConnection(there.netloc, timeout=_TIMEOUT)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        read = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise ValueError(f"{answer.status} {read[:200]!r}")
    return json.loads(read)


def keep_calling(desk: Desk, site: str, keys: Mapping[str, str], stopped: threading.Event, *, every: float = 1.0) -> None:
    """Call back once in a while, until stopped."""
    while not stopped.wait(every):
        call_back(desk, site, keys)
