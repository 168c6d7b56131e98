"""Files that arrive piece by piece: how much is here is told by the file itself, so nothing is lost when somebody is killed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from doudi.engine.recognise import Refused
from doudi.exchange import actions, queries
from doudi.exchange.core import Door, Promise
from doudi.exchange.jobs.receiving import pick_up
from doudi.office.actions import By
from doudi.office.queries import clock

LARGEST_PIECE = 16 << 20  # bytes sent in one request
LARGEST_FILE = 64 << 30
_ABANDONED = 7 * 24 * 3600  # seconds
_SPARE = 2 << 30  # left free on the disk, for everybody else


class Busy(Exception):
    """Another request is at work on the same upload."""


def _path(ref: str) -> Path:
    """Where an upload grows: beside the lake's objects, so that it is taken in without being copied.

    :raises Refused: it is no ref of ours
    """
    if not re.fullmatch("[A-Za-z0-9_-]{22}", ref):
        raise Refused("no_upload", "没有这个上传。", "请重新开始上传。")
    folder = queries.lake().root / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / ref


@contextmanager
def _alone(ref: str) -> Iterator[Path]:
    """The file of an upload, for one at a time; a killed process lets go by itself.

    :raises Busy: somebody else is at it
    """
    path = _path(ref)
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy(ref) from None
        yield path


def open_upload(
    *, sender: str, door: Door, key: str, file_name: str, size: int, promise: Promise, by: By, at: datetime
) -> queries.UploadRow:
    """Begin an upload, or find the one begun under this key.

    :raises Refused: no key or hash, too large, the key was used for another file
    """
    if not 1 <= len(key) <= 80:
        raise Refused("no_batch_key", "要有批次号（最长 80 个字符），重发时用同一个。", "请带上 Idempotency-Key。")
    if not re.fullmatch("[0-9a-f]{64}", promise.sha256):
        raise Refused("no_hash", "没有写明整个文件的 SHA-256。", "请写 64 位小写十六进制的 sha256。")
    if not 0 < size <= LARGEST_FILE:
        raise Refused("too_large", f"文件要有 1 字节到 {LARGEST_FILE >> 30} GB。", "更大的请分成几个文件。")
    ref = secrets.token_urlsafe(16)
    free = shutil.disk_usage(_path(ref).parent).free
    if size + _SPARE > free:
        raise Refused("no_space", f"这里只剩 {max(free - _SPARE, 0) >> 20} MB 可以放文件。", "请联系数据管理员腾出地方。")
    upload = queries.upload_row(
        actions.open_upload(
            ref=ref, sender=sender, door=door, key=key, file_name=file_name, size=size, promise=promise, by=by, at=at
        )
    )
    if (upload.size, upload.promise.sha256) != (size, promise.sha256):
        raise Refused("batch_key_used", "这个批次号已经用过，文件却不一样。", "新的文件请用新的批次号。")
    return upload


def here(upload: queries.UploadRow) -> int:
    """How many bytes of an upload are here, surely; the next piece begins there."""
    if upload.closed:
        return upload.size
    path = _path(upload.ref)
    return path.stat().st_size if path.exists() else 0


def add_piece(upload: queries.UploadRow, *, offset: int, piece: bytes) -> int:
    """Append a piece whose digest was checked; how much is here now. A piece that is here already changes nothing.

    :raises Refused: it does not begin where the file ends, or goes beyond the size that was told
    :raises Busy: another piece of it is being written
    """
    if upload.closed:
        return upload.size
    with _alone(upload.ref) as path, path.open("ab") as file:
        size = file.tell()
        if offset + len(piece) <= size:
            return size
        if offset > size or offset + len(piece) > upload.size:
            raise Refused(
                "wrong_offset", f"这里有 {size} 字节，这一段却从 {offset} 开始、长 {len(piece)}。", "请从 offset 说的地方接着发。"
            )
        file.write(piece[size - offset :])  # what a kill cut off begins with what is here already
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def bring(pieces: Iterable[bytes], *, file_name: str, sender: str, as_of: date | None, by: By, at: datetime) -> queries.UploadRow:
    """Put a file that came in one request beside the lake, to be looked at before it is taken in.

    :raises NotAllowed: this clerk does not bring in data, or not in this sender's name
    """
    ref, seen = secrets.token_urlsafe(16), hashlib.sha256()
    _forget_abandoned()
    with _alone(ref) as path, path.open("wb") as file:
        for piece in pieces:
            seen.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    promise = Promise(as_of=as_of, sha256=seen.hexdigest())
    upload = actions.open_upload(
        ref=ref, sender=sender, door=Door.DESK, key=ref, file_name=file_name, size=size, promise=promise, by=by, at=at
    )
    return queries.upload_row(upload)


def _forget_abandoned() -> None:
    """Throw away what nobody added to for a week; who comes back later begins anew."""
    for left in (queries.lake().root / "incoming").glob("*"):
        if clock().timestamp() - left.stat().st_mtime > _ABANDONED:
            left.unlink(missing_ok=True)


def path_of(upload: queries.UploadRow) -> Path:
    """Where an upload that is still open lies."""
    return _path(upload.ref)


def take_in(upload: queries.UploadRow, *, by: By, at: datetime) -> queries.ReceiptRow:
    """Take in a file that is wholly here, and give its receipt. Killed in between, or asked again: the same receipt.

    :raises Refused: something is still missing
    :raises Busy: it is being taken in right now
    """
    with _alone(upload.ref) as path:
        now = queries.upload(upload.ref)
        if now is None or (now.closed and now.receipt is None):
            raise Refused("no_upload", "没有这个上传，或已经放弃。", "请重新开始上传。")
        if now.receipt:
            return now.receipt
        size = path.stat().st_size if path.exists() else 0
        if size != upload.size:
            raise Refused(
                "not_whole", f"说有 {upload.size} 字节，这里才有 {size}。", "请从 offset 说的地方接着发，发完再说完成。"
            )
        outcome = pick_up(
            path,
            by=by,
            at=at,
            sender=upload.sender,
            door=Door(upload.door),
            name=upload.file_name,
            promise=upload.promise,
            ours=True,
        )
        (receipt,) = outcome.receipts
        actions.close_upload(ref=upload.ref, receipt=receipt.id, by=by, at=at)
        _clear(path)
        return receipt


def give_up(upload: queries.UploadRow, *, by: By, at: datetime) -> None:
    """Throw away a file that is not wanted in.

    :raises Busy: it is being taken in right now
    """
    with _alone(upload.ref) as path:
        actions.close_upload(ref=upload.ref, receipt=None, by=by, at=at)
        _clear(path)


def _clear(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_suffix(".lock").unlink(missing_ok=True)
