"""`doudi match`: who is over a limit in a list that may not be shown. `serve` is the bank's own program; `ask` is ours."""

from __future__ import annotations

import json
import signal
import threading
import time
from datetime import date, datetime
from pathlib import Path

import click
from tqdm import tqdm

from doudi.config.cli import answer, could_not, new_database, say, start_django


def register(cli: click.Group) -> None:
    cli.add_command(match)


@click.group()
def match() -> None:
    """Private matching: neither side shows its list; we learn who of our own people is over the limit, they learn how many."""


@match.command()
@click.argument("sums", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--home", required=True, type=click.Path(path_type=Path, file_okay=False), help="the bank's own folder: keys, journal"
)
@click.option("--label", required=True, help="who answers")
@click.option("--dataset", default="deposit", show_default=True)
@click.option("--as-of", required=True, type=click.DateTime(["%Y-%m-%d"]), help="the day the sums are of")
@click.option("--over", required=True, multiple=True, help="a limit in yuan it answers about; may be given again")
@click.option(
    "--office", required=True, multiple=True, type=click.Path(path_type=Path, exists=True), help="public key of who may ask"
)
@click.option("--orders", type=click.Path(path_type=Path, exists=True), help="task orders shown: 任务单编号,最多人数,到期日")
@click.option(
    "--quota", default=1_000_000, show_default=True, type=click.IntRange(64), help="numbers answered a day, each office"
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=9400, show_default=True, type=click.IntRange(0, 65535))
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output once it is open")
def serve(
    sums: Path, home: Path, label: str, dataset: str, as_of: datetime, over: tuple[str, ...], office: tuple[Path, ...],
    orders: Path | None, quota: int, host: str, port: int, as_json: bool,
) -> None:  # fmt: skip
    """Answer who is over a limit in SUMS (公民身份号码,金额), without showing it and without being shown who is asked about.

    Needs no database of doudi. The key it signs with is made at the first start; give its public half to the office.
    """
    from doudi.exchange.core import signing
    from doudi.facts.money import NotMoney, fen
    from doudi.verification.core.matching import CannotMatch
    from doudi.verification.gateways.matching import library
    from doudi.verification.gateways.matching.bank import BadList, Bank, own_key, read_orders, read_sums
    from doudi.verification.gateways.matching.serving import server_of

    try:
        library.loaded()
        offices = tuple(path.read_text(encoding="utf-8").strip() for path in office)
        for one in offices:
            signing.key_id(one)
        private, public = own_key(home)
        bank = Bank(
            folder=home,
            label=label,
            dataset=dataset,
            as_of=as_of.date(),
            sums=read_sums(sums),
            over=tuple(fen(one) for one in over),
            offices=offices,
            orders=read_orders(orders) if orders else {},
            quota=quota,
        )
        server = server_of(bank, private, host, port, say)
    except (BadList, CannotMatch, NotMoney, ValueError, OSError) as why:
        could_not(str(why), as_json=as_json)
    address = f"http://{host}:{server.server_address[1]}"
    told = {
        "address": address,
        "public_key": public,
        "label": label,
        "persons": len(bank.sums),
        "as_of": date.isoformat(bank.as_of),
    }
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{label} {address}  public key {public}  (Ctrl-C stops it)")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()


@match.command()
@click.option("--order", required=True, metavar="RW…", help="the task order it stands on; the other side must have been shown it")
@click.option("--roll", required=True, help="the dataset whose people are asked about, for example dibao")
@click.option("--source", required=True, help="code of a source asked by private matching")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def ask(order: str, roll: str, source: str, as_json: bool) -> None:
    """Find who of a roll is over the limit in a list we may not see. Killed and started again the same day, it goes on."""
    start_django()
    new_database()
    from doudi.office.core import NotAllowed, Party
    from doudi.office.queries import now
    from doudi.verification import jobs
    from doudi.verification.core.matching import CannotMatch

    began, bar = time.monotonic(), tqdm(unit="part", leave=False, delay=2)

    def progress(step: str, done: int, whole: int) -> None:
        bar.set_description_str(step, refresh=False)
        bar.total, bar.n = whole, done
        bar.refresh()

    try:
        done = jobs.match_roll(roll, source=source, order=order, by=Party.system("check"), at=now(), progress=progress)
    except (NotAllowed, jobs.NotLoaded, CannotMatch) as why:
        could_not(str(why), as_json=as_json)
    finally:
        bar.close()
    result = {
        "run": done.run,
        "order": order,
        "roll": roll,
        "source": source,
        "over_fen": done.over,
        "persons": done.batch.persons,
        "over": done.batch.anomalies,
        "unread": done.unread,
        "asked_as": done.asked_as,
        "list_as": done.served_as,
        "seen": done.seen,
        "bytes_sent": done.sent,
        "bytes_received": done.received,
        "seconds": round(time.monotonic() - began, 3),
    }
    words = f"{roll}: {done.batch.persons:,} people asked, {done.batch.anomalies:,} over the limit (check {done.run})"
    shown = (
        f"{source} saw {done.asked_as:,} hidden numbers; we saw a list of {done.served_as:,}. {done.unread:,} rows had no number."
    )
    answer(result, as_json=as_json, lines=lambda: [words, shown])
