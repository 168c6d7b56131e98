"""Reading for the family, for the public, and for the month's payment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from doudi.casework import core
from doudi.casework.core import State
from doudi.casework.models import Benefit, Case, CaseMember, Decision, Line, Showing
from doudi.casework.queries import awards, doors, words
from doudi.casework.queries.inbox import after_prefix
from doudi.casework.queries.known import source_of
from doudi.casework.queries.page import NoCase, account_label, benefit_row, decision_row, showing_row
from doudi.casework.queries.rows import AskedToAgree, BenefitRow, DraftIncome, InForce, MyCase, Progress, ShownRow
from doudi.office import queries as office
from doudi.office.core import mask_name, prefix
from doudi.office.fields import as_it_lies
from doudi.office.queries import today
from doudi.office.sealing import opener
from doudi.registry import queries as registry
from doudi.verification import queries as verification


def my_cases(pid: str, *, at: datetime) -> tuple[MyCase, ...]:
    """The cases a resident applied for, or handed in for somebody, latest first; only for the one signed in."""
    mine = registry.pids_of(pid)
    rows = Case.objects.filter(Q(applicant__in=mine) | Q(proxy__in=mine)).order_by("-pk")[:20]
    return tuple(_mine(row, mine, at) for row in rows)


def my_case(ref: str, pid: str, *, at: datetime) -> MyCase:
    """One of a resident's own cases.

    :raises NoCase: no such case, or not theirs
    """
    mine = registry.pids_of(pid)
    row = Case.objects.filter(Q(applicant__in=mine) | Q(proxy__in=mine), ref=ref).first()
    if row is None:
        raise NoCase("没有这件申请，或者不是您的。")
    return _mine(row, mine, at)


def asked_to_agree(pid: str, *, at: datetime) -> tuple[AskedToAgree, ...]:
    """Open cases of somebody else in which this person lives and has not signed; only for the one signed in."""
    pids = registry.pids_of(pid)
    mine = (
        CaseMember.objects.filter(pid__in=pids).exclude(together=False).exclude(counted=False).exclude(case__applicant__in=pids)
    )
    rows = list(Case.objects.filter(members__in=mine).exclude(state__in=core.CLOSED).order_by("-pk")[:5])
    signed = verification.signed_cases([row.ref for row in rows], pid, at=at)
    return tuple(
        AskedToAgree(row.ref, row.name, core.road(row.programme).label, row.submitted_at) for row in rows if row.ref not in signed
    )


def _mine(row: Case, mine: tuple[str, ...], at: datetime) -> MyCase:
    """A case for the family; a proxy sees what they typed and how far it is, not what was found or decided."""
    on, state, own = today(at), State(row.state), row.applicant in mine
    sees = own or doors.sees_results(row, mine)
    members = list(CaseMember.objects.filter(case=row).order_by("id"))
    names = {one.pid: one.name for one in members if one.pid}
    agreed = verification.who_signed(row.ref, list(names), at=at)
    living = [one for one in members if one.counted is not False and one.together is not False]
    showing = Showing.objects.filter(case=row).order_by("-id").first()
    decision = Decision.objects.filter(case=row, kind__in=["confirm", "refuse"]).first() if sees else None
    benefit = Benefit.objects.filter(case=row).first() if sees and state is State.CONFIRMED else None
    clerks = office.clerk_names([ref for ref in (row.handler, decision.by.partition(":")[2] if decision else "") if ref])
    handler, place = clerks.get(row.handler, ""), office.area_label(row.area[:9])
    county = office.area_label(row.area[:6])
    return MyCase(
        ref=row.ref,
        receipt=row.receipt,
        receipt_shown=core.show_receipt(row.receipt),
        programme=row.programme,
        programme_label=core.road(row.programme).label,
        state=state,
        says=core.says_at(state, row.level),
        by_on=row.due_on if state.is_open else None,
        by_whom=_by_whom(state, place, county, row.level),
        handler=handler,
        contact_by=row.contact_by,
        you_do=words.you_do(row),
        asked_for=row.asked_for if state is State.ASKED else "",
        submitted_at=row.submitted_at,
        stages=words.stages(
            row, shown_from=showing.from_on if showing else None, first_month=benefit.from_month if benefit else None, on=on
        ),
        members=tuple(_called(one, row, own) for one in living),
        hardships=tuple(row.hardships),
        story=row.story,
        incomes=tuple(_said(one, names) for one in Line.objects.filter(case=row).order_by("id") if own or one.found_fen is None),
        account_label=account_label(row) if own else core.ACCOUNT_WAYS.get(row.account_way, ""),
        missing_consents=tuple(_called(one, row, own) for one in living if one.pid and one.pid not in agreed),
        showing=showing_row(showing, office.area_label(showing.area), []) if showing and own else None,
        decision=decision_row(decision, clerks, county) if decision else None,
        benefit=benefit_row(benefit, row.ref) if benefit else None,
        may_withdraw="withdraw" in core.moves_from(row.programme, state),
        for_name="" if own else row.name,
        also=_also(row),
        slip=core.show_receipt(row.application.receipt),
        helper=registry.me(row.proxy).name if own and row.proxy else "",
        helper_sees=bool(own and row.proxy) and doors.sees_results(row, (row.proxy,)),
    )


def _also(row: Case) -> tuple[tuple[str, str, str], ...]:
    return tuple((one.ref, one.programme_label, one.says) for one in doors.beside(row.ref))


def _called(one: CaseMember, row: Case, own: bool) -> str:
    """A member's name; a proxy reads the applicant's and those they typed in full, the others masked."""
    return one.name if own or one.pid == row.applicant or not one.pid else mask_name(one.name)


def _said(one: Line, names: dict[str, str]) -> DraftIncome:
    source = source_of(one.dataset, one.as_of, one.batch, one.row_no) if one.dataset else None
    return DraftIncome(
        key=one.ref,
        pid=one.pid,
        whose=names.get(one.pid, "家里"),
        kind=one.kind,
        what=core.INCOMES[one.kind],
        fen=one.found_fen,
        source=source,
        said=one.said,
        said_fen=one.said_fen,
        is_other=one.found_fen is None,
    )


def _by_whom(state: State, township: str, county: str, level: str) -> str:
    if state is State.AT_COUNTY and level == core.Level.COUNTY:
        return f"{county}民政局"
    return township if state.is_open else ""


def my_benefits(pid: str, *, on: date) -> tuple[BenefitRow, ...]:
    """The help a person's household receives or will receive, latest first; only for the one signed in."""
    pids = registry.pids_of(pid)
    mine = Q(payee__in=pids) | Q(case__members__pid__in=pids, case__members__together=True)
    rows = Benefit.objects.filter(mine).filter(Q(to_month__isnull=True) | Q(to_month__gte=on.replace(day=1)))
    return tuple(benefit_row(row, row.case.ref) for row in rows.select_related("case").distinct().order_by("-pk"))


def progress(receipt: str, *, at: datetime) -> Progress | None:
    """How far the case of this receipt is; None when the number is not right. Open to whoever holds the receipt."""
    digits = core.read_receipt(receipt)
    row = Case.objects.filter(receipt=digits).first() if digits else None
    if row is None:
        return None
    state = State(row.state)
    showing = Showing.objects.filter(case=row).order_by("-id").values_list("from_on", flat=True).first()
    month = Benefit.objects.filter(case=row).values_list("from_month", flat=True).first()
    county = office.area_label(row.area[:6])
    return Progress(
        receipt=row.receipt,
        receipt_shown=core.show_receipt(row.receipt),
        programme_label=core.road(row.programme).label,
        state=state,
        says=core.says_at(state, row.level),
        by_on=row.due_on if state.is_open else None,
        by_whom=_by_whom(state, f"{county}的乡镇、街道", county, row.level),
        you_do=words.you_do(row),
        stages=words.stages(row, shown_from=showing, first_month=month, on=today(at)),
        also=_also(row),
    )


def _boards(area: str, on: date) -> Q:
    """What stands on boards inside an area on a day; an area nobody knows has no boards."""
    if not area.isdigit():
        return Q(pk__in=[])
    start = prefix(area)
    return Q(state="running", from_on__lte=on, to_on__gte=on, area__gte=start, area__lt=after_prefix(start))


def shown(area: str, *, on: date, limit: int = 200, after: str = "") -> tuple[ShownRow, ...]:
    """What stands on the boards of an area today; open to everybody, gone when its days are over.

    :param after: the `ref` of the last line of the page before
    """
    rows = Showing.objects.filter(_boards(area, on)).select_related("case").order_by("area", "pk")
    if after:
        last = Showing.objects.filter(case__ref=after, state="running").first()
        if last is not None:
            rows = rows.filter(Q(area__gt=last.area) | Q(area=last.area, pk__gt=last.pk))
    found = list(rows[:limit])
    labels = office.area_labels([row.area for row in found])
    return tuple(
        ShownRow(
            ref=row.case.ref,
            shown_name=row.shown_name,
            programme_label=core.road(row.programme).label,
            members=row.members if row.with_members else None,
            amount_fen=row.amount_fen if row.with_amount else None,
            from_on=row.from_on,
            to_on=row.to_on,
            area=row.area,
            area_label=labels.get(row.area, row.area),
        )
        for row in found
    )


def shown_areas(area: str, *, on: date) -> tuple[tuple[str, str, int], ...]:
    """The villages of an area with something on the board today: code, label, how many."""
    counted = Showing.objects.filter(_boards(area, on)).values_list("area").annotate(Count("pk")).order_by("area")
    found = list(counted)
    labels = office.area_labels([code for code, _ in found])
    return tuple((code, labels.get(code, code), number) for code, number in found)


def in_force(county: str, *, month: date) -> list[InForce]:
    """The benefits of a county to be paid for a month (its first day), each with what it gives for that month, in the order
    they came into force; for payment only.
    """
    first = month.replace(day=1)
    inside = {"area__gte": county, "area__lt": after_prefix(county), "from_month__lte": first}
    rows = Benefit.objects.filter(awards.running(first), Q(is_one_off=False) | Q(from_month=first), **inside)
    columns = (
        "pk", "ref", "case__ref", "programme", "area", "payee", as_it_lies("case__name"), as_it_lies("case__account"),
        "case__account_bank", "from_month", "is_one_off",
    )  # fmt: skip
    now, found = awards.newest(county, first), []
    name_of, account_of = (opener(Case._meta.get_field(name).place) for name in ("name", "account"))
    told = rows.order_by("pk").values_list(*columns).iterator(chunk_size=20_000)
    for key, ref, case, programme, area, payee, name, account, bank, from_month, is_one_off in told:
        fen, members, decision = now.get(key, (0, 0, ""))
        if fen:
            found.append(
                InForce(
                    ref, decision, case, programme, area, payee, name_of(name), account_of(account), bank, members, fen,
                    from_month, is_one_off,
                )
            )  # fmt: skip
    return found


def benefit(ref: str) -> InForce | None:
    """One benefit by its ref, in force or not, with what it gave at last; for payment only."""
    row = awards.in_month(Benefit.objects.select_related("case").filter(ref=ref), date.max.replace(day=1)).first()
    return _in_force(row, row) if row else None


def members_of(case_ref: str) -> dict[str, str]:
    """Who lives together in a case, by id, with their names; for the account its money goes to."""
    rows = CaseMember.objects.filter(case__ref=case_ref).exclude(pid="").order_by("id")
    return {one.pid: one.name for one in rows if one.counts}


def _in_force(row: Benefit, now: Any) -> InForce:
    """:param now: the same row, with the award that counts"""
    return InForce(
        benefit_ref=row.ref,
        decision_ref=now.now_decision,
        case_ref=row.case.ref,
        programme=row.programme,
        area=row.area,
        payee=row.payee,
        payee_name=row.case.name,
        account=row.case.account,
        bank=row.case.account_bank,
        members=now.now_members,
        amount_fen=now.now_fen,
        from_month=row.from_month,
        is_one_off=row.is_one_off,
    )
