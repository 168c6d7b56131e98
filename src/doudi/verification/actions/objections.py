"""异议和复核: said by the family, looked at again by another person, settled by a person with reasons; never by a job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from doudi.exchange import actions as exchange
from doudi.exchange.core.corrections import Origin
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.registry import queries as registry
from doudi.verification import queries
from doudi.verification.actions.questions import ask_again
from doudi.verification.actions.reports import issue
from doudi.verification.core import Said
from doudi.verification.core import objections as core
from doudi.verification.core.objections import CLAIM_LABELS, OPEN, AlreadyOpen, Channel, Outcome, State
from doudi.verification.models import Check, Objection, ObjectionCounter, ObjectionLine


@dataclass(frozen=True, slots=True)
class Disputed:
    """A line of the report somebody says is wrong: its key (`queries.objectable`) and a claim of `core.claims`."""

    key: str
    claim: str


@dataclass(frozen=True, slots=True)
class File:
    """A photograph or PDF handed in as evidence."""

    content_type: str
    data: bytes


@transaction.atomic
def object_to(
    *,
    check: str,
    pid: str,
    channel: Channel,
    disputed: Sequence[Disputed] = (),
    datasets: Sequence[str] = (),
    words: str = "",
    files: Iterable[File] = (),
    by: By,
    at: datetime,
) -> Objection:
    """Keep what somebody holds against a report; the clock of ten working days runs from now, whichever way it came.

    :param check: ref of the check the report is of
    :param pid: whose objection it is: an adult the check asks about
    :param disputed: lines of the report
    :param datasets: kinds of data, from whoever may not see the report (the village): every line of theirs about this person
    :raises AlreadyOpen: theirs to this check is being looked at
    :raises NotAllowed: not about them, another area, no line and no words, or a line that is not in the report
    """
    asked = Check.objects.filter(ref=check).first()
    person = next((one for one in asked.people if one["pid"] == pid), None) if asked else None
    if isinstance(by, Party):
        if by.kind != "resident" or by.ref != pid or person is None:
            raise NotAllowed("没有这份核对报告，或者不是关于您的。")
    else:
        need(by, "objection.open", area=asked.area if asked else None, at=at)
    if asked is None or person is None:
        raise NotAllowed("没有这份核对报告，或者报告里没有这个人。")
    if not person["adult"]:
        raise NotAllowed("未成年人由同意核对的大人来提。")
    standing = Objection.objects.filter(check_asked=asked, pid=pid, state__in=OPEN).first()
    if standing is not None:
        raise AlreadyOpen(standing.ref, standing.number)
    lines = _lines(asked, pid, disputed, datasets)
    if not lines and not words.strip():
        raise NotAllowed("请选哪一处不对，或者写一句。")
    on = today(at)
    made = Objection(
        number=f"YY{on.year}{office.next_number(ObjectionCounter, year=on.year):06d}",
        check_asked=asked,
        report=queries.newest_report(asked.ref),
        pid=pid,
        area=asked.area,
        channel=Channel(channel),
        words=words.strip()[:2000],
        opened_at=at,
        opened_by=office.party(by),
        due_on=core.due_on(on),
    )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:  # the same person, twice in this very moment
        standing = Objection.objects.get(check_asked=asked, pid=pid, state__in=OPEN)
        raise AlreadyOpen(standing.ref, standing.number) from None
    for line in lines:
        line.objection = made
    ObjectionLine.objects.bulk_create(lines)
    _keep_papers(made, files, by=by, at=at)
    detail = {
        "channel": str(made.channel), "check": asked.ref, "due": made.due_on.isoformat(), "lines": len(lines),
        "papers": len(made.papers), "report": made.report,
    }  # fmt: skip
    office.record("verification.object_to", subject=made.ref, by=by, at=at, detail=detail)
    _tell(made, f"您对核对报告的不同意见收到了，编号{made.number}，{_day(made.due_on)}前换一位同志看完答复您。", by=by, at=at)
    return made


def _lines(check: Check, pid: str, disputed: Sequence[Disputed], datasets: Sequence[str]) -> list[ObjectionLine]:
    """The lines to look at again, as the report shows them now.

    :raises NotAllowed: a line that is not in the report or not theirs, a claim nobody offered, or too many
    """
    offered = {one.key: one for one in queries.objectable(check.ref, pid)}
    chosen = [(one.key, one.claim) for one in disputed]
    chosen += [(one.key, "other") for one in offered.values() if one.dataset in datasets and one.pid == pid]
    lines: dict[str, ObjectionLine] = {}
    for key, claim in chosen:
        one = offered.get(key)
        if one is None:
            raise NotAllowed("报告里没有这一处，或者不归您提。请重新打开报告再选。")
        if claim not in dict(one.claims):
            raise NotAllowed("请选哪里不对。")
        lines[key] = ObjectionLine(
            pid=one.pid, dataset=one.dataset, source=one.source, round=one.round, place=one.place, batch=one.batch,
            row_no=one.row_no, said=one.said, shown=one.words, claim=claim,
        )  # fmt: skip
    if len(lines) > core.MOST_LINES:
        raise NotAllowed(f"一次最多提 {core.MOST_LINES} 处。")
    return list(lines.values())


def _day(on: date) -> str:
    return f"{on.month}月{on.day}日"


def _keep_papers(one: Objection, files: Iterable[File], *, by: By, at: datetime) -> int:
    """Keep evidence with the objection; the same paper twice is one.

    :raises NotAllowed: too many, or not a paper (`office.core.BadPaper`)
    """
    before = len(one.papers)
    for file in files:
        kept = office.keep_paper(
            kind="evidence", content_type=file.content_type, data=file.data, area=one.area, subject=one.pid, by=by, at=at
        )
        if kept.ref not in one.papers:
            one.papers = [*one.papers, kept.ref]
    if len(one.papers) > core.MOST_PAPERS:
        raise NotAllowed(f"一件最多留 {core.MOST_PAPERS} 份证明，请挑最说明问题的。")
    if len(one.papers) > before:
        one.save(update_fields=["papers"])
    return len(one.papers) - before


def _tell(one: Objection, words: str, *, by: By, at: datetime) -> None:
    """Queue a text to the person, without anything of what the report says."""
    phone = registry.me(one.pid).phone
    if phone:
        office.notify(body=words, subject=one.ref, by=by, at=at, phone=phone, pid=one.pid)


def _locked(ref: str) -> Objection:
    found = Objection.objects.select_for_update(of=("self",)).select_related("check_asked").filter(ref=ref).first()
    if found is None:
        raise NotAllowed("没有这件不同意见，或者不归您办。")
    return found


def _open(one: Objection) -> None:
    if State(one.state) not in OPEN:
        raise NotAllowed(f"这件不同意见已经办完了（{State(one.state).label}）。还不同意，可以再提一次。")


@transaction.atomic
def add(*, ref: str, words: str = "", files: Iterable[File] = (), by: By, at: datetime) -> Objection:
    """Add words or evidence to an objection that is open: the person themselves, or a clerk who writes it down.

    :raises NotAllowed: not theirs, closed, or nothing added
    """
    one = _locked(ref)
    _theirs(one, by, at)
    _open(one)
    papers = _keep_papers(one, files, by=by, at=at)
    if words.strip():
        one.words = f"{one.words}\n{words.strip()[:2000]}".strip()
        one.save(update_fields=["words"])
    elif not papers:
        raise NotAllowed("请写一句，或者拍一张证明。")
    office.record("verification.add_to_objection", subject=one.ref, by=by, at=at, detail={"papers": papers, "words": bool(words)})
    return one


def _theirs(one: Objection, by: By, at: datetime) -> None:
    if isinstance(by, Party):
        if by.kind != "resident" or by.ref != one.pid:
            raise NotAllowed("没有这件不同意见，或者不是您的。")
        return
    need(by, "objection.open", area=one.area, at=at)


@transaction.atomic
def take(*, ref: str, by: By, at: datetime) -> Objection:
    """Take an objection up, to look again; who asked the sources first, or looked at an earlier one, may not.

    A colleague may take over what another has taken, for leave; the journal holds both.

    :raises SamePerson: it was this clerk who asked or looked before
    :raises NotAllowed: another area, closed, or a resident
    """
    one, doer = _looking(ref, by, at)
    if one.taken_by == doer:
        return one
    one.taken_at, one.taken_by, one.state = at, doer, State.TAKEN
    one.save(update_fields=["taken_at", "taken_by", "state"])
    office.record("verification.take_objection", subject=one.ref, by=by, at=at, detail={"check": one.check_asked.ref})
    return one


def _looking(ref: str, by: By, at: datetime) -> tuple[Objection, str]:
    """An objection that is open, and the name in the journal of who may look at it again.

    :raises SamePerson: it was this clerk who asked or looked before
    :raises NotAllowed: another area, or closed
    """
    one, doer = _locked(ref), office.party(by)
    need(by, "objection.handle", area=one.area, at=at)
    _open(one)
    core.stop_the_same(doer, queries.asked_before(one.check_asked.ref, one.ref))
    return one, doer


def _handling(ref: str, by: By, at: datetime) -> Objection:
    """The objection, when this clerk has taken it.

    :raises SamePerson: it was this clerk who asked or looked before
    :raises NotAllowed: not taken by this clerk, or closed
    """
    one, doer = _looking(ref, by, at)
    if one.taken_by != doer:
        raise NotAllowed("请先接下这件，再重新问、写结果。")
    return one


def _line(one: Objection, ref: str) -> ObjectionLine:
    line = ObjectionLine.objects.select_for_update().filter(objection=one, ref=ref).first()
    if line is None:
        raise NotAllowed("这件不同意见里没有这一处。")
    return line


@transaction.atomic
def add_line(*, ref: str, disputed: Disputed, by: By, at: datetime) -> ObjectionLine:
    """Name a line of the report that the person's own words are about, before looking at it again.

    :raises NotAllowed: not taken by this clerk, closed, or no such line
    """
    one = _handling(ref, by, at)
    (line,) = _lines(one.check_asked, one.pid, [disputed], ())
    if there := ObjectionLine.objects.filter(objection=one, pid=line.pid, source=line.source, place=line.place).first():
        return there
    line.objection = one
    line.save()
    office.record("verification.add_line", subject=one.ref, by=by, at=at, detail={"line": line.ref, "source": line.source})
    return line


@transaction.atomic
def recheck(*, ref: str, line: str, by: By, at: datetime) -> ObjectionLine:
    """Ask the source of a disputed line again, and no other source; on the same legal basis, looked at anew.

    :raises NoBasis: consent or order no longer hold
    :raises NotAllowed: not taken by this clerk, closed, decided already, or asked again and still waiting
    """
    one = _handling(ref, by, at)
    row = _line(one, line)
    if row.outcome:
        raise NotAllowed("这一处已经写了结果。")
    if queries.open_question(one.check_asked.ref, row.pid, row.source) is None:
        why = f"{CLAIM_LABELS[row.claim]}（不同意见 {one.number}）"
        ask_again(check=one.check_asked.ref, pid=row.pid, source=row.source, why=why, by=by, at=at)
    elif row.asked_at is not None:
        raise NotAllowed("已经重新问过了，还在等回话。")
    # Else the first question is still out: its answer, however late, is taken in and is new.
    row.asked_at, row.asked_by = at, office.party(by)
    row.save(update_fields=["asked_at", "asked_by"])
    # One source about one person is one question, however many of its rows are disputed.
    ObjectionLine.objects.filter(objection=one, pid=row.pid, source=row.source, outcome="", asked_at__isnull=True).update(
        asked_at=at, asked_by=office.party(by)
    )
    office.record("verification.recheck", subject=one.ref, by=by, at=at, detail={"line": row.ref, "source": row.source})
    return row


@transaction.atomic
def decide_line(
    *, ref: str, line: str, outcome: Outcome, reason: str, instead: str = "", by: By, at: datetime
) -> ObjectionLine:  # fmt: skip
    """Say how a disputed line ends, with a reason. Evidence accepted against a source becomes a correction request to it.

    :param instead: what counts instead of the row, where evidence was accepted
    :raises NotAllowed: not taken by this clerk, no reason, or what is known does not carry this end (`core.stop_outcome`)
    """
    one = _handling(ref, by, at)
    row = _line(one, line)
    if row.outcome:
        raise NotAllowed("这一处已经写了结果。")
    if not reason.strip():
        raise NotAllowed("请写清楚凭什么这样定，本人会看到。")
    outcome = Outcome(outcome)
    newest = queries.newest_answer(one.check_asked.ref, row.pid, row.source)
    new = newest is not None and core.is_new(newest.round, newest.said, row.round, row.said)
    until = queries.open_question(one.check_asked.ref, row.pid, row.source)
    core.stop_outcome(
        outcome,
        asked=row.asked_at is not None,
        waiting=until is not None and until > at,
        answered=new and Said(newest.said).is_known,
        same=new and queries.holds_still(newest, row.said, row.shown),
        papers=len(one.papers),
    )
    if outcome is Outcome.EVIDENCE:
        if not instead.strip():
            raise NotAllowed("请写清楚以证明为准，应当是什么情况。")
        asked = exchange.ask_correction(
            dataset=row.dataset, field="", believed=instead.strip(), held=row.shown, evidence=f"{reason.strip()}（{one.number}）",
            batch=row.batch, row_no=row.row_no, pid=row.pid, area=one.area, origin=Origin.OBJECTION, cause=one.ref, by=by, at=at,
        )  # fmt: skip
        row.correction, row.instead = asked.ref, instead.strip()
    row.outcome, row.reason, row.decided_at, row.decided_by = outcome, reason.strip(), at, office.party(by)
    row.save(update_fields=["outcome", "reason", "instead", "correction", "decided_at", "decided_by"])
    detail = {"correction": row.correction, "line": row.ref, "outcome": str(outcome), "source": row.source}
    office.record("verification.decide_line", subject=one.ref, by=by, at=at, detail=detail)
    return row


@transaction.atomic
def settle(*, ref: str, answer: str, by: By, at: datetime) -> Objection:
    """Answer the person and issue the report anew, beside the old one, which stays as it was.

    :param answer: in plain words, for the person
    :raises NotAllowed: not taken by this clerk, a line without its end, or no answer written
    """
    one = _handling(ref, by, at)
    if not answer.strip():
        raise NotAllowed("请写给本人的答复：先说结果，再说为什么。")
    if ObjectionLine.objects.filter(objection=one, outcome="").exists():
        raise NotAllowed("还有没写结果的地方，写完再答复。")
    if not ObjectionLine.objects.filter(objection=one).exists():
        raise NotAllowed("请先写明本人说的是报告里哪一处，再去看。")
    one.state, one.closed_at, one.closed_by, one.answer = State.SETTLED, at, office.party(by), answer.strip()
    one.save(update_fields=["state", "closed_at", "closed_by", "answer"])  # first: the new report tells how it ended
    report = issue(check=one.check_asked.ref, by=by, at=at, why=f"不同意见 {one.number} 看完")
    one.new_report = report.number
    one.save(update_fields=["new_report"])
    detail = {"check": one.check_asked.ref, "late": today(at) > one.due_on, "report": one.report, "new": one.new_report}
    office.record("verification.settle_objection", subject=one.ref, by=by, at=at, detail=detail)
    _tell(one, f"您的不同意见（{one.number}）看完了，出了新报告。请在“我的事”里看，或打12345让人念给您听。", by=by, at=at)
    return one


@transaction.atomic
def withdraw_objection(*, ref: str, why: str = "", by: By, at: datetime) -> Objection:
    """Take an objection back: the person themselves, or a clerk who writes down their wish with its reason. The report stays.

    :raises NotAllowed: not theirs, closed, or a clerk without a reason
    """
    one = _locked(ref)
    _theirs(one, by, at)
    _open(one)
    if not isinstance(by, Party) and not why.strip():
        raise NotAllowed("请写本人为什么撤回。")
    one.state, one.closed_at, one.closed_by, one.answer = State.WITHDRAWN, at, office.party(by), why.strip()
    one.save(update_fields=["state", "closed_at", "closed_by", "answer"])
    office.record("verification.withdraw_objection", subject=one.ref, by=by, at=at, detail={"check": one.check_asked.ref})
    return one


# ---- what jobs note; nothing here ends anything -----------------------------------------------------------------------------


@transaction.atomic
def remind(*, ref: str, phone: str, by: By, at: datetime) -> bool:
    """Remind who looks at an objection that its last day is near, once; whether it was not done before."""
    one = _locked(ref)
    if one.reminded_at is not None or State(one.state) not in OPEN:
        return False
    one.reminded_at = at
    one.save(update_fields=["reminded_at"])
    if phone:
        office.notify(
            body=f"不同意见{one.number}最晚{_day(one.due_on)}看完，请抓紧。", subject=one.ref, by=by, at=at, phone=phone
        )
    office.record("verification.remind", subject=one.ref, by=by, at=at, detail={"due": one.due_on.isoformat()})
    return True


@transaction.atomic
def say_late(*, ref: str, by: By, at: datetime) -> bool:
    """Tell the person, once, that we are late and still looking; whether it was not done before."""
    one = _locked(ref)
    if one.late_told_at is not None or State(one.state) not in OPEN:
        return False
    one.late_told_at = at
    one.save(update_fields=["late_told_at"])
    _tell(one, f"您的不同意见（{one.number}）我们没有按时看完，对不起。还在看，没有作废，急的话打12345。", by=by, at=at)
    office.record("verification.say_late", subject=one.ref, by=by, at=at, detail={"due": one.due_on.isoformat()})
    return True


@transaction.atomic
def followed(*, ref: str, by: By, at: datetime) -> bool:
    """Note that the case an objection belongs to has taken its end up, once; whether it was not done before."""
    one = _locked(ref)
    if one.followed_at is not None or State(one.state) is not State.SETTLED:
        return False
    one.followed_at = at
    one.save(update_fields=["followed_at"])
    office.record("verification.followed", subject=one.ref, by=by, at=at, detail={"check": one.check_asked.ref})
    return True
