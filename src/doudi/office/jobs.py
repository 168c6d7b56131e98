"""What the schedule starts: messages waiting are sent, the journal is signed and handed out; and documents are drawn."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from doudi.office import actions, merkle, proofs, queries
from doudi.office.core import Party
from doudi.office.gateways import calendar, seals, sheets
from doudi.office.gateways.binding import Piece, bind, pages_of
from doudi.office.gateways.sheets import Attached
from doudi.office.gateways.turns import turn
from doudi.office.merkle import NotProven

__all__ = [
    "Attached",
    "Document",
    "Exported",
    "Piece",
    "bind",
    "document",
    "export_journal",
    "pages_of",
    "send_notices",
    "share_calendar",
    "sign_journal",
    "sign_journal_daily",
    "turn",
]


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF, how many pages it has, and the fingerprint of the certificate that signed it (empty: not signed)."""

    pdf: bytes
    pages: int
    certificate: str


def document(
    html: Callable[[bool], str],
    *,
    style: str,
    most: int,
    identifier: str,
    at: datetime,
    reason: str = "",
    attached: Attached | None = None,
) -> Document:
    """Draw a document as PDF/UA and, with a `reason`, sign it by the office's certificate. Holds no transaction, keeps nothing.

    :param html: the document in large type, or (True) in smaller, for what would have more than `most` pages
    :param style: the style sheet among our static files
    :param reason: what the signature says it is for
    """
    drawn = sheets.draw(html, style=style, most=most, identifier=identifier, attached=attached)
    if not reason:
        return Document(drawn.data, drawn.pages, "")
    seal = seals.current(at)
    return Document(sheets.sign(drawn.data, seal, at=at, reason=reason), drawn.pages, seal.fingerprint)


def send_notices(*, limit: int = 500, paced_at: datetime | None = None) -> dict[str, int]:
    """Send what waits, oldest first. Safe to run again at any point: a message keeps its ref, and a gateway sends a ref once.

    :param paced_at: the time now, for a schedule of minutes: what failed is tried again later and later, over twelve hours
    :returns: how many were sent and how many failed
    """
    counts = {"sent": 0, "failed": 0}
    me = Party.system("send_notices")
    for message in queries.waiting(limit=limit, tries=actions.NOTICE_TRIES, paced_at=paced_at):
        counts["sent" if actions.deliver(message, by=me, at=queries.now()) else "failed"] += 1
    return counts


def sign_journal() -> int:
    """Sign the journal as it stands, once a day or before it is handed out; the same size is signed once.

    :returns: how many lines are signed
    """
    return actions.sign_checkpoint().size


def sign_journal_daily(at: datetime) -> int:
    """Sign the journal when a line of an earlier day is not signed yet: once a day, whenever the day's first run is.

    :returns: how many lines are newly signed
    """
    before, since = queries.not_signed()
    if since is None or queries.today(since) >= queries.today(at):
        return 0
    return actions.sign_checkpoint().size - before


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote."""

    size: int
    written: int  # files
    origin: str


def export_journal(folder: Path, *, progress: Callable[[int], None] = lambda files: None) -> Exported:
    """Write the journal as C2SP tlog-tiles, for anybody's verifier: tiles, lines, signed checkpoint, the key to check it.

    Files already there are kept; nothing is ever written differently. Stopped half-way and run again it goes on.

    :raises NotProven: the folder holds another journal, or the journal is no longer what was exported before
    """
    checkpoint = actions.sign_checkpoint()
    name, public = proofs.key_name()
    head = merkle.open_checkpoint(checkpoint.note, name=name, public=public)
    before = _exported_before(folder, head)
    written = 0
    for level, number, width in merkle.tiles_of(head.size):
        written += _write(folder / merkle.tile_path(level, number, width), lambda at=(level, number, width): proofs.tile(*at))
        if level == 0:
            path = folder / merkle.tile_path("entries", number, width)
            written += _write(path, lambda at=(number, width): proofs.entries(*at))
        progress(1)
    written += _write(folder / "key", lambda: (merkle.verifier_key(name, public) + "\n").encode())
    if before != head.size:
        _replace(folder / "checkpoint", checkpoint.note.encode())
        written += 1
    for path in sorted(folder.glob("tile/**/*.p")):  # partial tiles whose full tile is there are no longer needed
        if path.with_suffix("").exists():
            for partial in path.iterdir():
                partial.unlink()
            path.rmdir()
    return Exported(head.size, written, name)


def _exported_before(folder: Path, head: merkle.Head) -> int | None:
    """How many lines the folder holds already, after checking that they are the beginning of this journal."""
    path = folder / "checkpoint"
    if not path.exists():
        return None
    name, public = proofs.key_name()
    old = merkle.open_checkpoint(path.read_text(encoding="utf-8"), name=name, public=public)
    if old.size > head.size:
        raise NotProven(f"{folder} holds {old.size} lines, the journal only {head.size}: the end was cut off")
    if old.size and merkle.range_root(0, old.size, proofs.fetch) != old.root:
        raise NotProven(f"the first {old.size} lines are no longer those exported to {folder}")
    return old.size


def _write(path: Path, make: Callable[[], bytes]) -> int:
    if path.exists():
        return 0
    _replace(path, make())
    return 1


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def share_calendar(at: datetime) -> int:
    """Write the years taken over here for the other processes of this machine, where they are not written yet; 1 when it was."""
    return int(calendar.write(queries.years_taken_over()))
