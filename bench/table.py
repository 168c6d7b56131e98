"""The table bench prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured thing: what it is, the figure, the limit or goal beside it."""

    what: str
    figure: str
    beside: str = ""
    goal: str = ""


def show(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | measured | beside it | goal |", "| --- | ---: | --- | --- |"]
    lines += [f"| {row.what} | {row.figure} | {row.beside} | {row.goal} |" for row in rows]
    return "\n".join(lines)
