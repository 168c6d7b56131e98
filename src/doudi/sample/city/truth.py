"""What only the scorer may read: who is who, whose every row is, every touched cell, everything planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.sample.city import cells, numbers
from doudi.sample.city.departments.base import City
from doudi.sample.city.lives import NEVER
from doudi.sample.city.tables import Table
from doudi.sample.city.world import RELATIONS, STANDARD, TIERS


@dataclass
class Truth:
    """Collects, file by file, and writes at the end."""

    folder: Path
    city: City
    rows: list[pa.Table] = field(default_factory=list)
    cells: list[pa.Table] = field(default_factory=list)
    findings: list[pa.Table] = field(default_factory=list)

    def add(self, table: Table, files: Sequence[tuple[str, np.ndarray]], snapshot: str = "") -> None:
        """Remember whose the rows of a feed are, and which cells are wrong."""
        file_of, row_no = np.empty(len(table), np.int32), np.empty(len(table), np.int32)
        for at, (_, rows) in enumerate(files):
            file_of[rows], row_no[rows] = at, np.arange(1, len(rows) + 1)
        named = pa.array([name for name, _ in files])

        def where(rows: np.ndarray) -> dict[str, pa.Array]:
            return {
                "snapshot": pa.repeat(snapshot, len(rows)),
                "dataset": pa.repeat(table.dataset, len(rows)),
                "file": named.take(pa.array(file_of[rows])),
                "row_no": pa.array(row_no[rows]),
            }

        every = np.arange(len(table))
        for role, who in (("", table.who), ("spouse", table.spouse)):
            if who is not None:
                person = pa.array(who.astype(np.int32))
                self.rows.append(pa.table({**where(every), "role": pa.repeat(role, len(who)), "person": person}))
        for rows, column, old, new, kind in table.cells:
            said = {"field": pa.repeat(column, len(rows)), "true": old, "written": new, "kind": pa.repeat(kind, len(rows))}
            self.cells.append(pa.table({**where(rows), **said}))

    def find(self, kind: str, who: np.ndarray, *, other: np.ndarray | None = None, true: bool = True, **words: str) -> None:
        """Plant a finding on persons. `other` is the second person of each where two are meant.

        words: code, dataset, outcome, cause, snapshot; empty where not said. A person of a frozen list has no household.
        """
        n, home = len(who), self.city.world.home
        here = "snapshot" not in words
        self.findings.append(
            pa.table(
                {
                    "kind": pa.repeat(kind, n),
                    **{name: pa.repeat(words.get(name, ""), n) for name in ("snapshot", "code", "dataset", "outcome", "cause")},
                    "person": pa.array(who.astype(np.int32)),
                    "household": pa.array(home[who].astype(np.int32) if here else np.full(n, -1, np.int32)),
                    "other_person": pa.array((np.full(n, -1) if other is None else other).astype(np.int32)),
                    "true": pa.array(np.full(n, true)),
                }
            )
        )

    def close(self) -> None:
        """Write everything."""
        world, lives = self.city.world, self.city.lives
        n = world.count
        people = {
            "person": pa.array(np.arange(n, dtype=np.int32)),
            "household": pa.array(world.home.astype(np.int32)),
            "citizen_no": numbers.text(self.city.number_bytes),
            "second_no": pc.if_else(pa.array(world.number2 > 0), numbers.text(numbers.written(world.number2)), None),
            "name": pa.array(world.name, pa.string()),
            "sex": pa.array(world.sex),
            "born": dates(world.born),
            "relation": cells.one_of(RELATIONS, world.relation),
            "tier": cells.one_of(TIERS, world.tier),
            "rigid": pa.array(lives.rigid),
            "single": pa.array(world.single),
            "area": self.city.area(world.village[world.home]),
            "registered_area": self.city.area(world.kept_village[world.home]),
            "died": dates(lives.died),
            "disability_grade": pa.array(lives.grade),
            "rare_character": pa.array(world.rare),
            "twin": pa.array(np.isin(np.arange(n), world.twins.ravel())),
        }
        self._write("persons", pa.table(people))
        standard = np.where(world.urban, STANDARD[True], STANDARD[False])
        left = lives.income - lives.outlay // 12
        homes = {
            "household": pa.array(np.arange(len(world.size), dtype=np.int32)),
            "area": self.city.area(world.village),
            "place_kind": cells.one_of(("rural", "urban"), world.urban.astype(int)),
            "size": pa.array(world.size.astype(np.int32)),
            "tier": cells.one_of(TIERS, world.home_tier),
            "income_month_fen": pa.array(lives.income),
            "declared_month_fen": pa.array(lives.declared),
            "outlay_year_fen": pa.array(lives.outlay),
            "hardship": pa.array(left < standard * world.size),
        }
        self._write("households", pa.table(homes))
        self._write("eligibility", self._eligibility(standard))
        for name, parts in (("rows", self.rows), ("cells", self.cells), ("findings", self.findings)):
            if parts:
                self._write(name, pa.concat_tables(parts))

    def _eligibility(self, standard: np.ndarray) -> pa.Table:
        """True programme and amount of every household under the city's standards."""
        world, lives = self.city.world, self.city.lives
        total = standard * world.size
        amount = np.where(lives.income < total, -(-(total - lives.income) // 100) * 100, 0)
        tekun = world.home_tier == TIERS.index("tekun")
        programme = np.select([tekun, lives.income < total, lives.income < total * 3 // 2], [0, 1, 2], 3)
        return pa.table({
            "household": pa.array(np.arange(len(world.size), dtype=np.int32)),
            "programme": cells.one_of(("tekun", "dibao", "near_dibao", "none"), programme),
            "amount_month_fen": pa.array(np.where(programme == 1, amount, 0)),
            "standard_month_fen": pa.array(standard),
        })  # fmt: skip

    def _write(self, name: str, table: pa.Table) -> None:
        pq.write_table(table, self.folder / f"{name}.parquet", compression="zstd", compression_level=1)


def dates(days: np.ndarray) -> pa.Array:
    """Days since 1970 as dates; NEVER is empty."""
    return pa.array(np.where(days > NEVER, days, 0).astype(np.int32), mask=days <= NEVER).cast(pa.date32())
