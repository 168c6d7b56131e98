"""County consultation 一事一议 on a case no rule fits, and looking again at old ones. It advises; the decision is its own act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from doudi.casework.actions import steps
from doudi.casework.actions.looking import kept
from doudi.casework.core import AlreadyDone, Missing, State
from doudi.casework.core.asking import Photo
from doudi.casework.core.collective import CONSULTATION_OUTCOMES, CONSULTED, VOTES, quorate
from doudi.casework.gateways import numbers
from doudi.casework.models import Assessment, Case, CaseMember, Consultation, PrecedentReview, Voice
from doudi.facts import days
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed, names_a_person
from doudi.office.queries import need, today


@dataclass(frozen=True, slots=True)
class Spoke:
    """One who took part: name, duty, a code of VOTES, what they thought."""

    name: str
    duty: str
    vote: str
    said: str = ""


def _nobody_named(case: Case, gist: str) -> str:
    """The sentence later cases read.

    :raises Missing: empty, or it says who it was
    """
    words = steps.say(gist, "给以后同样情况看的一句话")[:300]
    named = [one.name for one in CaseMember.objects.filter(case=case) if one.name and one.name in words]
    if named or case.name in words or names_a_person(words):
        raise Missing("给以后看的这句话里不能有人名和号码，请换个说法。")
    return words


@transaction.atomic
def consult(
    *,
    ref: str,
    on: date,
    reasons: Sequence[str],
    question: str,
    situation: str,
    voices: Sequence[Spoke],
    outcome: str,
    gist: str,
    photo: Photo | None = None,
    by: By,
    at: datetime,
) -> Consultation:
    """Record a consultation of the county: who took part, what was asked, what is so, who thought what, how it ended.

    :param reasons: codes of CONSULTED: why no rule fits; later like cases are found by them
    :param outcome: a code of CONSULTATION_OUTCOMES, which more than half of those who voted agree to
    :param gist: one sentence for later like cases, with nobody in it
    :raises Missing: too few people, no majority, somebody against who does not say why, no minutes, a name in the gist
    :raises NotAllowed: not taken in yet or closed, a day that lies ahead, or near kin who did not step back
    """
    case = steps.lock(ref)
    need(by, "case.consult", area=case.area, at=at)
    if case.accepted_at is None or not State(case.state).is_open:
        raise NotAllowed(f"这件现在是“{State(case.state).label}”，不用会商。")
    if not today(case.accepted_at) <= on <= today(at):
        raise NotAllowed("会商的日子要在受理以后、今天以前。")
    codes = list(dict.fromkeys(reasons))
    if not codes or any(code not in CONSULTED for code in codes):
        raise Missing("请选为什么要一事一议，可以选几个。")
    if outcome not in CONSULTATION_OUTCOMES:
        raise Missing("请选会商的结果。")
    if Consultation.objects.filter(case=case, on=on).exists():
        raise AlreadyDone("这一天的会商已经记过了。")
    spoken = [one for one in voices if one.name.strip()]
    _check(case, spoken, numbers.consultation_quorum(case.area, today(at)))
    if photo is None:
        raise Missing("请拍下大家签了名的会商纪要。")
    ruled = Assessment.objects.filter(case=case, programme=case.programme).order_by("-id").first()
    county = case.area[:6]
    row = Consultation.objects.create(
        case=case, programme=case.programme, county=county, on=on, reasons=codes, outcome=outcome,
        quorum=numbers.consultation_quorum(case.area, today(at)), question=steps.say(question, "要商量什么")[:1000],
        situation=steps.say(situation, "情况是怎样的")[:4000], gist=_nobody_named(case, gist),
        members=ruled.members if ruled else 0, income_fen=ruled.income_fen if ruled else None,
        paper=kept(case, "minutes", photo, by=by, at=at), at=at, by=office.party(by),
        review_due_on=days.add_months(on, numbers.precedent_review_months(case.area, today(at))),
    )  # fmt: skip
    Voice.objects.bulk_create(
        Voice(
            consultation=row, name=one.name.strip()[:40], duty=one.duty.strip()[:60], vote=one.vote, said=one.said.strip()[:1000]
        )
        for one in spoken
    )
    case.in_doubt = True
    detail = {"consultation": row.ref, "outcome": outcome, "reasons": codes, "voices": len(spoken)}
    steps.keep(case, "consult", by=by, at=at, detail=detail)
    return row


def _check(case: Case, spoken: Sequence[Spoke], quorum: int) -> None:
    """Whether the people and votes of a consultation make one.

    :raises Missing: too few, one twice, no majority, or somebody against without a word why
    :raises NotAllowed: the family's near kin among those who voted
    """
    if any(one.vote not in VOTES for one in spoken):
        raise Missing("请选每一位的意见。")
    if len({one.name.strip() for one in spoken}) != len(spoken):
        raise Missing("参加的人里有重名的，请写清是哪一位。")
    quorate((one.vote for one in spoken), quorum)
    kin = office_queries.clerk_names([case.near_kin_clerk]).get(case.near_kin_clerk, "") if case.near_kin_clerk else ""
    if kin and any(one.name.strip() == kin and one.vote != "away" for one in spoken):
        raise NotAllowed("近亲属要回避，请把他记成“回避”。")
    votes = Counter(one.vote for one in spoken)
    if votes["agree"] * 2 <= votes["agree"] + votes["against"] + votes["abstain"]:
        raise Missing("同意这个结果的没有过半，还不能算商量好了。")
    if any(one.vote == "against" and not one.said.strip() for one in spoken):
        raise Missing("不同意的人怎么说的，请写下来。")


@transaction.atomic
def review_precedent(*, consultation: str, stands: bool, why: str, by: By, at: datetime) -> PrecedentReview:
    """Look at an old consultation again: it still stands until the next review, or it is followed no longer from now on.

    Decisions made before stay as they are.

    :param consultation: its ref
    :raises AlreadyDone: it is followed no longer
    :raises Missing: no reason
    """
    row = Consultation.objects.select_for_update().select_related("case").filter(ref=consultation).first()
    if row is None:
        raise NotAllowed("没有这次会商，或者不归您看。")
    need(by, "case.consult", area=row.county, at=at)
    if row.ended_at is not None:
        raise AlreadyDone("这个先例已经不再照着办了。")
    words = steps.say(why, "为什么")[:500]
    made = PrecedentReview.objects.create(consultation=row, stands=stands, why=words, at=at, by=office.party(by))
    if stands:
        row.review_due_on = days.add_months(today(at), numbers.precedent_review_months(row.county, today(at)))
    else:
        row.ended_reason, row.ended_at, row.ended_by = words, at, office.party(by)
    row.save(update_fields=["review_due_on", "ended_reason", "ended_at", "ended_by"])
    detail = {"consultation": row.ref, "stands": stands}
    office.record("casework.review_precedent", subject=row.case.ref, by=by, at=at, detail=detail)
    return made
