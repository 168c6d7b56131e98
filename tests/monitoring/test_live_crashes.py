"""Kill -9 in the middle: of the server that takes events in, and of the process that brings their alerts to the desks."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from doudi.exchange.core import signing
from engine.town import HUKOU

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
HERE = Path(__file__).parent
PEOPLE = [(one["name"], one["citizen_no"]) for one in HUKOU]
SENDERS, EACH, KILLS = 4, 30, 1


@pytest.fixture
def world(tmp_path: Path, lay_tables: Callable[[Path], object]) -> Iterator[dict[str, str]]:
    """The environment of a home of its own, on the database these tests run on."""
    found = {**os.environ, "DOUDI_HOME": str(tmp_path / "home"), "DOUDI_DEMO": "1", "DOUDI_DEBUG": "1"}
    for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
        found.pop(name, None)
    (tmp_path / "home" / "static").mkdir(parents=True)
    if connection.vendor != "postgresql":
        lay_tables(tmp_path / "home" / "doudi.sqlite3")
        yield found
        return
    name, told = f"crash_{os.getpid()}", connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    user = told["USER"] + (f":{told['PASSWORD']}" if told["PASSWORD"] else "")
    yield found | {"DATABASE_URL": f"postgresql://{user}@{told['HOST']}:{told['PORT'] or 5432}/{name}"}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def town(world: dict[str, str], word: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(HERE / "live_town.py"), word], env=world, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


class Killed:
    """A process that is killed again and again, and started again."""

    def __init__(self, words: list[str], world: dict[str, str]) -> None:
        self.words, self.world = words, world
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.words, env=self.world, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Sender(threading.Thread):
    """Tells events in order, each until it is answered; keeps what it was told."""

    def __init__(self, port: int, private: str, number: int) -> None:
        super().__init__()
        self.port, self.private, self.number = port, private, number
        self.told: dict[str, int] = {}
        self.wrong: list[Any] = []

    def run(self) -> None:
        for at in range(EACH):
            name, number = PEOPLE[(self.number + at * SENDERS) % len(PEOPLE)]
            row = {
                "name": name,
                "citizen_no": number,
                "period": "2026-06",
                "total": 100_000,
                "self_paid": 1000 * self.number + at + 1,
            }
            event = {"dataset": "medical_cost", "key": f"{self.number}-{at}", "row": row}
            for _ in range(600):
                try:
                    answer = self.ask(event)
                    break
                except (OSError, http.client.HTTPException):
                    time.sleep(0.1)  # the server is dead: the same again
            else:
                self.wrong.append("never answered")
                return
            if answer["state"] not in ("accepted", "again"):
                self.wrong.append(answer)
            self.told[event["key"]] = answer["sequence"]

    def ask(self, event: dict[str, Any]) -> dict[str, Any]:
        raw = json.dumps({"events": [event]}, ensure_ascii=False).encode()
        sent = {"content-digest": signing.digest_of(hashlib.sha256(raw).digest())}
        request = signing.Request("POST", f"127.0.0.1:{self.port}", "/api/v1/events", "", sent)
        sent |= signing.sign(self.private, request, at=datetime.now(UTC))
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            there.request("POST", "/api/v1/events", raw, {"content-type": "application/json", **sent})
            answer = there.getresponse()
            said = json.loads(answer.read())
        finally:
            there.close()
        if answer.status >= 500:
            raise OSError(said)
        return said["answers"][0]


def test_whatever_is_killed_what_a_sender_was_told_is_there_once_and_in_order(world: dict[str, str]) -> None:
    private = town(world, "set-up")["private"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    granian = ["--interface", "wsgi", "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws"]
    server = Killed([sys.executable, "-m", "granian", *granian, "doudi.config.wsgi:application"], world)
    taker = Killed([sys.executable, "-c", "from doudi.config.cli import main; main()", "live"], world)
    senders = [Sender(port, private, number) for number in range(SENDERS)]
    dice = random.Random(os.getpid())
    try:
        for one in senders:
            one.start()
        for turn in range(2 * KILLS):
            time.sleep(dice.uniform(2, 5))
            (server, taker)[turn % 2].kill()
            (server, taker)[turn % 2].start()
        for one in senders:
            one.join()
        time.sleep(1)
    finally:
        for one in (server, taker):
            one.kill()
    assert not [wrong for one in senders for wrong in one.wrong]
    said = town(world, "report")  # whatever still waits is taken before the cycle
    told = {key: sequence for one in senders for key, sequence in one.told.items()}
    kept = {key: sequence for sequence, key, _, _ in said["events"]}
    assert kept == told and len(said["events"]) == SENDERS * EACH, "each once, under the number that was told"
    for one in senders:
        assert list(one.told.values()) == sorted(one.told.values()), "in the order they were told"
    again = town(world, "report")
    assert {state for _, _, state, _ in again["events"]} == {"shown"} and again["landed"] == SENDERS * EACH
    assert again["before"] == again["after"] == said["after"]
    waiting = [state for _, _, state, _ in said["events"] if state == "waiting"]
    if not waiting:  # all was at the desks before the cycle: the cycle changed nothing
        assert said["before"] == said["after"] and said["lapsed"] == 0
