"""What a programme asks for besides the common steps: first help, self-care, agreements, other places, facts to find out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.casework import core
from doudi.casework.core import State
from doudi.casework.gateways import numbers, rules
from doudi.casework.models import (
    Agreement,
    Assessment,
    Case,
    CaseMember,
    FirstHelp,
    PlaceRequest,
    Reassessment,
    SelfCare,
    SettledFact,
    SupportForm,
)
from doudi.casework.queries.inbox import after_prefix, within
from doudi.casework.queries.page import NoCase
from doudi.office import queries as office
from doudi.office.core import Viewer, mask_name
from doudi.office.queries import today


@dataclass(frozen=True, slots=True)
class FirstHelpRow:
    """Help that was given before the papers. Money in fen; `holds`: None while the papers are not complete."""

    kind_label: str
    band_label: str
    happened_on: date
    place: str
    cause: str
    amount_fen: int
    by: str
    papers_due_on: date
    is_late: bool
    found: str
    holds: bool | None
    completed_by: tuple[str, ...]
    benefit: str  # what is paid once for it


@dataclass(frozen=True, slots=True)
class SelfCareRow:
    """What two people saw of the six items on a day."""

    on: date
    items: tuple[tuple[str, bool], ...]  # label → cannot
    failed: int
    grade_label: str
    words: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgreementRow:
    ref: str
    kind_label: str
    party: str
    relation: str
    phone: str
    duties: str
    from_on: date
    to_on: date
    paper: str
    ended_on: date | None
    ended_why: str
    runs_out: bool  # its last day is over and nobody ended or renewed it


@dataclass(frozen=True, slots=True)
class PlaceRequestRow:
    """A thing asked of another place, as either side reads it."""

    ref: str
    case_ref: str
    receipt: str
    area_label: str
    from_label: str
    pid: str
    whose: str
    kind_label: str
    asks: str
    due_on: date
    is_late: bool
    outcome: str
    outcome_label: str
    answer: str


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact the rules lack, or one somebody found out. `member`: the ref of whose it is; "" the household's."""

    name: str
    label: str
    settle: str
    type: str
    codes: tuple[tuple[str, str], ...]
    member: str
    whose: str
    value: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RoadPage:
    """What one case's road asks for besides the common steps."""

    ref: str
    receipt: str
    name: str
    applicant: str
    area: str
    programme: str
    programme_label: str
    level_label: str
    state: State
    state_label: str
    version: int
    working: bool
    can_help_first: bool
    ceiling_fen: int | None
    ruled_fen: int | None
    first_help: FirstHelpRow | None
    self_care: tuple[SelfCareRow, ...]
    reassess_by: date | None
    support: str
    support_said: str
    agreements: tuple[AgreementRow, ...]
    requests: tuple[PlaceRequestRow, ...]
    unknown: tuple[FactRow, ...]
    found_out: tuple[FactRow, ...]
    members: tuple[tuple[str, str], ...]
    is_drawn: bool | None
    demands: tuple[str, ...]


def case_road(ref: str, viewer: Viewer, *, at: datetime) -> RoadPage:
    """What the road of one case asks for. The page that shows it notes the look.

    :raises NoCase: no such case, or outside the viewer's area
    """
    viewer.need("case.read")
    row = Case.objects.filter(within(viewer), ref=ref).first()
    if row is None:
        raise NoCase("没有这件申请，或者不归您看。")
    on, state, road = today(at), State(row.state), core.road(row.programme)
    members = list(CaseMember.objects.filter(case=row).order_by("id"))
    care = list(SelfCare.objects.filter(case=row).order_by("-id"))
    help_ = FirstHelp.objects.filter(case=row).first()
    refs = {ref for one in care for ref in (one.first, one.second)}
    refs |= {help_.by.partition(":")[2], help_.first, help_.second} if help_ else set()
    names = office.clerk_names(sorted(refs - {""}))
    ruled = Assessment.objects.filter(case=row, programme=row.programme).order_by("-id").first()
    form = SupportForm.objects.filter(case=row).order_by("-id").first()
    asked = Reassessment.objects.filter(case=row, done_at__isnull=True).first()
    requests = list(PlaceRequest.objects.filter(case=row).select_related("case").order_by("-id"))
    return RoadPage(
        ref=row.ref,
        receipt=core.show_receipt(row.receipt),
        name=row.name,
        applicant=row.applicant,
        area=row.area,
        programme=row.programme,
        programme_label=road.label,
        level_label=_level_label(row, state),
        state=state,
        state_label=core.label_at(state, row.level),
        version=row.version,
        working=state in core.WORKING,
        can_help_first="help_first" in core.moves_from(row.programme, state),
        ceiling_fen=numbers.small_ceiling(row.programme, row.area, on),
        ruled_fen=ruled.amount_fen if ruled else None,
        first_help=_first_help(help_, names, on) if help_ else None,
        self_care=tuple(_self_care(one, names) for one in care),
        reassess_by=asked.due_on if asked else None,
        support=form.form if form else "",
        support_said=form.said if form else "",
        agreements=tuple(_agreement(one, on) for one in Agreement.objects.filter(case=row).order_by("-id")),
        requests=_requests(requests, {one.pid or one.ref: one.name for one in members}, on),
        unknown=_unknown(ruled, row, members) if state in core.WORKING else (),
        found_out=_found_out(row, members),
        members=tuple((one.ref, one.name) for one in members),
        is_drawn=row.is_drawn,
        demands=tuple(f"{one.label}（{one.article}）" for one in road.procedure.demands),
    )


def _level_label(row: Case, state: State) -> str:
    if "help_first" in core.moves_from(row.programme, state) or state is State.HELPED:
        return "急的由镇里先定"
    return "由乡镇另一位同志确认" if row.level == core.Level.TOWNSHIP else "由县里确认"


def _first_help(one: FirstHelp, names: dict[str, str], on: date) -> FirstHelpRow:
    return FirstHelpRow(
        kind_label=core.EMERGENCIES[one.kind],
        band_label=core.BANDS[one.band],
        happened_on=one.happened_on,
        place=one.place,
        cause=one.cause,
        amount_fen=one.amount_fen,
        by=names.get(one.by.partition(":")[2], "工作人员"),
        papers_due_on=one.papers_due_on,
        is_late=one.completed_at is None and one.papers_due_on < on,
        found=one.found,
        holds=one.holds,
        completed_by=tuple(names.get(ref, "") for ref in (one.first, one.second) if ref),
        benefit=one.case.benefit.ref,
    )


def _self_care(one: SelfCare, names: dict[str, str]) -> SelfCareRow:
    return SelfCareRow(
        on=one.on,
        items=tuple((label, bool(one.fails[code])) for code, label in core.SELF_CARE.items()),
        failed=one.failed,
        grade_label=core.CARE_GRADES[one.grade],
        words=one.words,
        by=tuple(names.get(ref, "") for ref in (one.first, one.second)),
    )


def _agreement(one: Agreement, on: date) -> AgreementRow:
    return AgreementRow(
        ref=one.ref,
        kind_label=core.AGREEMENTS[one.kind],
        party=one.party,
        relation=one.relation,
        phone=one.phone,
        duties=one.duties,
        from_on=one.from_on,
        to_on=one.to_on,
        paper=one.paper,
        ended_on=one.ended_on,
        ended_why=one.ended_why,
        runs_out=one.ended_at is None and one.to_on < on,
    )


def _requests(rows: list[PlaceRequest], names: dict[str, str], on: date) -> tuple[PlaceRequestRow, ...]:
    labels = office.area_labels([code for one in rows for code in (one.area, one.from_area)])
    said = {"": "等答复", "answered": "答复了", "refused": "不能办"}
    return tuple(
        PlaceRequestRow(
            ref=one.ref,
            case_ref=one.case.ref,
            receipt=core.show_receipt(one.case.receipt),
            area_label=labels.get(one.area, one.area),
            from_label=labels.get(one.from_area, one.from_area),
            pid=one.member,
            whose=names.get(one.member, ""),
            kind_label=core.ELSEWHERE[one.kind],
            asks=one.asks,
            due_on=one.due_on,
            is_late=not one.outcome and one.due_on < on,
            outcome=one.outcome,
            outcome_label=f"不能办：{core.REFUSALS[one.refusal]}" if one.refusal else said[one.outcome],
            answer=one.answer,
        )
        for one in rows
    )


def _unknown(ruled: Assessment | None, row: Case, members: list[CaseMember]) -> tuple[FactRow, ...]:
    """The facts the rules lacked when they spoke last, which somebody can find out."""
    if ruled is None:
        return ()
    whom = next((one for one in members if one.pid == (row.recipient or row.applicant)), None)
    found = {}
    for one in ruled.trace["unknowns"]:
        fact = rules.fact(one["name"])
        if fact is None or fact.subject not in ("person", "household") or (fact.subject == "person" and whom is None):
            continue
        mine = fact.subject == "person" and whom is not None
        found[fact.name] = FactRow(
            fact.name, fact.label, one["settle"] or fact.settle, fact.type, tuple(fact.codes.items()),
            whom.ref if mine and whom else "", whom.name if mine and whom else "家里",
        )  # fmt: skip
    return tuple(found.values())


def _found_out(row: Case, members: list[CaseMember]) -> tuple[FactRow, ...]:
    names = {one.pid or one.ref: one.name for one in members}
    newest: dict[tuple[str, str], SettledFact] = {}
    for one in SettledFact.objects.filter(case=row).order_by("id"):
        newest[(one.member, one.name)] = one
    rows = []
    for (member, name), one in newest.items():
        fact = rules.fact(name)
        if fact is not None:
            codes = tuple(fact.codes.items())
            value = rules.words(fact, one.value)
            rows.append(FactRow(name, fact.label, "", fact.type, codes, "", names.get(member, "家里"), value, one.reason))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Asked:
    """One page of what other places ask here."""

    rows: tuple[PlaceRequestRow, ...]
    more: bool


def asked_of_us(viewer: Viewer, *, at: datetime, page: int = 0, size: int = 30) -> Asked:
    """What other places ask of the viewer's area, the open ones first, by the day they are due.

    Names as lists have them. As many queries whatever its size.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("elsewhere.list")
    if not viewer.within:
        return Asked((), False)
    mine = PlaceRequest.objects.filter(area__gte=viewer.within, area__lt=after_prefix(viewer.within))
    found = list(mine.select_related("case").order_by("outcome", "due_on", "id")[page * size : (page + 1) * size + 1])
    rows = found[:size]
    members = CaseMember.objects.filter(case__in=[one.case_id for one in rows])
    names = {one.pid or one.ref: mask_name(one.name) for one in members}
    return Asked(_requests(rows, names, today(at)), len(found) > size)


def asked_one(ref: str, viewer: Viewer, *, at: datetime) -> PlaceRequestRow:
    """One thing another place asks here, with the whole name. The page that shows it notes the look.

    :raises NoCase: no such request for this place
    """
    viewer.need("elsewhere.answer")
    row = PlaceRequest.objects.filter(ref=ref).select_related("case").first()
    if row is None or not viewer.sees(row.area):
        raise NoCase("没有这件请求，或者不是请您这里办的。")
    members = CaseMember.objects.filter(case=row.case)
    return _requests([row], {one.pid or one.ref: one.name for one in members}, today(at))[0]


@dataclass(frozen=True, slots=True)
class KinRow:
    """A case filed apart, for those who watch: whose kin, whether the county looked by itself, by whom it was decided."""

    ref: str
    receipt: str
    name: str
    area_label: str
    programme_label: str
    of: str
    relation_label: str
    is_near: bool
    state_label: str
    own_visit: bool
    decided_by: str


def near_kin(viewer: Viewer, *, page: int = 0, size: int = 30) -> tuple[tuple[KinRow, ...], bool]:
    """The register of near kin of the viewer's area, latest first, and whether there are more; names masked for lists.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("kin.list")
    if not viewer.within:
        return (), False
    filed = Case.objects.filter(within(viewer)).exclude(is_near_kin=False, kin_relation="").order_by("-pk")
    found = list(filed.prefetch_related("surveys", "decisions")[page * size : (page + 1) * size + 1])
    rows = found[:size]
    labels = office.area_labels([one.area for one in rows])
    deciders = {one.pk: next((d.by.partition(":")[2] for d in one.decisions.all() if d.kind != "return_one"), "") for one in rows}
    names = office.clerk_names(sorted(set(deciders.values()) - {""}))
    return tuple(
        KinRow(
            ref=one.ref,
            receipt=core.show_receipt(one.receipt),
            name=one.masked_name,
            area_label=labels.get(one.area, one.area),
            programme_label=core.road(one.programme).label,
            of=one.near_kin_of,
            relation_label=core.KIN.get(one.kin_relation, "没有写"),
            is_near=one.is_near_kin,
            state_label=core.label_at(State(one.state), one.level),
            own_visit=any(survey.level == "county" for survey in one.surveys.all()),
            decided_by=names.get(deciders[one.pk], ""),
        )
        for one in rows
    ), len(found) > size
