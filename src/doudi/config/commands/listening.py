"""`doudi feeds listen`: readings of meters from a broker of messages."""

from __future__ import annotations

import signal
from pathlib import Path

import click

from doudi.config.cli import answer, could_not, new_database, say, start_django
from doudi.config.commands.feeds import feeds


def register(cli: click.Group) -> None:
    feeds.add_command(listen)


@click.command()
@click.option("--broker", required=True, help="mqtt://user@host:1883 or mqtts://user@host:8883")
@click.option("--sender", required=True, help="code of the sender whose meters these are")
@click.option("--topic", default="meters/#", show_default=True)
@click.option("--password-file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="holds the broker's password")
@click.option("--ca", default="", help="certificates to trust for mqtts, where the system's are not enough")
@click.option("--rows", default=2_000, show_default=True, type=click.IntRange(1, 50_000), help="messages in one batch at most")
@click.option("--seconds", default=30.0, show_default=True, help="how long a batch may wait to become full")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output at the end")
def listen(
    broker: str, sender: str, topic: str, password_file: Path | None, ca: str, rows: int, seconds: float, as_json: bool
) -> None:
    """Take in readings (QoS 1) until stopped. What was not acknowledged comes again; nothing is lost and nothing taken twice."""
    start_django()
    new_database()
    from doudi.exchange import jobs
    from doudi.office.core import Party

    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda which, _frame: stopped.append(which))
    total = {"messages": 0, "again": 0, "accepted": 0, "rejected": 0}

    def told(heard: jobs.Heard) -> None:
        for name in total:
            total[name] += getattr(heard, name)
        say(f"{heard.messages} messages, {heard.accepted} accepted, {heard.rejected} rejected  {heard.receipt}")

    try:
        jobs.listen(
            broker,
            topic=topic,
            sender=sender,
            rows=rows,
            seconds=seconds,
            by=Party.system("feeds"),
            told=told,
            password=password_file.read_text("utf-8").strip() if password_file else "",
            ca=ca,
            until=lambda: bool(stopped),
        )
    except (jobs.Refused, jobs.BrokerTrouble) as why:
        could_not(str(why), as_json=as_json)
    answer(total, as_json=as_json, lines=lambda: [f"{total['messages']} messages, {total['accepted']} readings accepted."])
