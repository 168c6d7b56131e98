"""How an application becomes a case: number, officer, clock, people, lines, consents. Used by the acts that begin a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from doudi.casework import core
from doudi.casework.actions import clocks, steps
from doudi.casework.core import State
from doudi.casework.models import Application as ApplicationRow
from doudi.casework.models import Case, CaseMember, Draft, Line, ReceiptCounter
from doudi.casework.queries.drafts import is_minor
from doudi.facts import days
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party, mask_name
from doudi.office.queries import today
from doudi.registry import queries as registry
from doudi.verification import actions as verification_actions
from doudi.verification import queries as verification
from doudi.verification.core import Capacity, asked_datasets

File = tuple[str, str, bytes]  # kind of paper, what the sender calls its type, bytes


@dataclass(frozen=True, slots=True)
class Said:
    """A person of the household as the family named them."""

    pid: str
    name: str
    relation: str
    born_on: str | None
    proposed: bool
    together: bool | None  # None: not said yet


@dataclass(frozen=True, slots=True)
class SaidIncome:
    """A line of income as it was found, and as the family said."""

    pid: str
    kind: str
    found_fen: int | None
    said: str
    said_fen: int | None
    source: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Application:
    """What is handed in, through whichever door.

    `programmes`: everything asked for in it, each a code, or code:pid where it is for another than the applicant; empty:
    `programme` alone. `handed_on`: the day it was handed over, where that
    is not the day it is kept: the first clocks run from there.
    """

    applicant: str
    household: str
    area: str
    programme: str
    channel: str
    hardships: list[str]
    story: str
    members: list[Said]
    incomes: list[SaidIncome]
    account_way: str = ""
    account_bank: str = ""
    account: str = ""
    proxy: str = ""
    proxy_relation: str = ""
    is_urgent: bool = False
    origin: str = "application"
    alert_ref: str = ""
    visit_ref: str = ""
    programmes: tuple[str, ...] = ()
    handed_on: date | None = None
    receipt: str = ""  # given before, with a paper that was photographed


def next_receipt(county: str, on: date) -> str:
    """The next receipt number of a county in a year. The counter's row is locked until the case is kept: no gap, no double."""
    return core.receipt_of(county, on.year, office.next_number(ReceiptCounter, county=county, year=on.year))


def file(application: Application, *, by: By, at: datetime) -> Case:
    """Make the application with a case for each programme, each with its people and lines; returns the first case.

    A programme this person, or their household, has a running case of is left out where there are others to begin: asked
    for twice in good faith is no mistake.

    :raises NotAllowed: everything asked for in it is being dealt with already
    """
    on, me = today(at), registry.me(application.applicant)
    wanted = [_whom(key, application.applicant) for key in application.programmes or (application.programme,)]
    wanted = list(dict.fromkeys(wanted))
    for programme, _ in wanted:
        core.road(programme)
    if len(application.area) < 9:
        raise NotAllowed("登记信息里没有写住在哪个乡镇，请打电话或到窗口办，我们先补上。")
    receipt = application.receipt or next_receipt(application.area[:6], on)  # first, so that two at once stand in a row
    fresh = _not_twice(application, wanted, me.masked_name)
    kept = ApplicationRow.objects.create(
        receipt=receipt,
        applicant=application.applicant,
        area=application.area,
        channel=application.channel,
        handed_on=application.handed_on or on,
        submitted_at=at,
        submitted_by=office.party(by),
    )
    handler, _ = steps.handler_of(application.area, at)
    made = []
    for programme, recipient in fresh:
        number = receipt if not made else next_receipt(application.area[:6], on)
        made.append(_open(kept, application, programme, recipient, receipt=number, handler=handler, name=me.name))
        clocks.follow(made[-1], by=by, at=at, since=kept.handed_on)
        made[-1].save(update_fields=["due_on"])
    return made[0]


def _whom(key: str, applicant: str) -> tuple[str, str]:
    """A programme asked for and for whom; "" is the applicant."""
    programme, _, recipient = key.partition(":")
    return programme, "" if recipient == applicant else recipient


def _open(
    kept: ApplicationRow, application: Application, programme: str, recipient: str, *, receipt: str, handler: str, name: str
) -> Case:
    """The case of one programme; everything the family said stands in each, typed once."""
    road, on = core.road(programme), kept.handed_on
    case = Case.objects.create(
        application=kept,
        receipt=receipt,
        programme=road.code,
        state=State.SUBMITTED,
        area=application.area,
        applicant=application.applicant,
        recipient=recipient,
        household=application.household,
        name=name,
        masked_name=mask_name(name),
        channel=application.channel,
        origin=application.origin,
        alert_ref=application.alert_ref,
        visit_ref=application.visit_ref,
        proxy=application.proxy,
        proxy_relation=application.proxy_relation,
        hardships=application.hardships,
        story=application.story,
        account_way=application.account_way,
        account_bank=application.account_bank,
        account=application.account,
        is_urgent=application.is_urgent,
        rank=0 if application.is_urgent else 1,
        handler=handler,
        due_on=on,  # until its clocks run
        contact_by=days.add_working_days(on, road.clock["contact_wd"]),
        submitted_at=kept.submitted_at,
        submitted_by=kept.submitted_by,
    )
    keep_members(case, application.members)
    keep_incomes(case, application.incomes)
    return case


def keep_members(case: Case, said: Sequence[Said]) -> None:
    """Write the people of the household into a case."""
    CaseMember.objects.bulk_create(
        CaseMember(
            case=case,
            pid=one.pid,
            name=one.name,
            relation=one.relation,
            born_on=date.fromisoformat(one.born_on) if one.born_on else None,
            proposed=one.proposed,
            together=one.together,
        )
        for one in said
    )


def keep_incomes(case: Case, said: Sequence[SaidIncome]) -> None:
    """Write lines of income into a case, each with the row it was found in."""
    Line.objects.bulk_create(
        Line(
            case=case,
            pid=one.pid,
            kind=one.kind,
            found_fen=one.found_fen,
            said=one.said,
            said_fen=one.said_fen,
            dataset=one.source["dataset"] if one.source else "",
            batch=one.source["batch"] if one.source else None,
            row_no=one.source["row_no"] if one.source else None,
            as_of=date.fromisoformat(one.source["as_of"]) if one.source and one.source["as_of"] else None,
        )
        for one in said
    )


def of_draft(row: Draft, **more: Any) -> Application:
    """What a draft hands in, with whatever of it is answered; what is not answered stays unsaid, never no.

    :param more: fields of Application that the draft does not hold
    """
    content, given = row.content, row.content["account"]
    members = [
        Said(
            one["pid"], one["name"], one["relation"], one["born_on"], True,
            True if one["is_applicant"] else content["together"].get(one["pid"]),
        )
        for one in content["members"]
    ]  # fmt: skip
    incomes = [
        SaidIncome(one["pid"], one["kind"], one["fen"], content["said"].get(one["key"], ""), None, one["source"])
        for one in content["incomes"]
    ]
    held = Application(
        applicant=row.applicant,
        household=content["household"],
        area=row.area,
        programme=row.programme,
        programmes=tuple(content.get("programmes") or (row.programme,)),
        channel=row.channel,
        hardships=list(content["hardships"]),
        story=content["story"],
        members=members + [Said("", name, relation, None, False, True) for name, relation in content["others"]],
        incomes=incomes + [SaidIncome("", kind, None, "", fen, None) for kind, fen in content["other_incomes"]],
        account_way=given["way"],
        account_bank=given["bank"],
        account=content["known_account"]["number"] if given["way"] == "same" else given["number"],
        is_urgent=bool(core.URGENT_HARDSHIPS & set(content["hardships"])),
    )
    return replace(held, **more)


def _not_twice(application: Application, wanted: Sequence[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    """What is asked for that nobody of this family has a running case of.

    :raises NotAllowed: all of it is being dealt with
    """
    open_states = [state.value for state in State if state.is_open]
    running = Case.objects.filter(programme__in=[code for code, _ in wanted], state__in=open_states)
    mine = {(case.programme, case.recipient): case for case in running.filter(applicant=application.applicant)}
    living = [one.pid for one in application.members if one.pid and one.together]
    homes = set(running.filter(members__pid__in=living, members__together=True).values_list("programme", flat=True))
    theirs = {code for code in homes if core.road(code).unit == "household"}
    fresh = [one for one in wanted if one not in mine and one[0] not in theirs]
    if fresh:
        return fresh
    road = core.road(wanted[0][0])
    if wanted[0] in mine:
        raise NotAllowed(f"{name}的{road.label}申请正在办，编号 {core.show_receipt(mine[wanted[0]].receipt)}，不用再交一次。")
    raise NotAllowed(f"家里已经有人交了{road.label}的申请，一家交一份就行。")


def source_codes(programme: str) -> list[str]:
    """What an authorisation for a programme names."""
    return [one.dataset for one in asked_datasets(programme)]


def keep_papers(case: Case, files: Sequence[File], pid: str, *, by: By, at: datetime) -> list[str]:
    """Keep what somebody handed in with their signature; the refs.

    :raises BadPaper: a file that cannot be kept
    """
    return [
        office.keep_paper(kind=kind, content_type=called, data=data, area=case.area, subject=pid, by=by, at=at).ref
        for kind, called, data in files
    ]


def adopt_papers(refs: Sequence[str], pid: str, *, area: str, by: By, at: datetime) -> list[str]:
    """The photographs of a paper kept before anybody knew whose it was, kept as the signed form of this person."""
    return [
        office.keep_paper(kind="form", content_type=row.content_type, data=data, area=area, subject=pid, by=by, at=at).ref
        for row, data in office_queries.paper_bytes(refs)
    ]


def beside(case: Case) -> list[Case]:
    """The open cases of the same application, this one first: what is signed once is signed for all of them."""
    others = Case.objects.filter(application=case.application_id).exclude(pk=case.pk).order_by("id")
    return [case, *(one for one in others if State(one.state).is_open)]


def asked_in(case: Case) -> list[tuple[str, str]]:
    """Code and label of each programme of the application still open; an authorisation names them all."""
    return sorted((one.programme, core.road(one.programme).label) for one in beside(case))


def keep_consents(
    case: Case, agreed: list[str], *, channel: str, by: By, at: datetime, papers: Sequence[str] = (), typed_name: str = ""
) -> None:
    """Keep the authorisation of adults who agreed, and of the minors living with the applicant, for whom the applicant signs.

    It names every programme of the application and stands for each of its cases.

    :param papers: what was handed in with it: a signature, the photographed form, a recording
    :param typed_name: signed on screen by writing one's name
    :raises NotAllowed: somebody who is not in this case
    """
    programmes = asked_in(case)
    for one in beside(case):
        _keep_consents(one, agreed, programmes, channel=channel, by=by, at=at, papers=papers, typed_name=typed_name)


def _keep_consents(
    case: Case,
    agreed: list[str],
    programmes: list[tuple[str, str]],
    *,
    channel: str,
    by: By,
    at: datetime,
    papers: Sequence[str],
    typed_name: str,
) -> None:
    on = today(at)
    members = {one.pid: one for one in CaseMember.objects.filter(case=case) if one.pid}
    strangers = [pid for pid in agreed if pid not in members]
    if strangers:
        raise NotAllowed("同意核对的人不在这户里。")
    household = [pid for pid, one in members.items() if one.counts]
    standing = verification.who_signed(case.ref, list(members), at=at)
    for pid, one in members.items():
        minor = is_minor(one.born_on, on) and pid != case.applicant
        guardian = case.applicant if minor and case.applicant in agreed and one.counts else ""
        if not (guardian or (pid in agreed and not minor)) or (pid in standing and not papers and not typed_name):
            continue
        # By their own hand: signed in, or beside the proxy whose mandate stands on the case.
        me = Party.resident(guardian or pid) if isinstance(by, Party) and by.kind == "resident" else by
        verification_actions.authorise(
            subject=case.ref, area=case.area, programmes=programmes, pid=pid,
            name=one.name, relation=one.relation, household=household, way=channel,
            capacity=Capacity.MINOR if guardian else Capacity.ADULT, guardian=guardian, typed_name=typed_name, papers=papers,
            by=me, at=at,
        )  # fmt: skip


def tell_received(case: Case, *, by: By, at: datetime) -> None:
    """Queue the text that says: received, under this number, who rings by when."""
    phone = registry.me(case.applicant).phone
    words = f"您交的申请收到了，编号{core.show_receipt(case.receipt)}，{steps.on_day(case.contact_by)}前有人联系您。"
    steps.tell(case, phone, words, by=by, at=at)
