"""What becomes of a referral: taken up, answered, taken back, arrived, or silent and climbing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today
from doudi.services import core, queries
from doudi.services.actions.steps import family_or, keep, lock, of_department, record, tell
from doudi.services.core import OPEN, VERDICTS, AlreadyDone, Climb, Missing, State
from doudi.services.models import Answer, Referral, Reminder


@transaction.atomic
def take(*, ref: str, version: int | None = None, by: By, at: datetime) -> Referral:
    """The department takes a referral up; its clock runs on.

    :raises AlreadyDone: it was taken up before
    :raises NotAllowed: sent to another department, or closed
    """
    row = lock(ref, version)
    of_department(row, by=by, at=at)
    if row.state == State.TAKEN:
        raise AlreadyDone("这件已经接下了。")
    if row.state != State.SENT:
        raise NotAllowed(f"这件现在是“{State(row.state).label}”，不用接了。")
    row.state, row.taken_at, row.taken_by = State.TAKEN, at, office.party(by)
    keep(row, "state", "taken_at", "taken_by")
    record("take", row, by=by, at=at, detail={})
    return row


@dataclass(frozen=True, slots=True)
class Said:
    """A department's answer.

    verdict: a key of core.VERDICTS · thing: what is given, in words · amount_fen: money, None when it is not an amount
    """

    verdict: str
    thing: str = ""
    amount_fen: int | None = None
    from_on: date | None = None
    to_on: date | None = None
    reason: str = ""


@transaction.atomic
def answer(*, ref: str, said: Said, letter: str = "", version: int | None = None, by: By, at: datetime) -> Referral:
    """Keep what the department answered: by its own login, or as it stands in its letter, typed in by the office.

    :param letter: number of the letter; then it is the office's clerk who types it in
    :raises AlreadyDone: it was answered before
    :raises Missing: a yes without what is given and from when, a no or a part without the reason
    :raises NotAllowed: another department, another area, or taken back
    """
    row = lock(ref, version)
    if letter:
        need(by, "referral.type", area=row.area, at=at)
    else:
        of_department(row, by=by, at=at)
    if row.state == State.ANSWERED:
        raise AlreadyDone("这件已经回过话了。")
    if row.state not in OPEN:
        raise NotAllowed("这件已经撤回，不用回话了。")
    _whole(said)
    Answer.objects.create(
        referral=row,
        verdict=said.verdict,
        thing=said.thing.strip()[:300],
        amount_fen=said.amount_fen,
        from_on=said.from_on,
        to_on=said.to_on,
        reason=said.reason.strip()[:500],
        letter=letter.strip()[:80],
        at=at,
        by=office.party(by),
    )
    row.state, row.answered_at, row.answered_by = State.ANSWERED, at, office.party(by)
    keep(row, "state", "answered_at", "answered_by")
    what = core.kind(row.kind)
    tell(row, f"您家{what.plain}，{what.department_label}回话了。在“我的事”里能看，也可以问镇里。", by=by, at=at)
    record("answer", row, by=by, at=at, detail={"letter": bool(letter), "verdict": said.verdict})
    return row


def _whole(said: Said) -> None:
    """Stop an answer nobody could act on.

    :raises Missing: the text names what is not said
    """
    if said.verdict not in VERDICTS:
        raise Missing("还没有选回话：给、给一部分、不能给，还是不归你们办。")
    gives = said.verdict in ("yes", "partly")
    if gives and not said.thing.strip() and said.amount_fen is None:
        raise Missing("给什么还没有写：写明给的东西，或者金额。")
    if gives and said.from_on is None:
        raise Missing("还没有写从哪天起。")
    if said.verdict != "yes" and not said.reason.strip():
        raise Missing("还没有写理由，本人会看到。")
    if not gives and (said.amount_fen is not None or said.thing.strip()):
        raise Missing("不给的，就不要写给什么、多少钱。")
    if said.amount_fen is not None and said.amount_fen <= 0:
        raise Missing("金额要大于 0；不是给钱的，就不写金额。")
    if said.to_on is not None and (said.from_on is None or said.to_on < said.from_on):
        raise Missing("到哪天不能早于从哪天。")


@transaction.atomic
def confirm_arrival(*, ref: str, arrived: bool, said: str = "", by: By, at: datetime) -> Referral:
    """Keep whether the help a department promised reached the person: said by them, or told to a clerk.
    A 没收到 may later become a 收到了; never the other way round by overwriting.

    :raises AlreadyDone: this was said before
    :raises Missing: it did not arrive, and nobody said what happened
    :raises NotAllowed: not theirs, another area, or nothing was promised
    """
    row = lock(ref, None)
    family_or(row, "referral.open", by=by, at=at)
    if row.state != State.ANSWERED or row.answer.verdict not in ("yes", "partly"):
        raise NotAllowed("部门还没有答应给，不用记收没收到。")
    if row.arrived is True or row.arrived is arrived:
        raise AlreadyDone("这件已经记过了。")
    if not arrived and not said.strip():
        raise Missing("没收到，请写一句是怎么回事。")
    row.arrived, row.arrived_said = arrived, said.strip()[:300]
    row.arrived_at, row.arrived_by = at, office.party(by)
    keep(row, "arrived", "arrived_said", "arrived_at", "arrived_by")
    record("confirm_arrival", row, by=by, at=at, detail={"arrived": arrived})
    return row


@transaction.atomic
def take_back(*, ref: str, why: str = "", by: By, at: datetime) -> Referral:
    """Take a referral back, as the person wishes; the department no longer sees what was passed on.

    :raises AlreadyDone: it was taken back before
    :raises Missing: a clerk did not say why
    :raises NotAllowed: not theirs, another area, or answered already
    """
    row = lock(ref, None)
    own = family_or(row, "referral.open", by=by, at=at)
    if row.state == State.WITHDRAWN:
        raise AlreadyDone("这件已经撤回了。")
    if row.state not in OPEN:
        raise NotAllowed("部门已经回话了，不用撤回；不要这份帮助，直接告诉他们。")
    reason = why.strip()[:300] or ("本人撤回" if own else "")
    if not reason:
        raise Missing("还没有写本人为什么不转了。")
    row.state, row.withdrawn_why = State.WITHDRAWN, reason
    row.withdrawn_at, row.withdrawn_by = at, office.party(by)
    keep(row, "state", "withdrawn_why", "withdrawn_at", "withdrawn_by")
    record("take_back", row, by=by, at=at, detail={})
    return row


@transaction.atomic
def climb(*, ref: str, by: By, at: datetime) -> tuple[Climb, ...]:
    """Let a referral without an answer climb as far as its day says: the department is reminded, the county hears of it, then
    the director. Each step once (indicator D04 counts the same days).

    :returns: the steps that are new; none when there was nothing to do
    :raises NotAllowed: by a clerk of another area
    """
    row = lock(ref, None)
    need(by, "referral.type", area=row.area, at=at)
    if row.state not in OPEN:
        return ()
    on = today(at)
    there = set(Reminder.objects.filter(referral=row).values_list("step", flat=True))
    steps = core.climbed(row.due_on, on, queries.days_of(queries.DIRECTOR_DAYS, row.area, on))
    new = tuple(step for step in steps if step not in there)
    if not new:
        return ()
    Reminder.objects.bulk_create([Reminder(referral=row, step=step, at=at, by=office.party(by)) for step in new])
    if Climb.DEPARTMENT in new:
        for one in office_queries.helpers_of(row.department, row.area, at)[:1]:
            if one.phone:
                office.notify(body=f"转介单 {row.number} 今天到期，请登录回话。", subject=row.ref, by=by, at=at, phone=one.phone)
    record("climb", row, by=by, at=at, detail={"steps": [str(step) for step in new]})
    return new
