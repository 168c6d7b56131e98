"""What every step of a case does: lock, permit, move, set the clock, leave a line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count

from doudi.casework import core
from doudi.casework.actions import clocks, levels
from doudi.casework.core import Changed, Missing, State
from doudi.casework.models import Case, Opinion, Showing, Survey
from doudi.casework.queries.page import NoCase
from doudi.office import actions as office
from doudi.office import core as office_core
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import Eyes, need, same_eyes
from doudi.registry import queries as registry

SMS_LENGTH = 70  # one part of a text message


def lock(ref: str, version: int | None = None) -> Case:
    """A case, locked until the act is kept.

    :raises NoCase: there is none
    :raises Changed: it was changed after the page with this `version` was opened
    """
    case = Case.objects.select_for_update().filter(ref=ref).first()
    if case is None:
        raise NoCase("没有这件申请，或者不归您办。")
    if version is not None and version != case.version:
        raise Changed("这件刚被改过。先看看改了什么，您写的字还在。")
    return case


def permit(case: Case, act: str, *, by: By, at: datetime) -> None:
    """Stop who may not take this step: post, area, near kin, and an earlier step of their own.

    Who stands in for a colleague steps back from that colleague's near kin, and is one pair of eyes with them.

    :raises NotAllowed: in words for the clerk
    """
    need(by, act, area=case.area, at=at, work_of=case.handler)
    if isinstance(by, Party):
        return
    if case.near_kin_clerk and case.near_kin_clerk == by.ref:
        raise NotAllowed("您是这户的近亲属，请回避，转给同事办。")
    if case.near_kin_clerk and case.near_kin_clerk == by.acting_for:
        raise NotAllowed("您代的同志是这户的近亲属，要回避，您代他办也一样。请转给别的同事办。")
    before = office_core.clash(act, earlier_acts(case, same_eyes(by, at)))
    if before is not None:
        raise NotAllowed(
            f"这件的“{office_core.label_of(before)}”是您或者您代的同志办的，要由另一位同志来{office_core.label_of(act)}。"
        )


def earlier_acts(case: Case, eyes: Eyes) -> set[str]:
    """The steps a pair of eyes took on a case before the county's."""
    acts = set()
    if eyes.did(case.submitted_by, case.submitted_at):
        acts.add("case.register")
    if eyes.did(case.accepted_by, case.accepted_at):
        acts.add("case.accept")
    if any(eyes.did(by, at) for by, at in Opinion.objects.filter(case=case).values_list("by", "at")):
        acts.add("case.propose")
    township = Survey.objects.filter(case=case, level="township").values_list("first", "second", "at")
    if any(eyes.did(f"clerk:{one}", at) for first, second, at in township for one in (first, second)):
        acts.add("case.survey")
    return acts


def family(case: Case, by: By) -> bool:
    """Whether this is the family itself: the applicant, or who handed in for them."""
    if not isinstance(by, Party) or by.kind != "resident":
        return False
    return not {case.applicant, case.proxy}.isdisjoint(registry.pids_of(by.ref))


def moved(case: Case, act: str, *, at: datetime) -> None:
    """Move the case by the table; the caller keeps it, and its clocks, with `keep`.

    :raises AlreadyDone: it was moved there before
    :raises NotAllowed: the table has no such move
    """
    case.state = core.move(case.programme, case.state, act)
    if State(case.state) is State.AT_COUNTY:
        case.level = levels.level_of(case, at)


def keep(case: Case, act: str, *, by: By, at: datetime, detail: dict[str, Any] | None = None) -> None:
    """Save a case with its new version and its clocks as its state wants them, and leave the line of the act."""
    clocks.follow(case, by=by, at=at)
    case.version += 1
    case.save()
    office.record(f"casework.{act}", subject=case.ref, by=by, at=at, detail={**(detail or {}), "state": case.state})


def close(case: Case, *, by: By, at: datetime) -> None:
    """Note who closed the case and when."""
    case.closed_at, case.closed_by = at, office.party(by)


def stop_showing(case: Case, state: str, *, by: By, at: datetime) -> Showing | None:
    """Take what stands on the board down: `ended` when its days are over, `stopped` before."""
    showing = Showing.objects.select_for_update().filter(case=case, state="running").first()
    if showing is not None:
        showing.state, showing.ended_at, showing.ended_by = state, at, office.party(by)
        showing.save(update_fields=["state", "ended_at", "ended_by"])
    return showing


def say(text: str, what: str) -> str:
    """A text a person has to write.

    :raises Missing: it is empty
    """
    cleaned = text.strip()
    if not cleaned:
        raise Missing(f"还没有写{what}。")
    return cleaned


def handler_of(area: str, at: datetime) -> tuple[str, str]:
    """The township clerk with the fewest open cases in charge of a place: opaque ref and name; empty when nobody is."""
    staff = [row for row in office_queries.staff(at, area=area[:9], role=office_core.Role.TOWNSHIP) if row.area == area[:9]]
    if not staff:
        return "", ""
    names = {row.ref: row.name for row in staff}
    gone = office_queries.away(names, at)
    here = [ref for ref in names if ref not in gone] or list(names)  # all away: whoever stands in finds it as theirs
    busy = dict.fromkeys(here, 0)
    open_states = [state.value for state in State if state.is_open]
    counted = Case.objects.filter(handler__in=busy, state__in=open_states).values_list("handler").annotate(Count("id"))
    busy |= dict(counted)
    chosen = min(here, key=lambda ref: (busy[ref], ref))
    return chosen, names[chosen]


def tell(case: Case, phone: str, words: str, *, by: By, at: datetime, pid: str = "") -> None:
    """Queue a text to the family: no illness, no amount, no name of a programme, no link; with the office and its number.

    :param pid: who gets it; by default the applicant, and whoever handed in for them gets the same
    """
    body = signed(words)
    office.notify(body=body, subject=case.ref, by=by, at=at, phone=phone, pid=pid or case.applicant)
    if case.proxy and not pid:
        office.notify(body=body, subject=case.ref, by=by, at=at, phone=registry.me(case.proxy).phone, pid=case.proxy)


def signed(words: str) -> str:
    """A text message with the number to ring and whose it is, in one part."""
    site = settings.SITE
    body = f"{words}有事打{site['hotline']}。"
    return body + site["office"][: SMS_LENGTH - len(body)]


def on_day(day: date) -> str:
    """A day as people say it: 11 月 25 日."""
    return f"{day.month} 月 {day.day} 日"
