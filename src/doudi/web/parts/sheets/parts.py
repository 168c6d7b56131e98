"""What papers are put together from: rows to read or write on, tables, words, boxes to tick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.casework.core.papers import Paper, Part
from doudi.casework.queries import CasePage
from doudi.office.core import NotAllowed, Viewer

LINE = ""  # an empty cell to write in


@dataclass(frozen=True, slots=True)
class Making:
    """What a paper is made from: nothing (blank), or a case as this viewer sees it."""

    paper: Paper
    office: str
    on: date
    at: datetime
    case: CasePage | None = None
    viewer: Viewer | None = None


def rows(heading: str, *pairs: tuple[str, str]) -> Part:
    """Labels with what belongs to them; an empty value is a line to write on."""
    return {"kind": "rows", "heading": heading, "rows": [list(one) for one in pairs]}


def pairs(*given: tuple[str, str]) -> Part:
    """Short things, two beside each other."""
    told = [list(one) for one in given]
    told += [[LINE, LINE]] * (len(told) % 2)
    return {"kind": "pairs", "heading": "", "rows": [told[at] + told[at + 1] for at in range(0, len(told), 2)]}


def table(heading: str, heads: tuple[str, ...], lines: list[tuple[str, ...]], least: int = 0) -> Part:
    """A table, with empty lines up to `least`."""
    empty = [tuple(LINE for _ in heads)] * max(least - len(lines), 0)
    return {"kind": "table", "heading": heading, "heads": list(heads), "rows": [list(one) for one in (*lines, *empty)]}


def text(heading: str, *lines: str) -> Part:
    return {"kind": "text", "heading": heading, "lines": [one for one in lines if one]}


def boxes(heading: str, *choices: tuple[str, bool]) -> Part:
    """Choices to tick."""
    return {"kind": "boxes", "heading": heading, "boxes": [list(one) for one in choices]}


def case_of(making: Making) -> CasePage:
    """The case a paper is about.

    :raises NotAllowed: it cannot be printed empty
    """
    if making.case is None:
        raise NotAllowed(f"《{making.paper.label}》要从案卷里打印。")
    return making.case
