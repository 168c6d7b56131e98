"""Departments' systems send: rows, files piece by piece; only signed, only once, only what is theirs."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

import people
from doudi.exchange import actions, jobs, queries
from doudi.exchange.models import Load, Receipt
from exchange_feeds import tekun_rows, text
from web.api.signed import System

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings):
    settings.LAKE = tmp_path / "lake"


@pytest.fixture
def system(client):
    return System(client)


def good(number):
    return {"姓名": "王桂兰", "公民身份号码": number, "死亡日期": "2026-06-01"}


def push(system, rows, key="2026-07-01/1", dataset="death", **more):
    return system.ask("POST", f"{dataset}/rows", {"as_of": "2026-06-30", "rows": rows}, idempotency_key=key, **more)


def test_pushed_rows_are_typed_and_answered_one_by_one_with_a_receipt(system):
    granny = people.granny_wang()
    answer = push(system, [good(granny.citizen_no), good(granny.citizen_no) | {"死亡日期": "六月一日"}])
    said = answer.json()
    assert (answer.status_code, said["accepted"], said["rejected"]) == (200, 1, 1)
    assert said["answers"][1]["problems"][0]["reason"] == "not_a_date"
    assert Load.objects.get().sender == "burials" and Load.objects.get().received_by == "sender:burials"
    receipt = system.ask("GET", f"receipts/{said['receipt']}").json()
    assert receipt["taken"][0]["accepted"] == 1 and receipt["taken"][0]["reasons"][0]["fix"]
    other = System(system.client, "others")
    assert other.ask("GET", f"receipts/{said['receipt']}").status_code == 404


def test_the_same_key_again_adds_nothing(system):
    rows = [good(people.granny_wang().citizen_no)]
    first, again = push(system, rows).json(), push(system, rows).json()
    assert (first["already_received"], again["already_received"]) == (False, True)
    assert (first["batch"], first["receipt"]) == (again["batch"], again["receipt"])


def test_the_same_key_with_other_rows_is_refused_in_words(system):
    rows = [good(people.granny_wang().citizen_no)]
    push(system, rows)
    answer = push(system, rows * 2)
    assert answer.status_code == 422 and answer.json()["reason"] == "batch_key_used"


@pytest.mark.parametrize(("dataset", "reason"), [("horoscope", "unknown_dataset"), ("dibao", "not_yours")])
def test_only_datasets_that_are_and_are_theirs(system, dataset, reason):
    answer = push(system, [{"a": 1}], dataset=dataset)
    assert (answer.status_code, answer.json()["reason"]) == (422, reason)


def refused(answer, reason):
    said = answer.json()
    assert (answer.status_code, said["reason"]) == (401, reason), said
    assert said["detail"] and said["fix"]


def test_nothing_comes_in_unsigned_twice_late_changed_or_from_whom_we_do_not_know(system, client):
    rows = [good(people.granny_wang().citizen_no)]
    refused(client.post("/api/v1/feeds/death/rows", {}, content_type="application/json"), "not_signed")
    refused(push(system, rows, at=timezone.now() - timedelta(minutes=6)), "clock")
    refused(push(system, rows, signed_body=b"something else"), "digest_differs")
    assert push(system, rows).status_code == 200
    assert Load.objects.count() == 1
    refused(system.again("POST", "death/rows", b"", system.last), "digest_differs")
    stranger = System(client, "stranger")
    actions.stop_sender(code="stranger", by=people.HALL, at=people.NOON)
    refused(push(stranger, rows), "unknown_key")
    actions.keep_sender(
        code="burials",
        label="x",
        department_code="civil_affairs",
        datasets=["death"],
        doors=["desk"],
        by=people.HALL,
        at=people.NOON,
    )
    refused(push(system, rows, key="2"), "wrong_door")


def test_a_recorded_request_cannot_be_sent_again(system):
    system.ask("GET", "receipts/SJ1")
    refused(system.again("GET", "receipts/SJ1", b"", system.last), "replayed")


# ---- files, piece by piece ---------------------------------------------------------------------------------------------

FILE = text([*tekun_rows(300), ["", *tekun_rows(1)[0][1:]]]).encode()
ABOUT = {"file_name": "tekun_2026-06-30.csv", "size": len(FILE), "sha256": hashlib.sha256(FILE).hexdigest(), "rows": 301}


def begin(system, key="f1", **more):
    return system.ask("POST", "uploads", {**ABOUT, **more}, idempotency_key=key)


def piece(system, ref, start, content, **more):
    return system.ask("PATCH", f"uploads/{ref}", content, upload_offset=str(start), **more)


def complete(system, ref):
    return system.ask("POST", f"uploads/{ref}/complete")


def test_a_file_arrives_in_pieces_and_goes_on_after_every_interruption(system):
    ref = begin(system).json()["ref"]
    assert piece(system, ref, 0, FILE[:7000]).json()["offset"] == 7000
    refused(piece(system, ref, 7000, FILE[7000:9000], signed_body=b"x"), "digest_differs")
    assert piece(system, ref, 0, FILE[:7000]).json()["offset"] == 7000  # the answer was lost, the piece is sent again
    assert piece(system, ref, 9000, FILE[9000:]).json()["reason"] == "wrong_offset"
    assert complete(system, ref).json()["reason"] == "not_whole"
    path = queries.lake().root / "incoming" / ref
    with path.open("ab") as cut:
        cut.write(FILE[7000:7123])  # killed while it wrote a piece that was already checked
    assert begin(system).json() == {"ref": ref, "file_name": ABOUT["file_name"], "size": len(FILE), "offset": 7123, "receipt": ""}
    assert piece(system, ref, 7000, FILE[7000:]).json()["offset"] == len(FILE)
    first = complete(system, ref).json()
    assert (first["taken"][0]["rows"], first["taken"][0]["accepted"], first["taken"][0]["rejected"]) == (301, 300, 1)
    assert first["sha256"] == ABOUT["sha256"] and first["sender"] == "burials"
    assert complete(system, ref).json() == first == system.ask("GET", f"receipts/{first['receipt']}").json()
    assert begin(system).json()["receipt"] == first["receipt"]
    assert not path.exists() and Receipt.objects.count() == Load.objects.count() == 1
    second = begin(system, key="f2").json()["ref"]  # the same file under another key: the same receipt
    piece(system, second, 0, FILE)
    assert complete(system, second).json()["receipt"] == first["receipt"]


def test_killed_after_the_books_and_before_the_answer(system, monkeypatch):
    ref = begin(system).json()["ref"]
    piece(system, ref, 0, FILE)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("doudi.exchange.jobs.uploading._clear", lambda path: (_ for _ in ()).throw(KeyboardInterrupt))
        jobs.take_in(queries.upload(ref), by=people.HALL, at=people.NOON)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("doudi.exchange.actions.close_upload", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
        second = begin(system, key="f2").json()["ref"]
        piece(system, second, 0, FILE)
        jobs.take_in(queries.upload(second), by=people.HALL, at=people.NOON)
    assert complete(system, ref).json()["receipt"] == complete(system, second).json()["receipt"]
    assert Load.objects.count() == 1


def test_a_file_that_is_not_the_one_that_was_promised_is_refused_with_a_receipt(system):
    ref = begin(system, sha256="0" * 64).json()["ref"]
    piece(system, ref, 0, FILE)
    said = complete(system, ref).json()
    assert said["taken"] == [] and said["refused"][0]["reason"] == "hash_differs"
    cut = begin(system, key="f2", rows=400).json()["ref"]
    piece(system, cut, 0, FILE)
    assert complete(system, cut).json()["refused"][0]["reason"] == "cut_short"


def test_uploads_that_are_not_theirs_or_not_files(system):
    ref = begin(system).json()["ref"]
    other = System(system.client, "others")
    for path in (f"uploads/{ref}", "uploads/..%2f..%2fx", "uploads/" + "x" * 22):
        assert other.ask("GET", path).status_code in (404, 422)
    assert piece(other, ref, 0, FILE).json()["reason"] == "no_upload"
    assert begin(system, sha256="1" * 64).json()["reason"] == "batch_key_used"
    assert begin(system, key="f3", size=1 << 40).json()["reason"] == "too_large"
    assert piece(system, ref, 0, b"x" * (jobs.LARGEST_PIECE + 1)).json()["reason"] == "piece_too_large"
    begun = begin(system, key="f4", file_name="hukou.csv", dataset="dibao").json()["ref"]
    piece(system, begun, 0, FILE)
    assert complete(system, begun).json()["refused"][0]["reason"] == "wrong_file"


def test_headings_of_somebody_elses_dataset_are_told(system, client):
    other = System(client, "others", datasets=("death",))
    ref = begin(other).json()["ref"]
    piece(other, ref, 0, FILE)
    (told,) = complete(other, ref).json()["refused"]
    assert told["reason"] == "not_yours" and "特困" in told["message"] and Load.objects.count() == 0
