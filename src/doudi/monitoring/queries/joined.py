"""Alerts of people who were found to be one person: what the next cycle finds under the id that stands is the alert there was."""

from __future__ import annotations

from collections.abc import Callable

from doudi.monitoring.core import Finding, State, ref_of
from doudi.monitoring.models import Alert
from doudi.registry import queries as registry

_FIRST = (State.CLOSED, State.ASSIGNED, State.OPEN, State.LAPSED)  # of two alerts of one episode, the one more was done about


def under_known_names() -> Callable[[Finding], Finding]:
    """Lead a finding to the subject whose alert it already is, so that nothing closed comes back and no visit is asked for twice.

    What is found under the id that stands is, where no alert bears it yet, the alert of the id that was joined to it. An alert
    nobody works on is raised anew where the person really lives, and the old one lapses. Of a home that went with its only
    member, only what somebody was asked to visit is carried on.
    """
    joined = registry.joined()
    leads = {one.goes: one.stays for one in joined}
    homes = {one.home: registry.home_of(one.stays) for one in joined if one.home}
    leads |= {home: now for home, now in homes.items() if now and now != home}
    if not leads:
        return lambda one: one
    known: dict[tuple[str, str, str], tuple[int, str, str]] = {}
    rows = Alert.objects.filter(subject__in=list(leads)).values_list("indicator", "subject", "basis", "state", "area")
    for indicator, subject, basis, state, area in rows:
        if subject in homes and state != State.ASSIGNED:
            continue
        place = known.setdefault((indicator, leads[subject], basis), (len(_FIRST), "", ""))
        turn = _FIRST.index(State(state))
        if turn < place[0]:
            known[indicator, leads[subject], basis] = (turn, subject, area)
    refs = {ref_of(*key): key for key in known}
    for ref in Alert.objects.filter(ref__in=list(refs)).values_list("ref", flat=True):
        del known[refs[ref]]

    def lead(one: Finding) -> Finding:
        turn, subject, area = known.get((one.indicator, one.subject, one.basis), (len(_FIRST), "", ""))
        settled = turn <= _FIRST.index(State.ASSIGNED)
        return one._replace(subject=subject) if subject and (settled or area == one.area) else one

    return lead
