"""A day of the past worked out as it was known then, when no cycle of it is kept; never the one that counts now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from doudi.engine import cycle, packs, past
from doudi.engine.cycle import Cycle, NothingLoaded
from doudi.engine.lake import Lake
from doudi.engine.linkage import Landed
from doudi.engine.past import CannotRestore
from doudi.exchange import queries as exchange
from doudi.monitoring.gateways import lake as gateway
from doudi.monitoring.gateways import records
from doudi.office import queries as office
from doudi.policy.pack import Pack
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook

__all__ = ["CannotRestore", "Rebuilt", "rebuild", "restore"]


@dataclass(frozen=True)
class Rebuilt:
    """A past day worked out."""

    cycle: Cycle
    already: bool  # it was kept; nothing had to be built


def rebuild(on: date, known_on: date, *, mark: Callable[[str], None] = lambda step: None) -> Rebuilt:
    """Work out how things stood on a day from what had arrived by the end of another, by the rules known then, and keep it.

    :raises CannotRestore: `known_on` is not over, or deliveries of that time are gone
    :raises NothingLoaded: nothing had arrived by then
    """
    at = office.now()
    if known_on > office.today(at) or on > known_on:
        raise CannotRestore("要问的日子不能在知道的日子之后，知道的日子不能在今天之后。")
    until = min(registry.end_of(known_on), at)
    lake = Lake(Path(settings.LAKE))
    loads: list[Landed] = [*exchange.current_loads(on, known_at=until)]
    if not loads:
        raise NothingLoaded(f"到 {known_on} 为止，还没有说得清 {on} 的数据。")
    gone = [one for one in loads if not one.object.exists()]
    if gone:
        raise CannotRestore("当时用的数据已经按期限销毁，这一天不能再算。")
    made = past.best(lake, known_on, until)
    if made is not None and (own := records.known_in(lake, made[1], on)) is not None:
        loads.append(own)
    pack = rulebook.pack() if known_on == office.today(at) else _rules(known_on)
    before = {one.cycle for one in past.known(lake)}
    built = cycle.run(
        lake,
        exchange.contracts(),
        loads,
        pack,
        on,
        key=settings.LINKING_KEY,
        mark=mark,
        settled=registry.settled(until),
        said=registry.said(on),
        point=False,
    )
    past.note(lake, [past.Known(until, built.id)])
    return Rebuilt(built, built.id in before)


def _rules(known_on: date) -> Pack:
    added = rulebook.added(known_on)
    try:
        return gateway.rules_of(known_on, office.today, "", added)
    except packs.PackNotKept:
        return rulebook.pack(known_on)


def restore(cycle_id: str, *, mark: Callable[[str], None] = lambda step: None) -> Cycle:
    """Build the missing objects of a kept cycle again, the same to the byte, or say why it cannot be.

    :raises CannotRestore: a delivery is gone, the program or the rules are not the same, or it came out otherwise
    """
    lake = Lake(Path(settings.LAKE))
    made = cycle.read(lake, cycle_id)
    if made is None:
        raise CannotRestore(f"没有 {cycle_id} 这一次计算。")
    try:
        pack = packs.recall(lake, made.manifest["packs"])
    except packs.PackNotKept as why:
        raise CannotRestore(str(why)) from None
    moments = [one.at for one in past.known(lake) if one.cycle == cycle_id]
    settled = registry.settled(min(moments)) if moments else registry.settled()
    said = registry.said(made.on)
    return past.restore(
        lake, exchange.contracts(), cycle_id, pack, key=settings.LINKING_KEY, mark=mark, settled=settled, said=said
    )
