"""Signed requests: HTTP Message Signatures (RFC 9421) with Ed25519, and Content-Digest (RFC 9530) for what is carried.

Why this and not a shared secret: it is a published standard with clients in many languages, and we keep only the public half of a
key, so that nobody who reads our database, backups or logs can send in a department's name.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

GOOD_FOR = timedelta(minutes=5)  # how far the sender's clock may be from ours, either way
REMEMBERED = 2 * GOOD_FOR  # how long a number used once is kept: a request older than this is refused by its time
COVERED = ("@method", "@authority", "@path", "@query", "content-digest")  # must be signed in every request
COVERED_IF_SENT = ("idempotency-key", "upload-offset")  # must be signed where the request has them
_LABEL = "[a-z*][a-z0-9_.*-]*"
_ITEM = re.compile(r'"([a-z@][a-z0-9-]*)"')
_PARAMETER = re.compile(rf';({_LABEL})=("[ !#-\[\]-~]*"|\d{{1,15}})')
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?=,|$)")


class NotSigned(Exception):
    """A request that is not let in: a stable reason, what is wrong, what to do."""

    def __init__(self, reason: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.reason, self.message, self.fix = reason, message, fix


@dataclass(frozen=True)
class Request:
    """What of a request is signed. `headers` by lower-case name; `query` without the question mark."""

    method: str
    authority: str
    path: str
    query: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Signature:
    """A signature as the request brings it, not yet checked."""

    key_id: str
    created: datetime
    nonce: str
    covered: tuple[str, ...]
    parameters: str  # as written: it is signed itself
    value: bytes


def new_key() -> tuple[str, str]:
    """A new pair of keys: the private half for the sender alone, the public half for us, both Base64 of 32 bytes."""
    private = Ed25519PrivateKey.generate()
    return _text(private.private_bytes_raw()), _text(private.public_key().public_bytes_raw())


def key_id(public_key: str) -> str:
    """The name of a public key: the beginning of its SHA-256.

    :raises ValueError: it is not Base64 of the 32 bytes of an Ed25519 key
    """
    try:
        raw = base64.b64decode(public_key, validate=True)
        Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise ValueError("公钥要是 32 字节 Ed25519 公钥的 Base64（44 个字符）。") from None
    return hashlib.sha256(raw).hexdigest()[:16]


def digest_of(sha256: bytes) -> str:
    """The Content-Digest header of a body with this SHA-256."""
    return f"sha-256=:{_text(sha256)}:"


def told_digest(header: str) -> bytes:
    """The SHA-256 a Content-Digest header tells.

    :raises NotSigned: it tells none
    """
    found = _DIGEST.search(header)
    if not found:
        raise NotSigned("no_digest", "请求没有写明内容的 SHA-256。", "请带上 Content-Digest: sha-256=:…:（RFC 9530）。")
    return base64.b64decode(found[1])


def sign(private_key: str, request: Request, *, at: datetime, nonce: str = "") -> dict[str, str]:
    """The two headers that sign a request; its Content-Digest stands in the headers already.

    nonce: a number used once; made here when left out
    """
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private_key))
    name = key_id(_text(private.public_key().public_bytes_raw()))
    covered = (*COVERED, *(header for header in COVERED_IF_SENT if header in request.headers))
    items = " ".join(f'"{one}"' for one in covered)
    nonce = nonce or secrets.token_urlsafe(18)
    parameters = f'({items});created={int(at.timestamp())};keyid="{name}";nonce="{nonce}";alg="ed25519"'
    value = private.sign(_base(request, covered, parameters))
    return {"Signature-Input": f"doudi={parameters}", "Signature": f"doudi=:{_text(value)}:"}


def read(headers: Mapping[str, str]) -> Signature:
    """Read the signature of a request.

    :raises NotSigned: there is none, more than one, or it is not written as RFC 9421 says
    """
    told, value = headers.get("signature-input", "").strip(), headers.get("signature", "").strip()
    if not told or not value:
        raise NotSigned("not_signed", "请求没有签名。", "请带上 Signature-Input 和 Signature 两个头（RFC 9421）。")
    label, _, parameters = told.partition("=")
    signed = re.fullmatch(rf"({_LABEL})=:([A-Za-z0-9+/]{{86}}==):", value)
    if not signed or signed[1] != label:
        raise _unreadable("Signature 要和 Signature-Input 同名，里面是 64 字节的 Base64")
    items, closed, rest = parameters.removeprefix("(").partition(")")
    names = items.split(" ")
    if not parameters.startswith("(") or not closed or not all(_ITEM.fullmatch(name) for name in names):
        raise _unreadable("括号里要是一个个带引号的名字")
    found: dict[str, str] = {}
    at = 0
    while at < len(rest):
        one = _PARAMETER.match(rest, at)
        if not one or one[1] in found:
            raise _unreadable("括号后面要是 ;名字=值")
        found[one[1]], at = one[2].strip('"'), one.end()
    if not found.get("created", "").isdigit() or not re.fullmatch("[0-9a-f]{16}", found.get("keyid", "")):
        raise _unreadable("要有 created（从 1970 年起的秒数）和 keyid（16 位十六进制）")
    if not 16 <= len(found.get("nonce", "")) <= 80:
        raise _unreadable("要有 nonce，16 到 80 个字符，每个请求都不同")
    if found.get("alg", "ed25519") != "ed25519":
        raise _unreadable("签名算法只用 ed25519")
    try:
        created = datetime.fromtimestamp(int(found["created"]), UTC)
    except (ValueError, OverflowError, OSError):
        raise _unreadable("created 不是一个时刻") from None
    covered = tuple(name.strip('"') for name in names)
    return Signature(found["keyid"], created, found["nonce"], covered, parameters, base64.b64decode(signed[2]))


def check(signature: Signature, request: Request, public_key: str, *, at: datetime) -> None:
    """Let a request through whose signature is right and fresh. That its number was not used before is for the caller to see.

    at: the real time here, which the demo's clock does not move

    :raises NotSigned: something that must be signed is not, the time is off, or the signature is wrong
    """
    needed = (*COVERED, *(header for header in COVERED_IF_SENT if header in request.headers))
    if missing := [name for name in needed if name not in signature.covered]:
        raise NotSigned("not_covered", f"签名没有盖住：{'、'.join(missing)}。", "请把这些都写进 Signature-Input 的括号里再签。")
    if len(set(signature.covered)) != len(signature.covered):
        raise _unreadable("同一个名字签了两次")
    off = at - signature.created
    if abs(off) > GOOD_FOR:
        told = "慢" if off > timedelta(0) else "快"
        raise NotSigned(
            "clock",
            f"签名的时刻 {signature.created:%Y-%m-%d %H:%M:%S} UTC 比这里的时钟{told} {round(abs(off).total_seconds())} 秒，"
            f"最多可以差 {GOOD_FOR.seconds} 秒。",
            f"请校准发送方的时钟（这里是 {at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC），重新签名再发；签好的请求不能留着以后用。",
        )
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        public.verify(signature.value, _base(request, signature.covered, signature.parameters))
    except InvalidSignature:
        raise NotSigned(
            "wrong_signature",
            "签名对不上：路上改过，或签的不是这个请求，或用错了私钥。",
            "请核对方法、主机名、路径、查询和各个头，与收到的是否一样，再用登记的那把私钥重新签。",
        ) from None


def _base(request: Request, covered: tuple[str, ...], parameters: str) -> bytes:
    """What is really signed (RFC 9421, 2.5)."""
    own = {
        "@method": request.method.upper(),
        "@authority": request.authority.lower(),
        "@path": request.path or "/",
        "@query": f"?{request.query}",
    }
    lines = []
    for name in covered:
        value = own.get(name) if name.startswith("@") else request.headers.get(name)
        if value is None:
            raise NotSigned("not_covered", f"签名里写了 {name}，请求里没有。", "请只签请求里有的。")
        lines.append(f'"{name}": {value.strip()}')
    lines.append(f'"@signature-params": {parameters}')
    return "\n".join(lines).encode()


def _unreadable(why: str) -> NotSigned:
    return NotSigned("signature_unreadable", f"签名读不懂：{why}。", "请按 RFC 9421 写 Signature-Input 和 Signature。")


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
