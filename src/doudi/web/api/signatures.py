"""Signed requests at the door for machines: which department's system asks, checked by the public key it registered."""

from __future__ import annotations

import hashlib
import hmac

from django.http import HttpRequest
from django.utils.encoding import iri_to_uri
from ninja.security import APIKeyHeader

from doudi.exchange import actions, queries
from doudi.exchange.core import Door, signing
from doudi.exchange.core.signing import NotSigned
from doudi.exchange.queries import SenderRow
from doudi.office import queries as office
from doudi.office.core import Party
from doudi.verification import queries as verification
from doudi.verification.core import SourceRow


def asked(request: HttpRequest) -> signing.Request:
    """What of a request is signed."""
    return signing.Request(
        method=request.method or "",
        authority=request.get_host(),
        path=iri_to_uri(request.path) or "/",
        query=request.META.get("QUERY_STRING", ""),
        headers={name.lower(): value for name, value in request.headers.items()},
    )


def same_digest(told: bytes, seen: bytes) -> None:
    """Stop a request whose body is not what was signed.

    :raises NotSigned: the two differ
    """
    if not hmac.compare_digest(told, seen):
        raise NotSigned("digest_differs", "收到的内容和 Content-Digest 写的不一样，路上变了或断了。", "请原样再发一次。")


class Signed(APIKeyHeader):
    """`Signature-Input` and `Signature` (RFC 9421) of a registered sender; `request.sender` then says who asks.

    streamed: the view reads the body itself and compares it with the digest, because it is too large to hold.
    keyed: everything in the body bears the sender's own key, under which it is kept once; so a request sent again by whoever
    recorded it changes nothing, and the number it was sent with need not be used up (a write for every event).
    """

    param_name = "Signature-Input"

    def __init__(self, door: Door, *, streamed: bool = False, keyed: bool = False) -> None:
        super().__init__()
        self.act, self.door, self.streamed, self.keyed = "feed.load", door, streamed, keyed

    def authenticate(self, request: HttpRequest, key: str | None) -> SenderRow:
        """Find out who asks.

        :raises NotSigned: 401, in words: no or a wrong signature, an unknown key, a clock too far off, a request sent twice
        """
        told, now = asked(request), office.clock()
        signature = signing.read(told.headers)
        found = queries.sender_of_key(signature.key_id, office.now())
        if found is None:
            raise NotSigned(
                "unknown_key", f"没有登记 {signature.key_id} 这把钥匙，或它已换掉、发送方已停用。", "请把公钥交给数据管理员登记。"
            )
        sender, public_key = found
        signing.check(signature, told, public_key, at=now)
        digest = signing.told_digest(told.headers.get("content-digest", ""))
        if not self.streamed:
            same_digest(digest, hashlib.sha256(request.body).digest())
        if not self.keyed:
            actions.use_nonce(key_id=signature.key_id, nonce=signature.nonce, by=Party.sender(sender.code), at=now)
        if self.door not in sender.doors:
            raise NotSigned("wrong_door", f"{sender.label}没有登记用“{self.door.label}”。", "请联系数据管理员。")
        request.sender, request.digest = sender, digest  # type: ignore[attr-defined]
        return sender


class SignedSource(APIKeyHeader):
    """The signature of a source that is asked for answers; `request.source` then says which.

    Every answer bears the ref of its question, under which it is kept once: the same request sent again changes nothing.
    """

    param_name = "Signature-Input"

    def __init__(self) -> None:
        super().__init__()
        self.act = "check.answer"

    def authenticate(self, request: HttpRequest, key: str | None) -> SourceRow:
        """Find out which source answers.

        :raises NotSigned: 401, in words: no or a wrong signature, an unknown key, a clock too far off
        """
        told = asked(request)
        signature = signing.read(told.headers)
        found = verification.source_of_key(signature.key_id)
        if found is None:
            raise NotSigned(
                "unknown_key", f"没有登记 {signature.key_id} 这把钥匙，或这个来源已停用。", "请把公钥交给数据管理员登记。"
            )
        signing.check(signature, told, found.public_key, at=office.clock())
        same_digest(signing.told_digest(told.headers.get("content-digest", "")), hashlib.sha256(request.body).digest())
        request.source = found  # type: ignore[attr-defined]
        return found
