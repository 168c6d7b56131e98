"""Who still has to sign for a case, and why: for the desk, for the field, for the family."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from doudi.casework import core
from doudi.casework.core import State
from doudi.casework.models import Case, CaseMember, Supporter
from doudi.casework.queries.drafts import is_minor
from doudi.casework.queries.inbox import NoCase
from doudi.casework.queries.known import relation_words
from doudi.casework.queries.rows import Signatory, SigningPage
from doudi.office.core import Viewer
from doudi.office.queries import today
from doudi.registry import queries as registry
from doudi.registry.core import RELATIONS, age_on
from doudi.verification import queries as verification
from doudi.verification.core import Ended
from doudi.verification.queries import AuthorisationRow

FINDABLE = ("consent.record", "authorisation.read")  # acts whose posts see who signed

# state → what is the matter, in words; what is owed on paper is said by the paper itself.
WHY = {
    "signed": "签好了",
    "owed": "签了，还差东西",
    "missing": "还没签",
    "guardian": "还没签：要照顾他的大人替他签",
    "no_identity": "先补身份信息，再签",
    "withdrawn": "撤回了",
    "expired": "过期了，要重新签",
    "members_changed": "家里一起吃住的人变了，要重新签",
    "not_needed": "不算一起吃住，不用签",
}


def signing(ref: str, viewer: Viewer, *, at: datetime) -> SigningPage:
    """Who signed for a case and who still has to, for a clerk of its place; nothing of what was found.

    :raises NoCase: no such case, another place, or a post that neither keeps nor reads authorisations
    """
    row = Case.objects.filter(ref=ref).first()
    if row is None or not viewer.sees(row.area) or not may_find(viewer):
        raise NoCase("没有这件申请，或者不归您办。")
    return _page(row, at)


def may_find(viewer: Viewer) -> bool:
    """Whether a post keeps or reads authorisations."""
    return any(viewer.may(act) for act in FINDABLE)


def my_signing(ref: str, pid: str, *, at: datetime) -> SigningPage:
    """The same for the applicant, who handed in for them, and whoever has to sign for it; of others only whether they signed.

    :raises NoCase: no such case, or not theirs
    """
    row, mine = Case.objects.filter(ref=ref).first(), set(registry.pids_of(pid))
    if row is None:
        raise NoCase("没有这件申请，或者不是您的。")
    page = _page(row, at)
    own = mine & {row.applicant, row.proxy}
    if not own and mine.isdisjoint(one.pid for one in page.people if one.state != "not_needed"):
        raise NoCase("没有这件申请，或者不是您的。")
    return page


def supporting(pid: str, *, at: datetime) -> tuple[SigningPage, ...]:
    """Open cases in which this person is asked to sign a supporter's sheet; only for the one signed in."""
    rows = Supporter.objects.filter(pid__in=registry.pids_of(pid), removed_at=None).select_related("case").order_by("-id")[:5]
    return tuple(_page(one.case, at) for one in rows if State(one.case.state).is_open)


def _page(row: Case, at: datetime) -> SigningPage:
    return Signing(row, list(CaseMember.objects.filter(case=row).order_by("id")), at).page()


class Signing:
    """One reading of who signs for a case whose members are read already."""

    def __init__(self, row: Case, members: Sequence[CaseMember], at: datetime) -> None:
        self.row, self.members, self.on = row, members, today(at)
        self.supporters = list(Supporter.objects.filter(case=row, removed_at=None).order_by("id"))
        self.papers = verification.authorisations(row.ref, at=at)
        everybody = {one.pid for one in (*members, *self.supporters, *self.papers)}
        self.now = registry.standing_of({*everybody, *(one.supports for one in self.supporters)} - {""})

    def agreed(self) -> set[str]:
        """The members whose authorisation holds."""
        signed = {self.now[one.pid] for one in self.papers if one.holds and one.role == "member"}
        return {one.pid for one in self.members if one.pid and self.now[one.pid] in signed}

    def page(self) -> SigningPage:
        """Who signed, and who still has to."""
        row, members, now = self.row, self.members, self.now
        latest = {(now[one.pid], one.role): one for one in self.papers}
        head = any(one.pid == row.applicant and one.relation == "self" for one in members)
        names = {now[one.pid]: one.name for one in members if one.pid}
        people = [_member(one, row, head, latest.get((now.get(one.pid, ""), "member")), self.on) for one in members]
        for one in self.supporters:
            people.append(_supporter(one, names.get(now[one.supports], ""), latest.get((now[one.pid], "supporter"))))
        return SigningPage(
            ref=row.ref,
            receipt=core.show_receipt(row.receipt),
            programme=row.programme,
            programme_label=core.road(row.programme).label,
            area=row.area,
            applicant_name=row.name,
            open=State(row.state).takes_signatures,
            people=tuple(people),
        )


def _member(one: CaseMember, row: Case, head: bool, paper: AuthorisationRow | None, on: date) -> Signatory:
    applicant = one.pid == row.applicant
    adult = applicant or not is_minor(one.born_on, on)
    state = _state(paper, adult) if one.pid else "no_identity"
    if not one.counts:
        state = "not_needed"
    return Signatory(
        ref=one.ref,
        pid=one.pid,
        name=one.name,
        relation_label=relation_words(one.relation, is_applicant=applicant, applicant_is_head=head),
        role="member",
        age=age_on(one.born_on, on),
        is_adult=adult,
        is_applicant=applicant,
        state=state,
        why=_why(state, paper),
        paper=paper,
    )


def _supporter(one: Supporter, supports: str, paper: AuthorisationRow | None) -> Signatory:
    state = _state(paper, adult=True)
    return Signatory(
        ref=one.ref,
        pid=one.pid,
        name=one.name,
        relation_label=f"{supports}的{RELATIONS[one.relation]}",
        role="supporter",
        age=None,
        is_adult=True,
        is_applicant=False,
        state=state,
        why=_why(state, paper),
        paper=paper,
        place=one.place,
    )


def _state(paper: AuthorisationRow | None, adult: bool) -> str:
    if paper is None or (not paper.holds and paper.ended_why == Ended.LEFT):
        return "missing" if adult else "guardian"
    if paper.holds:
        return "owed" if paper.owed else "signed"
    return paper.state if paper.state in WHY else "missing"


def _why(state: str, paper: AuthorisationRow | None) -> str:
    if state == "owed" and paper is not None:
        return "；".join(paper.owed)
    if state == "expired" and paper is not None:
        return f"{paper.state_label}，要重新签"
    return WHY[state]
