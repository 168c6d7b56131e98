"""From cold files to alerts, beside what it costs DuckDB merely to read the same files as text."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
from python_calamine import CalamineWorkbook

from bench.measure import cpu_of, run
from bench.table import Row

ON = "2026-06-30"


def files_as_text(feeds: Path, folder: Path) -> list[Path]:
    """Write every delivered file once more as plain UTF-8 CSV, so that reading it costs only the reading."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for path in sorted(feeds.iterdir()):
        target = folder / f"{path.name}.csv"
        if path.suffix == ".csv":
            raw = path.read_bytes()
            try:
                text = raw.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = raw.decode("gb18030")
            target.write_text(text, newline="")
        elif path.suffix == ".xlsx":
            rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
            target.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows) + "\n")
        else:
            continue
        written.append(target)
    return written


def read_as_text(paths: list[Path]) -> None:
    """What DuckDB needs to have every cell of these files in memory as text."""
    with duckdb.connect() as con:
        for number, path in enumerate(paths):
            con.execute(
                f"create table t{number} as select * from read_csv(?, all_varchar = true, header = true, strict_mode = false, "
                "null_padding = true, max_line_size = 1000000)",
                [str(path)],
            )


def scan_as_text(paths: list[Path]) -> None:
    """What DuckDB needs only to pass over them, keeping nothing."""
    with duckdb.connect() as con:
        for path in paths:
            con.execute(
                "select count(columns(*)) from read_csv(?, all_varchar = true, header = true, strict_mode = false, "
                "null_padding = true, max_line_size = 1000000)",
                [str(path)],
            ).fetchall()


def measure(root: Path, profile: str) -> list[Row]:
    """City, load, cycle, a second cycle, and the limits."""
    made, home = root / profile, root / f"home-{profile}"
    rows = []
    made_now = run("city", "make", str(made), "--profile", profile, "--seed", "1", "--json", home=root)
    rows.append(Row(f"make the city `{profile}`", f"{made_now.cpu:.0f} CPU s, {made_now.peak_mb:.0f} MB", "", "< 240 s, < 6 GB"))
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    run("manage", "migrate", "--verbosity", "0", home=home)
    nothing = run("feeds", "contracts", "--json", home=home)
    load = run("feeds", "load", str(made / "feeds"), "--json", home=home)
    more = run("feeds", "load", str(made / "more"), "--json", home=home)
    cycle = run("cycle", "--on", ON, "--json", home=home)
    whole = load + cycle
    feeds = made / "feeds"
    bytes_only = cpu_of(lambda: [path.read_bytes() for path in sorted(feeds.iterdir()) if path.is_file()])
    paths = files_as_text(feeds, root / f"text-{profile}")
    text = min(cpu_of(lambda: read_as_text(paths)) for _ in range(3))
    scan = min(cpu_of(lambda: scan_as_text(paths)) for _ in range(3))
    count = sum(one["rows"] for one in load.answer["datasets"].values())
    beside = (
        f"DuckDB holding the same rows as text: {text:.2f}; only passing over them: {scan:.2f}; "
        f"the bytes alone: {bytes_only:.2f}; "
        f"starting Python twice: {2 * nothing.cpu:.2f}"
    )
    rows.append(Row(f"{count:,} rows: files → lake", f"{load.cpu:.2f} CPU s, {load.peak_mb:.0f} MB", "", ""))
    beyond = sum(one["rows"] for one in more.answer["datasets"].values())
    rows.append(
        Row(f"{beyond:,} rows beyond the 26 kinds: files → lake (not in the figure below)", f"{more.cpu:.2f} CPU s", "", "")
    )
    rows.append(
        Row(
            "lake → facts → rules → alerts",
            f"{cycle.cpu:.2f} CPU s, {cycle.peak_mb:.0f} MB",
            str(cycle.answer.get("seconds")),
            "",
        )
    )
    rows.append(
        Row(
            "**files → alerts, cold, in one figure**",
            f"**{whole.cpu:.2f} CPU s = {whole.cpu / text:.1f} ×**, {whole.peak_mb:.0f} MB",
            beside,
            "≤ 5 × (a trial: 10 ×), ≤ 2 GB",
        )
    )
    again = run("cycle", "--on", ON, "--json", home=home)
    rows.append(Row("the same cycle again (nothing changes)", f"{again.cpu:.2f} CPU s", "", ""))
    order = run("city", "order", "--json", home=home).answer["order"]
    check = run("check", "--order", order, "--roll", "disability_subsidy", "--against", "tekun", "--json", home=home)
    rows.append(
        Row(
            "disability subsidies against Tekun",
            f"{check.cpu:.2f} CPU s → {check.answer['anomalies']:,}",
            "",
            "1,116 at full size",
        )
    )
    return rows
