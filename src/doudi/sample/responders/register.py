"""The services outside, registered with the installation that asks them; and their keys, made once."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from doudi.exchange.core import signing
from doudi.office.core import Party
from doudi.sample.responders.manner import manners
from doudi.verification import actions
from doudi.verification.queries import sources


def keys(folder: Path) -> dict[str, tuple[str, str]]:
    """Each source's private and public key, made at the first start and kept in its own folder."""
    path = folder / "keys.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = {code: signing.new_key() for code in manners()}
        draft = folder / f".keys.{os.getpid()}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(made, file)
        draft.rename(path)
    return {code: (private, public) for code, (private, public) in json.loads(path.read_text(encoding="utf-8")).items()}


def register_all(folder: Path, *, port: int, bank_port: int, bank_key: str, at: datetime) -> int:
    """Register every source outside that is not registered like this yet; returns how many were new or changed.

    port: where `doudi city respond` answers on this machine
    bank_port, bank_key: where the bank that only matches privately answers, and its public key (empty: leave it out)
    """
    public, changed = {code: mine for code, (_, mine) in keys(folder).items()}, 0
    for code, one in manners().items():
        if one.matching and not bank_key:
            continue
        address = f"http://127.0.0.1:{bank_port}/?over={one.over}" if one.matching else f"http://127.0.0.1:{port}/{code}"
        known = sources.source(code)
        key = bank_key if one.matching else public[code]
        if known is not None and known.active and (known.address, known.public_key) == (address, key):
            continue
        actions.keep_source(
            code=code,
            label=one.label,
            department=f"{one.department}（虚构）",
            dataset=one.dataset,
            adapter="matching" if one.matching else "http",
            address=address,
            public_key=key,
            answer_wd=10 if one.latency[1] >= 86400 else 1,
            daily_quota=one.quota,
            by=Party.system("demo"),
            at=at,
        )
        changed += 1
    return changed
