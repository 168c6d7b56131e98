"""Papers of a case: written down as printed, drawn once, brought to the family, and photographed when they come back signed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from doudi.casework.actions import steps
from doudi.casework.core import AlreadyDone, Missing, papers, road
from doudi.casework.models import Adjustment, Case, Decision, Retirement, Scan, Service, Sheet
from doudi.casework.queries.keeping import papers_over
from doudi.facts import days
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.registry import queries as registry

PAGES_OF_A_PAPER = 60  # a paper with more is a mistake of the finger


def _entry(code: str) -> papers.Paper:
    found = papers.catalogue().get(code)
    if found is None or found.elsewhere:
        raise NotAllowed("没有这种纸，或者在别的页面上打印。")
    return found


@transaction.atomic
def print_sheet(*, ref: str, code: str, body: papers.Body, by: By, at: datetime, about: str = "") -> Sheet:
    """Write down a paper as it is printed for a case (its ref). The same words again, or a letter about the same thing, are the
    sheet that was written first, whatever `body` says now.

    :param code: an entry of papers.toml
    :param about: letters: the ref of the decision, adjustment or claim they tell of
    :raises NotAllowed: no such paper, not on this programme's road, or this post prints nothing here
    :raises Missing: a letter about nothing
    """
    case, paper = steps.lock(ref), _entry(code)
    _may_print(case, paper, about, by=by, at=at)
    if not paper.serves(case.programme):
        raise NotAllowed(f"{road(case.programme).label}用不到《{paper.label}》。")
    if paper.is_letter and not about:
        raise Missing("这封信还没有说的是哪一次决定。")
    sha256 = papers.digest(body)
    same = (
        Sheet.objects.filter(code=code, about=about)
        if about
        else Sheet.objects.filter(case=case, code=code, about="", sha256=sha256)
    )
    kept = same.first()
    if kept is not None:
        return kept
    on, last = today(at), Sheet.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0
    serve_by = days.add_working_days(on, road(case.programme).clock["refusal_notice_wd"]) if paper.is_letter else None
    decided = Decision.objects.filter(ref=about).first() if about else None
    sheet = Sheet.objects.create(
        case=case, number=last + 1, code=code, about=about, body=body, sha256=sha256, on=on,
        serve_by=decided.notice_due_on if decided and decided.notice_due_on else serve_by, at=at, by=office.party(by),
    )  # fmt: skip
    detail = {"about": about, "code": code, "number": sheet.number, "sha256": sha256, "sheet": sheet.ref}
    office.record("casework.print_sheet", subject=case.ref, by=by, at=at, detail=detail)
    return sheet


def _may_print(case: Case, paper: papers.Paper, about: str, *, by: By, at: datetime) -> None:
    """The family may have its own letters drawn; everybody else needs the post."""
    if isinstance(by, Party) and by.kind == "resident":
        if not (paper.is_letter and about and steps.family(case, by)):
            raise NotAllowed("这张纸由工作人员来印。")
        return
    need(by, "paper.print", area=case.area, at=at)


@transaction.atomic
def keep_drawn(*, sheet: str, pdf: bytes, pages: int, certificate: str, by: By, at: datetime) -> Sheet:
    """Keep the drawn and signed PDF of a sheet (its ref), once and for ever; who was slower gets the one that is kept.

    :param certificate: the fingerprint of what signed it; empty for forms, which are signed by hand
    :raises NotAllowed: no such sheet, or this post prints nothing here
    """
    kept = Sheet.objects.select_for_update().select_related("case").filter(ref=sheet).first()
    if kept is None:
        raise NotAllowed("没有这张纸。")
    _may_print(kept.case, papers.catalogue()[kept.code], kept.about, by=by, at=at)
    if kept.paper:
        return kept
    paper = office.keep_paper(
        kind="printed", content_type="application/pdf", data=pdf, area=kept.case.area, subject=kept.case.applicant, by=by, at=at
    )
    kept.paper, kept.pages, kept.drawn_at, kept.drawn_by = paper.ref, pages, at, office.party(by)
    kept.save(update_fields=["paper", "pages", "drawn_at", "drawn_by"])
    detail = {"certificate": certificate, "of": kept.sha256, "sha256": paper.sha256, "sheet": kept.ref}
    office.record("casework.keep_drawn", subject=kept.case.ref, by=by, at=at, detail=detail)
    return kept


@transaction.atomic
def serve_letter(
    *,
    sheet: str,
    way: str,
    on: date,
    by: By,
    at: datetime,
    receiver: str = "",
    witnesses: tuple[str, ...] = (),
    mail_number: str = "",
) -> Service:
    """Note how a letter (its sheet's ref) was brought to the family. A decision's letter stops the clock of its notice.

    :param way: one of core.papers.WAYS; left where they live when nobody takes it, with two witnesses
    :param on: the day it happened, which may be before today
    :raises NotAllowed: no such letter, another area, or a day before it was written or after today
    :raises Missing: who took it, who saw it, or the number of the post is not said
    :raises AlreadyDone: the same way on the same day was noted
    """
    letter = Sheet.objects.select_related("case").filter(ref=sheet).first()
    if letter is None or not papers.catalogue()[letter.code].is_letter:
        raise NotAllowed("没有这封信。")
    case = steps.lock(letter.case.ref)
    need(by, "letter.serve", area=case.area, at=at)
    if way not in papers.WAYS:
        raise Missing("还没有选信是怎么送到的。")
    if not letter.on <= on <= today(at):
        raise NotAllowed("送到的日子不对：不能早过写信那天，也不能晚过今天。")
    said = tuple(one.strip() for one in witnesses if one.strip())
    wanted = papers.WITNESSED.get(way, 0)
    if len(said) < wanted:
        raise Missing(f"请写上在场见证的人，要 {wanted} 位。")
    if len(set(said)) < len(said):
        raise Missing("见证的人写重了，要两位不同的人。")
    if way == "kin" and not receiver.strip():
        raise Missing("请写上谁收的、和本人是什么关系。")
    if way == "posted" and not mail_number.strip():
        raise Missing("请写上邮件的号码。")
    if Service.objects.filter(sheet=letter, way=way, on=on).exists():
        raise AlreadyDone("这一次已经记过了。")
    first, second = (*said, "", "")[:2]
    service = Service.objects.create(
        sheet=letter, way=way, on=on, receiver=receiver.strip(), first_witness=first, second_witness=second,
        mail_number=mail_number.strip()[:40] if way == "posted" else "", at=at, by=office.party(by),
    )  # fmt: skip
    for told in (Decision, Adjustment):
        told.objects.filter(ref=letter.about, served_at__isnull=True).update(served_at=at, served_by=office.party(by))
    detail = {"code": letter.code, "on": on.isoformat(), "service": service.ref, "sheet": letter.ref, "way": way}
    steps.keep(case, "serve_letter", by=by, at=at, detail=detail)  # the clock of the notice is done
    return service


@transaction.atomic
def scan(
    *, ref: str, code: str, page: int, legible: str, content_type: str, data: bytes, by: By, at: datetime, sheet: str = ""
) -> Scan:
    """Keep the photograph of one page of a paper that came back signed. A better one is added; what was there stays.

    :param ref: the case
    :param code: which paper of the catalogue
    :param sheet: the ref of the sheet it was printed as; empty for a blank form filled in by hand
    :param legible: as the person says who looked at it: one of core.papers.LEGIBLE
    :raises Missing: nobody said whether it can be read, or which page it is
    :raises NotAllowed: no such case or paper, another area, or a sheet of another case
    :raises BadPaper: not a photograph or PDF that can be kept
    """
    case = steps.lock(ref)
    need(by, "paper.scan", area=case.area, at=at)
    paper = papers.catalogue().get(code)
    if paper is None:
        raise Missing("还没有选这是哪一张纸。")
    if legible not in papers.LEGIBLE:
        raise Missing("请先看一眼，说看得清还是看不清。")
    if not 1 <= page <= PAGES_OF_A_PAPER:
        raise Missing("请写这是第几页。")
    of = Sheet.objects.filter(ref=sheet, case=case).first() if sheet else None
    if sheet and (of is None or of.code != code):
        raise NotAllowed("这张纸不是这一件的。")
    kept = office.keep_paper(
        kind="signed", content_type=content_type, data=data, area=case.area, subject=case.applicant, by=by, at=at
    )
    same = Scan.objects.filter(case=case, code=code, page=page, paper=kept.ref).first()
    if same is not None:
        return same
    row = Scan.objects.create(
        case=case, code=code, sheet=of, page=page, paper=kept.ref, legible=legible, at=at, by=office.party(by)
    )
    detail = {"code": code, "legible": legible, "page": page, "paper": kept.ref, "scan": row.ref, "sheet": sheet}
    office.record("casework.scan", subject=case.ref, by=by, at=at, detail=detail)
    return row


@transaction.atomic
def export_file(
    *, pid: str, cases: tuple[str, ...], whole: bool, why: str, pages: int, sha256: str, by: By, at: datetime
) -> None:
    """Write down that a household's file left as one PDF: who took it, why, which cases, and what exactly it was.

    :param pid: whose file it is
    :param cases: refs of the cases in it
    :param whole: for the archive, with everything; otherwise the person's own
    :raises NotAllowed: another area, this post exports nothing, or a resident takes what is not their own
    :raises Missing: a clerk did not say why
    """
    held = list(Case.objects.filter(ref__in=cases))
    if not held or len(held) != len(set(cases)):
        raise NotAllowed("没有这些案卷。")
    if isinstance(by, Party) and by.kind == "resident":
        if whole or not all(case.applicant in registry.pids_of(by.ref) for case in held):
            raise NotAllowed("这份档案不是您的。")
    else:
        for case in held:
            need(by, "file.export", area=case.area, at=at)
        steps.say(why, "为什么要导出")
    detail = {"cases": sorted(cases), "pages": pages, "sha256": sha256, "whole": whole}
    office.record("casework.export_file", subject=pid, by=by, at=at, detail=detail)


@transaction.atomic
def retire_papers(*, ref: str, keeps: str, by: By, at: datetime) -> Retirement:
    """Agree that the papers of one class of a closed case go: their time is over. What is agreed once stays agreed.

    :param keeps: a class of papers.toml
    :raises NotAllowed: another area, a post that does not agree to this, or their time is not over
    """
    case = steps.lock(ref)
    need(by, "file.retire", area=case.area, at=at)
    keep = papers.keeps().get(keeps)
    kept = Retirement.objects.filter(case=case, keeps=keeps).first()
    if kept is not None:
        return kept
    over = papers_over(case, keep, today(at)) if keep is not None else None
    if over is None:
        raise NotAllowed("这些材料还没有到期，不能销毁。")
    row = Retirement.objects.create(
        case=case, keeps=keeps, kept_until=over.kept_until, sheets=over.sheets, scans=over.scans, at=at, by=office.party(by)
    )
    detail = {"keeps": keeps, "kept_until": over.kept_until.isoformat(), "scans": row.scans, "sheets": row.sheets}
    office.record("casework.retire_papers", subject=case.ref, by=by, at=at, detail=detail)
    return row
