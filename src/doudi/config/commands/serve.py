"""`doudi serve`: the site, on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import click

from doudi.config.beside import doudi
from doudi.config.cli import could_not, say


def register(cli: click.Group) -> None:
    cli.add_command(serve)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site until it is stopped (Ctrl-C)."""
    open_site(host=host, port=port, workers=workers)


def open_site(*, host: str, port: int, workers: int) -> None:
    """Replace this process by the server; a port already taken is said before anything starts."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            could_not(f"{host}:{port} is taken by another program. Choose another: PORT={port + 1} make demo", as_json=False)
    say(f"http://{host}:{port}/  (Ctrl-C stops it)")
    for worker in ("live", "ask", "batches", "due"):  # this process becomes the server
        subprocess.Popen(doudi(worker, "--beside", str(os.getpid())), start_new_session=True)
    words = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", "12"]
    os.execv(
        sys.executable,
        [sys.executable, "-m", "granian", *words, "--no-ws", "--log-level", "warning", "doudi.config.wsgi:application"],
    )
