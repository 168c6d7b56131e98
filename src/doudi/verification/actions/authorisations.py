"""Signing a 授权书, completing it with papers, taking it back, and ending it with what it was signed for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from doudi.facts.days import add_months
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.registry import actions as registry_actions
from doudi.registry import queries as registry
from doudi.registry.core import Purpose
from doudi.rulebook import queries as rulebook
from doudi.verification.actions.questions import close_open
from doudi.verification.core import asked_datasets
from doudi.verification.core.basis import AlreadyEnded, BadSignature, Capacity, Ended, NotExplained, check_signer, terms, wording
from doudi.verification.models import Authorisation, AuthorisationCounter
from doudi.verification.queries.authorisations import asked_places

VALID_MONTHS = "verification_authorisation_valid_months"  # a number of the rule store
PAPERS = frozenset({"signature", "form", "voice", "guardian"})


@transaction.atomic
def authorise(
    *, subject: str, area: str, programmes: Sequence[tuple[str, str]], pid: str, name: str, household: Collection[str], way: str,
    role: str = "member", relation: str = "", capacity: Capacity = Capacity.ADULT, guardian: str = "", typed_name: str = "",
    papers: Sequence[str] = (), by: By, at: datetime,
) -> Authorisation:  # fmt: skip
    """Keep that somebody, or their guardian, lets themselves be checked. The same again is the same paper, with more evidence.

    What is asked follows from the programmes and the role; nobody signs for more. Signed anew (another household, other
    programmes, run out) it is a new paper, and the old one ends.

    :param subject: the case; a paper carries questions of no other
    :param programmes: code and label of each
    :param household: pids of everybody living together; of a supporter's own sheet, none
    :param way: a key of authorisation.toml [way]
    :param guardian: who signs for a minor or an incapable adult
    :param typed_name: signed on screen by writing one's name, by who signed in with a code
    :param papers: refs of papers kept before: signature, form, voice, guardian
    :raises BadSignature: not by who may sign, another name, or a guardian without proof
    :raises NotAllowed: signed by another resident, or kept by a clerk of another place
    """
    now = registry.standing_of([pid, *household, *([guardian] if guardian else [])])
    pid, guardian, home = now[pid], now.get(guardian, ""), sorted({now[one] for one in household})
    signer = guardian or pid
    _may_sign(signer, area, by, at)
    if way not in terms().way or role not in terms().role:
        raise BadSignature("请选是怎么签的。")
    kept = _kept(papers, {pid, signer})
    check_signer(Capacity(capacity), pid, signer, papers={row.kind for row in kept.values()})
    signer_name = registry.me(signer).name
    if typed_name and typed_name.strip() != signer_name:
        raise BadSignature("写的名字和登记的不一样，请写身份证上的名字。")
    codes = [code for code, _ in programmes]
    datasets = _asked(codes, role)
    standing = Authorisation.objects.select_for_update().filter(subject=subject, pid=pid, role=role, ended_at=None).first()
    if standing is not None:
        if _still_says(standing, home, codes, datasets, signer, at):
            return _complete(standing, typed_name.strip(), list(kept), by=by, at=at)
        _end(standing, Ended.RENEWED, by=by, at=at)
    consent = registry_actions.consent(
        pid=pid, purpose=Purpose.VERIFICATION, sources=datasets, channel=way, guardian=guardian, where=area, by=by, at=at
    )
    on = today(at)
    number, until_on = f"SQ{on.year}{office.next_number(AuthorisationCounter, year=on.year):06d}", _until(area, on)
    places = [f"{department}（{'、'.join(asks)}）" for department, asks in asked_places(codes, role)]
    made = Authorisation.objects.create(
        number=number, consent=consent.ref, subject=subject, area=area, pid=pid, name=name, role=role, relation=relation,
        capacity=Capacity(capacity), signer=signer, signer_name=signer_name, programmes=codes, datasets=datasets, household=home,
        way=way, typed_name=typed_name.strip(), papers=list(kept), from_at=at, until_on=until_on, handled_by=office.party(by),
        words=wording(
            number=number, name=name, signer_name=signer_name, capacity=Capacity(capacity), role=role,
            programmes=[label for _, label in programmes], sources=places,
            until=f"最晚到 {until_on}。" if until_on else "",
        ),
    )  # fmt: skip
    detail = {
        "authorisation": number,
        "capacity": made.capacity,
        "programmes": codes,
        "role": role,
        "sources": datasets,
        "way": way,
    }
    office.record("verification.authorise", subject=pid, by=by, at=at, detail=detail | {"case": subject, "papers": made.papers})
    return made


def _may_sign(signer: str, area: str, by: By, at: datetime) -> None:
    """Stop who may neither sign nor keep it: a resident signs for themselves and those they are guardian of; a clerk keeps it."""
    if not isinstance(by, Party):
        need(by, "consent.record", area=area, at=at)
    elif by.kind == "resident" and registry.standing(by.ref) != signer:
        raise NotAllowed("授权书要本人来签；未满十八岁的，由监护人来签。")


def _kept(papers: Sequence[str], pids: Collection[str]) -> dict[str, office_queries.PaperRow]:
    """The papers handed in with it, in order.

    :raises BadSignature: one that is not there, somebody else's, or of another kind
    """
    found = office_queries.papers(papers)
    of = {one for pid in pids for one in registry.pids_of(pid)}
    if any(ref not in found or found[ref].kind not in PAPERS or found[ref].subject not in of for ref in papers):
        raise BadSignature("交来的照片或录音不是这份授权书的，请重新交。")
    return {ref: found[ref] for ref in dict.fromkeys(papers)}


def _asked(programmes: Sequence[str], role: str) -> list[str]:
    """What is asked about a member or supporter for these programmes."""
    if not programmes:
        raise BadSignature("授权书要写明为了哪一项救助。")
    return sorted({one.dataset for code in programmes for one in asked_datasets(code, role)})


def _until(area: str, on: date) -> date | None:
    """The last day by age alone; None where the place sets no such number."""
    setting = rulebook.pack().parameters[VALID_MONTHS].at(area, on)
    return add_months(on, int(setting.value)) if setting is not None and setting.value else None


def _still_says(
    row: Authorisation, home: Collection[str], programmes: Sequence[str], datasets: Sequence[str], signer: str, at: datetime
) -> bool:
    """Whether a standing paper says the same as the one handed in now and has not run out."""
    return (
        set(programmes) <= set(row.programmes)
        and set(datasets) <= set(row.datasets)
        and set(home) <= set(row.household)
        and row.signer == signer
        and (row.until_on is None or today(at) <= row.until_on)
        and bool(registry.still_given([row.consent], at))
    )


def _complete(row: Authorisation, typed_name: str, papers: list[str], *, by: By, at: datetime) -> Authorisation:
    """Add what was lacking to a paper that stands; nothing new, nothing done."""
    more = [ref for ref in papers if ref not in row.papers]
    if not more and (not typed_name or row.typed_name):
        return row
    row.papers, row.typed_name = [*row.papers, *more], row.typed_name or typed_name
    row.save(update_fields=["papers", "typed_name"])
    detail = {"authorisation": row.number, "case": row.subject, "papers": more}
    office.record("verification.complete_authorisation", subject=row.pid, by=by, at=at, detail=detail)
    return row


def _locked(number: str, by: By, at: datetime) -> Authorisation:
    """A standing authorisation this person may speak of: theirs, one they signed as guardian, or of a clerk's place.

    :raises NotAllowed: none such
    :raises AlreadyEnded: it does not hold any more
    """
    row = Authorisation.objects.select_for_update().filter(number=number).first()
    mine = set(registry.pids_of(by.ref)) if isinstance(by, Party) and by.kind == "resident" else set()
    if row is None or (isinstance(by, Party) and mine.isdisjoint({row.pid, row.signer})):
        raise NotAllowed("没有这份授权书，或者不是您的。")
    if not isinstance(by, Party):
        need(by, "consent.record", area=row.area, at=at)
    if row.ended_at is not None:
        raise AlreadyEnded(f"这份授权书已经结束：{Ended(row.ended_why).label}。")
    return row


@transaction.atomic
def withdraw_authorisation(*, number: str, explained: bool, by: By, at: datetime) -> Authorisation:
    """Take an authorisation back: nothing more is asked, what waits is closed unsent, what was asked before stays.

    :param explained: what it means was said first (authorisation.toml, withdrawing)
    :raises NotExplained: it was not
    :raises AlreadyEnded: it does not hold any more
    :raises NotAllowed: no such paper, or not for this person or place
    """
    if not explained:
        raise NotExplained("撤回以前，要先说清会怎样。")
    row = _locked(number, by, at)
    if registry.still_given([row.consent], at):
        registry_actions.withdraw(ref=row.consent, where=row.area, by=by, at=at)
    _end(row, Ended.WITHDRAWN, by=by, at=at)
    closed = close_open(subject=row.subject, pids=registry.pids_of(row.pid), why="no_basis", by=by, at=at)
    detail = {"authorisation": number, "case": row.subject, "closed": closed}
    office.record("verification.withdraw_authorisation", subject=row.pid, by=by, at=at, detail=detail)
    return row


def _end(row: Authorisation, why: Ended, *, by: By, at: datetime) -> None:
    row.ended_at, row.ended_by, row.ended_why = max(at, row.from_at), office.party(by), why
    row.save(update_fields=["ended_at", "ended_by", "ended_why"])


@transaction.atomic
def end_authorisations(*, subject: str, why: Ended, pid: str = "", role: str = "", by: By, at: datetime) -> list[str]:
    """End every authorisation of a case with it: refused, taken back, or the assistance over. What still waits is not sent.

    :param pid: only this person's, in this `role`
    :returns: their numbers; none when they had ended before
    """
    asked = registry.pids_of(pid) if pid else None
    whose = Q() if asked is None else Q(pid__in=asked, role=role)
    rows = list(Authorisation.objects.select_for_update().filter(whose, subject=subject, ended_at=None).order_by("id"))
    for row in rows:
        _end(row, why, by=by, at=at)
    if rows:
        closed = close_open(subject=subject, pids=asked, why="no_basis", by=by, at=at)
        detail = {"authorisations": [row.number for row in rows], "closed": closed, "why": str(why)}
        office.record("verification.end_authorisations", subject=subject, by=by, at=at, detail=detail)
    return [row.number for row in rows]


@transaction.atomic
def follow_household(*, subject: str, household: Collection[str], by: By, at: datetime) -> list[str]:
    """Let the authorisations of a case follow who lives together: somebody new means that everybody signs anew; who does not
    belong any more is not asked about any more, and the others' papers, which name them, still stand: less is asked, not more.

    :returns: numbers of those that ended
    """
    rows = list(Authorisation.objects.select_for_update().filter(subject=subject, role="member", ended_at=None).order_by("id"))
    now = registry.standing_of({*household, *(pid for row in rows for pid in (row.pid, *row.household))})
    home, ended = {now[pid] for pid in household}, []
    for row in rows:
        left, joined = now[row.pid] not in home, not home <= {now[pid] for pid in row.household}
        if left or joined:
            _end(row, Ended.LEFT if left else Ended.MEMBERS_CHANGED, by=by, at=at)
            close_open(subject=subject, pids=registry.pids_of(row.pid), why="no_basis", by=by, at=at)
            ended.append(row.number)
    if ended:
        office.record("verification.follow_household", subject=subject, by=by, at=at, detail={"authorisations": ended})
    return ended


@transaction.atomic
def know_member(*, subject: str, pid: str, by: By, at: datetime) -> list[str]:
    """Let the authorisations of a case stand where one of the family, named when they were signed, is known by number only now:
    the same people live together, and nobody signs anew. What the new one has is asked only when they sign themselves.

    :returns: numbers of those that stand
    """
    rows = list(Authorisation.objects.select_for_update().filter(subject=subject, role="member", ended_at=None).order_by("id"))
    for row in rows:
        row.household = sorted({*row.household, registry.standing(pid)})
        row.save(update_fields=["household"])
    if rows:
        detail = {"authorisations": [row.number for row in rows], "person": pid}
        office.record("verification.know_member", subject=subject, by=by, at=at, detail=detail)
    return [row.number for row in rows]
