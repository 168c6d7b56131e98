"""Real servers of their own for tests: a department's PostgreSQL, its MariaDB, a broker. Started as nobody in particular."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pymysql


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _folder(user: str) -> Iterator[tuple[Path, list[str]]]:
    """A folder the server may write to, and how to become its user; servers refuse root."""
    folder = Path(tempfile.mkdtemp(prefix="doudi-server-", dir="/tmp"))
    become: list[str] = []
    if os.getuid() == 0:
        shutil.chown(folder, user)
        become = ["runuser", "-u", user, "--"]
    try:
        yield folder, become
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(ready: Callable[[], object], server: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 60
    while True:
        try:
            ready()
            return
        except (OSError, psycopg.Error, pymysql.Error):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < ends, "the server does not answer"
            time.sleep(0.1)


@contextmanager
def _running(command: list[str], ready: Callable[[], object]) -> Iterator[subprocess.Popen[bytes]]:
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/tmp")
    try:
        _wait(ready, server)
        yield server
    finally:
        server.terminate()
        server.wait(30)


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL of its own; its DSN."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    with _folder("postgres") as (folder, become):
        data, port = folder / "data", free_port()
        subprocess.run(
            [*become, programs / "initdb", "-D", data, "-U", "doudi", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True, stdout=subprocess.DEVNULL, cwd="/tmp",
        )  # fmt: skip
        dsn = f"postgresql://doudi@127.0.0.1:{port}/postgres"
        settings = ["-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        command = [*become, str(programs / "postgres"), "-D", str(data), *settings]
        with _running(command, lambda: psycopg.connect(dsn).close()):
            yield dsn


@contextmanager
def mariadb() -> Iterator[str]:
    """A MariaDB of its own; its DSN."""
    with _folder("mysql") as (folder, become):
        data, port = folder / "data", free_port()
        options = ["--no-defaults", f"--datadir={data}"]
        subprocess.run(
            [*become, "mariadb-install-db", *options, "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/tmp",
        )  # fmt: skip
        more = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/socket", f"--pid-file={folder}/pid"]

        def ready() -> None:
            with pymysql.connect(host="127.0.0.1", port=port, user="root", autocommit=True) as connection:
                connection.cursor().execute("CREATE DATABASE IF NOT EXISTS ju CHARACTER SET utf8mb4")

        with _running([*become, "/usr/sbin/mariadbd", *options, *more], ready):
            yield f"mysql://root@127.0.0.1:{port}/ju"


@contextmanager
def mosquitto(port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A broker that keeps sessions and messages over its own end, in this folder."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    told = ["allow_anonymous true", "persistence true", f"persistence_location {folder}/", "max_queued_messages 0"]
    told += [f"listener {port} 127.0.0.1", "max_inflight_messages 200", *(["user root"] if os.getuid() == 0 else [])]
    (folder / "conf").write_text("\n".join(told))

    def ready() -> None:
        socket.create_connection(("127.0.0.1", port), 1).close()

    with _running(["/usr/sbin/mosquitto", "-c", str(folder / "conf")], ready) as server:
        yield server
