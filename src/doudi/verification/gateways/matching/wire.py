"""What crosses the line: requests signed by who asks, answers signed by who answers (Ed25519, RFC 9421)."""

from __future__ import annotations

import hashlib
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from doudi.exchange.core import signing
from doudi.verification.core.matching import CannotMatch

TIMEOUT = 60  # seconds
MOST = 8 << 20  # bytes of one answer
SIGNED = ("content-digest", "signature-input", "signature")


def sealed(private_key: str, method: str, authority: str, path: str, body: bytes, *, nonce: str = "") -> dict[str, str]:
    """The headers that sign a body sent to, or answered from, a path. An answer bears its request's nonce: it fits no other."""
    headers = {"content-digest": signing.digest_of(hashlib.sha256(body).digest())}
    signed = signing.sign(private_key, signing.Request(method, authority, path, "", headers), at=datetime.now(UTC), nonce=nonce)
    return {**headers, **signed}


def opened(headers: Mapping[str, str], public_key: str, method: str, authority: str, path: str, body: bytes) -> signing.Signature:
    """Check a signed body.

    :raises NotSigned: it is not what was signed, or not by this key
    """
    signature = signing.read(headers)
    if signature.key_id != signing.key_id(public_key):
        raise signing.NotSigned("unknown_key", f"没有登记 {signature.key_id} 这把钥匙。", "请核对双方登记的公钥。")
    signing.check(signature, signing.Request(method, authority, path, "", headers), public_key, at=datetime.now(UTC))
    if signing.told_digest(headers.get("content-digest", "")) != hashlib.sha256(body).digest():
        raise signing.NotSigned("digest_differs", "收到的内容和 Content-Digest 写的不一样。", "请原样再发一次。")
    return signature


@dataclass
class Line:
    """A line to one answering side, to be used in `with`. Counts what crosses it."""

    address: str
    private_key: str
    public_key: str  # of the other side
    sent: int = 0
    received: int = 0
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Send a signed request and give the checked answer's body.

        :raises CannotMatch: the other side cannot be reached (try again), refuses, or answers unsigned
        """
        at = urlsplit(self.address)
        if at.scheme not in ("http", "https") or not at.hostname:
            raise CannotMatch("bad_address", f"{self.address!r} 不是 http 或 https 的地址。", "请改来源的地址。")
        path = at.path.rstrip("/") + path
        headers = sealed(self.private_key, method, at.netloc, path, body)
        status, told, answer = self._exchange(at.scheme, at.netloc, method, path, body, headers)
        self.sent, self.received = self.sent + len(body), self.received + len(answer)
        try:
            signature = opened(told, self.public_key, method, at.netloc, path, answer)
        except signing.NotSigned as why:
            if status >= 500:
                raise CannotMatch("down", f"对方答 {status}。", "过一会儿再问。", again=60) from None
            raise CannotMatch("not_signed", f"对方的回答不能信：{why.message}", why.fix) from None
        if f'nonce="{signature.nonce}"' not in headers["Signature-Input"]:
            raise CannotMatch("not_signed", "对方答的不是这一问。", "请再问一次；还这样，请联系对方。")
        if status == 200:
            return answer
        said = json.loads(answer)
        raise CannotMatch(said["reason"], said["message"], said["fix"], again=said.get("again"))

    def tell(self, method: str, path: str, told: Any) -> dict[str, Any]:
        """Send and receive JSON."""
        return json.loads(self.ask(method, path, json.dumps(told, ensure_ascii=False).encode()))

    def _exchange(
        self, scheme: str, netloc: str, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        for fresh in (False, True):  # a connection kept open may have been closed meanwhile; everything asked may be asked twice
            if self._connection is None:
                self._connection = (
                    http.client.HTTPSConnection(netloc, timeout=TIMEOUT, context=ssl.create_default_context())
                    if scheme == "https"
                    else http.client.HTTPConnection(netloc, timeout=TIMEOUT)
                )
                fresh = True
            try:
                self._connection.request(method, path, body, headers)
                answer = self._connection.getresponse()
                read = answer.read(MOST + 1)
                if len(read) > MOST:
                    raise CannotMatch("too_large", "对方答得太长。", "请联系对方。")
                return answer.status, {name.lower(): value for name, value in answer.getheaders()}, read
            except (OSError, http.client.HTTPException) as why:
                self._connection.close()
                self._connection = None
                if fresh:
                    raise CannotMatch(
                        "down", f"连不上对方（{why or type(why).__name__}）。", "过一会儿再问。", again=60
                    ) from None
        raise AssertionError("a second try either answers or ends")

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
