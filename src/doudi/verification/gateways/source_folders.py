"""The folder of a source that exchanges files: out/ for it to fetch, in/ for its answers, done/ for those taken in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.conf import settings

STILL = 2.0  # seconds a file lies unchanged before it is read: it may still be being written


def _folder(name: str, part: str) -> Path:
    folder = settings.HOME.root / "sources" / name / part
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def lay_out(name: str, number: str, content: str) -> bool:
    """Put a file out with its checksum beside it, whole or not at all; False where it lies there already."""
    folder, data = _folder(name, "out"), content.encode()
    path, told = folder / f"{number}.csv", folder / f"{number}.csv.sha256"
    if path.exists() and told.exists():
        return False
    for target, raw in ((path, data), (told, f"{hashlib.sha256(data).hexdigest()}  {number}.csv\n".encode())):
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        draft.write_bytes(raw)
        os.replace(draft, target)
    return True


def waiting(name: str, now: float) -> list[Path]:
    """Answer files that lie in a folder, oldest first; what is still being written is left.

    :param now: the real time, in seconds since 1970
    """
    files = [path for path in _folder(name, "in").glob("*.csv") if not path.name.startswith(".")]
    still = [path for path in files if abs(now - path.stat().st_mtime) > STILL]
    return sorted(still, key=lambda path: (path.stat().st_mtime, path.name))


def put_away(name: str, path: Path, told: str) -> None:
    """Move a file that was read to done/, with what became of it beside it."""
    done = _folder(name, "done") / f"{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}-{path.name}"
    done.with_name(f"{done.name}.txt").write_text(told, encoding="utf-8")
    os.replace(path, done)
