"""Whom of a family a difference may be shown to, and how: with what was found, or only as a question."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from doudi.verification.core.kinds import kinds


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph of a paper, as it came in."""

    content_type: str
    data: bytes


FOUND, DOOR, NOT = "found", "door", ""


def shown_as(kind: str, pid: str, *, mine: Collection[str], wards: Collection[str], applicant: str) -> str:
    """How a difference is put to the one signed in (PIPL Art. 45: their own and their minors' data; of other adults nothing
    but what the family itself can say).

    :param pid: whom it is about; "" the household, or a member the register does not know
    :param mine: the pids of the one signed in
    :param wards: the minors they signed for
    :returns: FOUND, DOOR (nothing that was found is shown) or NOT
    """
    if not kinds()[kind].answers:
        return NOT
    if pid and (pid in mine or pid in wards):
        return FOUND
    if applicant not in mine:
        return NOT
    return FOUND if not pid else kinds()[kind].applicant
