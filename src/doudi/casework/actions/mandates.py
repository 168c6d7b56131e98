"""Letting somebody act: the mandate of a proxy, what they may see of the end, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from doudi.casework.actions import filing, steps
from doudi.casework.core import Missing
from doudi.casework.core.doors import MANDATES, TAKEN_BACK
from doudi.casework.models import Case, Mandate
from doudi.casework.queries.page import NoCase
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need
from doudi.registry import queries as registry

ON_SHEETS = frozenset({"paper", "fingerprint"})


def give(
    case: Case, *, relation: str, way: str, may_see: bool = False, papers: Sequence[str] = (), by: By, at: datetime
) -> Mandate:
    """Keep whom the applicant let hand this in; part of the act that hands it in.

    What comes with it: only who tapped it themselves on the screen lets the helper see the results at once; a sheet says so
    when it is here.

    :raises Missing: no such way
    """
    if way not in MANDATES:
        raise Missing("请选他怎么说的同意。")
    seen = may_see and way == "screen"
    return Mandate.objects.create(
        application=case.application, person=case.applicant, proxy=case.proxy, relation=relation, way=way, papers=list(papers),
        given_at=at, given_by=office.party(by), seeing_at=at if seen else None, seeing_by=office.party(by) if seen else "",
    )  # fmt: skip


@transaction.atomic
def keep_mandate(*, ref: str, way: str, files: Sequence[filing.File], may_see: bool = False, by: By, at: datetime) -> Mandate:
    """Keep the signed sheet, or the fingerprint on it, of a mandate given before; and whether it lets the helper see the results.

    :raises NotAllowed: nobody acts for this family, or not this clerk's place
    :raises Missing: no sheet
    """
    case = steps.lock(ref)
    need(by, "mandate.keep", area=case.area, at=at)
    row = _standing(case)
    if way not in ON_SHEETS or not files:
        raise Missing("请拍下签了字或按了手印的委托书。")
    row.papers = [*row.papers, *filing.keep_papers(case, files, case.applicant, by=by, at=at)]
    row.way = way
    if may_see and row.seeing_at is None:
        row.seeing_at, row.seeing_by = at, office.party(by)
    row.save(update_fields=["papers", "way", "seeing_at", "seeing_by"])
    detail = {"mandate": row.ref, "way": way, "sees": row.seeing_at is not None}
    office.record("casework.keep_mandate", subject=case.ref, by=by, at=at, detail=detail)
    return row


@transaction.atomic
def let_see(*, ref: str, sees: bool, way: str, by: By, at: datetime) -> Mandate:
    """Let the helper see how it ends, or no longer: the applicant on their page, or a clerk to whom they said so.

    The same again changes nothing.

    :param way: a key of TAKEN_BACK: how the applicant said so
    :raises NotAllowed: not the applicant, nor a clerk of the place
    """
    case = steps.lock(ref)
    _may(case, way, by, at)
    row = _standing(case)
    if (row.seeing_at is not None) == sees:
        return row
    row.seeing_at, row.seeing_by = (at, office.party(by)) if sees else (None, "")
    row.save(update_fields=["seeing_at", "seeing_by"])
    detail = {"mandate": row.ref, "sees": sees, "way": way}
    office.record("casework.let_see", subject=case.ref, by=by, at=at, detail=detail)
    return row


@transaction.atomic
def take_mandate_back(*, ref: str, way: str, by: By, at: datetime) -> Mandate:
    """End the mandate: the helper sees and does nothing any more, the application goes on as the applicant's own.

    :param way: a key of TAKEN_BACK
    :raises NotAllowed: nobody acts for this family, or not the applicant nor a clerk of the place
    """
    case = steps.lock(ref)
    _may(case, way, by, at)
    row = _standing(case)
    row.ended_at, row.ended_by, row.ended_way = at, office.party(by), way
    row.save(update_fields=["ended_at", "ended_by", "ended_way"])
    for one in Case.objects.select_for_update().filter(application=case.application_id).order_by("id"):
        one.proxy, one.proxy_relation, one.version = "", "", one.version + 1
        one.save(update_fields=["proxy", "proxy_relation", "version"])
    detail = {"mandate": row.ref, "way": way}
    office.record("casework.take_mandate_back", subject=case.ref, by=by, at=at, detail=detail)
    return row


def _standing(case: Case) -> Mandate:
    row = Mandate.objects.select_for_update().filter(application=case.application_id, ended_at=None).first()
    if row is None:
        raise NotAllowed("这件现在没有人代办。")
    return row


def _may(case: Case, way: str, by: By, at: datetime) -> None:
    if way not in TAKEN_BACK:
        raise Missing("请选他是怎么说的。")
    if isinstance(by, Party):
        if by.kind != "resident" or case.applicant not in registry.pids_of(by.ref):
            raise NoCase("没有这件申请，或者不是您的。")
    else:
        need(by, "mandate.keep", area=case.area, at=at)
