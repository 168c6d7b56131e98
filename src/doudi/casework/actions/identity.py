"""Who somebody is whom the family named without a number: found in the register or brought into it, so that they can sign."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from doudi.casework.actions import filing, steps
from doudi.casework.actions.assessing import take_stock
from doudi.casework.core import WORKING, State
from doudi.casework.models import Case, CaseMember, Question, SettledFact, Supporter
from doudi.facts.number import birth_of
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need
from doudi.registry import actions as registry_actions
from doudi.registry import queries as registry
from doudi.verification import actions as verification


@transaction.atomic
def identify_member(*, ref: str, member: str, name: str, number: str, by: By, at: datetime) -> CaseMember:
    """Write down who a member is whom the family named without an identity, as the identity card has it.

    From then on they are asked to sign as any adult is, and for a minor who looks after them; nothing is asked of the sources
    before. Whoever signed already need not sign again: the same people live together. It holds for every open case of the
    application. What was found out of them before stays theirs.

    :param member: the ref of the member
    :param name: as on the card, which may be another than the family calls them by
    :param number: citizen number, with its right check digit
    :raises NotAllowed: not this clerk's place, nobody without an identity, no such number, another name under it, or somebody
        who stands in this household, or on the list of its supporters, already
    """
    case = steps.lock(ref)
    need(by, "consent.record", area=case.area, at=at)
    if not State(case.state).takes_signatures:
        raise NotAllowed("这件已经办完了，不用再补。")
    one = CaseMember.objects.select_for_update().filter(case=case, ref=member).first()
    if one is None:
        raise NotAllowed("这户里没有这个人。")
    if one.pid:
        raise NotAllowed("这个人的身份信息已经有了。")
    person = registry_actions.keep_member(name=name, number=number, where=case.area, by=by, at=at)
    everywhere = [(each, one if each == case else _same(each, one)) for each in filing.beside(case)]
    for each, row in everywhere:
        if row is not None:
            _is(each, row, person.pid, person.name, person.born_on or birth_of(person.citizen_no), by=by, at=at)
    for each, row in everywhere:
        if row is not None and State(each.state) in WORKING:
            take_stock(each, by=by, at=at)
    steps.keep(case, "identify_member", by=by, at=at, detail={"member": one.ref, "person": person.pid})
    one.refresh_from_db()
    return one


def _same(case: Case, one: CaseMember) -> CaseMember | None:
    """The same person of the family in another case of the application: named and called alike, and without an identity too."""
    rows = CaseMember.objects.select_for_update().filter(case=case, pid="", relation=one.relation).order_by("id")
    return next((row for row in rows if row.name == one.name), None)


def _is(case: Case, row: CaseMember, pid: str, name: str, born_on: date | None, *, by: By, at: datetime) -> None:
    """Let a member of a case be this person, with what was asked and found out of them.

    :raises NotAllowed: they stand in this case already
    """
    ids = registry.pids_of(pid)
    if CaseMember.objects.filter(case=case, pid__in=ids).exists():
        raise NotAllowed("他已经在这一户里了，一个人不能算两次。")
    if Supporter.objects.filter(case=case, pid__in=ids, removed_at=None).exists():
        raise NotAllowed("他在要赡养、抚养的亲属名单上。住在一起的，先从那张名单上去掉。")
    row.pid, row.name, row.born_on = pid, name, born_on
    row.save(update_fields=["pid", "name", "born_on"])
    SettledFact.objects.filter(case=case, member=row.ref).update(member=pid)
    Question.objects.filter(case=case, key=f"member:{row.ref}").update(key=f"member:{pid}", pid=pid)
    if row.counts:
        verification.know_member(subject=case.ref, pid=pid, by=by, at=at)
