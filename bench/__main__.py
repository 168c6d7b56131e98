"""`make bench`: the sizes of the issue, measured; medians and ratios, the physical limit beside each."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bench import city, household, pages
from bench.table import Row, show


def main() -> None:
    """Measure everything in one run on one machine, so that ratios mean something."""
    root = Path(os.environ.get("BENCH_DIR", "build/bench")).resolve()
    profile = os.environ.get("PROFILE", "city")
    rows: list[Row] = []
    for part in (city.measure, household.measure, pages.measure):
        print(f"… {part.__module__}", file=sys.stderr)
        rows += part(root, profile)
    print(show(rows))


main()
