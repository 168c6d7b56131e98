"""Taking an application in: what is missing, acceptance, near kin, consent, withdrawal; and the road from a visit."""

from __future__ import annotations

from datetime import datetime

from doudi.casework.models import Case
from doudi.office.actions import By


def accept(*, ref: str, by: By, at: datetime, near_kin_of: str = "", version: int | None = None) -> Case:
    """Take an application in; the clock of the whole case starts here.

    :param near_kin_of: the clerk or committee member this family is near kin of, filed apart (D57 Art. 11)
    :raises NotAllowed: not waiting to be taken in, or not by this clerk
    :raises Changed: somebody changed the case since `version`
    """
    raise NotImplementedError


def ask_once(*, ref: str, missing: str, by: By, at: datetime, version: int | None = None) -> Case:
    """Tell the family once, and all together, what is missing (D57 Art. 10).

    :raises NotAllowed: asked before: once is once
    :raises Missing: nothing named
    """
    raise NotImplementedError


def supplement(*, ref: str, said: str, by: By, at: datetime) -> Case:
    """Note that what was missing has come, from the family or through a clerk."""
    raise NotImplementedError


def assign(*, ref: str, to: str, by: By, at: datetime) -> Case:
    """Hand a case to a colleague (username) of the same place."""
    raise NotImplementedError


def file_near_kin(*, ref: str, of: str, by: By, at: datetime) -> Case:
    """File a case apart as one of near kin of a clerk or committee member; the county then visits itself (D57 Art. 11, 20)."""
    raise NotImplementedError


def record_consent(*, ref: str, pid: str, channel: str, by: By, at: datetime, guardian: str = "") -> Case:
    """Note that a member agreed to the check, by `screen`, `paper`, `voice` or `visit`; bound to the programme's sources.

    :raises NotAllowed: not a member of this case
    """
    raise NotImplementedError


def withdraw(*, ref: str, reason: str, by: By, at: datetime) -> Case:
    """Take an application back: the family itself, or a clerk who wrote down their wish with its reason.

    :raises NotAllowed: decided already, or not their case
    """
    raise NotImplementedError


def open_case(
    *,
    pid: str,
    visit_ref: str,
    alert_ref: str = "",
    hardships: list[str],
    story: str = "",
    consent_channel: str,
    consents: list[str],
    by: By,
    at: datetime,
    programme: str = "dibao",
    is_urgent: bool = False,
) -> Case:
    """Open a case from a visit, with the family's yes: prefilled from the register, accepted at once, on to the check.

    :param consents: pids of the adults who agreed, by signature or voice
    :param consent_channel: paper | voice | screen | visit
    :raises Missing: the person visited did not agree
    :raises NotAllowed: the clerk has no post there
    """
    raise NotImplementedError
