"""Writing people, households and consents; a household comes into the database with the first act that touches it."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from doudi.facts.number import birth_of, parse, sex_of
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party, mask_name
from doudi.office.queries import need, today
from doudi.office.sealing import blind
from doudi.registry import queries
from doudi.registry.actions.search import keep_keys
from doudi.registry.core import Purpose, RegisterHousehold, RegisterPerson
from doudi.registry.gateways import register
from doudi.registry.models import Consent, Household, Member, Person


class AlreadyWithdrawn(Exception):
    """The consent was taken back before."""


@transaction.atomic
def bring_in(*, subject: str, by: By, at: datetime) -> Household:
    """Copy a household (by hid, or by the pid of a member) from the published register into the database, sealed.

    A household already there is brought up to date: what the register said before is kept with its last day.

    :raises NotAllowed: the clerk has no post where the household lives
    :raises NotKnown: the register does not know this household
    """
    subject = subject if subject.startswith("h") else queries.standing(subject)
    found = register.household_of(subject)
    if found is None:
        kept = Household.objects.filter(hid=subject).first()
        if kept is not None:
            return kept
        raise queries.NotKnown(subject)
    if not isinstance(by, Party):
        need(by, "household.keep", area=found.area, at=at)
    home, new = Household.objects.get_or_create(
        hid=found.hid, defaults={"area": found.area, "kept_at": at, "kept_by": office.party(by)}
    )
    for one in found.members:
        _keep(one.person, by=by, at=at)
    changed = _follow(home, found, by=by, at=at)
    if new or changed:
        detail = {"area": found.area, "members": len(found.members), "new": new}
        office.record("registry.bring_in", subject=found.hid, by=by, at=at, detail=detail)
    return home


def _keep(found: RegisterPerson, *, by: By, at: datetime) -> None:
    """Keep a person; who is there already stays as they are, for their own corrections count."""
    Person.objects.get_or_create(
        pid=found.pid,
        defaults={
            "name": found.name,
            "masked_name": mask_name(found.name),
            "citizen_no": found.citizen_no,
            "number_blind": blind(found.citizen_no) if found.citizen_no else "",
            "short_blind": queries.short_blind(found.name, found.citizen_no) if found.citizen_no else "",
            "sex": found.sex,
            "born_on": found.born_on,
            "area": found.area,
            "kept_at": at,
            "kept_by": office.party(by),
        },
    )


@transaction.atomic
def keep_outsider(*, name: str, number: str, phone: str = "", where: str, by: By, at: datetime) -> Person:
    """Keep somebody of no household here who has to be asked: a support obligor living elsewhere, by name and citizen number.

    Who is known already stays as they are. Their id is the one the register would give them.

    :param where: the place of the case, whose clerks may write them down
    :raises NotAllowed: another place, no such number, or the number is somebody else's
    """
    need(by, "consent.record", area=where, at=at)
    kept, new = _by_number(name, number, "", by=by, at=at)  # a place nobody knows lies in no area: nobody's list holds them
    if new:
        office.record("registry.keep_outsider", subject=kept.pid, by=by, at=at, detail={"where": where})
    if phone and not kept.phone:
        kept.phone = phone
        kept.save(update_fields=["phone"])
        keep_keys(kept, known=register.person(kept.pid) is not None)
    return kept


@transaction.atomic
def keep_member(*, name: str, number: str, where: str, by: By, at: datetime) -> Person:
    """Keep somebody a family here lives with, of whom no register told, by name and citizen number.

    Who is known already stays as they are. Their id is the one the register would give them.

    :param where: the place of the case, where they live
    :raises NotAllowed: another place, no such number, or the number is somebody else's
    """
    need(by, "consent.record", area=where, at=at)
    kept, new = _by_number(name, number, where, by=by, at=at)
    if new:
        office.record("registry.keep_member", subject=kept.pid, by=by, at=at, detail={"where": where})
    return kept


def _by_number(name: str, number: str, area: str, *, by: By, at: datetime) -> tuple[Person, bool]:
    """The person with this name and number, and whether they are kept only now; of the register where it knows them.

    :raises NotAllowed: no name, no such number, or the number is somebody else's
    """
    name, read = name.strip(), parse(number)
    if not name:
        raise NotAllowed("请写姓名。")
    if read.value is None:
        raise NotAllowed("身份证号不对，请对着身份证再看一遍。")
    kept, new = Person.objects.filter(number_blind=blind(read.value)).first(), False
    if kept is None:
        found = register.by_number(read.value) or RegisterPerson(
            pid="p" + sha256(f"{settings.LINKING_KEY}:{read.value}".encode()).hexdigest()[:20],
            name=name,
            citizen_no=read.value,
            sex=sex_of(read.value),
            born_on=birth_of(read.value),
            area=area,
        )
        _keep(found, by=by, at=at)
        kept, new = Person.objects.get(pid=found.pid), True
    if kept.name != name:
        raise NotAllowed("姓名和身份证号对不上，请再看一遍。")
    return kept, new


def _follow(home: Household, found: RegisterHousehold, *, by: By, at: datetime) -> bool:
    """Make the register's version of the members what the register says now; say whether anything changed."""
    now = {one.person.pid: one.relation for one in found.members}
    current = Member.objects.filter(household=home, source=Member.Source.REGISTER, to_on__isnull=True)
    before = dict(current.values_list("person_id", "relation"))
    gone = [pid for pid, relation in before.items() if now.get(pid) != relation]
    current.filter(person_id__in=gone).update(to_on=today(at))
    come = [pid for pid, relation in now.items() if before.get(pid) != relation]
    Member.objects.bulk_create(
        Member(
            household=home,
            person_id=pid,
            relation=now[pid],
            source=Member.Source.REGISTER,
            from_on=today(at),
            kept_at=at,
            kept_by=office.party(by),
        )
        for pid in come
    )
    return bool(gone or come)


@transaction.atomic
def correct_member(*, hid: str, pid: str, together: bool, reason: str = "", by: By, at: datetime) -> Member:
    """Note what was said about a person living in a household or not; the register's version stays beside it.

    The next cycle follows it in the household it proposes.

    :raises NotAllowed: said by somebody outside the household, or by a clerk whose post does not allow it there
    :raises NotKnown: the household or the person is not in the database
    """
    home = Household.objects.select_for_update().filter(hid=hid).first()
    versions = Member.objects.filter(household_id=hid, person_id=pid)
    known = versions.order_by("-id").first()
    if home is None or known is None:
        raise queries.NotKnown(hid if home is None else pid)
    _may_speak_for(home, by, at)
    day = today(at)
    versions.filter(source=Member.Source.SAID, to_on__isnull=True).update(to_on=day)
    said = Member.objects.create(
        household=home,
        person_id=pid,
        relation=known.relation,
        source=Member.Source.SAID,
        together=together,
        reason=reason.strip(),
        from_on=day,
        kept_at=at,
        kept_by=office.party(by),
    )
    office.record("registry.correct_member", subject=hid, by=by, at=at, detail={"person": pid, "together": together})
    return said


@transaction.atomic
def take_member_back(*, hid: str, pid: str, by: By, at: datetime) -> Member:
    """Take back what was said about a member; it stays with its days, and the register's version counts again.

    :raises NotAllowed: by somebody outside the household, or by a clerk whose post does not allow it there
    :raises NotKnown: nothing was said of this person there
    """
    home = Household.objects.select_for_update().filter(hid=hid).first()
    said = Member.objects.filter(household_id=hid, person_id=pid, source=Member.Source.SAID, to_on__isnull=True).first()
    if home is None or said is None:
        raise queries.NotKnown(pid)
    _may_speak_for(home, by, at)
    said.to_on = today(at)
    said.save(update_fields=["to_on"])
    office.record("registry.take_member_back", subject=hid, by=by, at=at, detail={"person": pid})
    return said


def _may_speak_for(home: Household, by: By, at: datetime) -> None:
    if not isinstance(by, Party):
        need(by, "household.correct", area=home.area, at=at)
    elif by.kind == "resident" and not Member.objects.filter(household=home, person_id__in=queries.pids_of(by.ref)).exists():
        raise NotAllowed("您只能更正自己家里的情况。")


@transaction.atomic
def keep_contact(*, pid: str, phone: str | None = None, account: str | None = None, by: By, at: datetime) -> Person:
    """Keep a person's telephone number or bank account, sealed; None leaves the one kept before.

    :raises NotAllowed: by another resident, or by a clerk whose post does not allow it where the person lives
    :raises NotKnown: the person is not in the database
    """
    kept = _locked(pid)
    _may_speak_of(kept, by, at)
    given = {"phone": phone, "account": account}
    changed = [name for name, value in given.items() if value is not None]
    for name in changed:
        setattr(kept, name, given[name])
    kept.save(update_fields=changed)
    if "phone" in changed:
        keep_keys(kept, known=register.person(pid) is not None)
    office.record("registry.keep_contact", subject=pid, by=by, at=at, detail={"changed": changed})
    return kept


def _locked(pid: str) -> Person:
    kept = Person.objects.select_for_update().filter(pid=queries.standing(pid)).first()
    if kept is None:
        raise queries.NotKnown(pid)
    return kept


def _may_speak_of(kept: Person, by: By, at: datetime, where: str = "") -> None:
    if not isinstance(by, Party):
        need(by, "consent.record", area=where or kept.area, at=at)
    elif by.kind == "resident" and queries.standing(by.ref) != queries.standing(kept.pid):
        raise NotAllowed("您只能办自己的事。帮别人办，请从“帮家人、邻居办”进。")


@transaction.atomic
def consent(
    *, pid: str, purpose: Purpose, sources: list[str], channel: str, by: By, at: datetime, guardian: str = "", where: str = ""
) -> Consent:
    """Keep a person's consent to one purpose, naming the sources.

    :param channel: how it was given: phone, window, paper, voice, visit
    :param guardian: the pid of who agreed for a minor or an incapable adult
    :param where: the place of the case it is given for; by default where the person lives
    :raises NotAllowed: for another resident, or by a clerk whose post does not allow it there
    :raises NotKnown: the person is not in the database
    """
    kept = _locked(pid)
    if not (isinstance(by, Party) and guardian and by.ref == guardian):
        _may_speak_of(kept, by, at, where)
    given = Consent.objects.create(
        person=kept,
        purpose=Purpose(purpose),
        sources=sorted(sources),
        channel=channel,
        guardian=guardian,
        given_at=at,
        given_by=office.party(by),
    )
    detail = {"channel": channel, "consent": given.ref, "purpose": str(purpose), "sources": sorted(sources)}
    office.record("registry.consent", subject=pid, by=by, at=at, detail=detail)
    return given


@transaction.atomic
def withdraw(*, ref: str, by: By, at: datetime, where: str = "") -> Consent:
    """Take a consent back; checks made before stay valid.

    :param where: the place of the case it was given for; by default where the person lives
    :raises AlreadyWithdrawn: it was taken back before
    :raises NotAllowed: by somebody else than the person, their guardian, or a clerk where they live
    :raises NotKnown: no such consent
    """
    given = Consent.objects.select_for_update().filter(ref=ref).first()
    if given is None:
        raise queries.NotKnown(ref)
    if given.withdrawn_at is not None:
        raise AlreadyWithdrawn("这份同意已经撤回了。")
    if not (isinstance(by, Party) and given.guardian and by.ref == given.guardian):
        _may_speak_of(given.person, by, at, where)
    given.withdrawn_at, given.withdrawn_by = at, office.party(by)
    given.save(update_fields=["withdrawn_at", "withdrawn_by"])
    office.record("registry.withdraw", subject=given.person_id, by=by, at=at, detail={"consent": ref})
    return given
