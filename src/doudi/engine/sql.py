"""DuckDB: a connection of one's own, and texts and names that are safe to put into a statement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb


def connect(workshop: Path, *, memory: str = "1200MB", threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB of one's own that spills into the workshop rather than growing."""
    settings: dict[str, Any] = {"memory_limit": memory, "temp_directory": str(workshop / "spill")}
    if threads:
        settings["threads"] = threads
    return duckdb.connect(":memory:", config=settings)


def quote(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def name_of(column: str) -> str:
    """A SQL identifier."""
    return '"' + column.replace('"', '""') + '"'
