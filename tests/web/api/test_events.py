"""The door for what happens now: signed by its sender, kept before it is answered."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from django.utils import timezone

from doudi.exchange.core import signing
from doudi.exchange.models import Event
from people import granny_wang
from web.api.signed import System

pytestmark = pytest.mark.django_db


class Hospital(System):
    """A system that tells deaths as they happen."""

    def tell(self, *events: dict[str, Any]) -> Any:
        raw = json.dumps({"events": events}, ensure_ascii=False).encode()
        sent = {"content-digest": signing.digest_of(hashlib.sha256(raw).digest())}
        request = signing.Request("POST", "testserver", "/api/v1/events", "", sent)
        sent |= signing.sign(self.private, request, at=timezone.now())
        self.sent = (raw, sent)
        return self.repeat()

    def repeat(self, raw: bytes | None = None) -> Any:
        return self.client.generic(
            "POST", "/api/v1/events", raw or self.sent[0], content_type="application/json", headers=self.sent[1]
        )


def died(key: str, **more: Any) -> dict[str, Any]:
    row = {"姓名": "王桂兰", "公民身份号码": granny_wang().citizen_no, "死亡日期": "2026-06-01"}
    return {"dataset": "death", "key": key, "row": row | more}


def test_an_event_is_kept_and_answered_with_its_number_and_a_bad_one_by_field(client: Any) -> None:
    hospital = Hospital(client)
    answer = hospital.tell(died("d1"), died("d2", 死亡日期="昨天")).json()["answers"]
    assert [(one["key"], one["state"], one["sequence"]) for one in answer] == [("d1", "accepted", 1), ("d2", "rejected", None)]
    assert answer[1]["problems"][0]["field"] == "death_date" and answer[1]["problems"][0]["fix"]
    kept = Event.objects.get()
    assert (kept.sender, kept.key, kept.state) == ("burials", "d1", "waiting")
    assert kept.row["kept"]["death_date"] == "2026-06-01"
    assert hospital.repeat().json()["answers"][0] == {"key": "d1", "state": "again", "sequence": 1, "problems": []}


def test_nobody_tells_events_without_a_signature_or_beyond_what_is_theirs(client: Any) -> None:
    hospital = Hospital(client)
    assert hospital.tell({"dataset": "insurance", "key": "i1", "row": {}}).status_code == 403
    assert hospital.tell().status_code == 422
    hospital.tell(died("d1"))
    assert hospital.repeat(hospital.sent[0].replace(b"2026-06-01", b"2026-06-02")).status_code == 401
    bare = client.post("/api/v1/events", json.dumps({"events": [died("d9")]}), content_type="application/json")
    assert bare.status_code == 401 and Event.objects.count() == 1
