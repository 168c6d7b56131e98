"""Papers of a household visit, what neighbours said, letters of inquiry: what the township brings home from looking."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from doudi.casework.actions import steps
from doudi.casework.actions.investigation import working
from doudi.casework.core import AlreadyDone, Missing, State
from doudi.casework.core.asking import Photo
from doudi.casework.core.collective import NEIGHBOURS, SIGNERS, SURVEY_PAPERS, UNSIGNED
from doudi.casework.gateways import numbers
from doudi.casework.models import Case, CaseMember, Inquiry, Neighbour, Survey, SurveyPaper
from doudi.facts import days
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today


def kept(case: Case, kind: str, photo: Photo, *, by: By, at: datetime) -> str:
    """Keep a paper of a case's procedure: under the case itself, so that nobody but who may read papers here sees it. Its ref."""
    return office.keep_paper(
        kind=kind, content_type=photo.content_type, data=photo.data, area=case.area, subject=case.ref, by=by, at=at
    ).ref  # fmt: skip


@transaction.atomic
def keep_survey_paper(*, ref: str, survey: str, role: str, photo: Photo, what: str = "", by: By, at: datetime) -> SurveyPaper:
    """Keep a paper of a visit: a signature drawn on the screen, the signed sheet photographed, or a photograph of a thing.

    Each of the two investigators and the family sign once. The same photograph sent twice is one.

    :param survey: the ref of the visit
    :param role: a code of SURVEY_PAPERS
    :param what: what a photograph of a thing shows; things, never faces, are photographed
    :raises AlreadyDone: this signature is there
    :raises Missing: a photograph of a thing, and nobody says what it shows
    :raises BadPaper: it cannot be kept, in words for the person
    """
    case = steps.lock(ref)
    need(by, "case.survey", area=case.area, at=at)
    if not State(case.state).is_open:
        raise NotAllowed("这件已经办完了，不能再补签字和照片。")
    visit = Survey.objects.filter(case=case, ref=survey).first()
    if visit is None or role not in SURVEY_PAPERS:
        raise NotAllowed("没有这次入户调查。")
    if role in SIGNERS and SurveyPaper.objects.filter(survey=visit, role=role).exists():
        raise AlreadyDone(f"{SURVEY_PAPERS[role]}已经签过了。")
    words = steps.say(what, "拍的是什么")[:200] if role == "thing" else ""
    paper = kept(case, "signature" if role in SIGNERS else "visit", photo, by=by, at=at)
    row, new = SurveyPaper.objects.get_or_create(
        survey=visit, role=role, paper=paper, defaults={"what": words, "at": at, "by": office.party(by)}
    )
    if new:
        steps.keep(case, "keep_survey_paper", by=by, at=at, detail={"paper": paper, "role": role, "survey": visit.ref})
    return row


@transaction.atomic
def leave_unsigned(*, ref: str, survey: str, why: str, words: str, witness: str, by: By, at: datetime) -> Survey:
    """Write down why nobody of the family signed the form of a visit, and who saw it: nobody is kept from help by a signature.

    Both investigators still sign. Who signs later after all is kept beside it.

    :param survey: the ref of the visit
    :param why: a code of UNSIGNED
    :param words: what was said, or why it is not possible
    :param witness: who saw it: the village's worker, a neighbour, the second investigator; nobody of the family
    :raises AlreadyDone: the family signed, or this is written down
    :raises Missing: no reason, no words, no witness, or one of the family
    :raises NotAllowed: the case is closed, no such visit, or nobody went there, so that nobody had to sign
    """
    case = steps.lock(ref)
    need(by, "case.survey", area=case.area, at=at)
    if not State(case.state).is_open:
        raise NotAllowed("这件已经办完了，不能再补签字和照片。")
    visit = Survey.objects.select_for_update().filter(case=case, ref=survey).first()
    if visit is None:
        raise NotAllowed("没有这次入户调查。")
    if visit.way != "visit":
        raise NotAllowed("打电话、视频调查的，不用家里人签字。")
    if visit.unsigned or SurveyPaper.objects.filter(survey=visit, role__in=["family", "sheet"]).exists():
        raise AlreadyDone("家里人签过了，或者已经写明了为什么没签。")
    if why not in UNSIGNED:
        raise Missing("请选是不愿意签，还是签不了。")
    visit.unsigned, visit.unsigned_words = why, steps.say(words, "家里人为什么没签")[:300]
    visit.witness = steps.say(witness, "谁见证的")[:40]
    if visit.witness in {visit.signed_by, *(one.name for one in CaseMember.objects.filter(case=case))}:
        raise Missing("见证人要是这家以外的人。")
    visit.unsigned_at, visit.unsigned_by = at, office.party(by)
    visit.save(update_fields=["unsigned", "unsigned_words", "witness", "unsigned_at", "unsigned_by"])
    steps.keep(case, "leave_unsigned", by=by, at=at, detail={"survey": visit.ref, "why": why})
    return visit


@transaction.atomic
def hear_neighbour(*, ref: str, on: date, name: str, relation: str, said: str, by: By, at: datetime) -> Neighbour:
    """Keep what somebody of the village said (D57 Art. 16). Who said it is sealed, and never shown to the family.

    :param relation: a code of NEIGHBOURS
    :raises Missing: nobody named, nothing said
    :raises NotAllowed: not being investigated, or a day that lies ahead
    """
    case = steps.lock(ref)
    steps.permit(case, "case.survey", by=by, at=at)
    working(case)
    if relation not in NEIGHBOURS:
        raise Missing("请选他和这家是什么关系。")
    if on > today(at):
        raise NotAllowed("问话的日子还没到。")
    row = Neighbour.objects.create(
        case=case, on=on, name=steps.say(name, "问的是谁")[:40], relation=relation, said=steps.say(said, "他怎么说的")[:1000],
        at=at, by=office.party(by),
    )  # fmt: skip
    steps.keep(case, "hear_neighbour", by=by, at=at, detail={"neighbour": row.ref, "on": on.isoformat()})
    return row


@transaction.atomic
def send_inquiry(*, ref: str, to_whom: str, about: str, by: By, at: datetime) -> Inquiry:
    """Send a letter of inquiry 信函索证 (D57 Art. 16); it is waited for as many working days as the place says.

    :raises Missing: nobody to send it to, nothing asked
    :raises AlreadyDone: the same letter waits for an answer
    """
    case = steps.lock(ref)
    steps.permit(case, "case.propose", by=by, at=at)
    working(case)
    whom, asked, on = steps.say(to_whom, "寄给哪个单位")[:80], steps.say(about, "问什么")[:1000], today(at)
    waiting = Inquiry.objects.filter(case=case, to_whom=whom, state="sent")
    if any(one.about == asked for one in waiting):
        raise AlreadyDone("这封信已经寄出去了，还在等答复。")
    row = Inquiry.objects.create(
        case=case, to_whom=whom, about=asked, sent_on=on, at=at, by=office.party(by),
        due_on=days.add_working_days(on, numbers.inquiry_answer_wd(case.area, on)),
    )  # fmt: skip
    steps.keep(case, "send_inquiry", by=by, at=at, detail={"due": row.due_on.isoformat(), "inquiry": row.ref})
    return row


def _waiting(case: Case, inquiry: str) -> Inquiry:
    row = Inquiry.objects.select_for_update().filter(case=case, ref=inquiry).first()
    if row is None:
        raise NotAllowed("没有这封信。")
    if row.state != "sent":
        raise AlreadyDone("这封信已经有结果了。")
    return row


@transaction.atomic
def answer_inquiry(*, ref: str, inquiry: str, on: date, answer: str, by: By, at: datetime, photo: Photo | None = None) -> Inquiry:
    """Keep what they answered, with their letter where it is at hand.

    :raises AlreadyDone: it was answered before, or given up
    :raises NotAllowed: answered before it was sent, or on a day that lies ahead
    """
    case = steps.lock(ref)
    need(by, "case.propose", area=case.area, at=at)
    row = _waiting(case, inquiry)
    if not row.sent_on <= on <= today(at):
        raise NotAllowed("答复的日子要在寄出以后、今天以前。")
    row.answer, row.answered_on, row.state = steps.say(answer, "他们怎么答复的")[:2000], on, "answered"
    row.paper = kept(case, "evidence", photo, by=by, at=at) if photo is not None else ""
    row.closed_at, row.closed_by = at, office.party(by)
    row.save()
    steps.keep(case, "answer_inquiry", by=by, at=at, detail={"inquiry": row.ref, "on": on.isoformat()})
    return row


@transaction.atomic
def give_up_inquiry(*, ref: str, inquiry: str, by: By, at: datetime) -> Inquiry:
    """Note that nobody answered in time. No answer is never read as "nothing found".

    :raises NotAllowed: its days are not over
    """
    case = steps.lock(ref)
    need(by, "case.propose", area=case.area, at=at)
    row = _waiting(case, inquiry)
    if today(at) <= row.due_on:
        raise NotAllowed(f"要等到 {steps.on_day(row.due_on)}，还没到期。")
    row.state, row.closed_at, row.closed_by = "silent", at, office.party(by)
    row.save(update_fields=["state", "closed_at", "closed_by"])
    steps.keep(case, "give_up_inquiry", by=by, at=at, detail={"inquiry": row.ref})
    return row
