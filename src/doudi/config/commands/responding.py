"""`doudi city respond`: the services outside the made-up city, answering means checks as one real server."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doudi.config.beside import doudi
from doudi.config.cli import could_not, new_database, say, start_django
from doudi.config.commands.city import city
from doudi.config.home import home

if TYPE_CHECKING:
    from doudi.sample.responders.book import Book

PORT, BANK_PORT = 9300, 9400
PORT_BEYOND, BANK_PORT_BEYOND = 1300, 1400  # beyond the port of the site they are opened beside


def register(cli: click.Group) -> None:
    city.add_command(respond)


def outside() -> Path:
    """Where the services outside keep their keys, lists and what they were asked; nothing of ours."""
    return home().root / "outside"


@click.command()
@click.argument("where", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--bank-port", default=BANK_PORT, show_default=True, type=click.IntRange(0, 65535), help="the bank that shows no list"
)
@click.option("--site", help="call back here with answers that come later: http://127.0.0.1:8000; by default they are polled")
@click.option("--haste", default=1.0, show_default=True, type=click.FloatRange(min=1), help="how many times faster all work")
@click.option("--beside", type=int, hidden=True, help="stop when the parent of this number is gone")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output once it is open")
def respond(where: Path, port: int, bank_port: int, site: str | None, haste: float, beside: int | None, as_json: bool) -> None:
    """Answer for the city in WHERE and 250,000 others: nine services, thirteen sources, one of them only by private matching.

    Truth is the city's seed. Latency and outages run by this installation's clock. Sources are registered by `doudi demo`.
    """
    start_django()
    new_database()
    from django.utils import timezone

    from doudi.exchange.core import signing
    from doudi.office import queries as office
    from doudi.sample.city.plan import Plan
    from doudi.sample.responders import register as registered
    from doudi.sample.responders.book import Book
    from doudi.sample.responders.desk import Desk
    from doudi.sample.responders.server import keep_calling, server_of
    from doudi.verification import jobs

    try:
        told = json.loads((where / "truth" / "plan.json").read_text(encoding="utf-8"))
    except FileNotFoundError as why:
        could_not(f"{where} holds no whole city: {why}. Make one: doudi city make {where}", as_json=as_json)
    book = Book(Plan(told["profile"], told["seed"], date.fromisoformat(told["as_of"])))
    desk = Desk(book, outside(), lambda: timezone.localtime(office.now()), haste)
    keys = {code: private for code, (private, _) in registered.keys(outside()).items()}

    def office_keys() -> dict[str, str]:
        mine = jobs.our_key(office.clock())
        return {signing.key_id(mine): mine}

    try:
        server = server_of(desk, office_keys, "127.0.0.1", port)
    except OSError as why:
        could_not(f"127.0.0.1:{port}: {why}", as_json=as_json)
    bank = _bank(book, bank_port, jobs.our_key(office.clock()))
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if site:
        threading.Thread(target=keep_calling, args=(desk, site, keys, stopped), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    opened = {"address": address, "persons": len(book.name), "sources": sorted(keys)}
    click.echo(json.dumps(opened) if as_json else f"{len(book.name):,} people known outside: {address}  (Ctrl-C stops it)")
    sys.stdout.flush()
    while not stopped.wait(0.5):
        if beside is not None and os.getppid() != beside:
            break
        if bank is not None and bank.poll() is not None and not stopped.wait(5):  # the others go on meanwhile
            bank = _bank(book, bank_port, jobs.our_key(office.clock()))
    stopped.set()
    server.shutdown()
    if bank is not None:
        bank.terminate()
        bank.wait()


def command(where: Path, *, port: int, bank_port: int, site: str, beside: int) -> list[str]:
    """The words that start the services outside."""
    ports = ("--port", str(port), "--bank-port", str(bank_port))
    return doudi("city", "respond", str(where), *ports, "--site", site, "--beside", str(beside))


def _bank(book: Book, port: int, office_key: str) -> subprocess.Popen[bytes] | None:
    """Start the bank that only matches privately: its own program, on its own list; None where its library is not installed."""
    from doudi.sample.responders.manner import manners
    from doudi.verification.core.matching import CannotMatch
    from doudi.verification.gateways.matching import library

    try:
        library.loaded()
    except CannotMatch as why:
        say(str(why))
        return None
    (code,) = (one.code for one in manners().values() if one.matching)
    folder, one = outside() / code, manners()[code]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(folder / "sums.csv", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("公民身份号码", "金额"))
        rows.writerows(book.sums(code))
    (folder / "office.pub").write_text(office_key, encoding="utf-8")
    words = ["match", "serve", str(folder / "sums.csv"), "--home", str(folder), "--label", one.label, "--port", str(port)]
    words += ["--as-of", book.plan.as_of.isoformat(), "--over", str(one.over), "--office", str(folder / "office.pub")]
    if (folder / "orders.csv").exists():
        words += ["--orders", str(folder / "orders.csv")]
    say(f"{one.label}：doudi match serve")
    return subprocess.Popen(doudi(*words), stdout=subprocess.DEVNULL)
