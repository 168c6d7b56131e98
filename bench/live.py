"""Live events at full size: from a request to a committed alert while clerks use the pages; a burst; the disk's own speed."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import shutil
import statistics
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.measure import DOUDI, answers, django_on, until
from bench.table import Row

PORT = int(os.environ.get("BENCH_PORT", "8765"))
RATE, SECONDS = int(os.environ.get("BENCH_RATE", "100")), int(os.environ.get("BENCH_SECONDS", "60"))
BURST = int(os.environ.get("BENCH_BURST", "10000"))
CLERKS, THINKS = 4, 2.0  # people at pages, and the seconds each of them looks at one
SENDERS = 32  # connections a system keeps open
_IN_A_LIST = 50


def measure(root: Path, profile: str) -> list[Row]:
    """A server of its own on a copy of the city `city` made; every event is a signed request."""
    home = root / "home-live"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(root / f"home-{profile}", home)
    django_on(home)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    system = _System.registered()
    people = _people()
    cookies, addresses = _clerks()
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen([DOUDI, "serve", "--port", str(PORT)], stdout=log, stderr=log)
        try:
            _ready(home / "server.log")
            return _measured(home, system, people, cookies, addresses)
        finally:
            server.terminate()
            server.wait()


def _measured(home: Path, system: _System, people: list[tuple[str, str]], cookies: list[str], addresses: list[str]) -> list[Row]:
    dice, seen = random.Random(7), _Seen()
    watcher = threading.Thread(target=seen.watch, daemon=True)
    watcher.start()
    _steady(system, people, dice, 2 * RATE, RATE, seen)  # everything is warm
    pages = _Pages(cookies, addresses)
    pages.start()
    sent, asked = _steady(system, people, dice, RATE * SECONDS, RATE, seen)
    page_ms = pages.stop()
    waits = sorted(seen.at[sequence] - begun for sequence, begun in sent.items())
    rows = [
        Row(
            f"live: request to committed alert, {RATE}/s for {SECONDS} s, {CLERKS} clerks at pages",
            f"median {statistics.median(waits) * 1e3:.0f} ms, p99 {waits[int(len(waits) * 0.99)] * 1e3:.0f}, "
            f"worst {waits[-1] * 1e3:.0f}",
            f"answered: median {statistics.median(asked) * 1e3:.0f} ms, p99 {sorted(asked)[int(len(asked) * 0.99)] * 1e3:.0f}",
            "p99 < 1 s",
        ),
        Row(
            "live: pages meanwhile",
            f"median {statistics.median(page_ms):.0f} ms, p99 {sorted(page_ms)[int(len(page_ms) * 0.99)]:.0f}",
            f"{len(page_ms)} pages",
            "",
        ),
    ]
    begun = time.monotonic()
    told = _burst(system, people, dice)
    absorbed = time.monotonic() - begun
    seen.wait(max(told))
    drained = time.monotonic() - begun
    assert set(told) <= set(seen.at), "an event was lost"
    rows.append(
        Row(
            f"live: burst of {BURST:,}, {_IN_A_LIST} in a request",
            f"absorbed in {absorbed:.1f} s ({BURST / absorbed:,.0f}/s), at the desks after {drained:.1f} s",
            f"one fsync of this disk {_fsync_ms(home):.2f} ms",
            "none lost",
        )
    )
    return rows


@dataclass
class _System:
    """A registered sender; signs each request."""

    private: str
    lock: threading.Lock = field(default_factory=threading.Lock)
    number: int = 0

    @classmethod
    def registered(cls) -> _System:
        from doudi.exchange import actions, queries
        from doudi.exchange.core import signing
        from doudi.office import queries as office
        from doudi.office.core import Party

        by, at = Party.system("bench"), office.now()
        live = [code for code, one in queries.contracts().items() if one.live]
        actions.keep_sender(
            code="bench", label="试验", department_code="civil_affairs", datasets=live, doors=["event"], by=by, at=at
        )
        private, public = signing.new_key()
        actions.rotate_key(code="bench", public_key=public, by=by, at=at)
        return cls(private)

    def event(self, people: list[tuple[str, str]], dice: random.Random) -> dict[str, Any]:
        """Something that happened to somebody: mostly bills, some dismissals and fires."""
        name, number = dice.choice(people)
        who = {"name": name, "citizen_no": number}
        day = f"2026-11-{dice.randrange(1, 29):02d}"
        dataset, row = dice.choice(
            [
                (
                    "medical_cost",
                    {"period": "2026-11", "total": dice.randrange(100, 90_000), "self_paid": dice.randrange(1, 60_000)},
                ),
                (
                    "medical_cost",
                    {"period": "2026-10", "total": dice.randrange(100, 90_000), "self_paid": dice.randrange(1, 60_000)},
                ),
                ("insurance", {"event": "停保", "event_date": day, "base": dice.randrange(3000, 9000)}),
                ("disaster", {"event": "火灾", "event_date": day, "loss": dice.randrange(1000, 200_000)}),
            ]
        )
        with self.lock:
            self.number += 1
            return {"dataset": dataset, "key": f"b{self.number}", "row": who | row}

    def tell(self, connection: http.client.HTTPConnection, events: list[dict[str, Any]]) -> list[int]:
        from doudi.exchange.core import signing

        raw = json.dumps({"events": events}, ensure_ascii=False).encode()
        sent = {"content-digest": signing.digest_of(hashlib.sha256(raw).digest())}
        request = signing.Request("POST", f"127.0.0.1:{PORT}", "/api/v1/events", "", sent)
        sent |= signing.sign(self.private, request, at=datetime.now(UTC))
        connection.request("POST", "/api/v1/events", raw, {"content-type": "application/json", **sent})
        answer = connection.getresponse()
        said = json.loads(answer.read())
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {said}")
        return [one["sequence"] for one in said["answers"]]


@dataclass
class _Seen:
    """When each event was first seen as shown, by another reader of the database."""

    at: dict[int, float] = field(default_factory=dict)

    def watch(self) -> None:
        from doudi.exchange.models import Event

        last = 0
        while True:
            rows = list(Event.objects.filter(sequence__gt=last).exclude(state="waiting").values_list("sequence", flat=True))
            now = time.monotonic()
            self.at |= dict.fromkeys(rows, now)
            last = max([last, *rows])
            time.sleep(0.01)

    def wait(self, sequence: int) -> None:
        """Until an event is shown."""
        limit = time.monotonic() + 600
        while sequence not in self.at:
            if time.monotonic() > limit:
                raise SystemExit(f"event {sequence} was not shown in ten minutes")
            time.sleep(0.01)


def _steady(
    system: _System, people: list[tuple[str, str]], dice: random.Random, count: int, rate: int, seen: _Seen
) -> tuple[dict[int, float], list[float]]:
    """Single events at a fixed rate, whether or not earlier ones are answered; when each should have begun, by number."""
    sent: dict[int, float] = {}
    asked: list[float] = []
    events = [system.event(people, dice) for _ in range(count)]
    local = threading.local()
    start = time.monotonic() + 0.5

    def one(at: int) -> None:
        due = start + at / rate
        time.sleep(max(0.0, due - time.monotonic()))
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", PORT)
        (sequence,) = system.tell(local.connection, [events[at]])
        asked.append(time.monotonic() - due)
        sent[sequence] = due

    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(one, range(count)))
    seen.wait(max(sent))
    return sent, asked


def _burst(system: _System, people: list[tuple[str, str]], dice: random.Random) -> list[int]:
    """As many events as there are, as fast as they are taken."""
    lists = [[system.event(people, dice) for _ in range(_IN_A_LIST)] for _ in range(BURST // _IN_A_LIST)]
    local = threading.local()

    def one(events: list[dict[str, Any]]) -> list[int]:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", PORT)
        return system.tell(local.connection, events)

    with ThreadPoolExecutor(4) as pool:
        return [sequence for found in pool.map(one, lists) for sequence in found]


@dataclass
class _Pages:
    """Clerks who open one page after another."""

    cookies: list[str]
    addresses: list[str]
    spent: list[float] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for at in range(CLERKS):
            self.threads.append(threading.Thread(target=self._clerk, args=(at,)))
            self.threads[-1].start()

    def _clerk(self, at: int) -> None:
        dice = random.Random(at)
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        while not self.over.wait(dice.uniform(0, 2 * THINKS)):
            begun = time.monotonic()
            connection.request("GET", dice.choice(self.addresses), headers={"cookie": self.cookies[at % len(self.cookies)]})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"a page answered {answer.status}")
            self.spent.append((time.monotonic() - begun) * 1e3)

    def stop(self) -> list[float]:
        self.over.set()
        for thread in self.threads:
            thread.join()
        return self.spent


def _people() -> list[tuple[str, str]]:
    """Name and number of some thousands who live in the city."""
    import pyarrow.parquet as pq
    from django.conf import settings

    from doudi.engine import cycle
    from doudi.engine.lake import Lake

    lake = Lake(Path(settings.LAKE))
    made = cycle.current(lake)
    assert made is not None
    whole = pq.read_table(lake.object(made.manifest["objects"]["person"]["sha256"]), columns=["name", "citizen_no"])
    picked = random.Random(1).sample(range(len(whole)), min(len(whole), 20_000))
    return [(one["name"], one["citizen_no"]) for one in whole.take(picked).to_pylist() if one["citizen_no"]]


def _clerks() -> tuple[list[str], list[str]]:
    """The cookie of a signed-in county officer, and the pages that officer opens."""
    from django.conf import settings
    from django.test import Client

    from doudi.monitoring import queries as monitoring
    from doudi.office import queries as office
    from doudi.sample import staff

    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
    staff.appoint_all(at=office.now())
    clerk, client = office.clerk("zhao"), Client()
    assert clerk is not None
    client.force_login(clerk)
    viewer = office.viewer(clerk, "alert.list", office.now())
    assert viewer is not None
    found = monitoring.inbox(viewer).rows[:10]
    pids = [monitoring.alert(row.ref, viewer).pid for row in found]
    addresses = ["/desk/alerts/", "/desk/"]
    addresses += [f"/desk/alerts/{row.ref}/" for row in found]
    addresses += [f"/desk/person/{pid}/?alert={row.ref}" for pid, row in zip(pids, found, strict=True)]
    return [f"sessionid={client.cookies['sessionid'].value}"], addresses


def _ready(log: Path) -> None:
    until(lambda: "live: ready" in log.read_text(), "the process that takes events does not start")
    until(lambda: answers(PORT), "the server does not start")


def _fsync_ms(home: Path) -> float:
    """How long this disk takes to keep four kilobytes for good, at the median."""
    spent = []
    with (home / "fsync").open("wb") as file:
        for _ in range(100):
            file.write(b"x" * 4096)
            begun = time.perf_counter()
            file.flush()
            os.fsync(file.fileno())
            spent.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(spent)
