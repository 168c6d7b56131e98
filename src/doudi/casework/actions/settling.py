"""What no source can say and the rules ask for: a person finds it out, writes how, and it counts until it is found out anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from doudi.casework.actions import steps
from doudi.casework.actions.assessing import assess_now
from doudi.casework.actions.investigation import begin
from doudi.casework.core import WORKING, Missing, State
from doudi.casework.core.calculation import Value
from doudi.casework.gateways import rules
from doudi.casework.models import Assessment, Case, CaseMember, SettledFact
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed


def write(case: Case, member: str, facts: Mapping[str, Value], *, reason: str, by: By, at: datetime) -> None:
    """Keep facts somebody found out. A step of acts; the act asks the rules anew."""
    SettledFact.objects.bulk_create(
        SettledFact(
            case=case, member=member, name=name, value=value.isoformat() if isinstance(value, date) else value, reason=reason,
            at=at, by=office.party(by),
        )
        for name, value in facts.items()
    )  # fmt: skip


@transaction.atomic
def settle_fact(*, ref: str, name: str, value: Value, reason: str, by: By, at: datetime, member: str = "") -> Assessment:
    """Say what is true of a household, or of one of its members, where the rules lack it; the reason says how it is known.

    :param name: of the catalogue of facts, household's or person's; none that a register answers
    :param value: fits the fact's type: a flag, a whole number (money in fen), a code, a day
    :param member: the ref of the member, for a person's fact
    :raises Missing: no reason, or a value of another kind
    :raises NotAllowed: no such fact, no such member, or not at this step
    """
    case = steps.lock(ref)
    steps.permit(case, "case.propose", by=by, at=at)
    if State(case.state) not in WORKING:
        raise NotAllowed(f"这件现在是“{State(case.state).label}”，不能改调查的内容。")
    one = CaseMember.objects.filter(case=case, ref=member).first() if member else None
    if bool(member) != (one is not None):
        raise NotAllowed("这户里没有这个人。")
    fact = rules.fact(name)
    if fact is None or (fact.subject == "person") != (one is not None) or fact.subject not in ("person", "household"):
        raise NotAllowed("没有这一项。")
    if not rules.fits(fact, value):
        raise Missing(f"“{fact.label}”写得不对，请再看一看。")
    words = steps.say(reason, "怎么知道的")
    write(case, (one.pid or one.ref) if one else "", {name: value}, reason=words[:500], by=by, at=at)
    begin(case, by=by, at=at)
    ruled = assess_now(case, by=by, at=at)
    steps.keep(case, "settle_fact", by=by, at=at, detail={"fact": name, "outcome": ruled.outcome})
    return ruled
