"""The worker that asks: each source in its turn, one that is down never keeps the others waiting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from doudi.office import queries as office
from doudi.office.actions import By
from doudi.office.core import Party
from doudi.verification import actions
from doudi.verification.core import NotAnAnswer, Said, SourceRow, Way
from doudi.verification.gateways import adapters
from doudi.verification.gateways.adapters import Accepted, Answered, Outgoing, Refused, Reply, SourceDown, TryAgain
from doudi.verification.gateways.http_source import HttpSource, read_answer
from doudi.verification.gateways.own_keys import own_keys
from doudi.verification.queries import sources

AT_ONCE = 8  # sources asked side by side
adapters.register(Way.HTTP, HttpSource(office.clock))


@dataclass
class Asking:
    """What one round brought."""

    asked: int = 0
    answered: int = 0
    accepted: int = 0
    again: int = 0
    down: int = 0

    def __iadd__(self, other: Asking) -> Asking:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


def ask_sources(*, by: By, now: Callable[[], datetime] = office.now) -> Asking:
    """Ask every source whose questions' time has come, side by side, until none is left that is due now.

    Killed anywhere and started again, nothing is lost and nothing is asked under another ref.
    """
    total, waiting = Asking(), sources.with_questions(now())
    if len(waiting) < 2 or connection.in_atomic_block:
        for whom in waiting:
            total += ask_source(whom, by=by, now=now)
        return total

    def alone(whom: SourceRow) -> Asking:
        try:
            return ask_source(whom, by=by, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(min(AT_ONCE, len(waiting))) as side_by_side:
        for done in side_by_side.map(alone, waiting):
            total += done
    return total


def ask_source(whom: SourceRow, *, by: By, now: Callable[[], datetime] = office.now) -> Asking:
    """Ask one source everything that is due, a handful at a time; stops at its first failure."""
    total, carrier = Asking(), adapters.carrier(whom.adapter)
    while carrier is not None:
        taken = actions.take_up(source=whom.code, by=by, at=now())
        if not taken:
            break
        for ask, questions in ((carrier.send, _of(taken, False)), (carrier.poll, _of(taken, True))):
            if not questions:
                continue
            try:
                replies = ask(whom, questions)
            except SourceDown as why:
                actions.put_back(questions=[one.ref for one in questions], why=why.why, after=why.after, by=by, at=now())
                actions.note_source(source=whom.code, problem=why.why, after=why.after, by=by, at=now())
                total += Asking(asked=len(questions), down=1)
                return total
            for question, reply in zip(questions, replies, strict=True):
                total += note(whom, question, reply, by=by, at=now())
            actions.note_source(source=whom.code, by=by, at=now())
    return total


def _of(taken: list[Outgoing], was_sent: bool) -> list[Outgoing]:
    return [one for one in taken if one.was_sent == was_sent]


def note(whom: SourceRow, question: Outgoing, reply: Reply, *, by: By, at: datetime) -> Asking:
    """Write down what became of one question."""
    done, source = Asking(asked=1), Party.sender(whom.code)
    match reply:
        case Answered() | Refused():
            told = reply if isinstance(reply, Answered) else Answered(Said.REFUSED, reply.why)
            try:
                actions.answer(
                    question=question.ref,
                    said=told.said,
                    why=told.why,
                    as_of=told.as_of,
                    rows=told.rows,
                    refs=told.refs,
                    by=source,
                    at=at,
                )
                done.answered = 1
            except NotAnAnswer as why:
                actions.put_back(questions=[question.ref], why=_bad(why), by=by, at=at)
                done.again = 1
        case Accepted():
            actions.note_sent(question=question.ref, their_ref=reply.their_ref, by=by, at=at)
            done.accepted = 1
        case TryAgain():
            actions.put_back(questions=[question.ref], why=reply.why, after=reply.after, unknown=question.was_sent, by=by, at=at)
            done.again = 1
    return done


def _bad(why: NotAnAnswer) -> str:
    rows = "；".join(f"第 {row.row} 行{row.label}：{row.message}" for row in why.rows[:3])
    return f"{why.message}{rows}"


def take_answers(whom: SourceRow, told: Sequence[Mapping[str, Any]], *, at: datetime) -> list[dict[str, Any]]:
    """Take in what a source tells by itself, each answer for itself: what became of it, and why not where it was not kept."""
    return [_taken(whom, one, at) for one in told]


def _taken(whom: SourceRow, told: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    ref = str(told["question"])
    try:
        reply = read_answer(told)
        kept = actions.answer(
            question=sources.question_of(whom.code, ref),
            said=reply.said,
            why=reply.why,
            as_of=reply.as_of,
            rows=reply.rows,
            refs=reply.refs,
            by=Party.sender(whom.code),
            at=at,
        )
    except NotAnAnswer as why:
        rows = [{name: getattr(row, name) for name in ("row", "field", "reason", "message", "fix")} for row in why.rows]
        return {"question": ref, "state": "refused", "reason": why.reason, "message": why.message, "fix": why.fix, "rows": rows}
    return {"question": ref, "state": "taken" if kept else "closed"}


def our_key(now: datetime) -> str:
    """Our public key, which sources check our requests with: Ed25519, Base64. now: the real time."""
    return own_keys(now)[0].public[0]
