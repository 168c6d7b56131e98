"""A whole roll against other lists, computed in the lake; the anomalies as Parquet and as a table people can open."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from doudi.engine import cycle, rolls
from doudi.engine.contract import Contract
from doudi.engine.lake import Lake, digest, rename, settle
from doudi.engine.linkage import Landed, roles, source
from doudi.engine.readable import safe, write_table
from doudi.engine.sql import connect, name_of, quote
from doudi.office.core import prefix
from doudi.policy.checks import RollCheck, pick
from doudi.verification.core import in_words
from doudi.verification.core.anomalies import PAIRS_KEPT, FoundOne, Pair, digest_of

__all__ = [
    "EVERYTHING",
    "HOW",
    "Compared",
    "Drawn",
    "Plan",
    "Progress",
    "choose",
    "compared",
    "draw",
    "keep_progress",
    "of_people",
    "one_at_a_time",
    "paths",
    "progress",
    "ref_of",
    "safe",
    "within",
]
_HEAD = (
    *("序号", "名单行号", "姓名", "公民身份号码", "区划代码", "问题", "说明", "对方名单", "对方批次", "对方行号"),
    *("依据", "怎么认出是同一个人", "也可能是"),
)
EVERYTHING = "*"  # every list of the order: checks where one is written, else only how many people it holds
HOW = {
    "number": "号码相同",
    "number15": "15 位号码换算后相同",
    "certificate": "残疾人证号里的号码",
    "number_near": "号码差一两位，姓名相同",
    "name_birth": "姓名和出生日期相同",
    "name_household": "姓名相同，同一户",
    "name_area": "姓名相同，同一村里只有一人",
    "sound": "姓名同音或差一个字，其他相同",
    "decided": "经办人认定",
    "review": "号码和姓名对不上，要人看",
    "number_other_name": "号码相同，姓名不同，要人看",
}


@dataclass(frozen=True)
class Plan:
    """What is asked of a roll: checks, and lists of which only is counted how many of its people they hold."""

    checks: tuple[RollCheck, ...]
    counted: tuple[str, ...]

    def lists(self, roll: str) -> tuple[str, ...]:
        """Every list looked at beside the roll itself, in the order asked."""
        looked_at = dict.fromkeys([*(check.other(roll) for check in self.checks), *self.counted])
        return tuple(code for code in looked_at if code != roll)


def choose(
    contracts: Mapping[str, Contract], checks: Sequence[RollCheck], roll: str, words: Sequence[str], allowed: Sequence[str]
) -> Plan:
    """What the words ask for, in the order asked: checks, datasets, or `*` for everything allowed.

    :param allowed: the datasets the order names; only `*` is read by it
    :raises RuleError: a word names no check and no list
    """
    lists = rolls.lists_of(contracts)
    if EVERYTHING not in words:
        return Plan(tuple(dict.fromkeys(check for word in words for check in pick(checks, roll, word, lists))), ())
    fit = [check for check in checks if not check.rolls or roll in check.rolls]
    chosen = tuple(check for check in fit if check.other(roll) in (roll, *allowed))
    looked_at = {check.other(roll) for check in chosen} | {roll}
    counted = tuple(code for code in allowed if code not in looked_at and roles(contracts[code]))
    return Plan(chosen, counted)


def of_people(contracts: Mapping[str, Contract]) -> list[str]:
    """Codes of the lists that are about people."""
    return [code for code, contract in contracts.items() if roles(contract)]


def ref_of(lake: Lake, plan: Plan, loads: Mapping[str, Sequence[Landed]], roll: str, on: date, snapshot: str, within: str) -> str:
    """The name of a comparison: from the rows compared, the text of the checks, the day, the place, and who links people how."""
    compared = sorted((code, load.object.stem) for code, of in loads.items() for load in of)
    linked = cycle.current(lake) if _published(lake, loads) else None
    by = [cycle.engine_version(), linked.id if linked else ""]
    asked = [repr(check) for check in plan.checks]
    told = json.dumps([roll, on.isoformat(), snapshot, compared, asked, plan.counted, within, by], ensure_ascii=False)
    return "b" + hashlib.sha256(told.encode()).hexdigest()[:16]


def _published(lake: Lake, loads: Mapping[str, Sequence[Landed]]) -> rolls.Published | None:
    return rolls.published_for(cycle.current(lake), lake, (load for of in loads.values() for load in of))


def within(area: str) -> str:
    """The prefix of the places rows are compared of; empty for a whole city, whose rows need not say where."""
    start = prefix(area)
    return "" if len(start) <= len("9901") else start


def paths(lake: Lake, ref: str) -> tuple[Path, Path, Path]:
    """Where a comparison lies: its pairs as Parquet, the same for people as CSV, and who was on the roll."""
    folder = lake.root / "checks"
    return folder / f"{ref}.parquet", folder / f"{ref}.csv", folder / "people" / f"{ref}.parquet"


@dataclass(frozen=True)
class Compared:
    """A comparison made: what it counted, the SHA-256 of the pairs it wrote, and whom it found, to read through once."""

    found: rolls.Comparison
    sha256: str
    whole: Iterator[FoundOne]


@contextmanager
def compared(
    lake: Lake,
    contracts: Mapping[str, Contract],
    loads: Mapping[str, Sequence[Landed]],
    roll: str,
    plan: Plan,
    on: date,
    *,
    ref: str,
    key: str,
    within: str = "",
    tell: Callable[[str], None] = lambda step: None,
) -> Iterator[Compared]:
    """Compare, and write every file under its name in one step each, before anything is handed out.

    :raises RuleError: a check is not understood, or a list is not about people
    """
    targets = paths(lake, ref)
    for target in targets:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with lake.workshop() as workshop, connect(workshop) as con:
        found = rolls.compare(
            con,
            contracts,
            loads,
            roll,
            plan.checks,
            on,
            key=key,
            published=_published(lake, loads),
            counted=plan.counted,
            within=within,
            tell=tell,
        )
        tell("write")
        made = tuple(workshop / f"{n}{target.suffix}" for n, target in enumerate(targets))
        rolls.write_pairs(con, made[0])
        write_table(made[1], _HEAD, _lines(con, contracts, roll, plan.checks))
        rolls.write_people(con, contracts, roll, made[2])
        for source_file, target in reversed(tuple(zip(made, targets, strict=True))):
            settle(source_file)
            rename(source_file, target)
        yield Compared(found, digest(targets[0]), _whole(con, contracts, roll, plan.checks))


def _whole(
    con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], roll: str, checks: Sequence[RollCheck]
) -> Iterator[FoundOne]:
    """Whom the checks found, with both rows in words."""
    others = {check.code: check.other(roll) for check in checks}
    for kind, pid, area, name, number, pairs, count in rolls.whole_hits(con, contracts, roll, checks, pairs=PAIRS_KEPT):
        kept, told = [], []
        for roll_batch, roll_row, other_batch, other_row, how, said, ours, theirs in pairs:
            rows = [_row(contracts[roll], ours), _row(contracts[others[kind]], theirs)]
            words = [
                in_words(contract.columns, row)
                for contract, row in zip((contracts[roll], contracts[others[kind]]), rows, strict=True)
            ]
            kept.append(Pair(roll_batch, roll_row, other_batch, other_row, HOW.get(how, how), said, *words))
            told.append(json.dumps(rows, ensure_ascii=False, sort_keys=True))
        yield FoundOne(kind, pid, area, name, number, others[kind], tuple(kept), count - len(kept), digest_of(told))


def _row(contract: Contract, text: str) -> dict[str, Any]:
    """What a row says, without where it stands."""
    return {name: value for name, value in json.loads(text).items() if name in contract.by_name and value is not None}


def _lines(
    con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], roll: str, checks: Sequence[RollCheck]
) -> Iterator[list[Any]]:
    """The pairs in words, a line each, a few thousand in memory at a time."""
    by_code = {check.code: check for check in checks}
    area = "s.area_code" if "area_code" in contracts[roll].by_name else "NULL"
    rows = con.execute(
        f"SELECT a.roll_row, s.name, coalesce(s.citizen_no, s.citizen_no_raw), {area}, a.kind, a.said, a.other_dataset, "
        f"a.other_batch, a.other_row, a.article, a.how FROM hits a JOIN {name_of('said_' + roll)} s "
        "ON s.batch = a.roll_batch AND s.row_no = a.roll_row "
        "ORDER BY a.roll_batch, a.roll_row, a.kind, a.other_batch, a.other_row"
    )
    at = 0
    while some := rows.fetchmany(5000):
        for row_no, name, number, place, kind, said, other, batch, other_row, article, how in some:
            at += 1
            check = by_code[kind]
            of_roll = [at, row_no, name, number, place, check.label, said]
            yield [*of_roll, contracts[other].label, batch, other_row, article, HOW.get(how, how), "；".join(check.innocent)]


# ---- random samples -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """A sample: how many there were to draw from, and those drawn: pid, place, batch and row on the roll, name, number."""

    population: int
    rows: tuple[tuple[str, str, int, int, str, str], ...]


def draw(
    lake: Lake, ref: str, loads: Sequence[Landed], *, hits: bool, seed: str, permille: int, within: str, at_most: int
) -> Drawn:
    """Draw so many thousandths of those found, or of the rest, by the digest of seed and pid: the same seed, the same people.

    :param loads: the deliveries of the roll that were compared
    :raises FileNotFoundError: the comparison's files were not kept
    """
    people = paths(lake, ref)[2]
    if not people.exists():
        raise FileNotFoundError(people)
    with lake.workshop() as workshop, connect(workshop) as con:
        con.execute(
            f"CREATE TEMP VIEW who AS SELECT * FROM read_parquet({quote(str(people))}) "
            f"WHERE hit = {hits} AND starts_with(area, {quote(within)})"
        )
        (population,) = con.execute("SELECT count(*) FROM who").fetchone() or (0,)
        size = min(at_most, -(-population * permille // 1000))
        rows = con.execute(
            f"""SELECT pid, area, roll_batch, roll_row, coalesce(s.name, ''), coalesce(s.citizen_no, s.citizen_no_raw, '')
            FROM (SELECT *, sha256({quote(seed + ":")} || pid) AS turn FROM who ORDER BY turn LIMIT {size:d}) w
            JOIN ({source(loads)}) s ON s.batch = roll_batch AND s.row_no = roll_row ORDER BY turn"""
        ).fetchall()
    return Drawn(population, tuple(rows))


# ---- one worker at a time, and how far it is ----------------------------------------------------------------------------


@contextmanager
def one_at_a_time(lake: Lake, *, wait: bool = True) -> Iterator[bool]:
    """Hold the one place where rolls are compared on this machine; it is free again when its holder dies.

    :returns: whether it is held; only without `wait` may it not be
    """
    folder = lake.root / "checks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = os.open(folder / ".working", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(held)


@dataclass(frozen=True)
class Progress:
    """How far a check is: the step it is at, how many are done, of how many."""

    step: str
    done: int
    of: int


def keep_progress(lake: Lake, run: str, progress: Progress | None) -> None:
    """Say how far a run is, for the page that shows it; None when it has ended."""
    file = lake.root / "checks" / f"{run}.progress"
    if progress is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_suffix(".new")
    new.write_text(json.dumps(vars(progress)))
    new.replace(file)


def progress(lake: Lake, run: str) -> Progress | None:
    """How far a run is, or None while nobody began."""
    try:
        return Progress(**json.loads((lake.root / "checks" / f"{run}.progress").read_text()))
    except FileNotFoundError:
        return None
