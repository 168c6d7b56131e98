"""Papers an act about money stands on: kept with the act, or kept before."""

from __future__ import annotations

from datetime import datetime

from doudi.casework.core.asking import Photo
from doudi.casework.queries import InForce
from doudi.office import actions as office
from doudi.office.actions import By


def kept(paper: Photo | str, kind: str, *, of: InForce, by: By, at: datetime) -> str:
    """The ref of a paper of the payee's: its photograph is kept now, or it is the ref of one kept before; "" for none.

    :raises BadPaper: not a picture that can be kept
    """
    if isinstance(paper, str):
        return paper.strip()
    return office.keep_paper(
        kind=kind, content_type=paper.content_type, data=paper.data, area=of.area, subject=of.payee, by=by, at=at
    ).ref
