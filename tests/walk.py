"""Walking the road of a case in tests: made-up sources, and each step by the person who takes it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import people
import photographs
from doudi.casework import actions
from doudi.casework.core.asking import Photo
from doudi.casework.models import Case, Decision, Question
from doudi.office.core import Party, Role
from doudi.office.models import Clerk
from doudi.office.queries import today
from doudi.verification.core import FRESH_DAYS, asked_datasets

AS_OF = date(2026, 6, 30)
NEEDS = {
    "food": ("hard", ""),
    "health": ("very_hard", "透析"),
    "home": ("fine", ""),
    "school": ("fine", ""),
    "care": ("unknown", ""),
}


class Sources:
    """Departments' data in a test: rows by person, and which datasets were delivered when."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.as_of: dict[str, date] = {}

    def deliver(self, *datasets: str, as_of: date = AS_OF) -> None:
        """These datasets were delivered, as of a day."""
        self.as_of |= dict.fromkeys(datasets, as_of)

    def row(self, pid: str, dataset: str, as_of: date = AS_OF, **values: Any) -> None:
        """A delivered row about somebody."""
        self.as_of.setdefault(dataset, as_of)
        number = 1 + sum(len(rows) for rows in self.rows.values())
        row = {"dataset": dataset, "batch": 7, "row_no": number, "as_of": as_of, "values": values}
        self.rows.setdefault(pid, []).append(row)

    def rows_of(self, pid: str) -> list[dict[str, Any]]:
        return self.rows.get(pid, [])

    def delivered(self) -> dict[str, date]:
        return self.as_of

    def install(self, monkeypatch: Any) -> Sources:
        """Stand in for the lake."""
        monkeypatch.setattr("doudi.verification.gateways.lake.rows_of", self.rows_of)
        monkeypatch.setattr("doudi.casework.gateways.register.rows_of", self.rows_of)
        monkeypatch.setattr("doudi.casework.gateways.register.facts_of", lambda subject: {})
        monkeypatch.setattr("doudi.verification.gateways.lake.delivered", self.delivered)
        monkeypatch.setattr("doudi.registry.gateways.register.household_of", lambda subject: None)
        monkeypatch.setattr("doudi.registry.gateways.register.person", lambda pid: None)
        monkeypatch.setattr("doudi.registry.gateways.register.by_number", lambda number: None)
        return self


def everything_answers(sources: Sources) -> Sources:
    """Every source spoke lately."""
    sources.deliver(*(one.dataset for one in asked_datasets()))
    assert FRESH_DAYS["monthly"] > 1
    return sources


def helper_qian() -> Clerk:
    """A second pair of eyes in the township."""
    return people.clerk("qian", "钱芳", Role.TOWNSHIP, people.TOWNSHIP)


def applied(pid: str, at: datetime = people.NOON, *, by: Party | None = None, programme: str = "dibao") -> Case:
    """Somebody applies by phone, all living together, every line right."""
    me = by or Party.resident(pid)
    people.clerk_li()
    draft = actions.start_draft(pid=pid, programme=programme, by=me, at=at)
    actions.save_hardships(ref=draft.ref, kinds=["illness"], story="透析", by=me, at=at)
    others = {one["pid"]: True for one in draft.content["members"] if not one["is_applicant"]}
    actions.save_members(ref=draft.ref, together=others, others=[], by=me, at=at)
    actions.save_incomes(ref=draft.ref, said={one["key"]: "right" for one in draft.content["incomes"]}, others=[], by=me, at=at)
    actions.save_account(ref=draft.ref, way="other", bank="农信社", number="6230520000000008830", by=me, at=at)
    return actions.submit(ref=draft.ref, consent=True, by=me, at=at)


def settled(case: Case, at: datetime, by: Clerk) -> None:
    """Every question settled the mild way."""
    mild = {
        "homes": "homes_1", "silent": "person_right", "deposit": "data_right", "vehicle": "not_counted",
        "supporter": "supporter_unable", "self_care": "care_full",
    }  # fmt: skip
    for question in Question.objects.filter(case=case, choice=""):
        choice = mild.get(question.kind, "data_right")
        actions.judge(ref=case.ref, question=question.ref, choice=choice, reason="走访看过了", by=by, at=at)


def visited(case: Case, at: datetime, by: Clerk, *, signed: bool = True) -> None:
    """Two people went there, and everybody signed the form, which was photographed."""
    visit = actions.survey(
        ref=case.ref, on=at.date(), second=helper_qian().username, signed_by="王桂兰", answers={}, needs=NEEDS, by=by, at=at
    )  # fmt: skip
    if signed:
        form_signed(case, visit.ref, at, by)


def form_signed(case: Case, survey: str, at: datetime, by: Clerk) -> None:
    """The form of a visit, signed by all three, photographed and kept."""
    photo = Photo("image/png", photographs.photograph(77))
    actions.keep_survey_paper(ref=case.ref, survey=survey, role="sheet", photo=photo, by=by, at=at)


def proposed(case: Case, at: datetime) -> None:
    """Accepted, checked, visited, settled, and put on the board by clerk Li."""
    li = people.clerk_li()
    actions.accept(ref=case.ref, by=li, at=at)
    visited(case, at, li)
    settled(case, at, li)
    actions.propose(ref=case.ref, kind="help", reason="您家收入低于标准。", by=li, at=at)


def confirmed(case: Case, at: datetime = people.NOON) -> Case:
    """The whole road to help in force."""
    from doudi.casework import jobs

    proposed(case, at + timedelta(days=1))
    over = at + timedelta(days=9)
    jobs.run_due(over)
    actions.confirm(ref=case.ref, by=people.officer_zhao(), at=over)
    case.refresh_from_db()
    return case


def served(case: Case, at: datetime, by: Clerk | None = None) -> None:
    """The letter of the decision is printed, and given to the family the same day."""
    by, about = by or people.clerk_li(), Decision.objects.filter(case=case, kind__in=["confirm", "refuse"]).last()
    code = "refused" if about is not None and about.kind == "refuse" else "confirmed"
    body = {"title": "信", "office": "禾安县民政局", "parts": [{"kind": "letter", "heading": "", "lines": ["定下来了。"]}]}
    sheet = actions.print_sheet(ref=case.ref, code=code, body=body, about=about.ref if about else "", by=by, at=at)
    actions.serve_letter(sheet=sheet.ref, way="handed", on=today(at), by=by, at=at)
