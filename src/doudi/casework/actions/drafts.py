"""An application, step by step, until it is handed in. Every answer is kept on the server at once."""

from __future__ import annotations

from datetime import datetime

from doudi.casework.models import Case, Draft
from doudi.office.actions import By


def start_draft(*, pid: str, by: By, at: datetime, channel: str = "phone", programme: str = "dibao") -> Draft:
    """Begin an application for a person, or go on with the one begun: the household comes into the database, prefilled.

    :param by: the resident, who may be a proxy for `pid`; or a clerk who may register applications there
    :param channel: one of core.CHANNELS
    :raises NotAllowed: a clerk of another place, or no such programme
    :raises NotKnown: nobody of this id
    """
    raise NotImplementedError


def save_hardships(*, ref: str, kinds: list[str], story: str = "", by: By, at: datetime) -> Draft:
    """Keep what hurts most (codes of core.HARDSHIPS) and the person's own words.

    :raises Missing: nothing chosen and nothing written
    """
    raise NotImplementedError


def save_members(*, ref: str, together: dict[str, bool], others: list[tuple[str, str]], by: By, at: datetime) -> Draft:
    """Keep who lives together: an answer for each known member (pid → yes or no), and other people (name, relation).

    :raises Missing: a known member without an answer
    """
    raise NotImplementedError


def save_incomes(*, ref: str, said: dict[str, str], others: list[tuple[str, int]], by: By, at: datetime) -> Draft:
    """Keep what was said of each known line (key → right, wrong or "" when not sure) and other income (kind, fen a month).

    :raises Missing: an answer that is none of these, or a kind that is not on the list
    """
    raise NotImplementedError


def save_account(*, ref: str, way: str, bank: str = "", number: str = "", by: By, at: datetime) -> Draft:
    """Keep where the money should go: `same`, `other` (with bank and number) or `none`.

    :raises Missing: another account without its number
    """
    raise NotImplementedError


def drop_draft(*, ref: str, by: By, at: datetime) -> None:
    """Throw an application away that was not handed in; what was typed is gone."""
    raise NotImplementedError


def submit(
    *,
    ref: str,
    consent: bool,
    by: By,
    at: datetime,
    consent_channel: str = "",
    proxy_relation: str = "",
    mandate: str = "",
) -> Case:
    """Hand the application in: receipt, named officer, the clock of the township, consent of who is here, a notice queued.

    Twice (a double click, two browsers) gives the same case. Adults who have not agreed are listed on the case; it starts
    all the same, and the check waits for them only.

    :param consent: the one handing in agrees to the check, for themselves and their minor children
    :param consent_channel: screen | paper | voice; by default from the channel
    :param mandate: for a proxy, how the written mandate was given: screen | paper | village
    :raises Missing: an unanswered step, no consent, or a proxy without mandate; the text names all that is missing at once
    """
    raise NotImplementedError
