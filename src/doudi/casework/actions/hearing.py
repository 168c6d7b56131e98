"""Hearing a family before their help is cut or ended: invited with day and way, their answer, and the record (LAW Art. 48)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from doudi.casework.actions import steps
from doudi.casework.actions.happenings import is_family
from doudi.casework.core import AlreadyDone, Changed, Missing
from doudi.casework.core.causes import ANSWERS, HEARD, WAYS
from doudi.casework.gateways import replay
from doudi.casework.models import Adjustment, Hearing, Invitation
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today
from doudi.registry import queries as registry


def lock(ref: str, version: int | None = None) -> Adjustment:
    """An adjustment that waits for a decision, locked until the act is kept.

    :raises AlreadyDone: decided or dropped before
    :raises Changed: it was changed after the page with this `version` was opened
    """
    kept = Adjustment.objects.select_for_update(of=("self",)).select_related("benefit__case").filter(ref=ref).first()
    if kept is None:
        raise NotAllowed("没有这件调整，或者不归您办。")
    if kept.state != "proposed":
        raise AlreadyDone("这件调整已经定下来了。" if kept.state == "decided" else "这件调整已经不办了。")
    if version is not None and version != kept.version:
        raise Changed("这件刚被改过。先看看改了什么，您写的字还在。")
    return kept


@transaction.atomic
def invite(*, ref: str, way: str, for_on: date | None, by: By, at: datetime, place: str = "") -> Invitation:
    """Invite the family to say what they think, for a day and in a way they can come; once a day is once.

    :raises NotAllowed: nothing is cut, so nobody has to be heard
    :raises Missing: no day to come, or no way
    """
    kept = lock(ref)
    need(by, "adjustment.hear", area=kept.benefit.area, at=at)
    if not kept.is_less:
        raise NotAllowed("这件没有少发，不用专门听取意见。")
    if kept.heard:
        raise AlreadyDone("意见已经听过了。")
    if way not in WAYS:
        raise Missing("请选怎么听。")
    if for_on is None or for_on < today(at):
        raise Missing("请写哪一天，不能早于今天。")
    there = Invitation.objects.filter(adjustment=kept, for_on=for_on).first()
    if there is not None:
        raise AlreadyDone("这一天已经请过了。")
    made = Invitation.objects.create(adjustment=kept, way=way, for_on=for_on, place=place.strip(), at=at, by=office.party(by))
    words = f"您家的救助可能要变，先听您怎么说：{steps.on_day(for_on)}，{WAYS[way]}。"
    phone = registry.me(kept.benefit.payee).phone
    if phone:
        steps.tell(kept.benefit.case, phone, words, by=by, at=at, pid=kept.benefit.payee)
    detail = {"adjustment": ref, "way": way, "for": for_on.isoformat()}
    office.record("casework.invite", subject=kept.benefit.ref, by=by, at=at, detail=detail)
    return made


@transaction.atomic
def answer_invitation(*, ref: str, answer: str, by: By, at: datetime, words: str = "") -> Invitation:
    """Keep what the family answers to an invitation; they may change it until they were heard.

    :raises NotAllowed: not their family
    :raises Missing: nothing chosen, or nothing written where they want to write
    """
    made = Invitation.objects.select_for_update().select_related("adjustment__benefit").filter(ref=ref).first()
    if made is None or not is_family(made.adjustment.benefit, by):
        raise NotAllowed("没有这份邀请，或者不是您家的。")
    if made.adjustment.state != "proposed" or made.adjustment.heard:
        raise AlreadyDone("意见已经听过了。还想说，请打电话或者到镇里来。")
    if answer not in ANSWERS:
        raise Missing("请选一样。")
    if answer == "written":
        steps.say(words, "您的意见")
    made.answer, made.words, made.answered_at, made.answered_by = answer, words.strip(), at, office.party(by)
    made.save(update_fields=["answer", "words", "answered_at", "answered_by"])
    detail = {"adjustment": made.adjustment.ref, "answer": answer}
    office.record("casework.answer_invitation", subject=made.adjustment.benefit.ref, by=by, at=at, detail=detail)
    return made


@transaction.atomic
def record_hearing(
    *, ref: str, outcome: str, on: date | None, by: By, at: datetime, views: str = "", signed_by: str = "",
    visited_on: date | None = None, version: int | None = None,
) -> Hearing:  # fmt: skip
    """Record what the family said, or why nobody was heard.

    :param visited_on: where nobody came: the day somebody went and looked for them
    :raises Missing: heard without words or a signature, or absent without enough invitations and a visit
    """
    kept = lock(ref, version)
    area = kept.benefit.area
    need(by, "adjustment.hear", area=area, at=at)
    if kept.heard:
        raise AlreadyDone("意见已经记过了。")
    if outcome not in HEARD:
        raise Missing("请选听得怎么样。")
    if on is None or on > today(at):
        raise Missing("请写哪一天听的，不能晚于今天。")
    invitations = list(Invitation.objects.filter(adjustment=kept))
    if outcome in ("heard", "written"):
        steps.say(views, "家里人怎么说的")
    if outcome == "heard":
        steps.say(signed_by, "谁签的字")
    if outcome == "waived" and not signed_by.strip() and not any(one.answer == "agree" for one in invitations):
        raise Missing("本人说不用听，要有本人签字，或者本人在手机上选过。")
    if outcome == "nobody":
        steps.say(views, "家里为什么没有人可以听")
    if outcome == "absent":
        past = [one for one in invitations if one.for_on < on and one.answer not in ("written", "home", "phone")]
        wanted = replay.number("hearing_invitations", area, today(at))
        if len(past) < wanted or visited_on is None:
            raise Missing(f"没有来的，要请过 {wanted} 次，还要上门找过一次。")
    made = Hearing.objects.create(
        adjustment=kept, outcome=outcome, on=on, views=views.strip(), signed_by=signed_by.strip(), invitations=len(invitations),
        visited_on=visited_on, at=at, by=office.party(by),
    )  # fmt: skip
    kept.heard, kept.version = outcome, kept.version + 1
    kept.save(update_fields=["heard", "version"])
    detail = {"adjustment": ref, "outcome": outcome, "invitations": len(invitations)}
    office.record("casework.record_hearing", subject=kept.benefit.ref, by=by, at=at, detail=detail)
    return made
