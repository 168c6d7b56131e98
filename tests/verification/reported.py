"""A check to report on: whom it asks about has signed, the sources say what a test wants them to say."""

from __future__ import annotations

from datetime import date
from typing import Any

import people
import walk
from doudi.office.core import Party
from doudi.registry.models import Person
from doudi.verification import actions
from doudi.verification.core import Asked, Basis, asked_datasets
from doudi.verification.core.basis import Capacity
from doudi.verification.models import Check
from people import NOON

DATASETS = [one.dataset for one in asked_datasets("dibao")]
SUBJECT = "c0000000000000001"


def sources(monkeypatch: Any) -> walk.Sources:
    """Every source spoke lately; two have something about granny, one about uncle Zhou."""
    found = walk.everything_answers(walk.Sources().install(monkeypatch))
    granny, uncle = people.granny_wang(), people.uncle_zhou()
    found.row(granny.pid, "vehicle", plate="禾A1", **{"class": "car"}, first_registered=date(2015, 5, 1), status="normal")
    found.row(granny.pid, "deposit", balance_date=date(2026, 6, 20), balance=500_000)
    found.row(uncle.pid, "deposit", balance_date=date(2026, 6, 20), balance=7_654_300)
    return found


def signed(*home: Person, guardian: Person | None = None) -> None:
    """Everybody signs for themselves on their own phone, minors by their guardian."""
    household = [one.pid for one in home]
    for one in home:
        minor = guardian is not None and one != guardian and one.born_on > date(2008, 7, 1)
        signer = guardian if minor else one
        actions.authorise(
            subject=SUBJECT, area=people.VILLAGE, programmes=[("dibao", "最低生活保障")], pid=one.pid, name=one.name,
            household=household, way="screen", typed_name=signer.name, capacity=Capacity.MINOR if minor else Capacity.ADULT,
            guardian=signer.pid if minor else "", by=Party.resident(signer.pid), at=NOON,
        )  # fmt: skip


def checked(*home: Person, guardian: Person | None = None, declared: Any = (), by: Any = None) -> Check:
    """Signed, and asked about by clerk Li."""
    signed(*home, guardian=guardian)
    asked = [
        Asked(
            one.pid,
            one.name,
            one.born_on <= date(2008, 7, 1),
            guardian.pid if guardian and one.born_on > date(2008, 7, 1) else "",
        )
        for one in home
    ]
    return actions.request(
        subject=SUBJECT, area=people.VILLAGE, programme="dibao", people=asked, sources=DATASETS, basis=Basis.CONSENT,
        declared=declared, by=by or people.clerk_li(), at=NOON,
    )  # fmt: skip
