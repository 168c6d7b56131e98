"""Files of payment on disk: names nobody can guess, for the owner only, whole or not there."""

from __future__ import annotations

import os
import secrets
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from doudi.payment.core import BrokenFile


def _folder() -> Path:
    folder = Path(settings.HOME.root) / "files" / "payment"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def keep(content: bytes) -> tuple[str, str]:
    """Keep a file so that a power cut leaves it whole or not there.

    :returns: its name on disk, and the SHA-256 of its content
    """
    folder, key = _folder(), secrets.token_hex(24)
    unfinished = folder / f".{key}"
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, folder / key)
    above = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(above)
    finally:
        os.close(above)
    return key, sha256(content).hexdigest()


def fetch(key: str, digest: str) -> bytes:
    """The content of a kept file.

    :raises BrokenFile: it is gone, or not what was written
    """
    path = _folder() / key
    content = path.read_bytes() if key and path.is_file() else b""
    if sha256(content).hexdigest() != digest:
        raise BrokenFile("银行文件和生成时的校验码对不上，不能用。请报告数据管理员。")
    return content
