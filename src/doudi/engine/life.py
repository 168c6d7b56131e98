"""Rules with no life, counted on a published cycle: what can never speak, never decides, or soon stops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from os.path import commonprefix  # letter by letter is what area codes need

import duckdb

from doudi.engine import trial
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.engine.sql import name_of
from doudi.policy import life
from doudi.policy.life import Dead, Ending, Gap, Stuck, Tally
from doudi.policy.pack import Pack

AT_ONCE = 120  # parts counted in one statement: many columns in flight cost memory, not time


@dataclass(frozen=True)
class Life:
    """What was found about a pack on a day; without a cycle, only what the pack itself shows."""

    on: date
    pack_version: str
    cycle: str
    persons: int
    households: int
    places: tuple[str, ...]
    dead: tuple[Dead, ...]
    tallies: tuple[Tally, ...]
    endings: tuple[Ending, ...]
    gaps: tuple[Gap, ...]
    unread_facts: tuple[str, ...]
    unread_parameters: tuple[str, ...]

    @property
    def stuck(self) -> list[Stuck]:
        """What decides nothing at present."""
        return life.stuck(self.tallies)

    @property
    def lifeless(self) -> bool:
        """Whether something a rule in force leans on cannot work: the answer of the exit code."""
        leant_on = any(one.rules for one in self.dead)
        stuck = any(tally.state in ("never", "unknown", "nobody") for tally in self.tallies)
        over = any(one.is_over and one.rules for one in self.endings)
        return leant_on or stuck or over or bool(self.gaps)


def look(pack: Pack, on: date, *, lake: Lake | None = None, cycle: Cycle | None = None, within_days: int = 90) -> Life:
    """Look for rules with no life on a day; with a cycle, count how its people come out.

    :raises NotPublished: the objects of the cycle are not there
    """
    places: tuple[str, ...] = ()
    dead: list[Dead] = []
    tallies: list[Tally] = []
    persons = households = 0
    if lake is not None and cycle is not None:
        with trial.open_cycle(lake, cycle, catalogue=pack.names.facts) as con:
            known = _known(con)
            persons, households = (con.sql(f"SELECT count(*) FROM {view}").fetchall()[0][0] for view in trial.VIEWS)
            areas = con.sql("SELECT DISTINCT CAST(area AS VARCHAR) FROM household_facts WHERE area IS NOT NULL ORDER BY 1")
            codes = [code for (code,) in areas.fetchall()]
            places = tuple(dict.fromkeys(code[:6] for code in codes if len(code) >= 6))
            datasets = {one["dataset"] for one in cycle.manifest["inputs"]}
            dead = life.dead_facts(pack, on, datasets, known)
            silent = pack.without_life(datasets, on)
            asked = life.parts(pack, on, only={rule.code for rule in pack.indicators_on(on)} - set(silent))
            tallies = _tallied(con, pack, on, asked, commonprefix(codes))  # noqa: RUF071
    unread_facts, unread_parameters = life.unread(pack, on)
    return Life(
        on, pack.version, cycle.id if cycle else "", persons, households, places, tuple(dead), tuple(tallies),
        tuple(life.endings(pack, on, within_days)), tuple(life.gaps(pack, on, places)),
        tuple(unread_facts), tuple(unread_parameters),
    )  # fmt: skip


def _known(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Of how many each fact is known."""
    known: dict[str, int] = {}
    for view in trial.VIEWS:
        names = [row[0] for row in con.sql(f"DESCRIBE {view}").fetchall() if row[0] not in ("pid", "hid", "area")]
        counts = con.sql(f"SELECT {', '.join(f'count({name_of(name)})' for name in names)} FROM {view}").fetchall()[0]
        known |= dict(zip(names, counts, strict=True))
    return known


def _tallied(con: duckdb.DuckDBPyConnection, pack: Pack, on: date, asked: list[life.Part], scope: str) -> list[Tally]:
    found: dict[life.Part, Tally] = {}
    for subject in ("person", "household"):
        about = [part for part in asked if part.subject == subject]
        for first in range(0, len(about), AT_ONCE):
            some = about[first : first + AT_ONCE]
            row = con.sql(life.tally_sql(pack, on, subject, some, scope=scope)).fetchall()[0]
            for number, part in enumerate(some):
                of, true, known = row[3 * number : 3 * number + 3]
                found[part] = Tally(part, of or 0, true, known - true)
    return [found[part] for part in asked]
