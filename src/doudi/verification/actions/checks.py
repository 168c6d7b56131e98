"""Writing checks: one authorised question, every source's answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from doudi.exchange import queries as exchange
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.queries import need, today
from doudi.registry import queries as registry
from doudi.registry.core import Purpose
from doudi.verification.core import Asked, Basis, NoBasis, Said, in_words, is_fresh
from doudi.verification.gateways import lake
from doudi.verification.models import Answer, Check, Item, ReportCounter

VALID_DAYS = 90  # verification.report_valid_days


@transaction.atomic
def request(
    *, subject: str, area: str, programme: str, people: list[Asked], sources: list[str], basis: Basis, task_order: str = "",
    by: By, at: datetime,
) -> Check:  # fmt: skip
    """Ask each source about each person, and keep each answer: found, nothing, or no answer.

    :param subject: the case it is for
    :param sources: codes of datasets
    :param task_order: number of the written order; only and always with the statutory duty
    :raises NoBasis: an adult without a consent in force, a minor without a consenting guardian, or no task order
    :raises NotAllowed: this clerk's post does not allow a check here
    """
    need(by, "check.request", area=area, at=at)
    on = today(at)
    standing = _basis(people, sources, Basis(basis), task_order, at)
    check = Check.objects.create(
        number=_number(on),
        subject=subject,
        area=area,
        programme=programme,
        basis=basis,
        task_order=task_order,
        on=on,
        valid_until=on + timedelta(days=VALID_DAYS),
        people=[
            {
                "pid": one.pid,
                "name": one.name,
                "adult": one.is_adult,
                "guardian": one.guardian,
                "consent": standing.get(one.pid, ""),
            }
            for one in people
        ],
        at=at,
        by=office.party(by),
    )
    said = _ask(check, people, sources, on=on, at=at)
    detail = {"basis": str(basis), "check": check.ref, "people": len(people), "said": said, "task_order": task_order}
    office.record("verification.request", subject=subject, by=by, at=at, detail=detail)
    return check


def _basis(people: list[Asked], sources: list[str], basis: Basis, task_order: str, at: datetime) -> dict[str, str]:
    """The consent each person's part of the check stands on; empty with the statutory duty.

    :raises NoBasis: it stands on nothing
    """
    if not people or not sources:
        raise NoBasis("核对要写明查谁、查什么。")
    if basis is Basis.STATUTORY_DUTY:
        if not task_order:
            raise NoBasis("按法定职责核对，要有任务单编号。")
        return {}
    if task_order:
        raise NoBasis("凭本人同意核对时不写任务单编号。")
    standing, missing = {}, []
    for one in people:
        given = registry.consents(one.pid, purpose=Purpose.VERIFICATION, in_force=True)
        fits = next((row for row in given if row.given_at <= at and set(sources) <= set(row.sources)), None)
        if fits is None or (not one.is_adult and not fits.guardian):
            missing.append(one.name)
        else:
            standing[one.pid] = fits.ref
    if missing:
        raise NoBasis(f"还没有同意核对：{'、'.join(missing)}。没有同意就不能查。")
    return standing


def _number(on: date) -> str:
    """The next report number of the year, without gaps."""
    counter = ReportCounter.objects.select_for_update().filter(year=on.year).first()
    if counter is None:
        ReportCounter.objects.get_or_create(year=on.year)
        counter = ReportCounter.objects.select_for_update().get(year=on.year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"HD{on.year}{counter.last:06d}"


def _ask(check: Check, people: list[Asked], sources: list[str], *, on: date, at: datetime) -> dict[str, int]:
    """Ask and keep; returns how many answers said what."""
    as_of = lake.delivered()
    rhythms = {code: contract.rhythm for code, contract in exchange.contracts().items()}
    answers: list[Answer] = []
    found: list[list[dict[str, Any]]] = []
    for one in people:
        rows = lake.rows_of(one.pid)
        for dataset in sources:
            mine = [row for row in rows if row["dataset"] == dataset]
            said, why = _said(mine, not as_of, as_of.get(dataset), rhythms[dataset], on)
            answers.append(
                Answer(
                    check_asked=check,
                    pid=one.pid,
                    dataset=dataset,
                    said=said,
                    why=why,
                    as_of=max((row["as_of"] for row in mine), default=as_of.get(dataset)),
                    answered_at=at,
                )
            )
            found.append(mine)
    Answer.objects.bulk_create(answers, batch_size=500)
    Item.objects.bulk_create(
        (
            Item(
                answer=answer,
                dataset=row["dataset"],
                batch=row["batch"],
                row_no=row["row_no"],
                as_of=row["as_of"],
                values=_plain(row["values"]),
                words=in_words(exchange.contracts()[row["dataset"]].columns, row["values"]),
            )
            for answer, rows in zip(answers, found, strict=True)
            for row in rows
        ),
        batch_size=500,
    )
    return {kind.value: sum(answer.said == kind for answer in answers) for kind in Said}


def _said(rows: list[dict[str, Any]], no_register: bool, as_of: date | None, rhythm: str, on: date) -> tuple[Said, str]:
    """Read silence rightly: nothing only from a source that spoke lately; a row found counts however old it is."""
    if no_register:
        return Said.NO_ANSWER, "no_register"
    if rows:
        return Said.FOUND, ""
    if as_of is None:
        return Said.NO_ANSWER, "not_loaded"
    if not is_fresh(as_of, rhythm, on):
        return Said.NO_ANSWER, "stale"
    return Said.NOTHING, ""


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
