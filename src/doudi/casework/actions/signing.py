"""Signing for a case: each adult, guardians, and supporters outside the household on their own sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import filing, steps
from doudi.casework.actions.assessing import living
from doudi.casework.actions.investigation import ask_sources
from doudi.casework.core import WORKING, State
from doudi.casework.models import Case, CaseMember, Supporter
from doudi.casework.queries.drafts import is_minor
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.registry import actions as registry_actions
from doudi.registry import queries as registry
from doudi.registry.core import RELATIONS
from doudi.verification import actions as verification
from doudi.verification import queries as verification_queries
from doudi.verification.core import Capacity, Ended


@transaction.atomic
def record_consent(
    *,
    ref: str,
    pid: str,
    channel: str,
    files: Sequence[filing.File] = (),
    typed_name: str = "",
    guardian: str = "",
    by: By,
    at: datetime,
) -> Case:
    """Keep that a member of the household signed the authorisation; bound to the programme and its sources.

    The applicant also signs for the minors living with them.

    :param channel: `screen`, `paper`, `voice` or `visit`
    :param files: a signature, the photographed form, a recording, a guardian's proof
    :param typed_name: signed on screen by writing one's name
    :param guardian: pid of the member who signs for this one: a minor, or an adult who cannot decide
    :raises NotAllowed: not a member of this case, or somebody else signs on screen
    :raises BadPaper: a file that cannot be kept
    """
    case = steps.lock(ref)
    signer = guardian or pid
    member = CaseMember.objects.filter(case=case, pid__in=registry.pids_of(pid)).first()
    if isinstance(by, Party):
        if by.kind != "resident" or by.ref != signer or member is None:
            raise NotAllowed("同意核对要本人来点。")
    else:
        need(by, "consent.record", area=case.area, at=at)
    if not State(case.state).takes_signatures:
        raise NotAllowed("这件已经办完了，不用再签同意。")
    if member is None:
        raise NotAllowed("同意核对的人不在这户里。")
    if guardian and not CaseMember.objects.filter(case=case, pid__in=registry.pids_of(guardian)).exists():
        raise NotAllowed("监护人不在这户里。请监护人到窗口，带上证明。")
    papers = filing.keep_papers(case, files, member.pid, by=by, at=at)
    if guardian:
        minor, programmes = is_minor(member.born_on, today(at)), filing.asked_in(case)
        for one in filing.beside(case):
            verification.authorise(
                subject=one.ref, area=one.area, programmes=programmes, pid=member.pid, name=member.name,
                relation=member.relation, household=living(one), way=channel, guardian=guardian,
                capacity=Capacity.MINOR if minor else Capacity.INCAPABLE, typed_name=typed_name, papers=papers, by=by, at=at,
            )  # fmt: skip
    else:
        filing.keep_consents(case, [member.pid], channel=channel, papers=papers, typed_name=typed_name, by=by, at=at)
    _ask_now(case, by=by, at=at)
    steps.keep(case, "record_consent", by=by, at=at, detail={"channel": channel, "person": member.pid})
    return case


def _ask_now(case: Case, *, by: By, at: datetime) -> None:
    """The check waited only for those missing: whoever may ask asks now, and nobody has to remember it.

    A family on its phone or a village worker may not.
    """
    if isinstance(by, Party) or State(case.state) not in WORKING:
        return
    if not verification_queries.who_signed(case.ref, [case.applicant], at=at):
        return
    try:
        need(by, "check.request", area=case.area, at=at)
    except NotAllowed:
        return
    ask_sources(case, by=by, at=at)


@transaction.atomic
def add_supporter(
    *, ref: str, name: str, number: str, supports: str, relation: str, phone: str = "", place: str = "", by: By, at: datetime
) -> Supporter:
    """Write down who, outside the household, has to support one of it (Civil Code Art. 1067, 1074); they sign for themselves.

    The same person again is the same row.

    :param number: citizen number
    :param supports: pid of the member
    :param relation: of the supporter to that member, a key of RELATIONS
    :param place: where they live, in words
    :raises NotAllowed: not this clerk's place, a member of the household, or name and number do not fit
    """
    case = steps.lock(ref)
    need(by, "consent.record", area=case.area, at=at)
    if not State(case.state).takes_signatures:
        raise NotAllowed("这件已经办完了，不用再写。")
    if relation not in RELATIONS or relation == "self":
        raise NotAllowed("请选他是谁的什么人。")
    member = CaseMember.objects.filter(case=case, pid__in=registry.pids_of(supports)).first() if supports else None
    if member is None:
        raise NotAllowed("请选他要赡养、抚养谁。")
    person = registry_actions.keep_outsider(name=name, number=number, phone=phone, where=case.area, by=by, at=at)
    if person.pid in living(case):
        raise NotAllowed("他就在这户里，按一起吃住的人签。")
    row, new = Supporter.objects.get_or_create(
        case=case, pid=person.pid, removed_at=None,
        defaults={
            "name": person.name, "supports": member.pid, "relation": relation, "place": place.strip()[:60], "at": at,
            "by": office.party(by),
        },
    )  # fmt: skip
    if new:
        steps.keep(case, "add_supporter", by=by, at=at, detail={"person": person.pid, "relation": relation})
    return row


@transaction.atomic
def remove_supporter(*, ref: str, supporter: str, by: By, at: datetime) -> Supporter:
    """Take somebody off who does not have to support anybody here; what they signed ends, what was asked before stays.

    :raises NotAllowed: nobody of this name on the list, or not this clerk's place
    """
    case = steps.lock(ref)
    need(by, "consent.record", area=case.area, at=at)
    row = Supporter.objects.select_for_update().filter(case=case, ref=supporter, removed_at=None).first()
    if row is None:
        raise NotAllowed("名单上没有这个人。")
    row.removed_at, row.removed_by = at, office.party(by)
    row.save(update_fields=["removed_at", "removed_by"])
    verification.end_authorisations(subject=case.ref, why=Ended.LEFT, pid=row.pid, role="supporter", by=by, at=at)
    steps.keep(case, "remove_supporter", by=by, at=at, detail={"person": row.pid})
    return row


@transaction.atomic
def sign_supporter(
    *, ref: str, pid: str, channel: str, files: Sequence[filing.File] = (), typed_name: str = "", by: By, at: datetime
) -> Case:
    """Keep that a supporter signed their own sheet, which names only what supporters are asked.

    :raises NotAllowed: not a supporter of this case, or somebody else signs on screen
    """
    case = steps.lock(ref)
    row = Supporter.objects.filter(case=case, pid__in=registry.pids_of(pid), removed_at=None).first()
    if isinstance(by, Party):
        if by.kind != "resident" or row is None or registry.standing(by.ref) != registry.standing(row.pid):
            raise NotAllowed("授权书要本人来签。")
    else:
        need(by, "consent.record", area=case.area, at=at)
    if row is None:
        raise NotAllowed("名单上没有这个人。")
    if not State(case.state).takes_signatures:
        raise NotAllowed("这件已经办完了，不用再签同意。")
    verification.authorise(
        subject=case.ref, area=case.area, programmes=[(case.programme, core.road(case.programme).label)], pid=row.pid,
        name=row.name, role="supporter", relation=row.relation, household=[], way=channel, typed_name=typed_name,
        papers=filing.keep_papers(case, files, row.pid, by=by, at=at), by=by, at=at,
    )  # fmt: skip
    _ask_now(case, by=by, at=at)
    steps.keep(case, "sign_supporter", by=by, at=at, detail={"channel": channel, "person": row.pid})
    return case
