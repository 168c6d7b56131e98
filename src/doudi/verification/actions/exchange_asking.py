"""Writing what we ask other places: ask, hold back what lost its basis, say once more what was not heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import Party
from doudi.office.queries import need, today
from doudi.verification.actions import questions
from doudi.verification.actions.letters import post
from doudi.verification.core import NoBasis, letters, peers
from doudi.verification.core.peers import About, Side, State, Wanted
from doudi.verification.core.questions import OPEN
from doudi.verification.models import Letter, LetterPart, PlaceExchange, Question
from doudi.verification.queries import peers as queries


@transaction.atomic
def ask_place(
    *, ref: str, peer: str, programme: str, basis: str, order: Mapping[str, Any] | None, people: Sequence[About],
    wanted: Sequence[Wanted], area: str, subject: str, by: By, at: datetime, clock: datetime,
) -> PlaceExchange:  # fmt: skip
    """Ask another place. The same ref again is the same exchange and writes nothing.

    :param ref: e and 32 hexadecimal digits, made from what is asked
    :param area: whose check it is here; subject: the case it is for
    :param clock: the real time here
    :raises NotALetter: nothing may go to this place
    """
    need(by, "check.request", area=area, at=at)
    found = PlaceExchange.objects.filter(ref=ref).first()
    if found is not None:
        return found
    message = peers.question(
        exchange=ref,
        writer=queries.own_code(),
        reader=peer,
        office=queries.own_place(),
        programme=programme,
        basis=basis,
        order=order,
        people=people,
        wanted=wanted,
        due_on=peers.due(today(at)),
        at=at,
    )
    made = PlaceExchange.objects.create(
        ref=ref, side=Side.ASKING, peer=peer, area=area, subject=subject, programme=programme, basis=basis,
        datasets=sorted({one.dataset for one in wanted}), question=message, question_digest=letters.digest(message), asked_at=at,
        due_on=peers.due(today(at)), state=State.ASKED,
    )  # fmt: skip
    post(message, reader=peer, exchange=ref, at=at, clock=clock)
    detail = {"case": subject, "digest": made.question_digest, "people": len(people), "to": peer, "wanted": len(wanted)}
    office.record("verification.ask_place", subject=ref, by=by, at=at, detail=detail)
    return made


@transaction.atomic
def hold_back(*, ref: str, by: Party, at: datetime) -> bool:
    """Close a question of ours that has not arrived yet if what it stands on has ended; asked right before it leaves.

    :returns: whether it is held back
    """
    one = PlaceExchange.objects.select_for_update().get(ref=ref)
    if one.side != Side.ASKING or one.state not in (State.ASKED, State.CLOSED):
        return False
    asked = Question.objects.select_related("check_asked").filter(ref__in=[wanted["item"] for wanted in one.question["wanted"]])
    try:
        for question in asked:
            if question.closed_why == "no_basis":
                raise NoBasis("授权不作数了。")
            questions.lawful(question, at)
    except NoBasis:
        waiting = Letter.objects.filter(exchange=ref, way="out", done_at__isnull=True)
        LetterPart.objects.filter(letter__in=waiting).update(raw=None)
        waiting.update(done_at=at, problem="授权不作数了，没有送出")
        for question in asked.filter(state__in=OPEN):
            questions.close(question, "no_basis", by=by, at=at)
        if one.state == State.ASKED:
            one.state = State.CLOSED
            one.save(update_fields=["state"])
            office.record("verification.hold_back", subject=ref, by=by, at=at, detail={"to": one.peer})
        return True
    return False


@transaction.atomic
def say_once_more(*, ref: str, by: Party, at: datetime, clock: datetime) -> None:
    """Write again what the other side has not said it received: our question, or our answer. They take it once."""
    one = PlaceExchange.objects.select_for_update().get(ref=ref)
    if one.side == Side.ASKING and one.state == State.ASKED:
        post(one.question, reader=one.peer, exchange=ref, at=at, clock=clock)
    elif one.side == Side.ANSWERING and one.answer is not None and one.heard_at is None:
        post(one.answer, reader=one.peer, exchange=ref, at=at, clock=clock)
    else:
        return
    office.record("verification.say_once_more", subject=ref, by=by, at=at, detail={"to": one.peer})
