"""Asking a department for help for one person, with their consent to what is passed on."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from doudi.casework import queries as casework
from doudi.casework.queries import Recognised
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed, mask_name
from doudi.office.queries import need, today
from doudi.registry import queries as registry
from doudi.registry.queries import NotKnown, PersonRow
from doudi.services import core, queries
from doudi.services.actions.steps import on_day, record, say, tell
from doudi.services.core import CONSENTS, OPEN, Kind, Missing
from doudi.services.models import Referral, ReferralCounter


@transaction.atomic
def refer(
    *,
    kind: str,
    need_words: str,
    consent: str,
    consent_of: str,
    pid: str = "",
    name: str = "",
    area: str = "",
    case: str = "",
    visit: str = "",
    reason: str = "",
    by: By,
    at: datetime,
) -> Referral:
    """Ask a department for help for one person, passing on what the catalogue names and nothing else. One thing is open once:
    asked again while it is open, the same referral comes back.

    :param kind: a key of the catalogue
    :param need_words: what is needed, in plain words
    :param consent: a key of core.CONSENTS: how the person agreed to what is passed on
    :param consent_of: self, guardian (a child's, or of who cannot speak for themselves), or nobody in danger
    :param pid: the person; empty when nobody knows who they are, then `name` (what they are called) and `area` say who and where
    :param area: where the person is when that is not where they live (LAW Art. 37: help is asked for where it happens)
    :param case: the case it comes from; the person is one of its family
    :param visit: ref of the visit it comes from
    :param reason: why, when the law does not name somebody in this household's place, or why nobody could be asked
    :raises Missing: something a person has to say is not said
    :raises NotAllowed: the post, the area, an unknown kind, a child's own consent, somebody who is not of the case
    """
    what = core.kind(kind)
    person = _person(pid)
    place, speaker = area or (person.area if person else ""), ""
    about = casework.of_case(case) if case else None
    if case:
        if about is None:
            raise NotAllowed("没有这件申请，或者不归您办。")
        place = area or about.area
        speaker = about.applicant
    need(by, "referral.open", area=place, at=at)
    if about is not None and (person is None or person.pid not in {one for pid in about.names for one in registry.pids_of(pid)}):
        raise NotAllowed("这个人不在这件申请的家里。")
    called = person.name if person else say(name, "这个人怎么称呼")
    words = say(need_words, "需要帮什么")
    _agreed(what, person, consent, consent_of, reason, today(at))
    held = casework.recognised(person.pid, on=today(at)) if person else ()
    if not what.is_for({one.programme for one in held}) and not reason.strip():
        raise Missing("这一类法律上写明给谁，查到的情况里没有。要转，请写明为什么，由部门来定。")
    if person is not None:
        there = Referral.objects.select_for_update().filter(pid=person.pid, kind=kind, state__in=OPEN).first()
        if there is not None:
            return there
    on = today(at)
    row = Referral(
        number=core.number_of(place, on.year, office.next_number(ReferralCounter, county=place[:6], year=on.year)),
        kind=kind,
        department=what.department,
        area=place,
        pid=person.pid if person else "",
        speaker=speaker,
        name=called,
        masked_name=mask_name(called),
        case=case,
        visit=visit,
        need=words,
        passed=_passed(what, person, called, place, held, words),
        reason=reason.strip()[:300],
        consent=consent,
        consent_of=consent_of,
        way="desk" if office_queries.helpers_of(what.department, place, at) else "letter",
        due_on=core.due_on(on, queries.answer_days(what, place, on)),
        sent_at=at,
        sent_by=office.party(by),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # a colleague asked for the same this very moment
        return Referral.objects.get(pid=row.pid, kind=kind, state__in=OPEN)
    tell(row, f"您家{what.plain}，已经转给{what.department_label}，{on_day(row.due_on)}前给您回话。", by=by, at=at)
    record("refer", row, by=by, at=at, detail={"consent": consent, "due": row.due_on.isoformat(), "way": row.way})
    return row


def _person(pid: str) -> PersonRow | None:
    """The person asked for; None when nobody knows who it is.

    :raises NotAllowed: nobody of this id
    """
    if not pid:
        return None
    try:
        return registry.me(pid)
    except NotKnown:
        raise NotAllowed("没有这个人的登记。") from None


def _agreed(what: Kind, person: PersonRow | None, consent: str, consent_of: str, reason: str, on: date) -> None:
    """Stop what nobody agreed to. PIPL Art. 23, 29, 31; Art. 13(4): danger does not wait.

    :raises Missing: how or by whom it was agreed is not said
    :raises NotAllowed: a small child's own word, or haste where there is none
    """
    if consent not in CONSENTS or consent_of not in ("self", "guardian", "nobody"):
        raise Missing("还没有写本人怎么同意的。转给别的部门，要本人同意。")
    if (consent == "urgent") != (consent_of == "nobody"):
        raise Missing("写了有人同意，就要写怎么同意的；来不及问，就不要写有人同意。")
    if consent == "urgent":
        if not what.urgent:
            raise NotAllowed("这一类不急在这一刻，要先问本人同意。")
        if not reason.strip():
            raise Missing("来不及问本人，请写明为什么。")
        return
    age = person.age(on) if person else None
    if consent_of == "self" and age is not None and age < core.guardian_below():
        raise NotAllowed(f"{core.guardian_below()} 岁以下的孩子，要监护人同意。")


def _passed(
    what: Kind, person: PersonRow | None, called: str, place: str, held: tuple[Recognised, ...], words: str
) -> dict[str, str]:
    """What the department is told: only what the catalogue names for this kind, as it is known today."""
    known = {
        "name": called,
        "number": person.number if person else "",
        "phone": person.phone if person else "",
        "place": office_queries.area_label(place),
        "home": _home(person.pid) if person else "",
        "status": "、".join(f"{one.label}（{one.receipt}）" for one in held if one.programme in core.STATUSES) or "没有查到",
        "need": words,
    }
    return {key: known[key] for key in what.passes if known[key]}


def _home(pid: str) -> str:
    try:
        return f"{sum(one.together for one in registry.my_household(pid).members)} 口人"
    except NotKnown:
        return ""
