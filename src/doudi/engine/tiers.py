"""Who was in which tier from when to when, and why it ended: folded from one kept cycle to the next.

The history is of what the cycles say, one a day judged (the one known last), leaving out those made with a delivery that is
withdrawn. Each step depends on the step before and one cycle, is kept under the names of all of them, and is made once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from doudi.engine import cycle, past
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake, rename, settle
from doudi.engine.sql import quote

# Since when somebody is on a roll, where the roll says so itself.
SINCE = {"dibao": "dibao_since", "tekun": "tekun_since"}
WHYS = ("died", "tier", "decided", "moved", "off_roll", "not_in_data")


@dataclass(frozen=True, slots=True)
class History:
    """The newest history: its object, and the day it reaches to."""

    object: Path
    on: date
    cycle: str  # the last it went through
    standing: Path  # beside each person of that cycle: since when in their tier; when and why they left one last


def _folder(lake: Lake) -> Path:
    return lake.root / "cycles" / "history"


def chain(lake: Lake, withdrawn: Collection[int]) -> list[Cycle]:
    """The cycles the history goes through: of each day judged the one known last, without those made from withdrawn loads."""
    by_day: dict[date, Cycle] = {}
    for one in past.known(lake):  # in order of when they were known
        made = cycle.read(lake, one.cycle)
        if made is None or any(load["batch"] in withdrawn for load in made.manifest["inputs"]):
            continue
        by_day[made.on] = made
    return [by_day[day] for day in sorted(by_day)]


def bring_up(lake: Lake, withdrawn: Collection[int] = ()) -> History | None:
    """Fold what is new into the history and point to it; with nothing new nothing changes. None before the first cycle.

    A cycle whose objects are gone is passed over, unless the step through it was kept before.
    """
    made = chain(lake, withdrawn)
    if not made:
        return None
    steps = [hashlib.sha256("\n".join(one.id for one in made[: at + 1]).encode()).hexdigest()[:32] for at in range(len(made))]
    done = next((at for at in range(len(made) - 1, -1, -1) if _kept(lake, steps[at]) is not None), -1)
    before = _kept(lake, steps[done]) if done >= 0 else None
    since = made[done].on if done >= 0 else None
    for at in range(done + 1, len(made)):
        if not past.is_whole(lake, made[at]):
            continue
        before = _fold(lake, before, made[at], since)
        since = made[at].on
        _put(lake, _folder(lake) / f"{steps[at]}.json", {"object": before.stem, "on": since.isoformat()})
    if before is None or since is None:
        return None
    pointer = _folder(lake) / "CURRENT"
    whole = next((one for one in reversed(made) if one.on == since and past.is_whole(lake, one)), None)
    old = current(lake)
    if whole is None or (old is not None and (old.object, old.on, old.cycle) == (before, since, whole.id)):
        return old
    standing = _standing(lake, before, whole)
    _put(
        lake,
        pointer,
        {"object": before.stem, "on": since.isoformat(), "cycle": whole.id, "standing": standing.stem},
    )
    return History(before, since, whole.id, standing)


def current(lake: Lake) -> History | None:
    """The newest history, or None before the first."""
    pointer = _folder(lake) / "CURRENT"
    if not pointer.exists():
        return None
    told = json.loads(pointer.read_bytes())
    return History(lake.object(told["object"]), date.fromisoformat(told["on"]), told["cycle"], lake.object(told["standing"]))


def _kept(lake: Lake, step: str) -> Path | None:
    path = _folder(lake) / f"{step}.json"
    if not path.exists():
        return None
    kept = lake.object(json.loads(path.read_bytes())["object"])
    return kept if kept.exists() else None


def _put(lake: Lake, path: Path, told: dict[str, str]) -> None:
    with lake.workshop() as workshop:
        draft = workshop / "draft"
        draft.write_text(json.dumps(told), encoding="ascii")
        settle(draft)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        rename(draft, path)


def _fold(lake: Lake, before: Path | None, made: Cycle, since: date | None) -> Path:
    """One more cycle: spells that go on, spells that ended and why, spells that began."""

    def object_of(name: str) -> str:
        return quote(str(lake.object(made.manifest["objects"][name]["sha256"])))

    facts = set(pq.read_schema(lake.object(made.manifest["objects"]["person_facts"]["sha256"])).names)

    def fact(name: str) -> str:
        return f"f.{name}" if name in facts else "NULL::DATE"

    on = f"DATE {quote(made.on.isoformat())}"
    last = f"DATE {quote((since or made.on).isoformat())}"
    # a roll's own first day, unless we saw the person in another tier since then
    told = f"(h.since <= {on} AND (e.earlier IS NULL OR h.since > {last}))"
    began = "CASE p.tier::VARCHAR " + " ".join(f"WHEN {quote(tier)} THEN {fact(name)}" for tier, name in SINCE.items()) + " END"
    with lake.workshop() as workshop, duckdb.connect(":memory:", config={"temp_directory": str(workshop / "spill")}) as con:
        con.execute(
            f"CREATE TABLE now AS SELECT p.pid, coalesce(p.area::VARCHAR, '') AS area, p.tier::VARCHAR AS tier, p.died_on, "
            f"{began} AS since, {fact('moved_out_on')} AS moved, {fact('left_aid_on')} AS left_aid "
            f"FROM (SELECT * FROM read_parquet({object_of('person')})) p "
            f"POSITIONAL JOIN (SELECT * FROM read_parquet({object_of('person_facts')})) f"
        )
        spells = (
            f"SELECT * FROM read_parquet({quote(str(before))})"
            if before
            else "SELECT NULL::VARCHAR pid, NULL::VARCHAR area, NULL::VARCHAR tier, NULL::DATE from_on, NULL::BOOLEAN exact, "
            "NULL::DATE to_on, NULL::VARCHAR why, NULL::VARCHAR next_tier, NULL::VARCHAR began, NULL::VARCHAR ended WHERE false"
        )
        con.execute(f"CREATE TABLE spell AS {spells}")
        con.execute("CREATE TABLE here AS SELECT * FROM now WHERE tier IS NOT NULL AND died_on IS NULL")
        # somebody off every list is off it; whoever is in no data at all is a question, not an exit
        draft = workshop / "history.parquet"
        con.execute(
            f"""COPY (
            SELECT * FROM spell WHERE to_on IS NOT NULL
            UNION ALL
            SELECT s.pid, coalesce(nullif(h.area, ''), s.area), s.tier, s.from_on, s.exact, NULL, NULL, NULL, s.began, NULL
            FROM spell s JOIN here h USING (pid, tier) WHERE s.to_on IS NULL
            UNION ALL
            SELECT s.pid, s.area, s.tier, s.from_on, s.exact,
                greatest(s.from_on, least({on}, CASE
                    WHEN n.died_on IS NOT NULL THEN n.died_on
                    WHEN n.left_aid BETWEEN {last} AND {on} AND h.pid IS NULL THEN n.left_aid
                    WHEN h.since > {last} THEN h.since
                    ELSE {on} END)),
                CASE
                    WHEN n.pid IS NULL THEN 'not_in_data'
                    WHEN n.died_on IS NOT NULL THEN 'died'
                    WHEN h.pid IS NOT NULL THEN 'tier'
                    WHEN n.left_aid BETWEEN {last} AND {on} THEN 'decided'
                    WHEN n.moved IS NOT NULL THEN 'moved'
                    ELSE 'off_roll' END,
                h.tier, s.began, {quote(made.id)}
            FROM spell s LEFT JOIN here h ON h.pid = s.pid LEFT JOIN now n ON n.pid = s.pid
            WHERE s.to_on IS NULL AND (h.tier IS NULL OR h.tier <> s.tier)
            UNION ALL
            SELECT h.pid, h.area, h.tier, CASE WHEN {told} THEN h.since ELSE {on} END, coalesce({told}, false),
                NULL, NULL, NULL, {quote(made.id)}, NULL
            FROM here h
            ANTI JOIN (SELECT pid, tier FROM spell WHERE to_on IS NULL) o ON o.pid = h.pid AND o.tier = h.tier
            LEFT JOIN (SELECT DISTINCT pid, true AS earlier FROM spell) e ON e.pid = h.pid
            ORDER BY pid, from_on, to_on NULLS LAST, tier
            ) TO {quote(str(draft))} (FORMAT parquet, ROW_GROUP_SIZE 20480)"""
        )
        return lake.object(lake.keep_object(draft))


def _standing(lake: Lake, history: Path, made: Cycle) -> Path:
    """The history laid beside the people of a cycle, in their order."""
    person = quote(str(lake.object(made.manifest["objects"]["person"]["sha256"])))
    with lake.workshop() as workshop, duckdb.connect(":memory:", config={"temp_directory": str(workshop / "spill")}) as con:
        con.execute(f"CREATE TABLE spell AS SELECT * FROM read_parquet({quote(str(history))})")
        draft = workshop / "standing.parquet"
        con.execute(
            f"""COPY (
            SELECT o.from_on, o.exact, l.to_on AS left_on, l.why AS left_why, l.tier AS left_tier
            FROM (SELECT pid, file_row_number AS n FROM read_parquet({person}, file_row_number = true)) p
            LEFT JOIN (SELECT pid, max(from_on) AS from_on, arg_max(exact, from_on) AS exact
                       FROM spell WHERE to_on IS NULL GROUP BY pid) o USING (pid)
            LEFT JOIN (SELECT pid, max(to_on) AS to_on, arg_max(why, to_on) AS why, arg_max(tier, to_on) AS tier
                       FROM spell WHERE to_on IS NOT NULL GROUP BY pid) l USING (pid)
            ORDER BY n) TO {quote(str(draft))} (FORMAT parquet)"""
        )
        return lake.object(lake.keep_object(draft))


def spells(lake: Lake, pid: str) -> list[dict[str, object]]:
    """Every tier a person was in: tier, from_on (exact or as first seen), to_on, why it ended, into which, by which cycles."""
    found = current(lake)
    if found is None:
        return []
    rows = pq.read_table(found.object, filters=[("pid", "=", pid)]).to_pylist()
    return sorted(rows, key=lambda row: (row["from_on"], row["to_on"] or date.max))
