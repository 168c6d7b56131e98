"""Files for the owner only that must never be half there: keys, certificates, what runs under a key."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from doudi.engine.lake import rename, settle


def keep(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write a file whole or not at all, so that it survives a power cut.

    :param replace: False leaves what is there: of two processes that make the first one, the quicker counts
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        settle(draft)
        if replace:
            rename(draft, path)
            return
        with suppress(FileExistsError):
            os.link(draft, path)
            settle(path.parent)
    finally:
        draft.unlink(missing_ok=True)
