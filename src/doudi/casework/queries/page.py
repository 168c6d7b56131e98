"""Reading one case whole."""

from __future__ import annotations

from datetime import datetime

from doudi.casework.queries.rows import CasePage, InboxRow
from doudi.office.core import NotAllowed, Viewer


class NoCase(NotAllowed):
    """There is no such case, or it is not the reader's to see; the words do not tell which."""


def case(ref: str, viewer: Viewer, *, at: datetime) -> CasePage:
    """Everything of one case. The page that shows it notes the look (`office.actions.look`, subject: applicant pid).

    :raises NoCase: no such case, or outside the viewer's area
    :raises NotAllowed: the post does not allow it
    """
    raise NotImplementedError


def case_of_receipt(receipt: str, viewer: Viewer) -> str:
    """The ref of the case with this receipt number, inside the viewer's area.

    :raises NoCase: no such case, or outside the viewer's area
    """
    raise NotImplementedError


def cases_of(pid: str, viewer: Viewer, *, at: datetime) -> tuple[InboxRow, ...]:
    """The cases a person is part of, inside the viewer's area, latest first."""
    raise NotImplementedError
