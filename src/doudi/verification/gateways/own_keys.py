"""Our own keys for other places: made at first use, sealed beside the other keys of this home; older ones open for a while."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings

from doudi.office import sealing
from doudi.office.gateways import key_files
from doudi.verification.core.cards import OwnKeys, new_keys

NAME, USE = "places", "keys.places"


def own_keys(at: datetime) -> list[OwnKeys]:
    """Our keys in force at a moment of the real time, the newest first: sign with that one, open letters with any."""
    return [OwnKeys(one["sign"], one["seal"]) for one in _kept() if not one["until"] or one["until"] > at.timestamp()]


def change(at: datetime, *, overlap_until: datetime) -> OwnKeys:
    """Put new keys before the old ones, which still open letters until then."""
    made = new_keys()
    old = [{**one, "until": one["until"] or overlap_until.timestamp()} for one in _kept()]
    old = [one for one in old if one["until"] > at.timestamp()]
    key_files.keep(_path(), _sealed(made, old))
    return made


def _kept() -> list[dict]:
    path = _path()
    if not path.exists():
        key_files.keep(path, _sealed(new_keys(), []), replace=False)  # if another process was quicker, its keys count
    return json.loads(sealing.unseal(path.read_bytes(), USE))


def _sealed(made: OwnKeys, old: list[dict]) -> bytes:
    return sealing.seal(json.dumps([{"sign": made.sign, "seal": made.seal, "until": None}, *old]), USE)


def _path() -> Path:
    return settings.HOME.keys / NAME
