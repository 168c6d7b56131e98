"""What runs between places: letters read, answers given where two people allowed it, letters handed on, lost ones said again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from doudi.engine.contract import Contract
from doudi.exchange import queries as exchange
from doudi.facts.money import yuan
from doudi.office import queries as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.registry import queries as registry
from doudi.verification import actions
from doudi.verification.actions.questions import said_by_rows
from doudi.verification.core import Said, SourceRow, Way
from doudi.verification.core.letters import NotALetter
from doudi.verification.core.peers import About, NotAMove, State, Wanted
from doudi.verification.gateways import adapters, lake, own_keys, places
from doudi.verification.gateways.adapters import Accepted, Outgoing, Reply, TryAgain
from doudi.verification.queries import exchanges
from doudi.verification.queries import peers as queries

ME = Party.system("places")
SAY_AGAIN = timedelta(hours=1)  # how long we wait for "we have it" before the same is written once more
RESTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    read: int = 0
    answered: int = 0
    handed: int = 0
    waiting: int = 0
    again: int = 0


def run_places() -> Round:
    """One round: read, answer, say again, hand over. Killed anywhere and run again, it goes on; two at once do no harm."""
    read = sum(bool(read_letter(letter)) for letter in queries.letters_to_read())
    answered = answer_by_policy()
    again = _say_again()
    handed, waiting = hand_letters()
    return Round(read, answered, handed, waiting, again)


def take_part(raw: bytes, *, hop: str) -> str:
    """Take a part at the door, and read its letter when it is whole.

    :returns: the letter's number
    :raises NotALetter: it is not taken
    """
    letter, whole = actions.take_part(raw=raw, hop=hop, by=Party("place", hop), at=office.now(), clock=office.clock())
    if whole:
        read_letter(letter)
    return letter


def read_letter(letter: str) -> str:
    """Read a letter that is here whole; what kind it was, empty when it could not be taken or was read before."""
    return actions.read_letter(letter=letter, by=ME, at=office.now(), clock=office.clock())


def hand_letters() -> tuple[int, int]:
    """Hand over what waits, part by part, each noted at once, so that a large letter goes on where it stopped.

    :returns: letters done with (handed over whole, or held back for good), and letters that still wait
    """
    handed = waiting = 0
    for letter in queries.letters_waiting(office.clock()):
        problem = _hand(letter)
        handed, waiting = handed + (problem is None), waiting + (problem is not None)
    return handed, waiting


def _hand(letter: str) -> str | None:
    """Hand over the parts of one letter; why it stopped, or None. A question whose basis ended meanwhile does not go."""
    asks = queries.asks(letter)
    if asks and actions.hold_back(ref=asks, by=ME, at=office.now()):
        return None
    for part in queries.parts_waiting(letter):
        hop = queries.next_hop(part.reader)
        try:
            if hop is None:
                raise places.NotHanded(queries.route(part.reader), again=True)
            key = own_keys.own_keys(office.clock())[0].sign
            places.hand(hop.address, part.raw, sign_with=key, at=office.clock())
        except places.NotHanded as why:
            actions.mark_not_moved(letter=letter, problem=str(why), again=why.again, by=ME, at=office.now(), clock=office.clock())
            return str(why)
        actions.mark_moved(letter=letter, part=part.part, by=ME, at=office.now())
    return None


def _say_again() -> int:
    """Write once more what the other side has long not said it received."""
    said = 0
    for ref in exchanges.unheard(office.now() - SAY_AGAIN):
        try:
            actions.say_once_more(ref=ref, by=ME, at=office.now(), clock=office.clock())
        except NotALetter:
            continue  # the place was stopped, or its new keys are not compared yet
        said += 1
    return said


# ---- answering ----------------------------------------------------------------------------------------------------------


def answer_by_policy() -> int:
    """Answer from our own sources at once what two people allowed to be answered so."""
    done = 0
    for ref, policy in exchanges.to_answer_by_policy(office.today(office.now())):
        found = exchanges.exchange_asked(ref)
        if found is None or found[0] != State.RECEIVED:
            continue
        try:
            actions.answer_place(
                ref=ref, answers=local_answers(found[1]), policy=policy, by=ME, at=office.now(), clock=office.clock()
            )
        except (NotAMove, NotAllowed, NotALetter):
            continue  # somebody was quicker, the rule was ended meanwhile, or nothing may go there now: a person decides
        done += 1
    return done


def release(ref: str, *, seen: str, by: By, at: datetime) -> str:
    """Release what our sources say to another place's question, exactly as the clerk saw it.

    :param seen: the digest of what was shown
    :returns: the state it is in now
    :raises NotAMove: it was answered before, or our sources say something else by now
    :raises NotAllowed: no such question, or not this clerk's
    """
    found = exchanges.exchange_asked(ref)
    if found is None:
        raise NotAllowed("没有这次核对往来，或者不归您办。")
    answers = local_answers(found[1])
    if digest_of(answers) != seen:
        raise NotAMove("刚才看到的和现在查到的不一样了，请再看一遍再答复。")
    return actions.answer_place(ref=ref, answers=answers, by=by, at=at, clock=office.clock()).state


def digest_of(answers: Sequence[Mapping[str, Any]]) -> str:
    """What a clerk saw, in short, so that nothing else is released."""
    return hashlib.sha256(repr(answers).encode()).hexdigest()


def local_answers(question: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What our delivered data say to each thing asked. A number under another name is ambiguous, never answered for.

    Nothing is only said where the data are fresh; rows are written as they are pushed to a feed, with where they stand here.
    """
    contracts, as_of, on = exchange.contracts(), lake.delivered(), office.today(office.now())
    known = [registry.known_here(one["number"], one["name"]) for one in question["people"]]
    rows: dict[str, list[dict[str, Any]]] = {}
    answers = []
    for wanted in question["wanted"]:
        told: dict[str, Any] = {"item": wanted["item"], "said": "", "why": "", "as_of": None, "rows": []}
        answers.append(told)
        dataset, person = wanted["dataset"], known[wanted["person"]]
        if dataset not in contracts:
            told |= {"said": Said.REFUSED.value, "why": "这里没有这种数据"}
            continue
        if person is not None and not person.same_name:
            told |= {"said": Said.AMBIGUOUS.value, "why": "ambiguous"}
            continue
        if person is not None and person.pid not in rows:
            rows[person.pid] = lake.rows_of(person.pid)
        mine = [row for row in rows.get(person.pid, []) if row["dataset"] == dataset] if person else []
        said, why = said_by_rows(mine, not as_of, as_of.get(dataset), contracts[dataset].rhythm, on)
        day = max((row["as_of"] for row in mine), default=as_of.get(dataset))
        told |= {"said": said.value, "why": why, "as_of": day.isoformat() if day else None}
        told["rows"] = [
            {"ref": f"{row['batch']}/{row['row_no']}", "values": _pushed(contracts[dataset], row["values"])} for row in mine
        ]
    return answers


def _pushed(contract: Contract, values: Mapping[str, Any]) -> dict[str, Any]:
    """A kept row as one would push it: money in yuan, days as text."""
    found = {}
    for name, value in values.items():
        if value is None or name not in contract.by_name:
            continue
        if contract.by_name[name].type == "money":
            value = yuan(int(value))
        found[name] = value.isoformat() if isinstance(value, date) else value
    return found


# ---- asking: the adapter ------------------------------------------------------------------------------------------------


class PlaceAdapter:
    """Carries questions of checks to another place; the source's address is that place's area code.

    Its answers come by letter and are kept by the act that reads the letter, so polling finds nothing new.
    """

    def send(self, source: SourceRow, questions: Sequence[Outgoing]) -> list[Reply]:
        """One exchange for each person of a check, so that one may be held back without the others.

        A question already in one, after a crash, stays in it.
        """
        replies: dict[str, Reply] = {}
        for check, pid in dict.fromkeys((one.check, one.pid) for one in questions):
            mine = [one for one in questions if (one.check, one.pid) == (check, pid)]
            known = exchanges.already_asked(source.address, check)
            replies |= {one.ref: Accepted(known[one.ref]) for one in mine if one.ref in known}
            fresh = [one for one in mine if one.ref not in known]
            if fresh:
                reply = self._ask(source, fresh)
                replies |= {one.ref: reply for one in fresh}
        return [replies[one.ref] for one in questions]

    def poll(self, source: SourceRow, questions: Sequence[Outgoing]) -> list[Reply]:
        return [Accepted(one.their_ref) for one in questions]

    def _ask(self, source: SourceRow, questions: Sequence[Outgoing]) -> Reply:
        first = questions[0]
        ref = "e" + hashlib.sha256("\n".join(sorted(one.ref for one in questions)).encode()).hexdigest()[:32]
        papers = exchanges.papers_to_travel({one.authorisation for one in questions if one.authorisation})
        try:
            made = actions.ask_place(
                ref=ref,
                peer=source.address,
                programme=first.programme,
                basis=first.basis,
                order=exchanges.order_to_travel(first.task_order) if first.task_order else None,
                people=[About(first.name, first.number, papers.get(first.authorisation))],
                wanted=[Wanted(one.ref, 0, one.dataset) for one in questions],
                area=first.area,
                subject=first.check,
                by=ME,
                at=office.now(),
                clock=office.clock(),
            )
        except NotALetter as why:
            return TryAgain(why.message, RESTS)
        return Accepted(made.ref)


adapters.register(Way.PLACE, PlaceAdapter())
