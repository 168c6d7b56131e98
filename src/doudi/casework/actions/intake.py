"""Taking an application in: what is missing, acceptance, near kin, consent, withdrawal; and the road from a visit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import filing, levels, steps
from doudi.casework.actions.assessing import take_stock
from doudi.casework.actions.drafts import bring_home, first_content
from doudi.casework.actions.investigation import ask_sources
from doudi.casework.core import AlreadyDone, Level, Missing, State
from doudi.casework.models import Case
from doudi.casework.queries.page import NoCase
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need
from doudi.registry import queries as registry
from doudi.verification import actions as verification_actions
from doudi.verification import queries as verification
from doudi.verification.core import Ended


@transaction.atomic
def accept(
    *,
    ref: str,
    by: By,
    at: datetime,
    near_kin_of: str = "",
    near_kin_clerk: str = "",
    kin_relation: str = "",
    version: int | None = None,
) -> Case:
    """Take an application in; the clock of the whole case starts here, and the sources are asked about who agreed.

    :param near_kin_of: the clerk or committee member this family is near kin of, filed apart (D57 Art. 11)
    :param near_kin_clerk: their username when they work here; they step back from this case
    :param kin_relation: to them, a code of core.KIN
    :raises NotAllowed: not waiting to be taken in, or not by this clerk
    :raises Changed: somebody changed the case since `version`
    """
    case = steps.lock(ref, version)
    steps.permit(case, "case.accept", by=by, at=at)
    _take_in(case, by=by, at=at)
    if near_kin_of.strip() or near_kin_clerk:
        _file_apart(case, near_kin_of, near_kin_clerk, kin_relation)
    _ask_if_agreed(case, by=by, at=at)
    detail = {"check": case.check_ref, "near_kin": case.is_near_kin}
    steps.keep(case, "accept", by=by, at=at, detail=detail)
    return case


def _take_in(case: Case, *, by: By, at: datetime) -> None:
    case.level = levels.level_of(case, at)
    steps.moved(case, "accept", at=at)
    case.accepted_at, case.accepted_by = at, office.party(by)
    if not isinstance(by, Party):
        case.handler = by.ref


def _ask_if_agreed(case: Case, *, by: By, at: datetime) -> None:
    """Ask the sources at once where the applicant agreed; otherwise the check waits, and the case goes on."""
    if verification.who_signed(case.ref, [case.applicant], at=at):
        ask_sources(case, by=by, at=at)
    else:
        take_stock(case, by=by, at=at)


@transaction.atomic
def ask_once(*, ref: str, missing: str, by: By, at: datetime, version: int | None = None) -> Case:
    """Tell the family once, and all together, what is missing (D57 Art. 10).

    :raises NotAllowed: asked before: once is once
    :raises Missing: nothing named
    """
    case = steps.lock(ref, version)
    steps.permit(case, "case.ask", by=by, at=at)
    what = steps.say(missing, "要补什么")[:300]
    if case.asked_for:
        raise AlreadyDone("要补的只能一次说全，已经告诉过这家人了。不够的请上门时一起看。")
    steps.moved(case, "ask_once", at=at)
    case.asked_for = what
    steps.keep(case, "ask_once", by=by, at=at)
    steps.tell(case, registry.me(case.applicant).phone, "您交的申请还差一样，打开“办到哪一步了”就能看到。", by=by, at=at)
    return case


@transaction.atomic
def supplement(*, ref: str, said: str, by: By, at: datetime) -> Case:
    """Note that what was missing has come, from the family or through a clerk.

    :raises NotAllowed: not this family, nor a clerk of the place
    :raises Missing: nothing said
    """
    case = steps.lock(ref)
    if not steps.family(case, by):
        need(by, "case.register", area=case.area, at=at)
    words = steps.say(said, "补了什么")
    steps.moved(case, "supplement", at=at)
    case.story = f"{case.story}\n{words}".strip()
    steps.keep(case, "supplement", by=by, at=at)
    return case


@transaction.atomic
def assign(*, ref: str, to: str, by: By, at: datetime) -> Case:
    """Hand a case to a colleague (username) of the same place.

    :raises NotAllowed: nobody of this name may take applications in there
    """
    case = steps.lock(ref)
    steps.permit(case, "case.accept", by=by, at=at)
    colleague = office_queries.clerk(to)
    if colleague is None:
        raise NotAllowed("没有这位同事。")
    need(colleague, "case.accept", area=case.area, at=at)
    if case.near_kin_clerk == colleague.ref:
        raise NotAllowed("这位同事是这户的近亲属，要回避。")
    case.handler = colleague.ref
    steps.keep(case, "assign", by=by, at=at, detail={"to": colleague.ref})
    return case


@transaction.atomic
def file_near_kin(*, ref: str, of: str, by: By, at: datetime, clerk: str = "", relation: str = "") -> Case:
    """File a case apart as one of near kin of a clerk or committee member; the county then visits itself (D57 Art. 11, 20).

    Kin who are no near kin by the law (an aunt) are noted: the county sees it, nothing else follows.

    :param clerk: their username when they work here; near kin step back from this case
    :param relation: to them, a code of core.KIN; "" is near kin without saying which
    :raises Missing: nobody named
    """
    case = steps.lock(ref)
    need(by, "case.accept" if case.state != State.AT_COUNTY else "case.decide", area=case.area, at=at)
    if not State(case.state).is_open:
        raise NotAllowed("这件已经办完了。")
    _file_apart(case, steps.say(of or clerk, "是谁的近亲属"), clerk, relation)
    steps.keep(case, "file_near_kin", by=by, at=at, detail={"near": case.is_near_kin})
    return case


def _file_apart(case: Case, of: str, clerk: str, relation: str = "") -> None:
    if relation and relation not in core.KIN:
        raise Missing("请选和他是什么关系。")
    near = relation == "" or relation in core.NEAR_KIN
    case.is_near_kin, case.in_doubt = case.is_near_kin or near, True
    if clerk:
        found = office_queries.clerk(clerk)
        if found is None:
            raise NotAllowed("没有这位同事，请写清是谁的近亲属。")
        of = of or found.name
        if near:
            case.near_kin_clerk = found.ref
    case.near_kin_of, case.kin_relation = of.strip()[:80], relation
    if near:
        case.level = Level.COUNTY


@transaction.atomic
def withdraw(*, ref: str, reason: str, by: By, at: datetime) -> Case:
    """Take an application back: the family itself, or a clerk who wrote down their wish with its reason.

    :raises NotAllowed: decided already, or not their case
    """
    case = steps.lock(ref)
    if not steps.family(case, by):
        if isinstance(by, Party):
            raise NoCase("没有这件申请，或者不是您的。")
        need(by, "case.register", area=case.area, at=at)
        steps.say(reason, "这家人为什么不申请了")
    steps.moved(case, "withdraw", at=at)
    steps.stop_showing(case, "stopped", by=by, at=at)
    steps.close(case, by=by, at=at)
    if reason.strip():
        case.story = f"{case.story}\n（撤回：{reason.strip()[:200]}）".strip()
    verification_actions.end_authorisations(subject=case.ref, why=Ended.CASE_WITHDRAWN, by=by, at=at)
    steps.keep(case, "withdraw", by=by, at=at)
    return case


@transaction.atomic
def open_case(
    *,
    pid: str,
    visit_ref: str,
    alert_ref: str = "",
    hardships: list[str],
    story: str = "",
    consent_channel: str,
    consents: list[str],
    by: By,
    at: datetime,
    programme: str = "dibao",
    is_urgent: bool = False,
) -> Case:
    """Open a case from a visit, with the family's yes: prefilled from the register, accepted at once, on to the check.

    The same visit gives the same case. Data alone never begins one: the visit and the yes do.

    :param consents: pids of the adults who agreed, by signature or voice
    :param consent_channel: paper | voice | screen | visit
    :raises Missing: the person visited did not agree
    :raises NotAllowed: the clerk has no post there
    """
    me = registry.me(pid)
    pid, consents = me.pid, [*registry.standing_of(consents).values()]
    need(by, "case.register", area=me.area, at=at)
    if pid not in consents or not consent_channel:
        raise Missing("要本人同意申请、同意核对，才能开始办。")
    made = Case.objects.select_for_update().filter(visit_ref=visit_ref, programme=programme).first() if visit_ref else None
    if made is not None:
        return made
    bring_home(pid, by=by, at=at)
    content, me = first_content(pid, at), registry.me(pid)
    case = filing.file(
        filing.Application(
            applicant=pid,
            household=content["household"],
            area=me.area,
            programme=programme,
            channel="visit",
            hardships=[kind for kind in core.HARDSHIPS if kind in hardships],
            story=story.strip(),
            members=[
                filing.Said(one["pid"], one["name"], one["relation"], one["born_on"], True, True) for one in content["members"]
            ],
            incomes=[
                filing.SaidIncome(one["pid"], one["kind"], one["fen"], "", None, one["source"]) for one in content["incomes"]
            ],
            account_way="same" if content["known_account"] else "none",
            account=content["known_account"]["number"] if content["known_account"] else "",
            is_urgent=is_urgent or bool(core.URGENT_HARDSHIPS & set(hardships)),
            origin="visit",
            alert_ref=alert_ref,
            visit_ref=visit_ref,
        ),
        by=by,
        at=at,
    )
    filing.keep_consents(case, consents, channel=consent_channel, by=by, at=at)
    if _allowed(by, "case.accept", case.area, at):
        _take_in(case, by=by, at=at)
        _ask_if_agreed(case, by=by, at=at)
    filing.tell_received(case, by=by, at=at)
    detail = {"alert": alert_ref, "receipt": case.receipt, "visit": visit_ref}
    steps.keep(case, "open_case", by=by, at=at, detail=detail)
    return case


def _allowed(by: By, act: str, area: str, at: datetime) -> bool:
    """Whether somebody may do an act here; a village's helper opens a case that the township then takes in."""
    try:
        need(by, act, area=area, at=at)
    except NotAllowed:
        return False
    return True
