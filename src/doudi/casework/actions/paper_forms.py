"""An application on paper: photographed when it is handed over, the six key fields typed soon, the rest by whoever has time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import filing, steps
from doudi.casework.actions.drafts import fill_account, fill_hardships, fill_incomes, fill_members, start_draft
from doudi.casework.core import CLOSED, AlreadyDone, Missing, State
from doudi.casework.core.doors import FORM_DROPPED
from doudi.casework.models import Case, CaseMember, Line, PaperForm
from doudi.facts import days
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today
from doudi.registry import actions as registry_actions
from doudi.registry import queries as registry

READING = frozenset(state.value for state in State if state not in CLOSED)


@transaction.atomic
def keep_form(
    *, area: str, handed_on: date, photos: Sequence[tuple[str, bytes]], name: str = "", phone: str = "", by: By, at: datetime
) -> PaperForm:
    """Take an application on paper: it is handed in now, with a receipt; its clocks run from the day it was handed over.

    The same photographs again are the same paper.

    :param photos: what the sender calls the type, and the bytes, page by page
    :raises NotAllowed: not this clerk's place, or handed over after today
    :raises Missing: no photograph
    :raises BadPaper: a file that cannot be kept
    """
    need(by, "form.keep", area=area, at=at)
    on = today(at)
    if not photos:
        raise Missing("请先拍下这张申请表。")
    if handed_on > on:
        raise NotAllowed("交来的日子不能晚于今天。")
    if len(area) < 9:
        raise NotAllowed("请选是哪个乡镇、哪个村收的。")
    papers = [
        office.keep_paper(kind="application", content_type=called, data=data, area=area, subject=area, by=by, at=at).ref
        for called, data in photos
    ]
    kept = PaperForm.objects.filter(area=area, papers=papers).first()
    if kept is not None:
        return kept
    row = PaperForm.objects.create(
        receipt=filing.next_receipt(area[:6], on), area=area, handed_on=handed_on,
        due_on=days.add_working_days(handed_on, core.road("dibao").clock["accept_wd"]),
        name=name.strip()[:40], phone=phone, papers=papers, kept_at=at, kept_by=office.party(by),
    )  # fmt: skip
    if phone:
        words = f"您交的申请表收到了，编号{core.show_receipt(row.receipt)}，镇里会和您联系。"
        office.notify(body=steps.signed(words), subject=row.ref, by=by, at=at, phone=phone)
    detail = {"handed_on": handed_on.isoformat(), "pages": len(papers), "receipt": row.receipt, "due": row.due_on.isoformat()}
    office.record("casework.keep_form", subject=row.ref, by=by, at=at, detail=detail)
    return row


@transaction.atomic
def type_form(
    *, ref: str, pid: str, hardships: list[str], story: str = "", phone: str = "", signed: bool, by: By, at: datetime
) -> Case:
    """Type the key fields of a paper; the case runs from the day the paper was handed over, under the number it was given.

    Typed twice (two clerks, a double press) it is the same case.

    :param pid: whose it is, found by name and number
    :param signed: the applicant's signature or fingerprint is on it, by which they agree to the check
    :raises NotAllowed: not this clerk's place, or it was laid aside
    :raises Missing: nothing said of what hurts
    """
    form = _lock(ref, by, at)
    if form.typed_at is not None and form.draft is not None and form.draft.case is not None:
        return form.draft.case
    row = start_draft(pid=pid, by=by, at=at, channel="paper")
    if PaperForm.objects.filter(draft=row).exclude(pk=form.pk).exists():
        raise NotAllowed("他还有一张纸表正在录，先录完那一张。")
    row.content = fill_hardships(row.content, hardships, story)
    row.saved_at, row.saved_by = at, office.party(by)
    case = filing.file(filing.of_draft(row, handed_on=form.handed_on, receipt=form.receipt, channel="paper"), by=by, at=at)
    row.case = case
    row.save(update_fields=["content", "saved_at", "saved_by", "case"])
    form.draft, form.typed_at, form.typed_by = row, at, office.party(by)
    form.save(update_fields=["draft", "typed_at", "typed_by"])
    if signed:
        papers = filing.adopt_papers(form.papers, case.applicant, area=case.area, by=by, at=at)
        filing.keep_consents(case, [case.applicant], channel="paper", papers=papers, by=by, at=at)
    if phone and not registry.me(case.applicant).phone:
        registry_actions.keep_contact(pid=case.applicant, phone=phone, by=by, at=at)
    filing.tell_received(case, by=by, at=at)
    detail = {"case": case.ref, "receipt": case.receipt, "signed": signed, "due": case.due_on.isoformat()}
    office.record("casework.type_form", subject=form.ref, by=by, at=at, detail=detail)
    return case


@transaction.atomic
def read_rest(
    *, ref: str, together: Mapping[str, bool], others: Sequence[tuple[str, str]], said: Mapping[str, str],
    incomes: Sequence[tuple[str, int]], way: str, bank: str = "", number: str = "", by: By, at: datetime,
) -> PaperForm:  # fmt: skip
    """Read the rest of a paper into its cases: who lives together, incomes, the account. Read once; changes go other ways.

    :raises AlreadyDone: a colleague read it
    :raises NotAllowed: the key fields are not typed yet, or its cases are decided
    """
    form = _lock(ref, by, at)
    if form.read_at is not None:
        raise AlreadyDone("这张表剩下的已经录好了。")
    if form.draft is None or form.draft.case is None:
        raise NotAllowed("先录上面六项，再录剩下的。")
    row = form.draft
    content = fill_members(row.content, dict(together), list(others))
    content = fill_incomes(content, dict(said), list(incomes))
    content = fill_account(content, way, bank, number)
    cases = list(Case.objects.select_for_update().filter(application=row.case.application, state__in=READING).order_by("id"))
    if not cases:
        raise NotAllowed("这件已经办完了，不用再录。")
    row.content, row.saved_at, row.saved_by = content, at, office.party(by)
    row.save(update_fields=["content", "saved_at", "saved_by"])
    for case in cases:
        _into(case, filing.of_draft(row), content)
    form.read_at, form.read_by = at, office.party(by)
    form.save(update_fields=["read_at", "read_by"])
    detail = {"cases": [case.ref for case in cases], "members": len(content["members"]) + len(content["others"])}
    office.record("casework.read_rest", subject=form.ref, by=by, at=at, detail=detail)
    return form


def _into(case: Case, said: filing.Application, content: dict[str, Any]) -> None:
    """Write what the paper says into one case; what a person settled since stays as it is."""
    for one in CaseMember.objects.filter(case=case, together=None).exclude(pid=""):
        one.together = content["together"].get(one.pid)
        one.save(update_fields=["together"])
    filing.keep_members(case, [one for one in said.members if not one.pid])
    for line in Line.objects.filter(case=case, said=""):
        line.said = content["said"].get(f"{line.pid}:{line.kind}", "")
        line.save(update_fields=["said"])
    filing.keep_incomes(case, [one for one in said.incomes if one.source is None])
    case.account_way, case.account_bank, case.account = said.account_way, said.account_bank, said.account
    case.version += 1
    case.save(update_fields=["account_way", "account_bank", "account", "version"])


@transaction.atomic
def drop_form(*, ref: str, why: str, by: By, at: datetime) -> PaperForm:
    """Lay a paper aside that cannot be typed, with why; it is counted, and its photographs stay.

    :param why: a key of FORM_DROPPED
    :raises NotAllowed: it was typed
    """
    form = _lock(ref, by, at)
    if form.typed_at is not None:
        raise NotAllowed("这张表已经录好了，不能再放到一边。")
    if why not in FORM_DROPPED:
        raise Missing("请选为什么放到一边。")
    form.dropped_at, form.dropped_by, form.dropped_why = at, office.party(by), why
    form.save(update_fields=["dropped_at", "dropped_by", "dropped_why"])
    office.record("casework.drop_form", subject=form.ref, by=by, at=at, detail={"why": why})
    return form


def _lock(ref: str, by: By, at: datetime) -> PaperForm:
    form = PaperForm.objects.select_for_update().filter(ref=ref).first()
    if form is None:
        raise NotAllowed("没有这张纸表，或者不归您办。")
    need(by, "case.register", area=form.area, at=at)
    if form.dropped_at is not None:
        raise AlreadyDone("这张表已经放到一边了。")
    return form
