"""A bank that shows nobody its list: its own program, in a process of its own."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from doudi.exchange.core import signing
from doudi.facts.number import check_character
from doudi.verification.core.matching import Terms
from doudi.verification.gateways.matching import asking
from doudi.verification.gateways.matching.wire import Line

DOUDI = str(Path(sys.executable).with_name("doudi"))
OVER = 5_000_000  # fen


def number(at: int) -> str:
    first = f"990101{date(1940, 1, 1) + timedelta(days=at % 20_000):%Y%m%d}{at // 20_000:03d}"
    return first + check_character(first)


class Served:
    """A bank's program in a process of its own: of 2,000 people every fourth holds much, and whoever is named beside them.

    office: the private and public key of who may ask
    """

    def __init__(self, folder: Path, *more: str, office: tuple[str, str] = ("", ""), rich: Sequence[str] = ()) -> None:
        self.folder, self.more = folder, more
        self.office, office_public = office if office[0] else signing.new_key()
        self.rows = {number(at): "80000.00" if at % 4 == 0 else "120.50" for at in range(2_000)}
        self.rows |= dict.fromkeys(rich, "51000")
        with (folder / "sums.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["公民身份号码", "金额"])
            rows.writerows(self.rows.items())
        (folder / "orders.csv").write_text(
            "任务单编号,最多人数,到期日\nRW2026000001,1000,2099-12-31\nRW2020000001,10,2020-12-31\n"
        )
        (folder / "office.pub").write_text(office_public)
        self.start()

    def start(self) -> None:
        words = [DOUDI, "match", "serve", self.folder / "sums.csv", "--home", self.folder / "bank", "--label", "禾安农商行"]
        words += ["--as-of", "2026-06-30", "--over", "50000", "--office", self.folder / "office.pub", "--port", "0"]
        words += ["--orders", self.folder / "orders.csv", "--json", *self.more]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        told = json.loads(self.process.stdout.readline())
        self.address, self.public = told["address"], told["public_key"]

    def line(self, private: str | None = None) -> Line:
        return Line(self.address, private or self.office, self.public)

    def ask(self, folder: Path, numbers: list[str], said: Terms, **more):
        with self.line() as line:
            return asking.ask(line, folder, numbers, said, **more)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@contextmanager
def served(folder: Path, *more: str, **how):
    bank = Served(folder, *more, **how)
    try:
        yield bank
    finally:
        bank.kill()
