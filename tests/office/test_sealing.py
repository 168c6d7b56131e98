"""Sealed columns: unreadable in the database, plain in Python, never moved or changed unnoticed."""

from __future__ import annotations

import os

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from doudi.office import sealing
from doudi.office.models import Notice
from people import NOON


@given(st.text(max_size=200))
def test_a_sealed_text_comes_back(text: str) -> None:
    assert sealing.unseal(sealing.seal(text, "person.name"), "person.name") == text


@given(st.lists(st.text(max_size=40), max_size=20))
def test_many_texts_are_sealed_and_opened_as_one_by_one(texts: list[str]) -> None:
    seal, opened = sealing.sealer("person.name"), sealing.opener("person.name")
    assert [sealing.unseal(seal(text), "person.name") for text in texts] == texts
    assert [opened(sealing.seal(text, "person.name")) for text in texts] == texts


def test_sealed_in_a_row_no_two_are_alike_and_what_is_broken_is_refused() -> None:
    seal, opened = sealing.sealer("person.name"), sealing.opener("person.name")
    assert len({seal("王桂兰") for _ in range(2 * sealing.BLOCK + 1)}) == 2 * sealing.BLOCK + 1
    for value in (sealing.seal("王桂兰", "person.phone"), seal("王桂兰")[:-1] + b"\0\0", b"", bytes(40)):
        with pytest.raises(sealing.BrokenSeal):
            opened(value)


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert len({sealing.seal("王桂兰", "person.name") for _ in range(50)}) == 50


@given(st.integers(min_value=0), st.integers(1, 255))
def test_any_changed_byte_breaks_the_seal(at: int, by: int) -> None:
    sealed = bytearray(sealing.seal("王桂兰", "person.name"))
    sealed[at % len(sealed)] ^= by
    with pytest.raises(sealing.BrokenSeal):
        sealing.unseal(bytes(sealed), "person.name")


@pytest.mark.parametrize("value", [b"", b"\x01", b"\x01" + bytes(11), b"\x01" + bytes(28)])
def test_what_was_never_sealed_is_refused(value: bytes) -> None:
    with pytest.raises(sealing.BrokenSeal):
        sealing.unseal(value, "person.name")


def test_a_value_moved_to_another_column_is_refused() -> None:
    with pytest.raises(sealing.BrokenSeal):
        sealing.unseal(sealing.seal("王桂兰", "person.name"), "person.phone")


def test_another_key_opens_nothing(settings: object) -> None:
    sealed = sealing.seal("王桂兰", "person.name")
    settings.SEALING_KEY = os.urandom(32).hex()  # type: ignore[attr-defined]
    with pytest.raises(sealing.BrokenSeal):
        sealing.unseal(sealed, "person.name")


def test_blind_hashes_are_equal_for_equal_texts_of_one_use_and_key(settings: object) -> None:
    first = sealing.blind("990101194803050221")
    assert first == sealing.blind("990101194803050221") != sealing.blind("990101194803050221", "phone")
    settings.LINKING_KEY = "00" * 32  # type: ignore[attr-defined]
    assert sealing.blind("990101194803050221") != first


@pytest.mark.django_db
def test_the_database_never_holds_the_plain_text() -> None:
    notice = Notice.objects.create(
        channel="sms", phone="13912345678", body="王桂兰您好", subject="c1", queued_at=NOON, queued_by="system:hall"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, body FROM office_notice")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert b"13912345678" not in stored and "王桂兰".encode() not in stored
    again = Notice.objects.get(pk=notice.pk)
    assert (again.phone, again.body) == ("13912345678", "王桂兰您好")
    assert list(Notice.objects.values_list("phone", flat=True)) == ["13912345678"]
    again.phone = ""
    again.save(update_fields=["phone"])
    assert Notice.objects.get(pk=notice.pk).phone == ""


@pytest.mark.django_db
def test_a_sealed_column_cannot_be_searched_or_dumped() -> None:
    with pytest.raises(FieldError, match="blind"):
        Notice.objects.filter(phone="13912345678").exists()
    with pytest.raises(FieldError, match="dumps"):
        Notice._meta.get_field("phone").value_to_string(Notice(phone="1"))
