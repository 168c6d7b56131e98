"""Handing a part of a letter to the next place, over HTTP, signed by us for that stretch."""

from __future__ import annotations

import hashlib
import http.client
import json
from datetime import datetime
from urllib.parse import urlsplit

from doudi.exchange.core import signing

TIMEOUT = 20  # seconds
DOOR = "/api/v1/peers/letters"


class NotHanded(Exception):
    """The next place did not take it: why, whether trying again may help."""

    def __init__(self, why: str, *, again: bool) -> None:
        super().__init__(why)
        self.again = again


def hand(address: str, raw: bytes, *, sign_with: str, at: datetime) -> None:
    """Hand one part over; the same part twice changes nothing there.

    :param at: the real time here
    :raises NotHanded: nobody answers, or they refuse it; in words
    """
    there = urlsplit(address)
    headers = {"content-digest": signing.digest_of(hashlib.sha256(raw).digest())}
    request = signing.Request("POST", there.netloc, DOOR, "", headers)
    headers |= signing.sign(sign_with, request, at=at)
    kind = http.client.HTTPSConnection if there.scheme == "https" else http.client.HTTPConnection
    connection = kind(there.hostname or "", there.port, timeout=TIMEOUT)
    try:
        connection.request("POST", DOOR, raw, {"content-type": "application/json", "host": there.netloc, **headers})
        answer = connection.getresponse()
        said = answer.read(65536)
    except (OSError, http.client.HTTPException) as why:
        raise NotHanded(f"连不上 {there.netloc}：{why.__class__.__name__}", again=True) from None
    finally:
        connection.close()
    if answer.status == 200:
        return
    try:
        told = json.loads(said)
        words = str(told.get("detail", ""))[:150]
    except (ValueError, AttributeError):
        words = ""
    # A wrong clock, a place not yet checked over there, a server in trouble: all may be well later. Only what is wrong with the
    # letter itself stays wrong.
    raise NotHanded(f"{there.netloc} 答 {answer.status}：{words}", again=answer.status != 422)
