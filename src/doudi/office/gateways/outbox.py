"""The demo's way out: one file per message under the home's `outbox`; no phone rings."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

from django.conf import settings

from doudi.office.core import CouldNotSend, Message


def send(message: Message) -> None:
    """Write the message; the same message twice is one file.

    :raises CouldNotSend: the folder cannot be written
    """
    folder = settings.HOME.root / "outbox"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        draft = folder / f".{message.ref}.{os.getpid()}"
        draft.write_text(json.dumps(asdict(message), ensure_ascii=False), encoding="utf-8")
        draft.replace(folder / f"{message.ref}.json")
    except OSError as why:
        raise CouldNotSend(f"outbox: {why.strerror}") from why
