"""Keys at work: sealing of personal columns (AES-256-GCM) and blind, keyed hashes for equality look-ups."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

VERSION = b"\x01"  # the first byte of a sealed value: cipher and key in use, so that a key can be changed later
NONCE = 12
TAG = 16
NOTHING = len(VERSION) + NONCE + TAG  # bytes of a sealed empty text: whether anything was written is known without opening it
BLOCK = 1024  # nonces drawn at once


class BrokenSeal(Exception):
    """A sealed value was changed, moved to another column, or sealed with another key."""


@cache
def _cipher(key: str) -> AESGCM:
    return AESGCM(bytes.fromhex(key))


def seal(text: str, place: str) -> bytes:
    """Seal a text for one column; `place` (table.column) is bound in, so a value cannot be moved to another column."""
    return seal_bytes(text.encode(), place)


def seal_bytes(data: bytes, place: str) -> bytes:
    """Seal the bytes of a file; `place` names it and is bound in, so that one file cannot stand in for another."""
    nonce = os.urandom(NONCE)
    return VERSION + nonce + _cipher(settings.SEALING_KEY).encrypt(nonce, data, place.encode())


def unseal(value: bytes, place: str) -> str:
    """Open a sealed value.

    :raises BrokenSeal: it was changed, moved, or sealed with another key
    """
    return unseal_bytes(value, place).decode()


def unseal_bytes(value: bytes, place: str) -> bytes:
    """Open the sealed bytes of a file.

    :raises BrokenSeal: it was changed, moved, or sealed with another key
    """
    if value[:1] != VERSION:
        raise BrokenSeal(f"{place}: not a sealed value of a version known here")
    try:
        nonce, body = value[1 : 1 + NONCE], value[1 + NONCE :]
        return _cipher(settings.SEALING_KEY).decrypt(nonce, body, place.encode())
    except (InvalidTag, ValueError) as broken:
        raise BrokenSeal(f"{place}: the value was changed, moved, or sealed with another key") from broken


def sealer(place: str) -> Callable[[str], bytes]:
    """`seal` for very many texts of one column inside one act: the key is looked up once, random bytes are drawn in blocks."""
    encrypt, bound = _cipher(settings.SEALING_KEY).encrypt, place.encode()
    block, at = b"", 0

    def sealed(text: str) -> bytes:
        nonlocal block, at
        if at == len(block):
            block, at = os.urandom(NONCE * BLOCK), 0
        nonce = block[at : at + NONCE]
        at += NONCE
        return VERSION + nonce + encrypt(nonce, text.encode(), bound)

    return sealed


def opener(place: str) -> Callable[[bytes], str]:
    """`unseal` for very many values of one column: the key is looked up once.

    :raises BrokenSeal: by what is given back: a value was changed, moved, or sealed with another key
    """
    decrypt, bound = _cipher(settings.SEALING_KEY).decrypt, place.encode()

    def opened(value: bytes) -> str:
        if value[:1] != VERSION:
            raise BrokenSeal(f"{place}: not a sealed value of a version known here")
        try:
            return decrypt(value[1 : 1 + NONCE], value[1 + NONCE :], bound).decode()
        except (InvalidTag, ValueError) as broken:
            raise BrokenSeal(f"{place}: the value was changed, moved, or sealed with another key") from broken

    return opened


def blind(text: str, use: str = "number") -> str:
    """Hash a text with this installation's key, for finding an equal text without storing it; `use` keeps columns apart."""
    found = _begun(settings.LINKING_KEY, use).copy()
    found.update(text.encode())
    return found.finalize().hex()


@cache
def _begun(key: str, use: str) -> HMAC:
    """The part of the hash that is the same for every text."""
    begun = HMAC(bytes.fromhex(key), SHA256())
    begun.update(f"{use}\0".encode())
    return begun


def journal_seed() -> bytes:
    """The private key that signs the journal's checkpoints."""
    return bytes.fromhex(settings.JOURNAL_KEY)
