"""Whether a month adds up: lines, files, answers, ledger and benefits in force set against each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum

from doudi.casework import queries as casework
from doudi.casework.core import road
from doudi.office import queries as office
from doudi.office.core import Viewer
from doudi.payment.core import ACCOUNTS, LineState, RunState
from doudi.payment.models import Entry, Fund, Line, MonthClose, Run, RunSum, SentFile, Unmatched

NET = F("amount_fen") - F("withheld_fen")
CAME_BACK = Q(state=LineState.FAILED) | Q(state=LineState.VOID, answered_at__isnull=False)  # given up since, or not
LISTED = 200  # unexplained differences shown one by one


@dataclass(frozen=True, slots=True)
class Check:
    """Two sums that must be the same, in fen or in number of lines."""

    label: str
    left: int
    right: int
    is_money: bool = True

    @property
    def holds(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class Difference:
    """A benefit whose month is not what was lined up for it. `explained`: decided after the list was frozen."""

    benefit_ref: str
    case_ref: str
    programme_label: str
    entitled_fen: int
    lined_fen: int
    explained: bool


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account of the ledger over a month, in fen: opening + in − out = closing."""

    account: str
    label: str
    opening_fen: int
    in_fen: int
    out_fen: int
    closing_fen: int


@dataclass(frozen=True, slots=True)
class Part:
    """What was granted and what arrived, of one programme or one township, in a month's runs."""

    code: str
    label: str
    lines: int
    granted_fen: int
    withheld_fen: int
    paid: int
    paid_fen: int
    not_arrived: int
    not_arrived_fen: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A month of a county, set against itself."""

    county: str
    county_label: str
    month: date
    is_closed: bool
    checks: tuple[Check, ...]
    differences: tuple[Difference, ...]
    explained: int
    open_things: tuple[str, ...]  # what must happen before the month can be closed, in words
    accounts: tuple[AccountRow, ...]
    by_programme: tuple[Part, ...]
    by_township: tuple[Part, ...]

    @property
    def may_close(self) -> bool:
        """Whether all adds up and nothing is unexplained or waiting."""
        return all(one.holds for one in self.checks) and not self.differences and not self.open_things


def reconciled(county: str, month: date, *, viewer: Viewer) -> Reconciled:
    """A month's reconciliation, as the finance bureau gets it.

    :raises NotAllowed: the post does not allow it, or another place
    """
    viewer.need("payment.read", county)
    return reconcile(county, month)


def reconcile(county: str, month: date) -> Reconciled:
    """The same, inside the act of closing."""
    runs = list(Run.objects.filter(county=county, month=month).order_by("kind", "sequence"))
    lines = Line.objects.filter(run__in=runs)
    differences, explained = _differences(county, month, runs)
    return Reconciled(
        county=county,
        county_label=office.area_label(county),
        month=month,
        is_closed=MonthClose.objects.filter(county=county, month=month).exists(),
        checks=tuple(_checks(county, month, runs)),
        differences=tuple(differences[:LISTED]),
        explained=explained,
        open_things=tuple(_open(county, month, runs)),
        accounts=accounts(county, month),
        by_programme=_parts(lines, "programme", {}),
        by_township=_townships(lines),
    )


def _sum(rows: Any, what: Any = "amount_fen") -> int:
    return rows.aggregate(fen=Sum(what))["fen"] or 0


def _checks(county: str, month: date, runs: list[Run]) -> list[Check]:
    lines = Line.objects.filter(run__in=runs)
    came_back = lines.filter(CAME_BACK)
    in_file = lines.filter(CAME_BACK | Q(state__in=[LineState.SENT, LineState.PAID]))
    entries = Entry.objects.filter(county=county, month=month)
    mine = entries.filter(line__run__in=runs)
    files = SentFile.objects.filter(run__in=runs)
    kept, counted = _kept(runs), _counted(lines)
    off = sum(abs(counted.get(key, 0) - kept.get(key, 0)) for key in {*kept, *counted})
    found = [
        Check("名单冻结时的合计，和现在的明细", sum(run.total_fen for run in runs), _sum(lines)),
        Check("名单冻结时的笔数，和现在的明细", sum(run.lines_count for run in runs), lines.count(), is_money=False),
        Check("批次页上分项目、分结果的合计，和现在的明细差", off, 0),
        Check("新发的明细，和账上记的应给", _sum(lines.exclude(kind="reissue")), _sum(mine.filter(source="granted"))),
        Check("送银行的明细，和银行文件的合计", _sum(in_file, NET), _sum(files, "total_fen")),
        Check("送银行的笔数，和银行文件的笔数", in_file.count(), _sum(files, "lines_count"), is_money=False),
        Check("送银行的明细，和账上记的送出", _sum(in_file, NET), _sum(mine.filter(target="bank"))),
        Check(
            "银行说到账的，和账上记的到账",
            _sum(lines.filter(state=LineState.PAID), NET),
            _sum(mine.filter(source="bank", target="paid")),
        ),
        Check(
            "银行说没到账的，和账上记的退回",
            _sum(came_back, NET),
            _sum(mine.filter(source="bank", target="due")),
        ),
        Check(
            "明细里抵扣的，和账上记的抵扣",
            _sum(lines.exclude(kind="reissue"), "withheld_fen"),
            _sum(mine.filter(target="withheld")),
        ),
    ]
    balances = {row.account: row.closing_fen for row in accounts(county, month)}
    waiting = Line.objects.filter(run__county=county, run__month__lte=month, again__isnull=True, not_arrived=True)
    later = Line.objects.filter(run__county=county, run__month__lte=month, again__run__month__gt=month, not_arrived=True)
    given_up = Entry.objects.filter(
        county=county, source="due", target="granted", month__gt=month, line__run__month__lte=month, line__state=LineState.VOID
    )
    owed = _sum(waiting, NET) + _sum(later, NET) + _sum(given_up)
    ready = _sum(Line.objects.filter(run__county=county, run__month__lte=month, state=LineState.READY), NET)
    on_its_way = _sum(Line.objects.filter(run__county=county, run__month__lte=month, state=LineState.SENT), NET)
    cash = sum(Fund.objects.filter(area__startswith=county).values_list("balance_fen", flat=True))
    fund = sum(row.closing_fen for row in accounts(county, None) if row.account == "fund")
    found += [
        Check("账上的应发未发，和还没到账的明细", balances["due"], owed + ready),
        Check("账上的在途，和银行还没回话的明细", balances["bank"], on_its_way),
        Check("账上的备用金，和各乡镇备用金的余额", fund, cash),
        Check("全部科目加起来", sum(balances.values()), 0),
    ]
    return found


def _kept(runs: list[Run]) -> dict[tuple[int, str, str], int]:
    """What the acts kept of each run, by programme and state, in fen."""
    rows = RunSum.objects.filter(run__in=runs).values_list("run_id", "programme", "state", "total_fen")
    return {(run, programme, state): fen for run, programme, state, fen in rows}


def _counted(lines: Any) -> dict[tuple[int, str, str], int]:
    """The same, as the lines say it now."""
    rows = lines.order_by().values_list("run_id", "programme", "state").annotate(fen=Sum("amount_fen"))
    return {(run, programme, state): fen for run, programme, state, fen in rows}


def _open(county: str, month: date, runs: list[Run]) -> list[str]:
    """What has to happen first, in words."""
    found = []
    monthly = [run for run in runs if run.kind == "monthly"]
    if not monthly:
        found.append("这个月的名单还没有生成。")
    found += [f"批次 {run.number} 还没有走完（{RunState(run.state).label}）。" for run in runs if run.state != RunState.ANSWERED]
    unmatched = Unmatched.objects.filter(file__run__in=runs, settled_at__isnull=True).count()
    if unmatched:
        found.append(f"有 {unmatched} 条银行回话对不上哪一笔，要先查清。")
    before = Run.objects.filter(county=county, month__lt=month).order_by("-month").values_list("month", flat=True).first()
    if before and not MonthClose.objects.filter(county=county, month=before).exists():
        found.append(f"{before.year} 年 {before.month} 月还没有封账，要按月份先后来。")
    return found


def _differences(county: str, month: date, runs: list[Run]) -> tuple[list[Difference], int]:
    """Benefits in force for the month against what stands in lines; what was decided after it was frozen is only counted."""
    monthly = next((run for run in runs if run.kind == "monthly"), None)
    if monthly is None:
        return [], 0
    lined = Line.objects.filter(for_month=month, area__startswith=county, kind__in=["regular", "cash"])
    stands = dict(lined.values_list("benefit").annotate(Sum("amount_fen")))
    labels, found, explained = {}, [], 0
    told = {one.benefit_ref: one for one in casework.in_force(county, month=month)}
    wrong = [ref for ref in {*told, *stands} if (told[ref].amount_fen if ref in told else 0) != stands.get(ref, 0)]
    since = casework.decided_since(county, monthly.built_at) if wrong else set()
    for ref in sorted(wrong):
        one = told.get(ref) or casework.benefit(ref)
        if ref in since:
            explained += 1
            continue
        programme = one.programme if one else ""
        labels.setdefault(programme, road(programme).label if programme else "")
        entitled = told[ref].amount_fen if ref in told else 0
        found.append(Difference(ref, one.case_ref if one else "", labels[programme], entitled, stands.get(ref, 0), False))
    return found, explained


def accounts(county: str, month: date | None) -> tuple[AccountRow, ...]:
    """Each account of a county's ledger over a month; without a month over all time."""
    moved: dict[str, list[int]] = {account: [0, 0, 0] for account in ACCOUNTS}
    rows = Entry.objects.filter(county=county)
    if month is not None:
        rows = rows.filter(month__lte=month)
    now = Q(month=month) if month is not None else Q()
    for side, sign, place in (("source", -1, 2), ("target", 1, 1)):
        told = rows.values_list(side).annotate(
            before=Sum("amount_fen", filter=Q(month__lt=month) if month is not None else Q(pk__in=[]), default=0),
            inside=Sum("amount_fen", filter=now, default=0),
        )
        for account, before, inside in told:
            moved[account][0] += sign * before
            moved[account][place] += inside
    return tuple(
        AccountRow(account, ACCOUNTS[account], opening, came, went, opening + came - went)
        for account, (opening, came, went) in moved.items()
    )


def _parts(lines: Any, column: str, labels: dict[str, str]) -> tuple[Part, ...]:
    away = Q(not_arrived=True)
    rows = lines.values(column).annotate(
        n=Count("id"),
        fen=Sum("amount_fen"),
        kept=Sum("withheld_fen"),
        paid=Count("id", filter=Q(state=LineState.PAID)),
        paid_fen=Sum(NET, filter=Q(state=LineState.PAID), default=0),
        away=Count("id", filter=away),
        away_fen=Sum(NET, filter=away, default=0),
    )
    return tuple(
        Part(
            row[column], labels.get(row[column]) or _label(row[column]), row["n"], row["fen"], row["kept"], row["paid"],
            row["paid_fen"], row["away"], row["away_fen"],
        )
        for row in rows.order_by(column)
    )  # fmt: skip


def _label(programme: str) -> str:
    return road(programme).label


def _townships(lines: Any) -> tuple[Part, ...]:
    """By township: places are summed by the first nine digits of their code."""
    found: dict[str, list[int]] = {}
    away = Q(not_arrived=True)
    rows = lines.values_list("area").annotate(
        n=Count("id"),
        fen=Sum("amount_fen"),
        kept=Sum("withheld_fen"),
        paid=Count("id", filter=Q(state=LineState.PAID)),
        paid_fen=Sum(NET, filter=Q(state=LineState.PAID), default=0),
        away=Count("id", filter=away),
        away_fen=Sum(NET, filter=away, default=0),
    )
    for area, *sums in rows:
        had = found.setdefault(area[:9], [0] * len(sums))
        found[area[:9]] = [one + more for one, more in zip(had, sums, strict=True)]
    labels = office.area_labels(list(found))
    return tuple(Part(code, labels.get(code, code), *sums) for code, sums in sorted(found.items()))
