"""Building a run: the month's lines frozen from the benefits in force, with what past months still lack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q, Sum

from doudi.casework import queries as casework
from doudi.casework.queries import InForce
from doudi.facts import money
from doudi.facts.days import add_months
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.office.sealing import blind, sealer
from doudi.payment.actions.booking import book, recount, run_month
from doudi.payment.actions.bulk import ACCOUNT, NAME, book_lines, insert, uncollected
from doudi.payment.core import LineState, first_of, months, number_of
from doudi.payment.models import AccountChange, Claim, Hold, Line, Recovery, Run
from doudi.payment.queries.entitled import MonthOwed, months_owed
from doudi.registry import queries as registry

COLUMNS = (
    "ref", "run_id", "kind", "benefit", "decision", "case", "programme", "area", "payee", "name", "bank", "account",
    "account_blind", "for_month", "amount_fen", "withheld_fen", "state", "reason", "origin_id", "is_to_reissue", "answered_by",
)  # fmt: skip


HELD, READY, NO_ACCOUNT = LineState.HELD.value, LineState.READY.value, LineState.NO_ACCOUNT.value


def account_mark(account: str) -> str:
    """Equal for equal accounts; says nothing else."""
    return blind(account, "account")[:32] if account else ""


@dataclass(slots=True)
class Writer:
    """Makes the rows of a run's lines, in the order they are asked for; counts and adds up as it goes.

    What is the same for every line is made once: a city has half a million.
    """

    run: Run
    held: set[str]
    accounts: dict[str, tuple[str, str]]  # case → bank and account somebody put there after the decision
    known: dict[str, str]  # person → account the registers know, for those whose application names none
    count: int = 0
    total_fen: int = 0
    seal_name: Callable[[str], bytes] = field(default_factory=lambda: sealer(NAME))
    seal_account: Callable[[str], bytes] = field(default_factory=lambda: sealer(ACCOUNT))
    key: int = field(init=False)
    start: str = field(init=False)  # of every line's ref

    def __post_init__(self) -> None:
        self.key, self.start = self.run.pk, self.run.ref[1:13]

    def row(
        self, one: InForce, month: date, fen: int, *, kind: str = "regular", decision: str = "", withheld: int = 0,
        account: tuple[str, str] | None = None, origin: int | None = None,
    ) -> tuple[Any, ...]:  # fmt: skip
        """One line for a month of a benefit, with the account its money goes to now."""
        bank, number = account or self.accounts.get(one.case_ref) or (one.bank, one.account or self.known.get(one.payee, ""))
        state = HELD if one.benefit_ref in self.held else READY if number else NO_ACCOUNT
        if state != READY and kind != "reissue":
            withheld = 0  # what is not paid out now keeps nothing back either
        self.count += 1
        self.total_fen += fen
        return (
            f"{self.start}{self.count:07d}", self.key, kind, one.benefit_ref, decision or one.decision_ref, one.case_ref,
            one.programme, one.area, one.payee, self.seal_name(one.payee_name), bank, self.seal_account(number),
            account_mark(number), month.isoformat(), fen, withheld, state, "", origin, False, "",
        )  # fmt: skip


@transaction.atomic
@uncollected()
@office.room_to_write()
def build(*, county: str, month: date, by: By, at: datetime) -> Run:
    """Freeze the month's lines of a county from the benefits in force; the same month again gives the same run.

    What past months lack comes along: months nobody paid, arrears of what was decided later, and lines of earlier runs that can
    be paid now. All of it is one transaction: killed anywhere, there is no run, and building again makes the same.

    :raises NotAllowed: the post does not allow it, or the month lies ahead
    :raises MonthClosed: the month is closed
    """
    need(by, "payment.build", area=county, at=at)
    month = first_of(month)
    if month > today(at):
        raise NotAllowed(f"{month:%Y} 年 {month.month} 月还没到，不能生成发放批次。")
    made = Run.objects.filter(county=county, month=month, kind="monthly").first()
    if made is not None:
        return made
    if Run.objects.filter(county=county, month__gt=month, kind="monthly").exists():
        raise NotAllowed("后面的月份已经生成过了。漏发的月份会自动带进下一批。")
    try:
        with transaction.atomic():
            run = Run.objects.create(
                number=number_of(county, month), county=county, month=month, built_at=at, built_by=office.party(by)
            )
    except IntegrityError:  # another clerk built it this very moment
        return Run.objects.get(county=county, month=month, kind="monthly")
    run_month(run, at)
    since = Run.objects.filter(county=county, kind="monthly", month__lt=month).aggregate(to=Max("awards_to"))["to"] or 0
    changed = casework.changed_since(county, since, before=month)
    run.awards_to = max((one.award_id for one in changed), default=since)
    benefits = casework.in_force(county, month=month)
    writer = writer_of(run, benefits)
    return frozen(run, writer, _every(writer, benefits, {one.benefit_ref for one in changed}), by=by, at=at)


@transaction.atomic
def build_once(*, county: str, by: By, at: datetime) -> Run:
    """Freeze the one-off help of this month that no run took yet, to be paid between two months' runs.

    :raises NotAllowed: the post does not allow it, or there is nothing to pay
    """
    need(by, "payment.build", area=county, at=at)
    month = first_of(today(at))
    waiting = Run.objects.select_for_update().filter(county=county, month=month, kind="once", state="built").first()
    if waiting is not None:
        return waiting
    once = [one for one in casework.in_force(county, month=month) if one.is_one_off and one.amount_fen]
    there = set(Line.objects.filter(benefit__in=[one.benefit_ref for one in once]).values_list("benefit", flat=True))
    once = [one for one in once if one.benefit_ref not in there]
    if not once:
        raise NotAllowed("现在没有等着发的一次性救助。")
    sequence = (Run.objects.filter(county=county, month=month, kind="once").aggregate(to=Max("sequence"))["to"] or 0) + 1
    run = Run.objects.create(
        number=number_of(county, month, "once", sequence), county=county, month=month, kind="once", sequence=sequence,
        built_at=at, built_by=office.party(by),
    )  # fmt: skip
    writer = writer_of(run, once)
    return frozen(run, writer, (writer.row(one, month, one.amount_fen) for one in once), by=by, at=at)


def writer_of(run: Run, benefits: list[InForce]) -> Writer:
    """What a run's lines need to know besides the benefits: who is held, and other accounts."""
    held = set(Hold.objects.filter(released_at__isnull=True).values_list("benefit", flat=True))
    bare = [one.payee for one in benefits if not one.account]
    return Writer(run, held, other_accounts(run.county, today(run.built_at)), registry.accounts(bare) if bare else {})


def other_accounts(county: str, on: date) -> dict[str, tuple[str, str]]:
    """By case: bank and account of the newest change that counts on a day."""
    rows = AccountChange.objects.filter(area__startswith=county, state="agreed", from_on__lte=on).order_by("from_on", "id")
    return {case: (bank, account) for case, bank, account in rows.values_list("case", "new_bank", "new_account")}


def frozen(run: Run, writer: Writer, rows: Iterable[tuple[Any, ...]], *, by: By, at: datetime) -> Run:
    """Write the lines and book them; the end of every kind of build."""
    insert(Line, COLUMNS, rows)
    run.lines_count, run.total_fen = writer.count, writer.total_fen
    run.save(update_fields=["lines_count", "total_fen", "awards_to", "basis"])
    lines, me = Line.objects.filter(run=run), office.party(by)
    book_lines(lines.exclude(kind="reissue"), "granted", "due", county=run.county, month=run.month, at=at, by=me, fen="gross")
    _keep_back(run, by=by, at=at)
    recount(run)
    detail = {"kind": run.kind, "lines": run.lines_count, "month": run.month.isoformat(), "total": money.yuan(run.total_fen)}
    office.record("payment.build", subject=run.ref, by=by, at=at, detail=detail)
    return run


def _every(writer: Writer, benefits: list[InForce], changed: set[str]) -> Iterator[tuple[Any, ...]]:
    """The month's line of every benefit, what past months lack, and lines that can go out again."""
    run = writer.run
    last = add_months(run.month, -1)
    lined = Line.objects.filter(kind__in=["regular", "cash"], area__startswith=run.county, for_month__lt=run.month)
    before = dict(lined.values_list("benefit").annotate(Count("id")))
    known = {one.benefit_ref: one for one in benefits}
    due = {month: len(months(month, run.month)) for month in {one.from_month for one in benefits}}
    look = {one.benefit_ref for one in benefits if before.get(one.benefit_ref, 0) < due[one.from_month]}
    past = months_owed(look | changed, date(1990, 1, 1), last)
    paid_now = set(Line.objects.filter(for_month=run.month, kind__in=["regular", "cash"], area__startswith=run.county)
                   .values_list("benefit", flat=True))  # fmt: skip
    shares = _shares(run)
    for one in benefits:
        for owed in past.get(one.benefit_ref, ()):
            yield from _past(writer, one, owed)
        if one.benefit_ref not in paid_now and one.amount_fen:
            yield writer.row(one, run.month, one.amount_fen, withheld=shares.take(one) if shares.of else 0)
    for ref in sorted(set(past) - set(known)):
        ended = casework.benefit(ref)
        for owed in past[ref] if ended else ():
            yield from _past(writer, ended, owed)
    yield from _again(writer)


def _past(writer: Writer, one: InForce, owed: MonthOwed) -> Iterator[tuple[Any, ...]]:
    if owed.short_fen:
        kind = "arrears" if owed.has_line else "regular"
        yield writer.row(one, owed.month, owed.short_fen, kind=kind, decision=owed.decision)


# ---- lines that go out again --------------------------------------------------------------------------------------------


def _again(writer: Writer) -> Iterator[tuple[Any, ...]]:
    """Lines of earlier runs that can be paid now: put right after they failed, an account found, a hold ended.

    Never more than the month is entitled to by now; what is too much of a line is given up in the ledger.
    """
    run = writer.run
    waiting = Line.objects.select_for_update(of=("self",)).filter(
        Q(state=LineState.FAILED, is_to_reissue=True) | Q(state=LineState.NO_ACCOUNT) | Q(state=LineState.HELD),
        run__county=run.county,
        not_arrived=True,
        again__isnull=True,
    )
    old = list(waiting.exclude(benefit__in=list(writer.held)).exclude(run=run).order_by("id"))
    if not old:
        return
    accounts, refs = registry.accounts([one.payee for one in old]), {one.benefit for one in old}
    owed = {
        (ref, one.month): one
        for ref, rows in months_owed(refs, min(one.for_month for one in old), run.month).items()
        for one in rows
    }
    given_up: set[int] = set()
    for line in old:
        benefit = casework.benefit(line.benefit)
        if benefit is None:
            continue
        less = 0 if line.kind == "price" or line.withheld_fen else _too_much(line, owed.get((line.benefit, line.for_month)))
        if less:
            book("due", "granted", less, county=run.county, area=line.area, decision=line.decision, line=line,
                 month=run.month, by=_by(run), at=run.built_at)  # fmt: skip
        if less == line.amount_fen:
            Line.objects.filter(pk=line.pk).update(state=LineState.VOID, is_to_reissue=False)
            given_up.add(line.run_id or 0)
            continue
        bank, account = writer.accounts.get(line.case) or ("", "")
        account = account or accounts.get(line.payee, "") or benefit.account or line.account
        if not account and line.state == LineState.NO_ACCOUNT and not less:
            continue
        yield writer.row(
            benefit, line.for_month, line.amount_fen - less, kind="reissue", decision=line.decision, withheld=line.withheld_fen,
            account=(bank or benefit.bank or line.bank, account), origin=line.pk,
        )  # fmt: skip
    for earlier in Run.objects.select_for_update().filter(pk__in=given_up).order_by("pk"):
        recount(earlier)


def _by(run: Run) -> Party:
    kind, _, ref = run.built_by.partition(":")
    return Party(kind, ref)


def _too_much(line: Line, owed: MonthOwed | None) -> int:
    """How much of a line that was not paid yet the month is not entitled to any more."""
    if owed is None:
        return line.amount_fen
    return min(max(owed.lined_fen - owed.reclaimed_fen - owed.entitled_fen, 0), line.amount_fen)


# ---- kept back against a claim ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Shares:
    """What is left of each claim somebody decided to keep back in parts, and how much of a month may go to it."""

    of: dict[str, tuple[int, int]]  # benefit → hundredths of a month, fen left of its oldest claim; the next one waits

    def take(self, one: InForce) -> int:
        """How much of this month's line stays back; something is always paid."""
        share, left = self.of.get(one.benefit_ref, (0, 0))
        return min(one.amount_fen * share // 100, left)


def left_of(claims: Iterable[Claim]) -> dict[int, int]:
    """What is still to come back of each claim."""
    rows = list(claims)
    back = dict(Recovery.objects.filter(claim__in=rows).values_list("claim").annotate(Sum("amount_fen")))
    return {one.pk: one.amount_fen - back.get(one.pk, 0) for one in rows}


def _shares(run: Run) -> Shares:
    claims = list(
        Claim.objects.select_for_update()
        .filter(county=run.county, state="open", way="instalments", from_month__lte=run.month)
        .order_by("id")
    )
    left, found = left_of(claims), {}
    for one in claims:
        found.setdefault(one.against, (one.share, left[one.pk]))
    return Shares(found)


def _keep_back(run: Run, *, by: By, at: datetime) -> None:
    """Write down, for each line something stays back of, which claim it pays; and book it."""
    lines = list(Line.objects.filter(run=run, withheld_fen__gt=0).exclude(kind="reissue"))
    if not lines:
        return
    me = office.party(by)
    book_lines(
        Line.objects.filter(pk__in=[line.pk for line in lines]), "due", "withheld",
        county=run.county, month=run.month, at=at, by=me, fen="withheld",
    )  # fmt: skip
    for line in lines:
        open_claims = Claim.objects.filter(against=line.benefit, state="open", way="instalments", from_month__lte=run.month)
        claim = open_claims.order_by("id").first()
        assert claim is not None  # somebody decided it, and this transaction holds it
        Recovery.objects.create(claim=claim, how="kept_back", amount_fen=line.withheld_fen, line=line, at=at, by=me)
        book("claims", "paid", line.withheld_fen, county=run.county, area=line.area, decision=claim.decision, line=line,
             about=claim.ref, month=run.month, by=by, at=at)  # fmt: skip
        if not left_of([claim])[claim.pk]:
            claim.state = "settled"
            claim.save(update_fields=["state"])
