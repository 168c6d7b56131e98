"""Reading reports: which were issued, for offices, for whom they are about, for whoever holds one; which are to be made."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from doudi.office import proofs
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_name
from doudi.office.merkle import NotProven
from doudi.verification.core import reports as core
from doudi.verification.core.questions import OPEN
from doudi.verification.core.reports import Body, Change, Standing
from doudi.verification.models import Check, Question, Report, ReportCopy, ReportPaper

NONE = "没有这份核对报告，或者不归您看。"


def unreported(at: datetime) -> tuple[str, ...]:
    """Checks without a report that still hold and to which nothing more will come: every question is back, closed or over its
    day; oldest first.
    """
    to_come = Question.objects.filter(state__in=OPEN, due_at__gte=at)
    found = Check.objects.filter(reports__isnull=True, questions__isnull=False, valid_until__gte=office.today(at)).exclude(
        questions__in=to_come
    )
    return tuple(found.order_by("id").values_list("ref", flat=True).distinct())


# ---- reports that were issued -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReportRow:
    """That a report was issued; nothing of what it holds."""

    ref: str
    number: str
    version: int
    check: str
    subject: str
    programme: str
    area: str
    why: str
    issued_at: datetime
    issued_by: str
    valid_until: date
    replaced_by: str  # the number of the newest report of the same check, when it is another one

    def standing(self, on: date) -> Standing:
        return core.standing(valid_until=self.valid_until, replaced=bool(self.replaced_by), on=on)


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report as one reader may have it: its exact bytes, what they say, all versions newest first, and what changed since the
    one before.
    """

    row: ReportRow
    token: str
    sha256: str
    data: bytes
    body: Body
    versions: tuple[ReportRow, ...]
    changes: tuple[Change, ...]

    @property
    def pids(self) -> tuple[str, ...]:
        """Whose data it shows."""
        return tuple(one["pid"] for one in self.body["people"])


def reports(check: str) -> tuple[ReportRow, ...]:
    """The reports of a check, newest first, for the rooms that asked; people read them through `report`."""
    return _rows(Report.objects.filter(check_asked__ref=check))


def reports_in(viewer: Viewer, *, number: str = "", first: int = 0, count: int = 50) -> tuple[ReportRow, ...]:
    """Reports of the viewer's area, newest first; those whose number begins as asked.

    :raises NotAllowed: the post does not read reports; never the village's
    """
    viewer.need("check.read")
    if not viewer.within:
        return ()
    rows = Report.objects.filter(area__startswith=viewer.within, number__startswith=number)
    return _rows(rows, first, count)


def report(ref: str, viewer: Viewer) -> ReportPage:
    """A report (its ref) for an office; the page that shows it notes the look. Never for the village.

    :raises NotAllowed: no such report, another area, or the post does not allow it
    """
    viewer.need("check.read")
    return _page(ReportCopy.objects.filter(report__ref=ref, pid=""), viewer)


def report_of(token: str, viewer: Viewer) -> ReportPage:
    """The same by what its picture on paper holds, whichever copy that is: the office reads the whole one.

    :raises NotAllowed: no such report, another area, or the post does not allow it
    """
    viewer.need("check.read")
    return _page(ReportCopy.objects.filter(report__copies__token=token, pid=""), viewer)


def _page(copies: QuerySet[ReportCopy], viewer: Viewer) -> ReportPage:
    copy = copies.select_related("report__check_asked").first()
    if copy is None or not viewer.sees(copy.report.area):
        raise NotAllowed(NONE)
    return _page_of(copy)


def my_reports(pids: Collection[str]) -> tuple[ReportRow, ...]:
    """The reports that ask about somebody (every id they are known by), newest first."""
    return _rows(Report.objects.filter(copies__pid__in=[pid for pid in pids if pid]).distinct())


def my_report(ref: str, pids: Collection[str]) -> ReportPage:
    """A report as the person it asks about has it (PIPL Art. 45): complete for themselves and the minors they agreed for, of
    other adults only that they were asked.

    :raises NotAllowed: not about this person
    """
    mine = [pid for pid in pids if pid]
    copy = ReportCopy.objects.filter(report__ref=ref, pid__in=mine).select_related("report__check_asked").first()
    if copy is None:
        raise NotAllowed("没有这份核对报告，或者不是关于您的。")
    return _page_of(copy)


def _page_of(copy: ReportCopy) -> ReportPage:
    versions = reports(copy.report.check_asked.ref)
    data = copy.body.encode()
    body = json.loads(data)
    before = (
        ReportCopy.objects.filter(
            report__check_asked=copy.report.check_asked, report__version=copy.report.version - 1, pid=copy.pid
        )
        .only("body")
        .first()
    )
    return ReportPage(
        row=next(row for row in versions if row.ref == copy.report.ref),
        token=copy.token,
        sha256=copy.sha256,
        data=data,
        body=body,
        versions=versions,
        changes=tuple(core.changes(json.loads(before.body), body)) if before else (),
    )


def _rows(found: QuerySet[Report], first: int = 0, count: int | None = None) -> tuple[ReportRow, ...]:
    ordered = found.select_related("check_asked").order_by("-at", "-version", "-id")
    rows = list(ordered[first : None if count is None else first + count])
    names = office.clerk_names([row.by.partition(":")[2] for row in rows])
    newest: dict[int, tuple[int, str]] = {}
    same = Report.objects.filter(check_asked__in={row.check_asked_id for row in rows})
    for check, version, number in same.values_list("check_asked", "version", "number"):
        newest[check] = max(newest.get(check, (0, "")), (version, number))
    return tuple(_row(row, names, newest[row.check_asked_id][1]) for row in rows)


def _row(row: Report, names: dict[str, str], newest: str) -> ReportRow:
    return ReportRow(
        ref=row.ref,
        number=row.number,
        version=row.version,
        check=row.check_asked.ref,
        subject=row.check_asked.subject,
        programme=row.check_asked.programme,
        area=row.area,
        why=row.why,
        issued_at=row.at,
        issued_by=names.get(row.by.partition(":")[2], "自动出具"),
        valid_until=row.valid_until,
        replaced_by="" if newest == row.number else newest,
    )


# ---- the signed sheet ---------------------------------------------------------------------------------------------------


def sheet(token: str) -> bytes | None:
    """The signed PDF of a copy as it was made the first time, or None; whoever asks has read the copy through `report`,
    `report_of` or `my_report`.
    """
    kept = ReportPaper.objects.filter(of__token=token).values_list("pdf", flat=True).first()
    return base64.b64decode(kept) if kept is not None else None


# ---- whoever holds one --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verified:
    """What the journal proves of a report somebody holds; nothing about anybody. `proof` is what `doudi report check` reads."""

    number: str
    sha256: str
    sheet_sha256: str  # of the signed PDF; empty when none was made
    standing: Standing
    issued_at: datetime
    issued_by: str  # the office
    valid_until: date
    newest: str
    is_own: bool  # a copy for one person, not the whole report
    seq: int
    lines: int
    proof: dict[str, Any] | None
    why_not: str  # why there is no proof


def verify(token: str, *, on: date) -> Verified | None:
    """Whether this very report was issued here, by the signed journal. None: nobody issued a report with this picture.

    What the database says is not believed by itself: number, day and digest are compared with the journal's own line.
    """
    copy = ReportCopy.objects.filter(token=token).select_related("report__check_asked").first()
    if copy is None:
        return None
    row = _rows(Report.objects.filter(pk=copy.report_id))[0]
    seq, proof, why_not = _proof(copy)
    kept = ReportPaper.objects.filter(of=copy).values_list("sha256", flat=True).first()
    return Verified(
        number=row.number,
        sha256=copy.sha256,
        sheet_sha256=kept or "",
        standing=row.standing(on),
        issued_at=row.issued_at,
        issued_by=settings.SITE["office"],
        valid_until=row.valid_until,
        newest=row.replaced_by,
        is_own=bool(copy.pid),
        seq=seq,
        lines=office.journal_state().signed_size,
        proof=proof,
        why_not=why_not,
    )


def _line_of(copy: ReportCopy) -> office.Line | None:
    """The journal's line of the report a copy belongs to."""
    lines = office.journal_of(copy.report.check_asked.subject, limit=1000)
    return next((line for line in lines if line.act == core.ISSUED and line.detail.get("report") == copy.report.ref), None)


def _proof(copy: ReportCopy) -> tuple[int, dict[str, Any] | None, str]:
    line = _line_of(copy)
    if line is None:
        return -1, None, "留痕里没有出具这份报告的一行"
    told = line.detail
    kept = core.digest(copy.body.encode())
    said = (told["number"], told["valid_until"], line.at)
    if kept != copy.sha256 or copy.sha256 not in (told["sha256"], *told["own"]):
        return line.seq, None, "系统里存的和出具时留痕的不一样"
    if said != (copy.report.number, copy.report.valid_until.isoformat(), copy.report.at):
        return line.seq, None, "系统里存的编号或日期和留痕的不一样"
    signed = office.checkpoint(office.journal_state().signed_size)
    if signed is None or line.seq >= signed.size:
        return line.seq, None, NOT_SIGNED
    try:
        return line.seq, proofs.prove(line.seq, signed), ""
    except (NotProven, ValueError) as why:
        return line.seq, None, f"留痕被改过，证明不了（{why}）"


NOT_SIGNED = "这一行还没有签名"


def names_in(rows: Iterable[ReportRow]) -> dict[str, str]:
    """Masked first names of the reports' people for lists: check ref → who is asked about, the applicant first."""
    checks = Check.objects.filter(ref__in={row.check for row in rows})
    return {check.ref: _masked(check.people) for check in checks}


def _masked(people: list[dict[str, Any]]) -> str:
    first = mask_name(people[0]["name"]) if people else ""
    return f"{first}等 {len(people)} 人" if len(people) > 1 else first
