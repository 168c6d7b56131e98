"""What doudi itself gives the people of a case, by its other cases: what the rules need to know of it, read anew each time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from doudi.casework import core
from doudi.casework.core.held import FLAGS, Held
from doudi.casework.models import Award, Benefit, Case, CaseMember
from doudi.casework.queries import awards
from doudi.registry import queries as registry


def held(case: Case, pids: Mapping[str, str], month: date) -> list[Held]:
    """Help of other cases in force in a month for these people, whatever they were known by, the oldest first; of any place
    here: what is paid twice is paid twice.

    Help that gives nothing in the month, being suspended or over, is left out; so is help paid once.

    :param pids: pid → key of the member in the case
    """
    if not pids:
        return []
    keys = {every: pids[pid] for pid, ids in registry.together(list(pids)).items() for every in ids}
    theirs = CaseMember.objects.filter(
        pid__in=keys, case__benefit__isnull=False, case__benefit__is_one_off=False, case__benefit__programme__in=FLAGS
    ).exclude(case=case)
    rows = theirs.select_related("case__benefit").order_by("case__benefit__pk", "pk")
    members: dict[Benefit, list[CaseMember]] = defaultdict(list)
    for one in rows:
        benefit = one.case.benefit
        if one.counts and (benefit.to_month is None or benefit.to_month >= month):
            members[benefit].append(one)
    given = awards.newest_of(members, month) if members else {}
    return [
        Held(award.ref, benefit.programme, whose, award.amount_fen, award.members, benefit.from_month)
        for benefit, of in members.items()
        if (award := given.get(benefit.pk)) is not None
        and _gives(award, benefit)
        and (whose := tuple(keys[one.pid] for one in of if _is_for(one, benefit)))
    ]


def _gives(award: Award, benefit: Benefit) -> bool:
    return award.members > 0 and (award.amount_fen > 0 or not core.road(benefit.programme).pays)


def _is_for(one: CaseMember, benefit: Benefit) -> bool:
    """Whether help is for this one of its household: everybody's, or the one person's it was asked for."""
    case = one.case
    return core.road(benefit.programme).unit == "household" or one.pid == (case.recipient or case.applicant)
