"""Reading applications being written, and what is known beforehand."""

from __future__ import annotations

from datetime import datetime

from doudi.casework.queries.rows import DraftPage, Prefill
from doudi.office.actions import By


def prefill(pid: str, *, at: datetime) -> Prefill:
    """All that is known of an applicant before they say a word, each with its source and day.

    Only for the person signed in, or inside an act of a clerk who may take their application.

    :raises NotKnown: nobody of this id
    """
    raise NotImplementedError


def draft(ref: str, *, by: By, at: datetime) -> DraftPage:
    """An application being written, for who writes it (the resident, the proxy, or a clerk of the place).

    :raises NotAllowed: somebody else's
    :raises DoesNotExist: no such draft (`casework.queries.drafts.NoDraft`)
    """
    raise NotImplementedError


def drafts_of(*, by: By) -> list[DraftPage]:
    """The applications this person has begun and not handed in, latest first."""
    raise NotImplementedError
