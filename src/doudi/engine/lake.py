"""The lake: what departments said and when, as files named by their own content."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20
_STALE = 24 * 3600  # seconds after which another process's unfinished file is surely abandoned


def digest(path: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settle(file: Path) -> None:
    """Make a finished file survive a power cut: its content, not yet its name."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def rename(source: Path, target: Path) -> None:
    """Give a settled file its name in one step, and make the name survive a power cut."""
    os.replace(source, target)
    settle(target.parent)


@dataclass(frozen=True)
class Lake:
    """A folder with objects (by content), deliveries (as they came) and unfinished work."""

    root: Path

    def object(self, sha256: str) -> Path:
        """Where the Parquet object of this content lies."""
        return self.root / "objects" / sha256[:2] / f"{sha256}.parquet"

    def delivery(self, sha256: str) -> Path:
        """Where the delivery of this content lies, byte for byte as it came."""
        return self.root / "deliveries" / sha256

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """A folder for unfinished files, gone afterwards; what a killed process left behind is cleared a day later."""
        below = self.root / "tmp"
        below.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in below.iterdir():
            if time.time() - left.stat().st_mtime > _STALE:
                shutil.rmtree(left, ignore_errors=True)
        folder = below / f"{os.getpid()}-{uuid.uuid4().hex}"
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep_object(self, finished: Path) -> str:
        """Take a finished Parquet file in under the name of its content; the same content again changes nothing."""
        sha256 = digest(finished)
        target = self.object(sha256)
        if target.exists():
            finished.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            settle(finished)
            rename(finished, target)
        return sha256

    def keep_delivery(self, source: Path, workshop: Path, *, ours: bool = False) -> str:
        """Take a delivered file in byte for byte, whatever it is; returns its SHA-256.

        ours: it lies beside the lake and nobody else writes to it, so it gets a second name instead of a copy.
        """
        copy = workshop / f"{uuid.uuid4().hex}.delivery"
        if ours:
            os.link(source, copy)
            sha256 = digest(copy)
            return self._kept(copy, sha256)
        seen = hashlib.sha256()
        with source.open("rb", buffering=0) as file, copy.open("xb", buffering=0) as into:
            while block := file.read(_CHUNK):
                seen.update(block)
                into.write(block)
        return self._kept(copy, seen.hexdigest())

    def _kept(self, copy: Path, sha256: str) -> str:
        target = self.delivery(sha256)
        if target.exists() and target.stat().st_size == copy.stat().st_size:
            copy.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            settle(copy)
            rename(copy, target)
        return sha256
