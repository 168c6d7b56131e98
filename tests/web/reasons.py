"""A family of three in a published register, for the tests of reason sheets: two adults and their grandchild."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from django.conf import settings as house

from doudi.engine import cycle
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.engine.lookup import Lookup
from doudi.exchange import queries as exchange
from doudi.monitoring import actions
from doudi.office.core import Party
from doudi.policy import pack
from doudi.registry.gateways import register
from engine.landed import ON
from engine.town import BAO, CHEN, LIU, town
from web import staged

KEY = house.LINKING_KEY


def pid_of(number: str) -> str:
    return "p" + sha256(f"{KEY}:{number}".encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Family:
    liu: str
    chen: str
    bao: str


@cache
def made() -> tuple[Path, Cycle]:
    """The town's lake and its cycle, once for all tests; each test gets a copy."""
    lake = Lake(Path(mkdtemp()) / "lake")
    found = cycle.run(lake, exchange.contracts(), town(lake), pack.load(), ON, key=KEY)
    return lake.root, found


def family(monkeypatch: Any, tmp_path: Path, settings: Any) -> Family:
    """Publish the town in a lake of this test's own; the pages' register reads it."""
    root, found = made()
    settings.LAKE = tmp_path / "lake"
    shutil.copytree(root, settings.LAKE)
    staged.set_the_stage(monkeypatch)
    by = Party.system("cycle")
    actions.publish([], cycle=found.id, judged_on=ON, counts={}, manifest=found.sha256, by=by, at=staged.TODAY)
    lookup = Lookup(settings.LAKE)
    monkeypatch.setattr(register, "person", lambda pid: register._person(row) if (row := lookup.person(pid)) else None)
    return Family(pid_of(LIU), pid_of(CHEN), pid_of(BAO))
