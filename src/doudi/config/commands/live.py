"""`doudi live`: events taken as they come, until stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import click

from doudi.config.cli import new_database, say, start_django


def register(cli: click.Group) -> None:
    cli.add_command(live)


@click.command()
@click.option("--beside", type=int, hidden=True, help="stop when the parent of this number is gone; start again if killed")
def live(beside: int | None) -> None:
    """Take live events in order and bring their alerts to the desks, until stopped (Ctrl-C).

    One process takes events; another started beside it waits until the first is gone. `doudi serve` starts one itself.
    """
    if beside is not None:
        keep_running(beside, "live")
        return
    start_django()
    new_database()
    from doudi.monitoring import jobs

    jobs.take_until(told_to_stop(), ready=lambda: say("live: ready"))


def told_to_stop() -> Callable[[], bool]:
    """Ask from time to time whether to stop: after a signal, or when who keeps this process running is gone."""
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, _frame: stop.append(signum))
    parent = os.getppid()
    watched = os.environ.get("DOUDI_LIVE_CHILD") == "1"
    return lambda: bool(stop) or (watched and os.getppid() != parent)


def command(name: str = "live", *more: str) -> list[str]:
    """The words that start a process which takes events, or does another such work."""
    return [sys.executable, "-c", "from doudi.config.cli import main; main()", name, *more]


def keep_running(pid: int, name: str, *more: str) -> None:
    """Start a process of a name, and again whenever it dies, as long as the process that started this one lives."""
    environment = {**os.environ, "DOUDI_LIVE_CHILD": "1"}
    child: subprocess.Popen[bytes] | None = None
    try:
        while os.getppid() == pid:
            if child is None or child.poll() is not None:
                child = subprocess.Popen(command(name, *more), env=environment)
            time.sleep(1)
    finally:
        if child is not None and child.poll() is None:
            child.terminate()
