"""How like cases went: consultations that still stand as precedents, and the nearest decided cases elsewhere. Nobody in them.

What a reader learns is coarse on purpose: a month, bands of members and income, how it ended. Below a number the place sets
nothing is shown at all, for in a small number anybody recognises the family.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from doudi.casework import core
from doudi.casework.core.collective import CONSULTATION_OUTCOMES, CONSULTED
from doudi.casework.gateways import numbers
from doudi.casework.models import Assessment, Case, Consultation, Decision, Question
from doudi.casework.queries.looking import of_case
from doudi.office.core import Viewer
from doudi.office.queries import today

NEAREST, LOOKED_AT = 5, 400  # shown; the latest decided cases that are compared
UNKNOWN = 10**6  # farther than any known case
BANDS = ((50, "不到标准的一半"), (80, "标准的五成到八成"), (100, "标准的八成到十成"), (150, "标准的一到一倍半"))
ABOVE = "标准的一倍半以上"
# What a question of a case about a difference has in common with a reason for a consultation.
REASON_OF_HARDSHIP = {"illness": "illness", "care": "care", "disability": "care"}
REASON_OF_QUESTION = {"supporter": "support"}


@dataclass(frozen=True, slots=True)
class Precedent:
    """A consultation on a like case: its sentence, how it ended, why no rule fitted, whether its review is due."""

    ref: str
    month: date
    reasons: tuple[str, ...]
    shared: tuple[str, ...]  # reasons this case has too
    outcome_label: str
    gist: str
    review_due_on: date
    is_due: bool


@dataclass(frozen=True, slots=True)
class AlikeCase:
    """A decided case like this one, coarse enough that nobody is in it."""

    month: date
    members_label: str
    income_label: str
    decision_label: str
    per_head_label: str


@dataclass(frozen=True, slots=True)
class AlikePage:
    """What is known of like cases. `too_few`: there are some, but so few that none is shown."""

    ref: str
    receipt: str
    name: str
    applicant: str
    programme_label: str
    members_label: str
    income_label: str
    precedents: tuple[Precedent, ...]
    alike: tuple[AlikeCase, ...]
    helped: int  # of those shown
    too_few: bool
    least: int


def alike(ref: str, viewer: Viewer, *, at: datetime) -> AlikePage:
    """How like cases went.

    :raises NoCase: no such case, or outside the viewer's area
    """
    row, on = of_case(ref, viewer), today(at)
    ruled = Assessment.objects.filter(case=row, programme=row.programme).order_by("-id").first()
    members, share = (ruled.members, _share(ruled.income_fen, ruled.standard_fen, ruled.members)) if ruled else (0, None)
    least = numbers.alike_least(row.area, on)
    near = _nearest(row, members, share)
    enough = len(near) >= max(least, NEAREST)
    shown = tuple(_alike(one) for one in near[:NEAREST]) if enough else ()
    return AlikePage(
        ref=row.ref,
        receipt=core.show_receipt(row.receipt),
        name=row.name,
        applicant=row.applicant,
        programme_label=core.road(row.programme).label,
        members_label=_members(members) if members else "还没有算过",
        income_label=_band(share),
        precedents=precedents(row, on=on),
        alike=shown,
        helped=sum(one.decision_label == core.DECISION_LABELS["confirm"] for one in shown),
        too_few=bool(near) and not enough,
        least=max(least, NEAREST),
    )


def precedents(row: Case, *, on: date) -> tuple[Precedent, ...]:
    """Consultations of the county on like cases that still stand: same programme, most reasons in common first, then the nearest
    in members and the latest."""
    mine = {REASON_OF_HARDSHIP[code] for code in row.hardships if code in REASON_OF_HARDSHIP}
    kinds = set(Question.objects.filter(case=row).values_list("kind", flat=True))
    mine |= {REASON_OF_QUESTION[kind] for kind in kinds if kind in REASON_OF_QUESTION}
    mine |= {code for held in Consultation.objects.filter(case=row) for code in held.reasons}
    ruled = Assessment.objects.filter(case=row, programme=row.programme).order_by("-id").first()
    if ruled is not None and ruled.outcome == "unknown":
        mine |= {"no_rule", "not_known"}
    if ruled is not None and ruled.outcome == "no":
        mine |= {"rule_hard", "just_over"}
    members = ruled.members if ruled else 0
    standing = Consultation.objects.filter(county=row.area[:6], programme=row.programme, ended_at__isnull=True)
    found = list(standing.exclude(case=row).exclude(outcome="more").order_by("-on", "-id")[:LOOKED_AT])
    like = [(one, mine & set(one.reasons)) for one in found]
    like = [(one, shared) for one, shared in like if shared]
    like.sort(key=lambda pair: (-len(pair[1]), abs(pair[0].members - members)))
    return tuple(
        Precedent(
            ref=one.ref,
            month=one.on.replace(day=1),
            reasons=tuple(CONSULTED[code] for code in one.reasons),
            shared=tuple(CONSULTED[code] for code in one.reasons if code in shared),
            outcome_label=CONSULTATION_OUTCOMES[one.outcome],
            gist=one.gist,
            review_due_on=one.review_due_on,
            is_due=one.review_due_on <= on,
        )
        for one, shared in like[:NEAREST]
    )


def precedents_due(viewer: Viewer, *, on: date) -> tuple[Precedent, ...]:
    """Consultations of the viewer's county that still stand, those whose review is due first.

    :raises NotAllowed: the post does not consult
    """
    viewer.need("case.consult")
    rows = Consultation.objects.filter(county=viewer.area[:6], ended_at__isnull=True).exclude(outcome="more")
    return tuple(
        Precedent(
            one.ref, one.on.replace(day=1), tuple(CONSULTED[code] for code in one.reasons), (),
            CONSULTATION_OUTCOMES[one.outcome], one.gist, one.review_due_on, one.review_due_on <= on,
        )
        for one in rows.order_by("review_due_on", "id")[:200]
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Near:
    on: date
    kind: str
    members: int
    share: int | None
    amount_fen: int
    standard_fen: int | None


def _nearest(row: Case, members: int, share: int | None) -> list[_Near]:
    """Decided cases of the programme, whoever decided them, nearest first: members, then income against the standard."""
    rows = (
        Decision.objects.filter(kind__in=["confirm", "refuse"], case__programme=row.programme)
        .exclude(case=row)
        .exclude(case__applicant=row.applicant)
        .order_by("-id")
        .annotate(income=F("assessment__income_fen"), standard=F("assessment__standard_fen"), heads=F("assessment__members"))
    )
    found = [
        _Near(one.on, one.kind, one.heads, _share(one.income, one.standard, one.heads), one.amount_fen, one.standard)
        for one in rows[:LOOKED_AT]
    ]
    return sorted(found, key=lambda one: (abs(one.members - members), _apart(one.share, share)))[: max(NEAREST, 50)]


def _share(income_fen: int | None, standard_fen: int | None, members: int) -> int | None:
    """Income a head against the standard, in whole per cent; None where one of them is not known."""
    if income_fen is None or not standard_fen or not members:
        return None
    return income_fen * 100 // (standard_fen * members)


def _apart(one: int | None, other: int | None) -> int:
    return abs(one - other) if one is not None and other is not None else 0 if one is other else UNKNOWN


def _band(share: int | None) -> str:
    if share is None:
        return "收入还不清楚"
    return "人均收入是" + next((label for most, label in BANDS if share < most), ABOVE)


def _members(members: int) -> str:
    return f"{members} 口人" if members < 4 else "4 口人以上"


def _alike(one: _Near) -> AlikeCase:
    per_head = one.amount_fen // one.members if one.members else 0
    label = ""
    if one.kind == "confirm" and per_head and one.standard_fen:
        label = "每人给的" + next((words for most, words in BANDS if per_head * 100 < one.standard_fen * most), ABOVE)
    return AlikeCase(
        month=one.on.replace(day=1),
        members_label=_members(one.members),
        income_label=_band(one.share),
        decision_label=core.DECISION_LABELS[one.kind],
        per_head_label=label,
    )
