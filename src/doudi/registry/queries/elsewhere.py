"""Who somebody is whom another place asks about, by the number and name that came with its question."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.office.sealing import blind
from doudi.registry.gateways import register
from doudi.registry.models import Person
from doudi.registry.queries.standing import standing


@dataclass(frozen=True, slots=True)
class KnownHere:
    """A person here with this number; `same_name` says whether they also have the name the other place wrote."""

    pid: str
    area: str
    same_name: bool


def known_here(number: str, name: str) -> KnownHere | None:
    """The person here with this citizen number, or None. For questions whose papers were checked; who shows it notes it."""
    number, name = number.strip().upper(), name.strip()
    if not number:
        return None
    kept = Person.objects.filter(number_blind=blind(number)).first()
    if kept is not None:
        return KnownHere(standing(kept.pid), kept.area, kept.name == name)
    found = register.by_number(number)
    return KnownHere(standing(found.pid), found.area, found.name == name) if found is not None else None
