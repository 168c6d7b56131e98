"""Differences as questions to the family: on a resident's own phone, and for who goes to the door; never what others have."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from doudi.casework import core
from doudi.casework.core.asking import DOOR, NOT, shown_as
from doudi.casework.models import Case, CaseMember, Question
from doudi.casework.queries.drafts import is_minor
from doudi.casework.queries.inbox import after_prefix
from doudi.casework.queries.known import source_of
from doudi.casework.queries.page import NoCase
from doudi.office import queries as office
from doudi.office.core import Viewer
from doudi.office.queries import today
from doudi.registry import queries as registry
from doudi.verification import queries as verification
from doudi.verification.core.compared import HouseholdSaid
from doudi.verification.core.kinds import kinds, rolls
from doudi.verification.core.reading import INCOMES

AT_THE_DOOR = 6  # questions one visit asks at most (design, journey c)


@dataclass(frozen=True, slots=True)
class AskedOf:
    """A difference as a question to the family. `told`, `asks`: sentences of comparing.toml with places for `values`."""

    ref: str
    case_ref: str
    kind: str
    whose: str
    told: str  # what was found; "" where that is not shown
    asks: str
    values: dict[str, Any]
    answers: tuple[tuple[str, str], ...]
    paper: str  # what would help, in words; never demanded
    shows_found: bool
    said: tuple[HouseholdSaid, ...]  # oldest first
    is_settled: bool  # a clerk has judged it

    @property
    def differs(self) -> bool:
        """Whether what was found and what was said differ; the rest nobody can find and is simply asked."""
        return self.kind not in ("homes", "supporter")


@dataclass(frozen=True, slots=True)
class AskedHome:
    """A case with open questions, for who goes to the door: no number, no sum."""

    case_ref: str
    masked_name: str
    area_label: str
    open: int  # questions nobody has judged
    unsaid: int  # of these, those the family has not answered yet


@dataclass(frozen=True, slots=True)
class DoorPage:
    """What one visit asks of one family."""

    case_ref: str
    applicant: str
    name: str
    area_label: str
    phone: str
    questions: tuple[AskedOf, ...]


def wards(case: Case, mine: Collection[str], at: datetime) -> set[str]:
    """Those of a case for whom one signs: as the authorisations say, and the minors of the applicant."""
    rows = {one.pid: one for one in CaseMember.objects.filter(case=case).exclude(pid="")}
    signed = verification.signers(case.ref, list(rows), at=at)
    found = {pid for pid, signer in signed.items() if signer in mine and pid not in mine}
    if case.applicant in mine:
        found |= {pid for pid, one in rows.items() if is_minor(one.born_on, today(at)) and pid not in signed}
    return found - set(mine)


def my_questions(pid: str, *, at: datetime) -> tuple[AskedOf, ...]:
    """What is asked of a resident in open cases, unjudged first; only for the one signed in."""
    mine = registry.pids_of(pid)
    theirs = Q(applicant__in=mine) | Q(members__pid__in=mine)
    found: list[AskedOf] = []
    for case in Case.objects.filter(theirs).exclude(state__in=core.CLOSED).distinct().order_by("-pk")[:10]:
        found += _of_case(case, mine, at)
    return tuple(sorted(found, key=lambda one: one.is_settled))


def my_question(ref: str, pid: str, *, at: datetime) -> AskedOf:
    """One question asked of a resident.

    :raises NoCase: no such question, or it is not put to them
    """
    mine = registry.pids_of(pid)
    row = Question.objects.filter(ref=ref).exclude(case__state__in=core.CLOSED).select_related("case").first()
    found = [one for one in _of_case(row.case, mine, at) if one.ref == ref] if row else []
    if not found:
        raise NoCase("没有这一处要问的，或者不是问您的。")
    return found[0]


def _of_case(case: Case, mine: Collection[str], at: datetime) -> list[AskedOf]:
    own, names, said = wards(case, mine, at), _names(case), verification.statements(case.ref)
    found = []
    for row in Question.objects.filter(case=case).order_by("id"):
        shown = shown_as(row.kind, row.pid, mine=mine, wards=own, applicant=case.applicant)
        if shown != NOT:
            found.append(_asked(row, case, names, said.get(row.key, ()), door=shown == DOOR))
    return found


def _names(case: Case) -> dict[str, str]:
    return {one.pid or one.ref: one.name for one in CaseMember.objects.filter(case=case)}


def _asked(row: Question, case: Case, names: dict[str, str], said: tuple[HouseholdSaid, ...], *, door: bool) -> AskedOf:
    kind, name = kinds()[row.kind], names.get(row.pid or row.key.partition(":")[2], case.name)
    what = row.key.rpartition(":")[2]
    values: dict[str, Any] = {"name": name}
    if not door:
        source = source_of(row.dataset, row.as_of).label if row.dataset else ""
        values |= {"found": row.data_says, "source": source, "what": INCOMES.get(what) or rolls().get(what, "")}
    elif "{what}" in kind.door:
        values["what"] = INCOMES.get(what, "")
    return AskedOf(
        ref=row.ref,
        case_ref=case.ref,
        kind=row.kind,
        whose=name,
        told="" if door else kind.told,
        asks=kind.door if door else kind.asks,
        values=values,
        answers=tuple(kind.answers.items()),
        paper=kind.paper,
        shows_found=not door,
        said=said,
        is_settled=row.choice not in core.OPEN_CHOICES,
    )


# ---- at the door and at the desk ------------------------------------------------------------------------------------------


def _open(viewer: Viewer) -> Any:
    """Questions of the viewer's area nobody has judged, in cases still open, of kinds a family can answer."""
    asking = [code for code, kind in kinds().items() if kind.answers]
    return Question.objects.filter(
        kind__in=asking,
        choice__in=sorted(core.OPEN_CHOICES),
        case__area__gte=viewer.within,
        case__area__lt=after_prefix(viewer.within),
    ).exclude(case__state__in=core.CLOSED)


def homes_to_ask(viewer: Viewer, *, limit: int = 60) -> tuple[AskedHome, ...]:
    """The families of an area with something to ask, oldest case first: masked names, and how many questions.

    :raises NotAllowed: the post does not ask
    """
    viewer.need("question.ask")
    if not viewer.within:
        return ()
    rows = _open(viewer).order_by("case_id", "id").values_list("case__ref", "case__masked_name", "case__area", "key")
    homes: dict[str, tuple[str, str, list[str]]] = {}
    for ref, name, area, key in rows[: limit * AT_THE_DOOR * 2]:
        homes.setdefault(ref, (name, area, []))[2].append(key)
    chosen = dict(list(homes.items())[:limit])
    said = verification.said_keys(chosen)
    labels = office.area_labels([area for _, area, _ in chosen.values()])
    return tuple(
        AskedHome(ref, name, labels.get(area, area), len(keys), sum((ref, key) not in said for key in keys))
        for ref, (name, area, keys) in chosen.items()
    )


def at_the_door(ref: str, viewer: Viewer) -> DoorPage:
    """What one visit asks of a family: at most six questions, unanswered first, nothing that was found; the page notes the look.

    :raises NoCase: no such case in the viewer's area, or nothing to ask
    :raises NotAllowed: the post does not ask
    """
    viewer.need("question.ask")
    case = Case.objects.filter(ref=ref).first()
    if case is None or not viewer.within or not viewer.sees(case.area):
        raise NoCase("没有这户要问的，或者不归您去。")
    names, said = _names(case), verification.statements(case.ref)
    rows = [_asked(row, case, names, said.get(row.key, ()), door=True) for row in _open(viewer).filter(case=case).order_by("id")]
    if not rows:
        raise NoCase("这户现在没有要问的。")
    rows.sort(key=lambda one: bool(one.said))
    phone = registry.me(case.applicant).phone
    return DoorPage(ref, case.applicant, case.name, office.area_label(case.area), phone, tuple(rows[:AT_THE_DOOR]))
