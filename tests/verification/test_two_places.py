"""Two installations ask each other: two real servers, two databases, two clocks; killed anywhere, both end alike."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from exchange.servers import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
HERE = Path(__file__).parent
DOUDI = [sys.executable, "-c", "from doudi.config.cli import main; main()"]


class Place:
    """One installation: a home, a database, a server and a worker that can be killed."""

    def __init__(self, folder: Path, code: str, label: str, **more: str) -> None:
        self.port = free_port()
        self.world = {**os.environ, "DOUDI_HOME": str(folder), "DOUDI_DEMO": "1", "DOUDI_DEBUG": "1"}
        for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
            self.world.pop(name, None)
        self.world |= {"DOUDI_PLACE": code, "DOUDI_PLACE_LABEL": label, "DOUDI_ADDRESS": f"http://127.0.0.1:{self.port}"} | more
        (folder / "static").mkdir(parents=True)
        granian = ["--interface", "wsgi", "--port", str(self.port), "--workers", "1", "--blocking-threads", "4", "--no-ws"]
        self.commands = {
            "server": [sys.executable, "-m", "granian", *granian, "doudi.config.wsgi:application"],
            "worker": [*DOUDI, "peer", "run", "--every", "0.2"],
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def say(self, *words: str) -> dict[str, Any]:
        """Let the helper that sits in this place do something."""
        if "helper" not in self.running:
            self.running["helper"] = subprocess.Popen(
                [sys.executable, str(HERE / "place_town.py")],
                env=self.world, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        helper = self.running["helper"]
        helper.stdin.write(json.dumps(words).encode() + b"\n")
        helper.stdin.flush()
        line = helper.stdout.readline()
        assert line, helper.stderr.read().decode()[-3000:]
        return json.loads(line)

    def doudi(self, *words: str) -> tuple[int, dict[str, Any]]:
        done = subprocess.run([*DOUDI, *words, "--json"], env=self.world, capture_output=True, text=True, check=False)
        assert done.stdout, done.stderr[-3000:]
        return done.returncode, json.loads(done.stdout)

    def start(self, *names: str) -> None:
        for name in names:
            self.running[name] = subprocess.Popen(
                self.commands[name], env=self.world, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )

    def ready(self) -> None:
        ends = time.monotonic() + 60
        while True:
            there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                there.request("GET", "/api/v1/health")
                assert there.getresponse().status == 200
                return
            except OSError:
                assert time.monotonic() < ends
                time.sleep(0.1)
            finally:
                there.close()

    def kill(self, *names: str) -> None:
        for name in names or list(self.running):
            process = self.running.pop(name)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Place, Place]]:
    """Who asks, on SQLite; who answers, on the database these tests run on."""
    more, name, told = {}, f"place_{os.getpid()}", connection.settings_dict
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        user = told["USER"] + (f":{told['PASSWORD']}" if told["PASSWORD"] else "")
        more["DATABASE_URL"] = f"postgresql://{user}@{told['HOST']}:{told['PORT'] or 5432}/{name}"
    asking = Place(tmp_path / "asking", "990200", "临江市民政局")
    answering = Place(tmp_path / "answering", "990101", "禾安县民政局", **more)
    try:
        yield asking, answering
    finally:
        for place in (asking, answering):
            place.kill()
        if more:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def until_done(asking: Place, answering: Place, count: int) -> tuple[dict[str, Any], dict[str, Any]]:
    ends = time.monotonic() + 90
    while True:
        here, there = asking.say("report"), answering.say("report")
        states = [one["state"] for one in here["exchanges"] + there["exchanges"]]
        if states == ["answered"] * 2 * count and not here["open_letters"] + there["open_letters"]:
            return here, there
        assert time.monotonic() < ends, (here, there)
        time.sleep(0.5)


def test_whatever_is_killed_both_places_end_alike_and_their_journals_agree(
    two: tuple[Place, Place], lay_tables: Callable[[Path], object]
) -> None:
    asking, answering = two
    for place in two:
        if "DATABASE_URL" in place.world or not lay_tables(Path(place.world["DOUDI_HOME"]) / "doudi.sqlite3"):
            place.say("tables")
    cards = asking.say("set-up-asking")["card"], answering.say("set-up-answering")["card"]
    asking.say("know", cards[1])
    answering.say("know", cards[0])
    answering.say("allow", "990200")
    asking.start("server")
    answering.start("server")
    check = asking.say("ask")["check"]
    asking.ready()
    answering.ready()

    # Each side's worker dies after every one of its steps in turn: handed over but not noted, noted but not read, …
    deaths = 0
    for place in (asking, answering, asking, answering):
        died = place.say("die-everywhere")
        assert died["code"] == 0
        deaths += died["deaths"]
    assert deaths >= 6
    here, there = until_done(asking, answering, 1)
    wanted = [["vehicle", "found", 1]]
    assert here["answers"] == {check: wanted} and set(here["questions"]) == {"answered"}
    assert there["looks"] == ["外地核对：机动车登记"] and not here["problems"] + there["problems"]
    once = {act: count for act, count in here["lines"].items() if "ask_place" in act or "take_reply" in act}
    assert sum(once.values()) == 2
    assert here["sealed_left"] == there["sealed_left"] == 0

    # Now servers and workers, at any moment.
    dice = random.Random(os.getpid())
    for place in two:
        place.start("worker")
    asking.say("ask", "case-2")
    for name in ("server", "worker"):
        time.sleep(dice.uniform(0.2, 1.5))
        place = dice.choice(two)
        place.kill(name)
        place.start(name)
    here, there = until_done(asking, answering, 2)
    assert list(here["answers"].values()) == [wanted, wanted]
    assert here["held"] == there["held"] and len(here["held"]) == 2
    for one in here["held"].values():
        assert one["journal"] == one["kept"] and all(one["kept"].values())

    # The command that compares both journals says so; and tells which side was altered.
    code, told = asking.doudi("peer", "compare", "--wait", "30")
    assert code == 0 and [one["verdict"] for one in told["compared"]] == ["agree"] * 2
    ref = answering.say("alter")["exchange"]
    code, told = asking.doudi("peer", "compare", ref, "--wait", "30")
    assert code == 1 and told["compared"][0]["verdict"] == "there_altered"
    assert answering.say("report")["verdicts"] == ["agree", "here_altered"], "and over there they know it too"
