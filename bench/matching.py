"""Private matching of 200,000 people against a list of 1,000,000, two processes over HTTP, beside the library's bare calls."""

from __future__ import annotations

import csv
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from datetime import date, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from bench.measure import DOUDI
from bench.table import Row
from doudi.exchange.core import signing
from doudi.facts.number import check_character
from doudi.verification.core.matching import Terms, rounded
from doudi.verification.gateways.matching import asking, library
from doudi.verification.gateways.matching.wire import Line

ASKED, SERVED = int(os.environ.get("BENCH_ASKED", "200000")), int(os.environ.get("BENCH_SERVED", "1000000"))
COMMON = 1_000
QUOTA = 1_000_000
TRIED = 5_000


def measure(root: Path, profile: str) -> list[Row]:
    """One run of both programs, and one of the library alone on the same elements."""
    del profile  # the sizes are the issue's own
    folder = root / "matching"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    theirs = [_number(at) for at in range(SERVED)]
    ours = [_number(at) for at in range(SERVED - COMMON, SERVED - COMMON + ASKED)]
    bare = _bare(ours, theirs)
    cpu_bank, cpu_office, wall, sent, received = _served(folder, ours, theirs)
    cpu = cpu_bank + cpu_office
    return [
        Row(
            f"private matching: {ASKED:,} asked of {SERVED:,}, two processes, signed HTTP",
            f"{cpu:.0f} CPU s (bank {cpu_bank:.0f}, office {cpu_office:.0f}), {wall:.0f} s on the wall",
            f"the library alone {bare[0]:.0f} CPU s: {cpu / bare[0]:.2f}×",
            f"stated; {_multiplications(SERVED + 3 * ASKED):.0f} s for as many P-256 multiplications by OpenSSL",
        ),
        Row(
            "private matching: bytes over the line",
            f"{sent / 1e6:.1f} MB sent, {received / 1e6:.1f} MB received",
            f"the library's own messages {bare[1] / 1e6:.1f} MB: {(sent + received) / bare[1]:.2f}×",
            "stated",
        ),
    ]


def _multiplications(count: int) -> float:
    """CPU seconds OpenSSL would take for so many multiplications of a point by a secret number: no way around them."""
    secret, point = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1()).public_key()
    began = time.process_time()
    for _ in range(TRIED):
        secret.exchange(ec.ECDH(), point)
    return (time.process_time() - began) / TRIED * count


def _bare(ours: list[str], theirs: list[str]) -> tuple[float, int]:
    """CPU seconds and bytes of the library's four calls, at the same promise about false positives."""
    asks, answers = library.new_key(), library.new_key()
    began = time.process_time()
    hidden = library.hidden_list(answers, theirs, QUOTA)
    questions = library.hidden_questions(asks, ours)
    again = library.hidden_again(answers, questions)
    found = library.in_both(asks, hidden, [again])
    spent = time.process_time() - began
    assert found == list(range(COMMON))
    return spent, len(hidden) + len(questions) + len(again)


def _served(folder: Path, ours: list[str], theirs: list[str]) -> tuple[float, float, float, int, int]:
    private, public = signing.new_key()
    (folder / "office.pub").write_text(public)
    (folder / "orders.csv").write_text(f"任务单编号,最多人数,到期日\nRW2026000001,{ASKED},2099-12-31\n")
    with (folder / "sums.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("公民身份号码", "金额"))
        rows.writerows((one, "60000") for one in theirs)
    words = [DOUDI, "match", "serve", folder / "sums.csv", "--home", folder / "bank", "--label", "银行", "--as-of", "2026-06-30"]
    words += ["--over", "50000", "--office", folder / "office.pub", "--orders", folder / "orders.csv", "--quota", str(QUOTA)]
    bank = subprocess.Popen([*words, "--port", "0", "--json"], stdout=subprocess.PIPE)
    assert bank.stdout is not None
    told = json.loads(bank.stdout.readline())
    session = secrets.token_hex(16)
    terms = Terms(session, "deposit", 5_000_000, "statutory_duty", "RW2026000001", "bench", rounded(ASKED, 64))
    began, cpu = time.monotonic(), time.process_time()
    with Line(told["address"], private, told["public_key"]) as line:
        found = asking.ask(line, folder / "office", ours, terms, patience=3600)
    wall, cpu = time.monotonic() - began, time.process_time() - cpu
    assert found.over == tuple(range(COMMON)), len(found.over)
    bank.send_signal(signal.SIGTERM)
    _, status, used = os.wait4(bank.pid, 0)
    bank.returncode = os.waitstatus_to_exitcode(status)
    bank.stdout.close()
    return used.ru_utime + used.ru_stime, cpu, wall, found.sent, found.received


def _number(at: int) -> str:
    first = f"990101{date(1930, 1, 1) + timedelta(days=at % 30_000):%Y%m%d}{at // 30_000:03d}"
    return first + check_character(first)
