"""Readings of meters through a real broker: bad ones told, nothing lost and nothing twice when the listener is killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from doudi.exchange import actions, jobs, queries
from doudi.exchange.gateways.broker import Message
from doudi.exchange.models import Load
from exchange import servers
from people import HALL, NOON


@pytest.fixture
def meters(tmp_path: Path, settings, db) -> None:
    settings.LAKE = tmp_path / "lake"
    told = {"label": "供电公司", "department_code": "power_supply", "datasets": ["meter_reading"], "doors": ["meters"]}
    actions.keep_sender(code="power", **told, by=HALL, at=NOON)


def message(payload: object, mid: int = 1) -> Message:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Message("meters/1", raw, mid, 1)


def land(*messages: Message) -> jobs.Heard:
    return jobs.land_messages(list(messages), sender="power", by=HALL, at=NOON)


def test_readings_are_typed_bad_ones_told_and_none_taken_twice(meters: None) -> None:
    good = {"meter_no": "0001234567", "read_at": "2026-06-30T23:50:00+08:00", "kwh": 1532.4}
    utc = {"meter_no": "0001234568", "read_at": "2026-06-30T20:00:00Z", "kwh": 9, "colour": "red"}
    bad = [b"\xff\x00", b"[]", b'{"meter_no": "1", "read_at": "yesterday", "kwh": "-3"}', b"[" * 5000, b"7"]
    done = land(message(good), message(good, 2), message([utc, utc]), *(message(one, 9) for one in bad))
    assert (done.messages, done.again, done.accepted, done.rejected) == (8, 1, 2, 5)
    (load,) = Load.objects.all()
    assert (load.sender, load.kind, load.repeated) == ("power", "add", 1)
    assert load.reasons == {"negative": 1, "not_a_date": 1, "not_a_message": 4}
    path = str(queries.lake().object(load.object))
    rows = duckdb.connect().execute("SELECT meter_no, read_on::text, read_time, kwh FROM read_parquet(?)", [path]).fetchall()
    assert rows == [("0001234567", "2026-06-30", "23:50:00", 1532.4), ("0001234568", "2026-07-01", "04:00:00", 9.0)]
    assert land(message(good, 7)) == jobs.Heard(1, 1, 0, 0, "") and Load.objects.count() == 1


def test_a_batch_that_fails_leaves_nothing_heard(meters: None, monkeypatch: pytest.MonkeyPatch) -> None:
    good = {"meter_no": "1", "read_at": "2026-06-30", "kwh": 1}
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr("doudi.exchange.actions.hear", lambda **_: (_ for _ in ()).throw(RuntimeError))
        land(message(good))
    assert Load.objects.count() == 0
    assert land(message(good)).accepted == 1


def test_who_is_not_registered_for_meters_does_not_even_connect(meters: None) -> None:
    for sender in ("nobody", "civil"):
        with pytest.raises(jobs.Refused):
            jobs.listen("mqtt://127.0.0.1:9", topic="#", sender=sender, rows=9, seconds=1, by=HALL, told=print)
    with pytest.raises(jobs.BrokerTrouble, match="连不上"):
        jobs.listen("mqtt://127.0.0.1:9", topic="#", sender="power", rows=9, seconds=1, by=HALL, told=print)


def accepted(home: Path) -> list[tuple[str, str]]:
    """Every reading in the books of an installation: meter and value."""
    with sqlite3.connect(home / "doudi.sqlite3") as con:
        objects = [name for (name,) in con.execute("SELECT object FROM exchange_load WHERE accepted > 0")]
    paths = [str(home / "lake" / "objects" / name[:2] / f"{name}.parquet") for name in objects]
    return duckdb.connect().execute("SELECT meter_no, kwh FROM read_parquet(?)", [paths]).fetchall() if paths else []


@pytest.mark.lake
@pytest.mark.slow
def test_the_listener_is_killed_mid_way_and_nothing_is_lost_or_doubled(
    tmp_path: Path, lay_tables: Callable[[Path], object]
) -> None:
    home, port = tmp_path / "home", servers.free_port()
    home.mkdir()
    lay_tables(home / "doudi.sqlite3")
    environment = {**os.environ, "DOUDI_HOME": str(home), "DATABASE_URL": "", "DOUDI_DEMO": "0"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    doudi = [str(Path(sys.executable).with_name("doudi")), "feeds"]
    words = ["sender", "power", "--label", "供电公司", "--department", "power_supply", "--door", "meters"]
    subprocess.run([*doudi, *words], env=environment, check=True, capture_output=True)
    listen = [*doudi, "listen", "--broker", f"mqtt://127.0.0.1:{port}", "--sender", "power", "--rows", "40", "--seconds", "1"]
    with servers.mosquitto(port, tmp_path / "broker"):
        speaker = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="meters", protocol=mqtt.MQTTv5)
        speaker.connect("127.0.0.1", port)
        speaker.loop_start()
        listener = subprocess.Popen(listen, env=environment, stderr=subprocess.PIPE, text=True)
        sent = 0

        def speak(count: int) -> None:
            nonlocal sent
            said = []
            for number in range(sent, sent + count):
                reading = {"meter_no": f"{number:08}", "read_at": "2026-06-30T10:00:00+08:00", "kwh": number}
                said.append(speaker.publish(f"meters/{number}", json.dumps(reading), qos=1))
            for one in said:
                one.wait_for_publish(20)
            sent += count

        ready = time.monotonic() + 60
        while not accepted(home):  # until it has subscribed, nobody keeps messages for it
            speak(1)
            assert time.monotonic() < ready and listener.poll() is None, listener.stderr.read() if listener.stderr else ""
            time.sleep(0.2)
        begun = min(int(meter) for meter, _ in accepted(home))
        speak(300)
        assert "messages" in (listener.stderr.readline() if listener.stderr else "")
        listener.send_signal(signal.SIGKILL)
        listener.communicate()
        speak(100)
        again = subprocess.Popen(listen, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        ends = time.monotonic() + 60
        while len(accepted(home)) < sent - begun and time.monotonic() < ends:
            time.sleep(0.3)
        again.send_signal(signal.SIGTERM)
        said, _ = again.communicate(timeout=60)
        assert again.returncode == 0 and "readings accepted" in said
        speaker.loop_stop()
    got = sorted(int(meter) for meter, _ in accepted(home))
    assert got == list(range(begun, sent))
