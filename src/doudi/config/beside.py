"""doudi's own commands as processes of their own: started, kept running beside the site, told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import click

_KEPT = "DOUDI_KEPT_RUNNING"  # set for a process that another one starts again when it dies

beside_option = click.option(
    "--beside", type=int, hidden=True, help="stop when the parent of this number is gone; start again if killed"
)


def doudi(*words: str) -> list[str]:
    """The words that run one of doudi's commands with this very Python."""
    return [sys.executable, "-c", "from doudi.config.cli import main; main()", *words]


def keep_running(pid: int, *words: str) -> None:
    """Start a command, and again whenever it dies, as long as the process that started this one lives."""
    environment = {**os.environ, _KEPT: "1"}
    child: subprocess.Popen[bytes] | None = None
    try:
        while os.getppid() == pid:
            if child is None or child.poll() is not None:
                child = subprocess.Popen(doudi(*words), env=environment)
            time.sleep(1)
    finally:
        if child is not None and child.poll() is None:
            child.terminate()


def told_to_stop() -> Callable[[], bool]:
    """Ask from time to time whether to stop: after a signal, or when who keeps this process running is gone."""
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, _frame: stop.append(signum))
    parent = os.getppid()
    kept = os.environ.get(_KEPT) == "1"
    return lambda: bool(stop) or (kept and os.getppid() != parent)
