"""Files on their way in: how quickly, and that memory does not grow with the file.

python -m bench.ways_in             0.2 GB and 1.2 GB, landed into a lake of their own, each in a process of its own
python -m bench.ways_in --gb 0.2 2  other sizes
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from bench.table import Row


def write(path: Path, size: int) -> int:
    """Write a file of medical bills of about this many bytes; how many rows."""
    from doudi.exchange.queries import contracts

    columns = contracts()["medical_cost"].columns
    names = [column.label for column in columns]
    first, rows, written = date(2026, 1, 1), 0, 0
    with path.open("w", encoding="utf-8", newline="") as file:
        written += file.write(",".join(names) + "\n")
        while written < size:
            lines = []
            for at in range(rows, rows + 20_000):
                cells = []
                for column in columns:
                    if column.type == "citizen_no":
                        cells.append(
                            f"99{at // 840_000 % 10_000:04}{1940 + at % 60}{1 + at % 12:02}{1 + at % 28:02}{at // 840 % 1000:03}X"
                        )
                    elif column.type == "name":
                        cells.append("王李张刘陈"[at % 5] + "秀英桂兰"[at // 5 % 4] + "芳华明强"[at // 20 % 4])
                    elif column.type == "date":
                        cells.append((first + timedelta(days=at % 180)).isoformat())
                    elif column.type == "month":
                        cells.append(f"2026-{1 + at % 6:02}")
                    elif column.type in ("money", "number", "integer"):
                        cells.append(str(at % 90_007))
                    elif column.type == "code":
                        cells.append(next(iter(column.codes.values()))[0])
                    elif column.type == "area":
                        cells.append(f"9901010012{at % 90:02}")
                    elif column.type == "flag":
                        cells.append("是")
                    elif column.type == "account":
                        cells.append(f"6200{at:014}")
                    else:
                        cells.append(f"单{at:012}")
                lines.append(",".join(cells))
            text = "\n".join(lines) + "\n"
            file.write(text)
            written += len(text.encode())
            rows += 20_000
    return rows


def land(path: Path, lake: Path) -> dict[str, float]:
    """Take one file in as a delivery is: keep it, land it, keep what it became."""
    from doudi.engine import landing, memory
    from doudi.engine.lake import Lake
    from doudi.exchange.jobs.receiving import keep
    from doudi.exchange.queries import contracts

    memory.keep()
    store = Lake(lake)
    began, cpu = time.monotonic(), time.process_time()
    with store.workshop() as workshop:
        store.keep_delivery(path, workshop)
        kept = time.monotonic() - began
        (landed,) = landing.land_csv(path, contracts(), workshop, dataset="medical_cost", complete=True)
        keep(store, landed)
    seconds = time.monotonic() - began
    return {
        "bytes": path.stat().st_size,
        "rows": landed.rows,
        "accepted": landed.accepted,
        "seconds": round(seconds, 1),
        "keeping": round(kept, 1),
        "cpu": round(time.process_time() - cpu, 1),
        "mb_per_s": round(path.stat().st_size / 1e6 / seconds, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def figures(sizes: list[float], folder: Path) -> Iterator[dict[str, float]]:
    """Each size written, hashed and landed, each landing in a process of its own so that peaks do not mix."""
    for gb in sizes:
        path = folder / "bills.csv"
        write(path, int(gb * 1e9))
        began = time.monotonic()
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")
        reading = time.monotonic() - began
        command = [sys.executable, "-m", "bench.ways_in", "--land", str(path), str(folder / f"lake-{gb}")]
        done = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        yield done | {"gb": gb, "only_hashing_s": round(reading, 1)}
        path.unlink()


def measure(root: Path, profile: str) -> list[Row]:
    """A small and a large file: how quickly, and whether memory grew with it."""
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ways-in-", dir=root) as folder:
        small, large = figures([0.2, 1.0], Path(folder))
    return [
        Row(
            f"a CSV of {one['gb']} GB taken in ({one['rows']:,} rows)",
            f"{one['mb_per_s']} MB/s, {one['cpu']} CPU s, peak {one['peak_mb']} MB",
            f"only hashing it {one['only_hashing_s']} s",
            "the same peak whatever the size",
        )
        for one in (small, large)
    ]


def main() -> None:
    os.environ.setdefault("DOUDI_HOME", tempfile.mkdtemp(prefix="doudi-bench-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.config.settings")
    import django

    django.setup()
    parser = argparse.ArgumentParser()
    parser.add_argument("--gb", type=float, nargs="+", default=[0.2, 1.2])
    parser.add_argument("--land", nargs=2, metavar=("FILE", "LAKE"))
    told = parser.parse_args()
    if told.land:
        sys.stdout.write(json.dumps(land(Path(told.land[0]), Path(told.land[1]))))
        return
    with tempfile.TemporaryDirectory(prefix="doudi-ways-in-") as folder:
        for one in figures(told.gb, Path(folder)):
            sys.stdout.write(json.dumps(one) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
