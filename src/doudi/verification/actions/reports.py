"""Issuing reports: a sealed snapshot, numbered; a newer one stands beside it. Nothing issued is ever changed."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from doudi.office import actions as office
from doudi.office import queries as offices
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need
from doudi.registry import queries as registry
from doudi.verification import queries
from doudi.verification.core import reports as core
from doudi.verification.core.reports import Body, NothingNew
from doudi.verification.models import Check, Report, ReportCopy, ReportPaper


@transaction.atomic
def issue(*, check: str, by: By, at: datetime, why: str = "", read: Sequence[queries.AnswerRow] | None = None) -> Report:
    """Issue a report of a check as everything stands at this moment. Asking and answering never change it afterwards.

    :param check: the check's ref
    :param why: why there is a further one; not needed for the first
    :param read: the answers, where the act this is part of has just read them
    :raises NotAllowed: no such check, or this post does not issue reports here; or no reason for a further one
    :raises NothingNew: the newest report says the very same
    """
    asked = Check.objects.select_for_update().filter(ref=check).first()
    if asked is None:
        raise NotAllowed("没有这次核对。")
    need(by, "check.issue", area=asked.area, at=at)
    body = queries.snapshot(asked, on=offices.today(at), read=read)
    newest = Report.objects.filter(check_asked=asked).order_by("-version").first()
    if newest is not None:
        _something_new(newest, body)
        if not why.strip():
            raise NotAllowed("已经出过报告了。再出一份，请写一句为什么。")
    version = newest.version + 1 if newest else 1
    number = f"{asked.number}-{version}"
    body |= {
        "issued_at": at.astimezone(offices.HERE).isoformat(timespec="seconds"),
        "issued_by": _name(by),
        "number": number,
        "version": version,
        "why": why.strip()[:200],
    }
    report = Report.objects.create(
        number=number, check_asked=asked, version=version, area=asked.area, why=body["why"], valid_until=asked.valid_until,
        at=at, by=office.party(by),
    )  # fmt: skip
    copies = [_copy(report, "", body), *(_copy(report, one["pid"], core.own(body, one["pid"])) for one in body["people"])]
    ReportCopy.objects.bulk_create(copies)
    detail = {
        "check": asked.ref,
        "number": number,
        "own": [copy.sha256 for copy in copies[1:]],
        "report": report.ref,
        "sha256": copies[0].sha256,
        "valid_until": asked.valid_until.isoformat(),
        "version": version,
    }
    office.record("verification.issue", subject=asked.subject, by=by, at=at, detail=detail)
    return report


def _something_new(newest: Report, body: Body) -> None:
    if core.same_content(core.read(ReportCopy.objects.get(report=newest, pid="").body), body):
        raise NothingNew(f"和 {newest.number} 一样，没有新的内容，不用再出一份。")


def _copy(report: Report, pid: str, body: Body) -> ReportCopy:
    data = core.as_bytes(body)
    return ReportCopy(report=report, pid=pid, sha256=core.digest(data), body=data.decode())


def _name(by: By) -> str:
    """Who issued it, as it stands on the report: a clerk's name is public."""
    return "自动出具" if isinstance(by, Party) else by.name


@transaction.atomic
def keep_sheet(*, token: str, pdf: bytes, pages: int, certificate: str, by: By, at: datetime) -> ReportPaper:
    """Keep the signed PDF of a copy, once and for ever; who was slower gets the one that is kept.

    :param certificate: the fingerprint of what signed it
    :raises NotAllowed: no such copy, a post that does not read reports here, or a resident it is not about
    """
    copy = ReportCopy.objects.select_for_update().filter(token=token).first()
    if copy is None:
        raise NotAllowed("没有这份核对报告。")
    report = Report.objects.select_related("check_asked").get(pk=copy.report_id)
    if isinstance(by, Party) and by.kind == "resident":
        if copy.pid not in registry.pids_of(by.ref):
            raise NotAllowed("这份报告不是您的。")
    else:
        need(by, "check.read", area=report.area, at=at)
    kept = ReportPaper.objects.filter(of=copy).first()
    if kept is not None:
        return kept
    paper = ReportPaper.objects.create(
        of=copy,
        sha256=core.digest(pdf),
        size=len(pdf),
        pages=pages,
        pdf=base64.b64encode(pdf).decode(),
        at=at,
        by=office.party(by),
    )
    detail = {
        "certificate": certificate,
        "number": report.number,
        "of": copy.sha256,
        "report": report.ref,
        "sha256": paper.sha256,
    }
    office.record("verification.keep_sheet", subject=report.check_asked.subject, by=by, at=at, detail=detail)
    return paper


@transaction.atomic
def use_certificate(*, fingerprint: str, by: By, at: datetime) -> None:
    """Write down which certificate signs reports from now on; its key never comes near the database."""
    if not (isinstance(by, Party) and by.kind == "system"):
        raise NotAllowed("换证书要在服务器上办。")
    office.record("verification.use_certificate", subject="reports", by=by, at=at, detail={"certificate": fingerprint})
