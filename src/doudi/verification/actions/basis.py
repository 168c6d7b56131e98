"""The one gate before every question: whose authorisation, or which task order, it stands on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from doudi.office.queries import today
from doudi.registry import queries as registry
from doudi.verification.core import Basis, asked_datasets
from doudi.verification.core.basis import WHY_NOT, NoBasis, carries
from doudi.verification.core.questions import Asked
from doudi.verification.queries.basis import papers_of
from doudi.verification.queries.orders import standing as order_standing


def standing(
    *, people: Sequence[Asked], datasets: Collection[str], programme: str, basis: Basis, task_order: str, area: str, at: datetime,
    subject: str = "",
) -> dict[str, str]:  # fmt: skip
    """What each person's questions stand on: the number of their authorisation; nothing of anybody's with the statutory duty.

    Asked again right before a question leaves the house, for it may have been taken back meanwhile.

    :param datasets: what is asked; of a supporter only what supporters are asked about
    :param subject: the case it is asked for; empty where any case of theirs may carry it
    :raises NoBasis: it stands on nothing; `reason` is one of WHY_NOT, of core.orders, or nothing_asked
    """
    if not people or not datasets:
        raise NoBasis("核对要写明查谁、查什么。", "nothing_asked")
    if Basis(basis) is Basis.STATUTORY_DUTY:
        order_standing(task_order, datasets=datasets, area=area, at=at)
        return {}
    if task_order:
        raise NoBasis("凭本人同意核对时不写任务单编号。", "no_order")
    stands, refused = _read(people, set(datasets), programme, subject, at)
    if refused:
        raise NoBasis(in_words(refused), next(iter(refused.values()))[1])
    return stands


def _read(
    people: Sequence[Asked], datasets: set[str], programme: str, subject: str, at: datetime
) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """pid → number of those whose paper carries it, and pid → (name, reason) of the others."""
    on, stands, refused = today(at), {}, {}
    now = registry.standing_of([one.pid for one in people])
    household = {now[one.pid] for one in people if one.role == "member"}
    of_supporters = {one.dataset for one in asked_datasets(role="supporter")}
    papers = papers_of([one.pid for one in people], at=at)
    then = registry.standing_of({pid for mine in papers.values() for paper in mine for pid in paper.household})
    for one in people:
        mine = [replace(paper, household=tuple(then[pid] for pid in paper.household)) for paper in papers[one.pid]]
        number, why = carries(
            mine, one, household=household, datasets=datasets & of_supporters if one.role == "supporter" else datasets,
            programme=programme, subject=subject, at=at, on=on,
        )  # fmt: skip
        if why:
            refused[one.pid] = (one.name, why)
        else:
            stands[one.pid] = number
    return stands, refused


def in_words(refused: dict[str, tuple[str, str]]) -> str:
    """Why not, by reason, with the names."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in refused.values():
        by_reason.setdefault(reason, []).append(name)
    return "".join(f"{'、'.join(names)}：{WHY_NOT[reason]}。" for reason, names in by_reason.items()) + "没有授权就不能查。"
