"""Writing exchanges with other places: ask, take a question in, answer or refuse it, take the reply, compare both journals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from doudi.exchange import queries as exchange
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party, Role
from doudi.office.queries import need, today
from doudi.registry import queries as registry
from doudi.verification.actions.exchange_comparing import compare, compared
from doudi.verification.actions.letters import post
from doudi.verification.actions.questions import answer as keep_answer
from doudi.verification.core import NotAnAnswer, Said, letters, peers
from doudi.verification.core.letters import NotALetter
from doudi.verification.core.peers import REFUSALS, NotAMove, Side, State
from doudi.verification.gateways import own_keys
from doudi.verification.models import Letter, LetterPart, PlaceExchange, Question
from doudi.verification.queries import peers as queries


@transaction.atomic
def read_letter(*, letter: str, by: Party, at: datetime, clock: datetime) -> str:
    """Open a letter that is here whole, and do what it asks. Opened once; the same letter again does nothing.

    :param clock: the real time here
    :returns: what kind of letter it was; empty when it was read before, or could not be taken
    """
    row = Letter.objects.select_for_update().get(letter=letter)
    if row.done_at is not None or row.way != "in":
        return ""
    row.done_at = at
    try:
        with transaction.atomic():
            own = [one.seal for one in own_keys.own_keys(clock)]
            pieces = LetterPart.objects.filter(letter=row).order_by("part")
            message = letters.join([letters.unseal(letters.read_part(bytes(one.raw)), own) for one in pieces])
            _addressed(message, row)
            row.kind, row.exchange = message["kind"][:10], message["exchange"]
            _KINDS[message["kind"]](message, row.writer, by, at, clock)
    except NotALetter as why:
        row.problem = f"{why.reason}：{why.message}"[:200]
        detail = {"from": row.writer, "letter": letter, "why": why.reason}
        office.record("verification.refuse_letter", subject=row.exchange or f"letter:{letter}", by=by, at=at, detail=detail)
    LetterPart.objects.filter(letter=row).update(raw=None)
    row.save(update_fields=["done_at", "kind", "exchange", "problem"])
    return "" if row.problem else row.kind


def _addressed(message: Mapping[str, Any], row: Letter) -> None:
    if message["kind"] not in _KINDS:
        raise NotALetter("unreadable", "不认识这种信。", "请双方用同一个版本。")
    if not isinstance(message.get("exchange"), str) or not peers.REF.fullmatch(message["exchange"]):
        raise NotALetter("unreadable", "信里没有往来编号。")
    if message.get("from", row.writer) != row.writer or message.get("to", row.reader) != row.reader:
        raise NotALetter("wrong_place", "信里写的地方和信封上的不一样。")


# ---- the answering side -------------------------------------------------------------------------------------------------


def _take_question(message: dict[str, Any], writer: str, by: Party, at: datetime, clock: datetime) -> None:
    """Keep a question and say so to the asking side; or refuse it at once when its papers do not stand here, today."""
    ref, digest = message["exchange"], letters.digest(message)
    found = PlaceExchange.objects.select_for_update().filter(ref=ref).first()
    if found is not None:
        if found.side != Side.ANSWERING or found.peer != writer or found.question_digest != digest:
            raise NotALetter("other_question", "这个往来编号用过，问的不一样。", "请用新的编号问。")
        _say_again(found, at, clock)
        return
    if peers.unreadable(message):
        raise NotALetter("unreadable", "问题缺了该有的内容。", "请双方用同一个版本。")
    why = peers.refusal(message, today(at))
    made = PlaceExchange.objects.create(
        ref=ref, side=Side.ANSWERING, peer=writer, area=_area(message), programme=message["programme"][:30],
        basis=message["basis"][:20], datasets=sorted({one["dataset"] for one in message["wanted"]}), question=message,
        question_digest=digest, asked_at=at, due_on=peers.due(today(at)), state=State.RECEIVED,
    )  # fmt: skip
    detail = {"digest": digest, "from": writer, "people": len(message["people"]), "wanted": len(message["wanted"])}
    office.record("verification.take_question", subject=ref, by=by, at=at, detail=detail)
    if why:
        _refuse(made, why, REFUSALS[why], Party.system("places"), at, clock)
    else:
        _receipt(made, "question", at, clock)


def _area(message: Mapping[str, Any]) -> str:
    """Whose posts here look after a question: those of the place where everybody asked about lives, else those of the whole."""
    found = [registry.known_here(one["number"], one["name"]) for one in message["people"]]
    areas = {one.area for one in found if one is not None and one.area}
    return areas.pop() if len(areas) == 1 else queries.own_code()


def _receipt(one: PlaceExchange, of: str, at: datetime, clock: datetime) -> None:
    digest = one.question_digest if of == "question" else one.answer_digest
    message = {"kind": "receipt", "exchange": one.ref, "of": of, "digest": digest, "due_on": one.due_on.isoformat()}
    post(message, reader=one.peer, exchange=one.ref, at=at, clock=clock)


def _say_again(one: PlaceExchange, at: datetime, clock: datetime) -> None:
    """The other side asks again what it asked before: our last word once more."""
    if one.answer is not None:
        post(one.answer, reader=one.peer, exchange=one.ref, at=at, clock=clock)
    else:
        _receipt(one, "question", at, clock)


def _mine(ref: str, by: By, at: datetime) -> PlaceExchange:
    """An exchange a clerk answers, or a job by a standing answer, locked.

    :raises NotAllowed: no such one, or not this clerk's
    :raises NotAMove: it was answered or refused before
    """
    found = PlaceExchange.objects.select_for_update().filter(ref=ref, side=Side.ANSWERING).first()
    if found is None:
        raise NotAllowed("没有这次核对往来，或者不归您办。")
    need(by, "place.answer", area=found.area, at=at)
    if found.state != State.RECEIVED:
        raise NotAMove(f"这次询问已经是“{State(found.state).label}”，不能再答。")
    return found


@transaction.atomic
def answer_place(
    *, ref: str, answers: Sequence[Mapping[str, Any]], by: By, at: datetime, clock: datetime, policy: str = ""
) -> PlaceExchange:
    """Release the answer to another place's question. Papers are judged once more, for their days may have passed.

    The people asked about see at home that the other place was told.

    :param answers: item, said, why, as_of (text or None) and rows (values, ref) for each thing asked
    :param policy: the standing answer a job answers by; a person needs none
    :raises NotAMove: it was answered before, or the answers do not fit the question
    :raises NotAllowed: not this clerk's
    """
    one = _mine(ref, by, at)
    if isinstance(by, Party) and policy != queries.standing_for(one.peer, one.programme, set(one.datasets), today(at)):
        raise NotAllowed("没有两个人定过的规定可以直接答复，要由人来答。")
    if why := peers.refusal(one.question, today(at)):
        _refuse(one, why, REFUSALS[why], by, at, clock)
        return one
    message = {
        "kind": "answer",
        "exchange": ref,
        "digest": one.question_digest,
        "place": queries.own_code(),
        "office": queries.own_place(),
        "at": at.isoformat(timespec="seconds"),
        "by": "policy" if policy else "person",
        "answers": [dict(told) for told in answers],
    }
    if peers.answers_wrong(message, one.question, list(Said)):
        raise NotAMove("答复和问题对不上：每一项要答一次，有行才叫查到了。")
    one.policy = policy
    _reply(one, message, State.ANSWERED, "", by, at, clock)
    office.record_all(_looks(one, {told["item"]: told["said"] for told in message["answers"]}), by=by, at=at)
    return one


@transaction.atomic
def refuse_place(*, ref: str, words: str, by: By, at: datetime, clock: datetime) -> PlaceExchange:
    """Decide that a question from elsewhere is not answered, and say why.

    :raises NotAMove: it was answered before
    :raises NotAllowed: no reason, or not this clerk's
    """
    one = _mine(ref, by, at)
    if not words.strip():
        raise NotAllowed("不予答复要写原因，对方看得到。")
    _refuse(one, "by_hand", words.strip()[:150], by, at, clock)
    return one


def _refuse(one: PlaceExchange, reason: str, words: str, by: By, at: datetime, clock: datetime) -> None:
    message = {
        "kind": "refusal",
        "exchange": one.ref,
        "digest": one.question_digest,
        "place": queries.own_code(),
        "at": at.isoformat(timespec="seconds"),
        "reason": reason,
        "words": words,
    }
    _reply(one, message, State.REFUSED, reason, by, at, clock)


def _reply(one: PlaceExchange, message: dict[str, Any], state: State, reason: str, by: By, at: datetime, clock: datetime) -> None:
    one.answer, one.answer_digest, one.state, one.reason = message, letters.digest(message), state, reason
    one.answered_at, one.answered_by = at, office.party(by)
    one.save(update_fields=["answer", "answer_digest", "state", "reason", "policy", "answered_at", "answered_by"])
    post(message, reader=one.peer, exchange=one.ref, at=at, clock=clock)
    detail = {"digest": one.answer_digest, "question": one.question_digest, "reason": reason, "state": str(state), "to": one.peer}
    office.record("verification.answer_place", subject=one.ref, by=by, at=at, detail=detail)


def _looks(one: PlaceExchange, said: Mapping[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """A line for everybody who lives here and was told about: they read at home who asked, what for, and what was told."""
    contracts, lines = exchange.contracts(), []
    for at, person in enumerate(one.question["people"]):
        known = registry.known_here(person["number"], person["name"])
        told = [
            wanted for wanted in one.question["wanted"] if wanted["person"] == at and said[wanted["item"]] in ("found", "nothing")
        ]
        if known is None or not known.same_name or not told:
            continue
        labels = "、".join(contracts[wanted["dataset"]].label for wanted in told)
        detail = {
            "area": one.question["office"],
            "purpose": one.question["purpose"],
            "role": str(Role.VERIFICATION),
            "what": f"外地核对：{labels}",
        }
        lines.append(("office.look", known.pid, detail))
    return lines


# ---- the asking side ----------------------------------------------------------------------------------------------------


def _asked(message: Mapping[str, Any], writer: str) -> PlaceExchange:
    found = PlaceExchange.objects.select_for_update().filter(ref=message["exchange"], side=Side.ASKING, peer=writer).first()
    if found is None:
        raise NotALetter("not_asked", "我们没有这样问过。")
    return found


def _take_receipt(message: dict[str, Any], writer: str, by: Party, at: datetime, clock: datetime) -> None:
    """The other side has our question, or our answer, whole."""
    of = message.get("of")
    if of == "question":
        one = _asked(message, writer)
        same = message.get("digest") == one.question_digest
    else:
        found = PlaceExchange.objects.select_for_update().filter(ref=message["exchange"], side=Side.ANSWERING, peer=writer)
        one = found.first()
        if one is None:
            raise NotALetter("not_asked", "没有这次往来。")
        same = message.get("digest") == one.answer_digest
    if not same:
        raise NotALetter("other_digest", "对方收到的和我们发出的不一样。", "请比一比两边的留痕。")
    if of == "question" and one.state == State.ASKED:
        one.state = State.RECEIVED
    elif of == "question" or one.heard_at is not None:
        return
    else:
        one.heard_at = at
    one.save(update_fields=["state", "heard_at"])
    office.record("verification.take_receipt", subject=one.ref, by=by, at=at, detail={"digest": message["digest"], "of": of})


def _take_reply(message: dict[str, Any], writer: str, by: Party, at: datetime, clock: datetime) -> None:
    """Keep an answer or a refusal, bring it into the check that waits for it, and tell the other side we have it."""
    one, digest = _asked(message, writer), letters.digest(message)
    if one.answer is not None:
        if one.answer_digest != digest:
            raise NotALetter("answered_otherwise", "对方已经答过，这次不一样；留下的不改。", "答错了的，请重新问一次。")
        _receipt(one, "answer", at, clock)
        return
    if message.get("digest") != one.question_digest:
        raise NotALetter("other_digest", "答的不是我们问的那一份。", "请比一比两边的留痕。")
    refused = message["kind"] == "refusal"
    if not refused and peers.answers_wrong(message, one.question, list(Said)):
        raise NotALetter("unreadable", "答复和问题对不上。")
    if refused and not (isinstance(message.get("reason"), str) and isinstance(message.get("words"), str)):
        raise NotALetter("unreadable", "没有写为什么不予答复。")
    one.answer, one.answer_digest = message, digest
    one.state = State.REFUSED if refused else State.ANSWERED
    one.reason = message["reason"][:30] if refused else ""
    one.answered_at, one.answered_by, one.heard_at = at, office.party(by), at
    one.save(update_fields=["answer", "answer_digest", "state", "reason", "answered_at", "answered_by", "heard_at"])
    into = [_brought_in(wanted, message, refused, by, at) for wanted in one.question["wanted"]]
    _receipt(one, "answer", at, clock)
    detail = {"brought_in": sum(into), "digest": digest, "from": writer, "question": one.question_digest, "state": str(one.state)}
    office.record("verification.take_reply", subject=one.ref, by=by, at=at, detail=detail)


def _brought_in(wanted: Mapping[str, Any], message: Mapping[str, Any], refused: bool, by: By, at: datetime) -> bool:
    """Keep what was said about one thing asked as the answer to the check's own question; rows keep their place's numbers.

    What does not keep to our contract is kept as no answer with the reason: it must not be read as nothing.
    """
    if not Question.objects.filter(ref=wanted["item"]).exists():
        return False
    if refused:
        keep_answer(question=wanted["item"], said=Said.REFUSED, why=message["words"][:200], by=by, at=at)
        return True
    told = next(one for one in message["answers"] if one["item"] == wanted["item"])
    as_of = datetime.fromisoformat(told["as_of"]).date() if told["as_of"] else None
    try:
        with transaction.atomic():
            keep_answer(
                question=wanted["item"],
                said=told["said"],
                why=told["why"],
                as_of=as_of,
                rows=[row["values"] for row in told["rows"]],
                refs=[row["ref"] for row in told["rows"]],
                by=by,
                at=at,
            )
    except NotAnAnswer as why:
        keep_answer(
            question=wanted["item"], said=Said.NO_ANSWER, why=f"对方的回答不合数据契约：{why.message}"[:200], by=by, at=at
        )
    return True


_KINDS = {
    "question": _take_question,
    "receipt": _take_receipt,
    "answer": _take_reply,
    "refusal": _take_reply,
    "compare": compare,
    "compared": compared,
}
