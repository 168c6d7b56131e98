"""Who may send, and signed requests: a published example, tampering, replay, clocks, rotation."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.exchange import actions, queries
from doudi.exchange.core import signing
from doudi.exchange.core.signing import NotSigned, Request
from doudi.office.core import NotAllowed, Party
from doudi.office.models import JournalEntry
from people import HALL, NOON, clerk_li, keeper_wu

NOW = datetime(2026, 7, 1, 4, 0, 30, tzinfo=UTC)
PRIVATE, PUBLIC = signing.new_key()
DIGEST = signing.digest_of(hashlib.sha256(b"{}").digest())
ASKED = Request("POST", "Doudi.example", "/api/v1/feeds/death/rows", "", {"content-digest": DIGEST, "idempotency-key": "1"})


def signed(request: Request = ASKED, **how: object) -> Request:
    extra = signing.sign(PRIVATE, request, **{"at": NOW, **how})
    return replace(request, headers={**request.headers, **{name.lower(): value for name, value in extra.items()}})


def let_in(request: Request, at: datetime = NOW, public: str = PUBLIC) -> signing.Signature:
    signature = signing.read(request.headers)
    signing.check(signature, request, public, at=at)
    return signature


def refusal(request: Request, **how: object) -> str:
    with pytest.raises(NotSigned) as told:
        let_in(request, **how)
    assert told.value.message and told.value.fix
    return told.value.reason


def test_the_standards_own_example_is_read_and_its_base_is_the_same() -> None:
    """RFC 9421, B.2.6: what test-key-ed25519 signs over a request, and the value it comes to."""
    private = base64.b64encode(base64.urlsafe_b64decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU=")).decode()
    headers = {"date": "Tue, 20 Apr 2021 02:07:55 GMT", "content-type": "application/json", "content-length": "18"}
    parameters = (
        '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"'
    )
    request = Request("POST", "example.com", "/foo", "param=Value&Pet=dog", headers)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    covered = ("date", "@method", "@path", "@authority", "content-type", "content-length")
    made = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private)).sign(signing._base(request, covered, parameters))
    expected = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    assert base64.b64encode(made).decode() == expected


def test_the_example_departments_are_given_is_let_in() -> None:
    """The code in docs/howto/send-us-data.md, run as it stands there."""
    page = (Path(__file__).parents[2] / "docs/howto/send-us-data.md").read_text("utf-8")
    code = next(block for block in re.findall(r"```python\n(.*?)```", page, re.S) if "def signed" in block)
    written: dict[str, Any] = {}
    exec(code, written)
    headers = written["signed"](PRIVATE, "PATCH", "https://Doudi.example/api/v1/feeds/uploads/x?a=1", b"piece", upload_offset="7")
    request = Request("PATCH", "doudi.example", "/api/v1/feeds/uploads/x", "a=1", headers)
    at = datetime.now(UTC)
    with pytest.raises(NotSigned):
        let_in(replace(request, query=""), at=at)
    assert signing.told_digest(headers["content-digest"]) == hashlib.sha256(b"piece").digest()
    authority = "https://doudi.example/api/v1/feeds/uploads/x?a=1"
    headers = written["signed"](PRIVATE, "PATCH", authority, b"piece", upload_offset="7")
    assert let_in(replace(request, headers=headers), at=at).key_id == signing.key_id(PUBLIC)


def test_a_signed_request_is_let_in_and_names_its_key() -> None:
    assert let_in(signed()).key_id == signing.key_id(PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"authority": "other.example"},
        {"path": "/api/v1/feeds/dibao/rows"},
        {"query": "dataset=dibao"},
        {"headers": {"content-digest": signing.digest_of(b"x" * 32)}},
        {"headers": {"idempotency-key": "2"}},
    ],
)
def test_whatever_is_changed_on_the_way_is_seen(change: dict) -> None:
    request = signed()
    if "headers" in change:
        change = {"headers": {**request.headers, **change["headers"]}}
    assert refusal(replace(request, **change)) == "wrong_signature"


def test_a_header_slipped_in_must_be_signed_too() -> None:
    request = signed()
    assert refusal(replace(request, headers={**request.headers, "upload-offset": "5"})) == "not_covered"


def test_another_key_does_not_open() -> None:
    assert refusal(signed(), public=signing.new_key()[1]) == "wrong_signature"


@pytest.mark.parametrize(("minutes", "told"), [(6, "慢"), (-6, "快")])
def test_a_clock_that_is_off_is_told_in_words(minutes: int, told: str) -> None:
    with pytest.raises(NotSigned, match=f"{told} 360 秒") as why:
        let_in(signed(), at=NOW + timedelta(minutes=minutes))
    assert why.value.reason == "clock" and "校准" in why.value.fix
    let_in(signed(), at=NOW + timedelta(minutes=4))


def test_a_request_without_signature_or_digest() -> None:
    assert refusal(ASKED) == "not_signed"
    with pytest.raises(NotSigned):
        signing.told_digest("md5=:abc:")


@given(st.text(max_size=200), st.text(max_size=120))
def test_no_header_whatever_is_let_in_or_falls_over(told: str, value: str) -> None:
    good = signed().headers
    for headers in (
        {"signature-input": told, "signature": value},
        {**good, "signature-input": told},
        {**good, "signature": value},
    ):
        if headers["signature-input"].strip() == good["signature-input"] and headers["signature"].strip() == good["signature"]:
            continue
        with pytest.raises(NotSigned):
            let_in(replace(ASKED, headers={**ASKED.headers, **headers}))


# ---- the table ---------------------------------------------------------------------------------------------------------


def police(**more: object) -> None:
    told = {"label": "公安局户政系统", "department_code": "public_security", "datasets": ["hukou"], "doors": ["push"]}
    actions.keep_sender(code="police", by=HALL, at=NOON, **{**told, **more})


@pytest.mark.django_db
def test_a_sender_is_registered_changes_its_key_and_is_stopped_each_with_a_line() -> None:
    police()
    first, second = signing.new_key()[1], signing.new_key()[1]
    actions.rotate_key(code="police", public_key=first, by=HALL, at=NOON)
    actions.rotate_key(code="police", public_key=second, by=HALL, at=NOON)
    for key, days, opens in ((first, 6, True), (first, 8, False), (second, 8, True)):
        assert bool(queries.sender_of_key(signing.key_id(key), NOON + timedelta(days=days))) is opens
    actions.stop_sender(code="police", by=HALL, at=NOON)
    assert queries.sender_of_key(signing.key_id(second), NOON) is None
    assert queries.sender("police").active is False
    acts = [line.act for line in JournalEntry.objects.filter(subject="sender:police").order_by("seq")]
    assert acts == ["exchange.keep_sender", "exchange.rotate_key", "exchange.rotate_key", "exchange.stop_sender"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"datasets": ["nothing"]}, {"doors": ["window"]}, {"department_code": "x"}, {"datasets": []}, {"label": " "}]
)
def test_a_sender_nobody_could_use_is_refused_in_words(wrong: dict) -> None:
    with pytest.raises(ValueError, match="。"):
        police(**wrong)


@pytest.mark.django_db
def test_only_who_looks_after_senders_may_and_a_key_is_for_one_sender() -> None:
    with pytest.raises(NotAllowed):
        actions.keep_sender(
            code="x", label="x", department_code="tax", datasets=["income"], doors=["push"], by=clerk_li(), at=NOON
        )
    police()
    actions.keep_sender(
        code="tax", label="税务局", department_code="tax", datasets=["income"], doors=["desk"], by=keeper_wu(), at=NOON
    )
    actions.rotate_key(code="police", public_key=PUBLIC, by=HALL, at=NOON)
    with pytest.raises(ValueError, match="登记过"):
        actions.rotate_key(code="tax", public_key=PUBLIC, by=HALL, at=NOON)
    assert queries.sender_named("税务").code == queries.sender_named("税务局").code == "tax"
    assert queries.sender_named("海关") is None


@pytest.mark.django_db
def test_a_number_is_used_once_and_forgotten_when_its_time_alone_refuses() -> None:
    by = Party.sender("police")
    actions.use_nonce(key_id="k" * 16, nonce="n" * 16, by=by, at=NOW)
    with pytest.raises(NotSigned, match="来过一次"):
        actions.use_nonce(key_id="k" * 16, nonce="n" * 16, by=by, at=NOW + timedelta(minutes=9))
    actions.use_nonce(key_id="k" * 16, nonce="n" * 16, by=by, at=NOW + timedelta(minutes=11))
