"""The township's first opinion, the village's board, objections."""

from __future__ import annotations

from datetime import datetime

from doudi.casework.models import Case, Objection, Opinion
from doudi.office.actions import By


def propose(
    *,
    ref: str,
    kind: str,
    reason: str,
    by: By,
    at: datetime,
    amount_fen: int | None = None,
    differs_reason: str = "",
    version: int | None = None,
) -> Opinion:
    """Write the first opinion: `help` goes onto the village's board for 7 days, `refuse` straight to the county.

    :param amount_fen: a month; by default what the assessment says
    :param differs_reason: why, where it differs from the assessment
    :raises Missing: no reason, no household visit, an open question, or a difference without its reason
    :raises NotAllowed: not at this step, or near kin of this clerk
    """
    raise NotImplementedError


def object_to(*, ref: str, said: str, by: By, at: datetime, who: str = "", phone: str = "") -> Objection:
    """Note an objection against what stands on the board; it stops this household's showing only.

    :raises NotAllowed: nothing of this case is shown now
    """
    raise NotImplementedError


def end_showing(*, ref: str, by: By, at: datetime) -> Case:
    """Take a showing down whose days are over, and pass the case to the county; the schedule calls this.

    :raises NotAllowed: its days are not over
    """
    raise NotImplementedError


def resend(*, ref: str, said: str, by: By, at: datetime) -> Case:
    """Hand a returned case back to the county with what it asked for; for opinions whose figures stayed as they were shown.

    :raises NotAllowed: the figures changed: it has to be shown again
    """
    raise NotImplementedError
