"""`doudi due`: everything the clock makes due, done once, or again and again."""

from __future__ import annotations

import time

import click

from doudi.config.beside import beside_option, keep_running, told_to_stop
from doudi.config.cli import answer, could_not, new_database, say, start_django

EVERY = 60  # seconds of real time between two runs beside the site


def register(cli: click.Group) -> None:
    cli.add_command(due)


@click.command()
@click.option("--every", type=click.IntRange(min=1), help="stay, and run again every so many seconds, until stopped (Ctrl-C)")
@beside_option
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def due(every: int | None, beside: int | None, as_json: bool) -> None:
    """Do everything that is due by the clock, once: publicity that ended, reviews, late answers, reports, reminders, messages
    that wait, the journal's daily signature.

    Run it as often as you like: what is done is done once. `doudi serve` starts one itself, every minute. Exit code 2: a job
    failed; the others were done, and it is tried again by the next run.
    """
    if beside is not None:
        keep_running(beside, "due", "--every", str(EVERY))
        return
    start_django()
    new_database()
    from doudi.office.queries import now
    from doudi.services import jobs

    if every is not None:
        _again_and_again(every)
        return
    run = jobs.run_everything(now())
    result = {"done": run.done, "failed": run.failed, "elsewhere": run.elsewhere}
    if run.failed:
        could_not("; ".join(f"{job} failed: {why}" for job, why in run.failed.items()), as_json=as_json, **result)
    lines = [f"{job} {count}" for job, count in run.done.items()]
    answer(result, as_json=as_json, lines=lambda: ["another process is doing it"] if run.elsewhere else lines)


def _again_and_again(every: int) -> None:
    from django.db import DatabaseError, connections

    from doudi.office.queries import now
    from doudi.services import jobs

    stop = told_to_stop()
    say("due: ready")
    while not stop():
        try:
            jobs.run_everything(now())  # a job that fails says so in the log and is due again
        except DatabaseError as why:
            say(f"due: {why}")
        connections.close_all()  # a minute is long: no connection is kept open for it
        until = time.monotonic() + every
        while time.monotonic() < until and not stop():
            time.sleep(0.5)
