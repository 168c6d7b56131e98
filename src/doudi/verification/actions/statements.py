"""Keeping what a household says to a difference. It settles nothing: a person still judges, with this beside what was found."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.verification.core.kinds import CHANNELS, kinds
from doudi.verification.models import Statement


class NothingSaid(NotAllowed):
    """Neither a tap nor a word; nothing is kept."""


@transaction.atomic
def keep_statement(
    *, subject: str, key: str, kind: str, pid: str, choice: str, words: str, channel: str, once: str, by: By, at: datetime,
    paper: str = "", said_at: datetime | None = None,
) -> Statement:  # fmt: skip
    """Keep an answer of the household; the same answer sent twice (`once`) is one. Who may give it is the matter of the room
    the difference stands in.

    :param choice: a code of the kind's answers, or "" with words of their own
    :param paper: ref of a paper of the office that belongs to it
    :param said_at: when it was said, where it waited on a phone without signal
    :raises NothingSaid: no tap, no words and no paper
    :raises NotAllowed: the choice is not one of this kind, or a way nobody has
    """
    words = words.strip()[:500]
    if not (choice or words or paper):
        raise NothingSaid("点一个，或者写一句话；说不清也可以点“说不清”。")
    if choice and choice not in kinds()[kind].answers:
        raise NotAllowed("没有这个选项，请重新点一个。")
    if channel not in CHANNELS:
        raise NotAllowed("没有写明是怎么说的。")
    kept, new = Statement.objects.get_or_create(
        subject=subject,
        key=key,
        once=once,
        defaults={
            "kind": kind, "pid": pid, "choice": choice, "words": words, "paper": paper, "channel": channel,
            "said_at": min(said_at or at, at), "at": at, "by": office.party(by),
        },
    )  # fmt: skip
    if new:
        detail = {"channel": channel, "kind": kind, "paper": paper, "statement": kept.ref}
        office.record("verification.keep_statement", subject=subject, by=by, at=at, detail=detail)
    return kept
