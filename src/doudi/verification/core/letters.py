"""Letters between places: sealed to the reader (HPKE, RFC 9180), signed by the writer (RFC 9421), padded, in parts.

Whoever carries a letter reads where from, where to, which part and how large; not what it is about, nor who.
docs/decisions/0013 says why this form.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from doudi.exchange.core import signing

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
PART = 256 * 1024 - 4  # bytes of a message in one part, at most
SMALLEST = 4096  # a part is filled up to this many bytes, or the next power of two, so that its size tells little
OLDEST = timedelta(days=30)  # a letter on its way for longer is not taken any more
LONGEST = 1024 * 1024  # bytes of one part as it travels, at most
MOST_PARTS = 400
FIELDS = ("created", "from", "letter", "nonce", "part", "parts", "sealed", "signature", "signer", "to")
_LETTER, _PLACE = re.compile(r"l[0-9a-f]{32}"), re.compile(r"\d{6,12}")


class NotALetter(Exception):
    """A letter that is not taken: a stable reason, what is wrong, what to do."""

    def __init__(self, reason: str, message: str, fix: str = "请对方原样再发一次；还不行，请电话核对双方的名片。") -> None:
        super().__init__(message)
        self.reason, self.message, self.fix = reason, message, fix


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a letter as it travels."""

    letter: str
    writer: str  # area code
    reader: str  # area code
    part: int  # from 1
    parts: int
    sealed: bytes
    created: int  # seconds since 1970, by the writer's clock
    nonce: str
    signer: str  # name of the writer's key
    signature: str  # Base64

    @property
    def digest(self) -> str:
        """SHA-256 of what travels sealed."""
        return hashlib.sha256(self.sealed).hexdigest()

    def as_sent(self) -> bytes:
        """The bytes of this part; there is one way to write it, and no other is read."""
        told = {
            "created": self.created,
            "from": self.writer,
            "letter": self.letter,
            "nonce": self.nonce,
            "part": self.part,
            "parts": self.parts,
            "sealed": base64.b64encode(self.sealed).decode(),
            "signature": self.signature,
            "signer": self.signer,
            "to": self.reader,
        }
        return json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def digest(message: dict[str, Any]) -> str:
    """The SHA-256 both journals name a message by: of the same bytes on both sides."""
    return hashlib.sha256(_plain(message)).hexdigest()


def write(
    message: dict[str, Any], *, writer: str, reader: str, seal_to: str, sign_with: str, at: datetime, letter: str = ""
) -> list[Part]:
    """Seal and sign a message, in as many parts as it needs.

    :param seal_to: the reader's X25519 public key; sign_with: our Ed25519 private key; both Base64
    :param at: the real time here
    :raises ValueError: more than a hundred megabytes
    """
    plain, letter = _plain(message), letter or "l" + secrets.token_hex(16)
    pieces = [plain[at : at + PART] for at in range(0, len(plain), PART)]
    if len(pieces) > MOST_PARTS:
        raise ValueError(f"一封信最多 {MOST_PARTS * PART >> 20} MB，请分成几次问。")
    public = X25519PublicKey.from_public_bytes(base64.b64decode(seal_to))
    parts = []
    for number, piece in enumerate(pieces, 1):
        about = _about(letter, writer, reader, number, len(pieces))
        sealed = SUITE.encrypt(_padded(piece), public, about)
        headers = _headers(sealed, letter)
        signed = signing.sign(sign_with, _request(letter, writer, reader, number, len(pieces), headers), at=at)
        found = signing.read({name.lower(): value for name, value in signed.items()})
        parts.append(
            Part(
                letter=letter,
                writer=writer,
                reader=reader,
                part=number,
                parts=len(pieces),
                sealed=sealed,
                created=int(found.created.timestamp()),
                nonce=found.nonce,
                signer=found.key_id,
                signature=base64.b64encode(found.value).decode(),
            )
        )
    return parts


def read_part(raw: bytes) -> Part:
    """Read a part as it came.

    :raises NotALetter: it is not written as a letter is, to the byte
    """
    if len(raw) > LONGEST:
        raise NotALetter("too_large", "信的这一部分太大。", f"一部分最多 {LONGEST >> 20} MiB。")
    try:
        told = json.loads(raw)
        if not isinstance(told, dict) or tuple(sorted(told)) != FIELDS:
            raise ValueError
        numbers = [told[name] for name in ("created", "part", "parts")]
        if not all(type(one) is int for one in numbers) or not all(
            isinstance(told[name], str) for name in FIELDS if name not in ("created", "part", "parts")
        ):
            raise ValueError
        part = Part(
            letter=told["letter"],
            writer=told["from"],
            reader=told["to"],
            part=told["part"],
            parts=told["parts"],
            sealed=base64.b64decode(told["sealed"], validate=True),
            created=told["created"],
            nonce=told["nonce"],
            signer=told["signer"],
            signature=told["signature"],
        )
        fits = _LETTER.fullmatch(part.letter) and _PLACE.fullmatch(part.writer) and _PLACE.fullmatch(part.reader)
        if base64.b64encode(base64.b64decode(part.signature, validate=True)).decode() != part.signature:
            raise ValueError
        if not fits or not 1 <= part.part <= part.parts <= MOST_PARTS or part.as_sent() != raw:
            raise ValueError
    except (ValueError, binascii.Error, RecursionError):
        raise NotALetter("unreadable", "这不是一封地方之间的信，或者路上变了。") from None
    return part


def check(part: Part, public_key: str, *, at: datetime) -> None:
    """Let through only what its writer signed for us, lately. That a part came before is for the caller to see.

    :param public_key: the writer's Ed25519 key of the name in `part.signer`
    :param at: the real time here
    :raises NotALetter: the signature is not the writer's, or the letter is too old or from the future
    """
    headers = _headers(part.sealed, part.letter)
    request = _request(part.letter, part.writer, part.reader, part.part, part.parts, headers)
    covered = (*signing.COVERED, "idempotency-key")
    items = " ".join(f'"{one}"' for one in covered)
    headers = {
        **headers,
        "signature-input": f'doudi=({items});created={part.created};keyid="{part.signer}";nonce="{part.nonce}";alg="ed25519"',
        "signature": f"doudi=:{part.signature}:",
    }
    try:
        signature = signing.read(headers)
        signing.check(signature, request, public_key, at=signature.created)  # how long it may travel is judged below
    except (signing.NotSigned, ValueError):
        raise NotALetter("wrong_signature", f"信不是 {part.writer} 签的，或者路上被改过。") from None
    ahead = signature.created - at
    if ahead > signing.GOOD_FOR:
        raise NotALetter("clock", f"信的时刻比这里的时钟快 {round(ahead.total_seconds())} 秒。", "请校准写信一方的时钟。")
    if -ahead > OLDEST:
        raise NotALetter("too_old", f"信在路上超过 {OLDEST.days} 天。", "请重新问一次。")


def unseal(part: Part, own: Sequence[str]) -> bytes:
    """What stands in a part.

    :param own: our X25519 private keys, Base64, the newest first
    :raises NotALetter: it was not sealed to us, or to somebody else's routing
    """
    about = _about(part.letter, part.writer, part.reader, part.part, part.parts)
    for key in own:
        try:
            filled = SUITE.decrypt(part.sealed, X25519PrivateKey.from_private_bytes(base64.b64decode(key)), about)
        except (InvalidTag, ValueError):
            continue
        length = int.from_bytes(filled[:4], "big")
        if 4 + length > len(filled) or any(filled[4 + length :]):
            break
        return filled[4 : 4 + length]
    raise NotALetter("not_for_us", "信打不开：不是封给这里的钥匙的。", "请对方用我们现在的名片重新封。")


def join(pieces: Sequence[bytes]) -> dict[str, Any]:
    """The message of a letter all of whose parts are here.

    :raises NotALetter: it is no message
    """
    try:
        message = json.loads(b"".join(pieces))
    except (ValueError, RecursionError):
        raise NotALetter("unreadable", "信的内容读不懂。") from None
    if not isinstance(message, dict) or not isinstance(message.get("kind"), str):
        raise NotALetter("unreadable", "信里没有写是什么信。")
    return message


def _plain(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _padded(piece: bytes) -> bytes:
    size = SMALLEST
    while size < len(piece) + 4:
        size *= 2
    return (len(piece).to_bytes(4, "big") + piece).ljust(size, b"\0")


def _about(letter: str, writer: str, reader: str, part: int, parts: int) -> bytes:
    """What is bound into the seal: a part cannot be passed off as another part, another letter, or somebody else's."""
    return f"doudi letter 1\n{letter}\n{writer}\n{reader}\n{part}/{parts}".encode()


def _headers(sealed: bytes, letter: str) -> dict[str, str]:
    return {"content-digest": signing.digest_of(hashlib.sha256(sealed).digest()), "idempotency-key": letter}


def _request(letter: str, writer: str, reader: str, part: int, parts: int, headers: dict[str, str]) -> signing.Request:
    """A letter as the request it would be were it brought to the reader's door by hand: its host is the place itself."""
    return signing.Request("POST", reader, f"/letters/{letter}/{part}of{parts}", f"from={writer}", headers)
