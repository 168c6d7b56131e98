"""A department's file before it is written: its columns as text, and whose every row truly is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NOBODY = -1


@dataclass
class Table:
    """Rows of one dataset. `who` is the true person of each row, `spouse` the second one where a row speaks of two."""

    dataset: str
    columns: dict[str, pa.Array]
    who: np.ndarray
    spouse: np.ndarray | None = None
    sure: np.ndarray | None = None  # rows whose number and name are planted and stay as they are
    county: np.ndarray | None = None  # which file of several
    cells: list[tuple[np.ndarray, str, pa.Array, pa.Array, str]] = field(default_factory=list)  # rows, field, true, written, kind

    def __len__(self) -> int:
        return len(self.who)

    def taken(self, at: np.ndarray) -> Table:
        """The rows at these positions, in this order; of a table with wrong cells all rows must stay."""
        index = pa.array(at)
        now = np.full(len(self), NOBODY)
        now[at] = np.arange(len(at))
        return Table(
            self.dataset,
            {name: column.take(index) for name, column in self.columns.items()},
            self.who[at],
            None if self.spouse is None else self.spouse[at],
            None if self.sure is None else self.sure[at],
            None if self.county is None else self.county[at],
            [(now[rows], *told) for rows, *told in self.cells],
        )

    def write(self, column: str, rows: np.ndarray, values: list[str | None] | pa.Array, kind: str, *, error: bool = True) -> None:
        """Write other text into some cells of a column, and remember what was true there."""
        if not len(rows):
            return
        order = np.argsort(rows, kind="stable")
        rows = rows[order]
        new = (values if isinstance(values, pa.Array) else pa.array(values, pa.string())).take(pa.array(order))
        old = self.columns[column].take(pa.array(rows))
        mask = np.zeros(len(self), bool)
        mask[rows] = True
        self.columns[column] = pc.replace_with_mask(self.columns[column], pa.array(mask), new)
        if error:
            differs = pc.fill_null(pc.not_equal(old, new), True).to_numpy(zero_copy_only=False)
            rows, old, new = rows[differs], old.filter(pa.array(differs)), new.filter(pa.array(differs))
            self.cells.append((rows, column, old, new, kind))

    def texts(self, column: str, rows: np.ndarray) -> list[str | None]:
        """What stands in some cells."""
        return self.columns[column].take(pa.array(rows)).to_pylist()
