"""The card of a place: who it is, where it answers, and the two public keys two installations know each other by.

A card is a short text people hand over however they like; what makes it trustworthy is the fingerprint, read aloud by both sides
over a telephone number each knew before. The card is signed with its own key, so that a slip of the pen is seen at once.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

FIRST = "doudi place 1"
FIELDS = ("place", "label", "address", "sign", "seal")
_PLACE = re.compile(r"\d{6}(\d{3}(\d{3})?)?")


class BadCard(ValueError):
    """A card that cannot be taken: which line, why, what to do."""


@dataclass(frozen=True, slots=True)
class Card:
    """A place as it shows itself. `address` is empty for a place that is only reached through another."""

    place: str  # area code
    label: str
    address: str  # https://host[:port]
    sign: str  # Ed25519 public key, Base64
    seal: str  # X25519 public key, Base64

    def body(self) -> bytes:
        """What is signed: every line but the last."""
        return "\n".join([FIRST, *(f"{name}: {getattr(self, name)}" for name in FIELDS)]).encode()


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """Both private halves of an installation, Base64 of 32 bytes each."""

    sign: str
    seal: str

    @property
    def public(self) -> tuple[str, str]:
        sign = Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.sign)).public_key()
        seal = X25519PrivateKey.from_private_bytes(base64.b64decode(self.seal)).public_key()
        return _text(sign.public_bytes_raw()), _text(seal.public_bytes_raw())


def new_keys() -> OwnKeys:
    """A new pair of each kind."""
    return OwnKeys(
        _text(Ed25519PrivateKey.generate().private_bytes_raw()), _text(X25519PrivateKey.generate().private_bytes_raw())
    )


def write_card(*, place: str, label: str, address: str, keys: OwnKeys, before: OwnKeys | None = None) -> str:
    """The text of our own card, signed by its own key and, when keys were changed, by the key before as well.

    :raises BadCard: a place, name or address that would not be read back
    """
    sign, seal = keys.public
    card = Card(place, label, address, sign, seal)
    _need(card)
    lines = [card.body().decode(), f"signed: {_sign(keys, card)}"]
    if before is not None:
        lines.append(f"before: {_sign(before, card)}")
    return "\n".join(lines) + "\n"


def read_card(text: str, *, known: str = "") -> tuple[Card, bool]:
    """Read a card; beside it, whether the key `known` (Ed25519, Base64) vouches for it: a change of keys by the same place.

    :raises BadCard: a line is missing, is not what it should be, or the card was changed after it was signed
    """
    lines = [line.strip() for line in text.strip().lstrip("\ufeff").splitlines() if line.strip()]
    if not lines or lines[0] != FIRST:
        raise BadCard(f"第 1 行要是“{FIRST}”。请把对方给的名片全文原样贴进来。")
    told: dict[str, str] = {}
    for at, line in enumerate(lines[1:], 2):
        name, colon, value = line.partition(":")
        if not colon or name not in (*FIELDS, "signed", "before") or name in told:
            raise BadCard(f"第 {at} 行读不懂：{line[:30]!r}。请把名片原样贴进来，不要改动。")
        told[name] = value.strip()
    if missing := [name for name in (*FIELDS, "signed") if name not in told]:
        raise BadCard(f"名片少了这几行：{'、'.join(missing)}。请向对方再要一次。")
    card = Card(**{name: told[name] for name in FIELDS})
    _need(card)
    if not _signed(card, card.sign, told["signed"]):
        raise BadCard("名片和它自己的签名对不上：抄错了，或者被改过。请向对方再要一次。")
    return card, bool(known) and "before" in told and _signed(card, known, told["before"])


def fingerprint(card: Card) -> str:
    """What two people read to each other: forty digits in groups of four, of the place and both keys."""
    raw = hashlib.sha256(f"{card.place}\n{card.sign}\n{card.seal}".encode()).digest()
    digits = str(int.from_bytes(raw, "big") % 10**40).zfill(40)
    return " ".join(digits[at : at + 4] for at in range(0, 40, 4))


def same_fingerprint(one: str, other: str) -> bool:
    """Whether two fingerprints are the same forty digits, however they are spaced."""
    ones, others = re.sub(r"[^0-9]", "", one), re.sub(r"[^0-9]", "", other)
    return len(ones) == 40 and ones == others


def _need(card: Card) -> None:
    if not _PLACE.fullmatch(card.place):
        raise BadCard("place 要是 6、9 或 12 位区划代码。")
    if not card.label or len(card.label) > 60 or not card.label.isprintable():
        raise BadCard("label 要是 1 到 60 个字的名称。")
    if card.address and not re.fullmatch(r"https?://[A-Za-z0-9.\-]+(:\d{1,5})?", card.address):
        raise BadCard("address 要写成 https://主机名[:端口]，后面什么也不加；只经上级转的地方留空。")
    for name in ("sign", "seal"):
        try:
            raw = base64.b64decode(getattr(card, name), validate=True)
            (Ed25519PublicKey if name == "sign" else X25519PublicKey).from_public_bytes(raw)
        except ValueError:
            raise BadCard(f"{name} 要是 32 字节公钥的 Base64（44 个字符）。") from None


def _sign(keys: OwnKeys, card: Card) -> str:
    return _text(Ed25519PrivateKey.from_private_bytes(base64.b64decode(keys.sign)).sign(card.body()))


def _signed(card: Card, public: str, signature: str) -> bool:
    try:
        raw = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(raw, card.body())
    except (InvalidSignature, ValueError):
        return False
    return True


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
