"""Reading what waits for a clerk."""

from __future__ import annotations

from datetime import datetime

from doudi.casework.queries.rows import Counts, InboxRow, Page
from doudi.office.core import Viewer


def inbox(viewer: Viewer, *, at: datetime, pile: str = "todo", mine: bool = False, after: str = "", limit: int = 30) -> Page:
    """The cases of the viewer's area that wait for them: urgent, then by the day they are due.

    :param pile: todo; waiting (for the family); shown (on the board); clear or doubt (the county's two piles); done; all
    :param after: `Page.next` of the page before
    :raises NotAllowed: the post does not allow it
    """
    raise NotImplementedError


def counts(viewer: Viewer, *, at: datetime) -> Counts:
    """The inbox in numbers, in one query.

    :raises NotAllowed: the post does not allow it
    """
    raise NotImplementedError


def find(viewer: Viewer, text: str, *, at: datetime, limit: int = 20) -> tuple[InboxRow, ...]:
    """Cases of the viewer's area by receipt number or by the applicant's citizen number."""
    raise NotImplementedError
