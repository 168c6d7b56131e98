"""Where an installation lives: the folder of its database, lake and keys."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Home:
    """One installation's folder; everything doudi keeps outside PostgreSQL is below it."""

    root: Path

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def papers(self) -> Path:
        return self.root / "papers"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def database(self) -> Path:
        return self.root / "doudi.sqlite3"


def home() -> Home:
    """Read DOUDI_HOME (default: ./home beside where the command runs) and make its folders, for the owner only."""
    here = Home(Path(os.environ.get("DOUDI_HOME", "home")).resolve())
    for folder in (here.root, here.lake, here.keys):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return here


def database(url: str | None, here: Home) -> dict[str, object]:
    """Turn DATABASE_URL into Django's settings; nothing given means SQLite inside the home.

    :raises SystemExit: the url names a database doudi does not run on
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": here.database,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise SystemExit(f"DATABASE_URL: {parts.scheme!r} is not known here; use postgresql://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }
