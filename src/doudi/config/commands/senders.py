"""`doudi feeds sender|key|stop|senders|watch`: who sends data, and the folders they put files into."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import click

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not, new_database, say, start_django
from doudi.config.commands.feeds import feeds

json_option = click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")


def register(cli: click.Group) -> None:
    for command in (sender, senders, key, stop, watch):
        feeds.add_command(command)


@click.command()
@click.argument("code")
@click.option("--label", required=True, help="what people call it")
@click.option("--department", required=True, help="department_code of its contracts (`doudi feeds contracts`)")
@click.option("--dataset", "datasets", multiple=True, help="a dataset it may send; all of its department when left out")
@click.option("--door", "doors", multiple=True, help="desk, folder, push, event, pull or meters; all when left out")
@click.option("--contact", default="", help="whom to call: an office and its telephone")
@json_option
def sender(
    code: str, label: str, department: str, datasets: tuple[str, ...], doors: tuple[str, ...], contact: str, as_json: bool
) -> None:
    """Register a sender, or write down anew what it may send and how."""
    start_django()
    new_database()
    from doudi.exchange import actions, queries
    from doudi.exchange.core import Door
    from doudi.office.core import Party
    from doudi.office.queries import now

    theirs = [one.code for one in queries.contracts().values() if one.department_code == department]
    try:
        kept = actions.keep_sender(
            code=code,
            label=label,
            department_code=department,
            datasets=datasets or theirs,
            doors=doors or [door.value for door in Door if door is not Door.CONSOLE],
            contact=contact,
            by=Party.system("feeds"),
            at=now(),
        )
    except ValueError as why:
        could_not(str(why), as_json=as_json)
    told = {"sender": kept.code, "datasets": kept.datasets, "doors": kept.doors}
    answer(told, as_json=as_json, lines=lambda: [f"{kept.code}: {', '.join(kept.datasets)} by {', '.join(kept.doors)}"])


@click.command()
@json_option
def senders(as_json: bool) -> None:
    """List who may send data, what and how."""
    start_django()
    new_database()
    from doudi.exchange import queries

    rows = queries.senders()
    told = [
        {"sender": one.code, "label": one.label, "active": one.active, "datasets": one.datasets, "doors": one.doors}
        for one in rows
    ]

    def lines() -> list[str]:
        found = [
            f"{one.code:24} {one.label}  {', '.join(one.datasets)}  {'by ' + ', '.join(one.doors) if one.active else 'stopped'}"
            for one in rows
        ]
        return found or ["Nobody is registered yet: `doudi feeds sender CODE --label … --department …`."]

    answer({"senders": told}, as_json=as_json, lines=lines)


@click.command()
@click.argument("code")
@click.option("--public", default="", help="Base64 of the sender's own Ed25519 public key; a pair is made here when left out")
@json_option
def key(code: str, public: str, as_json: bool) -> None:
    """Give a sender a key to sign with; the one before opens for seven days more. A pair made here is shown once and not kept."""
    start_django()
    from doudi.exchange import actions
    from doudi.exchange.core import signing
    from doudi.office.core import Party
    from doudi.office.queries import now

    private = ""
    if not public:
        private, public = signing.new_key()
    try:
        kept = actions.rotate_key(code=code, public_key=public, by=Party.system("feeds"), at=now())
    except ValueError as why:
        could_not(str(why), as_json=as_json)
    told = {"sender": code, "keyid": kept.key_id, "public": public, "private": private}

    def lines() -> list[str]:
        shown = [f"keyid   {kept.key_id}", f"public  {public}"]
        return [*shown, f"private {private}", "The private key is shown this once; hand it over safely."] if private else shown

    answer(told, as_json=as_json, lines=lines)


@click.command()
@click.argument("code")
@json_option
def stop(code: str, as_json: bool) -> None:
    """Let nothing more in from a sender."""
    start_django()
    from doudi.exchange import actions
    from doudi.office.core import Party
    from doudi.office.queries import now

    try:
        actions.stop_sender(code=code, by=Party.system("feeds"), at=now())
    except ValueError as why:
        could_not(str(why), as_json=as_json)
    answer({"sender": code, "active": False}, as_json=as_json, lines=lambda: [f"{code} is stopped."])


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--every", default=5.0, show_default=True, help="seconds between two looks")
@click.option("--still", default=10.0, show_default=True, help="seconds a file must not have changed to count as finished")
@click.option("--once", is_flag=True, help="take what is finished, then stop: for a timer of the system")
@json_option
def watch(folder: Path, every: float, still: float, once: bool, as_json: bool) -> None:
    """Take in what senders put into FOLDER/their-code/, until stopped: taken files go to done/, others to refused/ with why."""
    start_django()
    new_database()
    from doudi.engine import memory
    from doudi.exchange import jobs
    from doudi.office.core import Party
    from doudi.office.queries import clock, now

    memory.keep()
    watching, picked, troubles = jobs.Watch(folder, timedelta(seconds=still)), [], []
    ends = time.monotonic() + still + every
    while not once or time.monotonic() <= ends:
        for one in watching.look(by=Party.system("feeds"), at=now(), clock=clock()):
            picked.append({"sender": one.sender, "file": one.file, "taken": one.taken, "receipt": one.receipt.number})
            say(f"{one.sender}/{one.file} → {one.now.parent.name}/  {one.receipt.number}")
            if not once:
                picked.clear()
        for trouble in watching.troubles:
            if trouble not in troubles:
                say(trouble)
        troubles = list(watching.troubles)
        time.sleep(min(every, max(still / 2, 0.05)) if once else every)
    refused = [one for one in picked if not one["taken"]]
    told = {"picked_up": picked, "troubles": troubles}
    answer(
        told,
        as_json=as_json,
        lines=lambda: [f"{len(picked)} files picked up, {len(refused)} of them refused."],
        code=FOUND_WRONG if refused or troubles else DONE,
    )
