"""Reading how well each department and dataset answers for itself, for the department's page and the director's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from doudi.engine.contract import Contract
from doudi.exchange.core import FULL, REASONS
from doudi.exchange.core import quality as core
from doudi.exchange.core.quality import Freshness
from doudi.exchange.models import Load, Refusal, Score, Sender
from doudi.exchange.queries.deliveries import contracts, current_loads
from doudi.office.core import NotAllowed, Viewer

TREND = 12  # deliveries in a trend
DEPARTMENTS_OF_THE_OFFICE = frozenset({"entrusting"})  # lists others bring for one check, promised by nobody


@dataclass(frozen=True, slots=True)
class Point:
    """One delivery in a trend; a share nobody could work out is None."""

    as_of: date
    grade: float | None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: its name, its share (None: not known) and words for what is behind it."""

    code: str
    label: str
    share: float | None
    told: str


@dataclass(frozen=True, slots=True)
class Sign:
    """Something wrong about a whole delivery, in words, and where it can be put right."""

    code: str
    words: str
    load: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A check that rows of the current deliveries fail: how many of how many, by load."""

    check: str
    label: str
    words: str
    compared: int
    differ: int
    loads: tuple[tuple[int, int], ...]  # load, how many of its rows


@dataclass(frozen=True, slots=True)
class DatasetScore:
    """One dataset as it stands today."""

    code: str
    label: str
    department: str
    department_code: str
    rhythm: str
    freshness: Freshness
    freshness_label: str
    latest: date | None
    received_at: datetime | None
    due: date | None  # when the next delivery is promised
    points: float | None
    unknown: tuple[str, ...]  # names of parts nobody could work out
    parts: tuple[Part, ...]
    signs: tuple[Sign, ...]
    rows: int
    accepted: int
    rejected: int
    reasons: tuple[tuple[str, int], ...]
    empty: tuple[tuple[str, int, float], ...]  # column, empty cells, share of rows; the emptiest first
    disagreements: tuple[Disagreement, ...]
    loads: tuple[int, ...]
    with_rejects: tuple[tuple[int, str, int], ...]  # load, its part, rows not taken
    trend: tuple[Point, ...]


def department_scores(viewer: Viewer, today: date, department: str = "") -> list[DatasetScore]:
    """Every dataset of a department (of all of them, without one), the worst first.

    :raises NotAllowed: the post does not look at quality, or not at this department's
    """
    viewer.need("quality.read")
    department = department or viewer.department
    if department and not viewer.answers_for(department):
        raise NotAllowed("只能看自己部门的数据。")
    known = [
        one
        for one in contracts().values()
        if one.department_code not in DEPARTMENTS_OF_THE_OFFICE and (not department or one.department_code == department)
    ]
    scores = _scores([one.code for one in known])
    current: dict[str, set[int]] = {}
    for row in current_loads(today):
        current.setdefault(row.dataset, set()).add(row.batch)
    found = [_dataset(one, scores.get(one.code, []), current.get(one.code, set()), today) for one in known]
    return sorted(found, key=lambda one: (_order(one.points, one.freshness is Freshness.NEVER), one.points or 0.0, one.code))


def _order(points: float | None, never: bool) -> int:
    """What was promised and never came stands first, then what is scored; what was never promised last."""
    return 0 if never else 1 if points is not None else 2


def _scores(codes: Sequence[str]) -> dict[str, list[Load]]:
    """The loads of some datasets with their scores, oldest first, withdrawn and replaced ones left out."""
    rows = (
        Load.objects.filter(dataset__in=codes, snapshot="", withdrawn_at__isnull=True)
        .select_related("score")
        .order_by("as_of", "received_at", "id")
    )
    found: dict[str, list[Load]] = {}
    loads = list(rows)
    replaced = {load.mended_from_id for load in loads if load.mended_from_id}
    for load in loads:
        if load.pk not in replaced:
            found.setdefault(load.dataset, []).append(load)
    return found


def _score(load: Load) -> Score | None:
    return getattr(load, "score", None) if hasattr(load, "score") else None


def _dataset(contract: Contract, loads: Sequence[Load], current: set[int], today: date) -> DatasetScore:
    now = [load for load in loads if load.pk in current]
    scored = [(load, one) for load in now if (one := _score(load)) is not None]
    latest = max((load.as_of for load in now), default=None)
    late = max((one.late_days for load, one in scored if load.as_of == latest and one.late_days is not None), default=None)
    fresh = core.freshness(contract.rhythm, latest, today, late_days=late)
    signs = tuple(_signs(contract, scored))
    shares = _shares(scored, now)
    parts = {"freshness": core.fresh_share(fresh), **shares}
    grade = core.grade(parts, [one.code for one in signs]) if now else core.Grade(None, tuple(core.WEIGHTS))
    rows, rejected = sum(load.rows for load in now), sum(load.rejected for load in now)
    reasons: Counter[str] = Counter()
    for load in now:
        reasons.update(load.reasons)
    following = core.next_as_of(contract.rhythm, latest) if latest else None
    return DatasetScore(
        code=contract.code,
        label=contract.label,
        department=contract.department,
        department_code=contract.department_code,
        rhythm=contract.rhythm,
        freshness=fresh,
        freshness_label=core.FRESHNESS_LABELS[fresh],
        latest=latest,
        received_at=max((load.received_at for load in now), default=None),
        due=core.promised_on(contract.rhythm, following) if following else None,
        points=grade.points,
        unknown=tuple(core.PARTS[name] for name in grade.unknown),
        parts=tuple(_part(name, share, scored, fresh) for name, share in parts.items()),
        signs=signs,
        rows=rows,
        accepted=sum(load.accepted for load in now),
        rejected=rejected,
        reasons=tuple((REASONS[code][0] if code in REASONS else code, n) for code, n in reasons.most_common(8)),
        empty=tuple(_empty(contract, scored)),
        disagreements=tuple(_disagreements(scored)),
        loads=tuple(load.pk for load in now),
        with_rejects=tuple((load.pk, load.part, load.rejected) for load in now if load.rejected),
        trend=tuple(_trend(loads)),
    )


def _shares(scored: Sequence[tuple[Load, Score]], now: Sequence[Load]) -> dict[str, float | None]:
    """Each part over all current loads, every row counting the same."""

    def over_all(name: str) -> float | None:
        told = [(getattr(one, name), load.accepted or 1) for load, one in scored if getattr(one, name) is not None]
        weight = sum(rows for _, rows in told)
        return sum(share * rows for share, rows in told) / weight if weight else None

    rows = sum(load.rows for load in now)
    return {
        "completeness": over_all("completeness"),
        "validity": 1 - sum(load.rejected for load in now) / rows if rows else None,
        "agreement": core.agreement(*_checked(scored)),
        "uniqueness": over_all("uniqueness"),
    }


def _checked(scored: Sequence[tuple[Load, Score]]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    compared: Counter[str] = Counter()
    differ: Counter[str] = Counter()
    for _, one in scored:
        for name, told in one.checks.items():
            compared[name] += told["compared"]
            differ[name] += told["differ"]
    return compared, differ


def _part(name: str, share: float | None, scored: Sequence[tuple[Load, Score]], fresh: Freshness) -> Part:
    told = ""
    if name == "freshness":
        told = core.FRESHNESS_LABELS[fresh]
    elif share is None:
        told = "还不知道"
    elif name == "agreement":
        compared, differ = _checked(scored)
        counted = [one for one in compared if one not in core.NOT_COUNTED]
        told = f"比了 {sum(compared[one] for one in counted):,} 处，{sum(differ[one] for one in counted):,} 处不一样"
    return Part(name, core.PARTS[name], share, told)


def _signs(contract: Contract, scored: Sequence[tuple[Load, Score]]) -> list[Sign]:
    found = []
    for load, one in scored:
        for told in one.signs:
            words = core.SIGNS.get(told["sign"], told["sign"])
            if column := contract.by_name.get(told.get("column", "")):
                words = f"{column.label}：{words}（中间值是上一次的 {told['times']:g} 倍）"
            elif "before" in told:
                words = f"{words}（{told['before']:,} 行变成 {told['rows']:,} 行）"
            found.append(Sign(told["sign"], words, load.pk))
    return found


def _empty(contract: Contract, scored: Sequence[tuple[Load, Score]]) -> list[tuple[str, int, float]]:
    """Columns often empty that are wanted, the emptiest first; of a citizen number: no number to trust."""
    rows = sum(load.accepted for load, _ in scored)
    if not rows:
        return []
    empty: Counter[str] = Counter()
    for _, one in scored:
        empty.update(one.cells.get("empty", {}))
    wanted = [
        (
            column.label + ("（没有可信的号码）" if column.type == "citizen_no" else ""),
            empty[column.name],
            empty[column.name] / rows,
        )
        for column in contract.columns
        if 0 < empty[column.name] / rows <= 1 - core.WANTED_FROM or (column.required and empty[column.name])
    ]
    return sorted(wanted, key=lambda one: -one[1])[:6]


def _disagreements(scored: Sequence[tuple[Load, Score]]) -> list[Disagreement]:
    compared, differ = _checked(scored)
    return [
        Disagreement(
            name,
            core.CHECKS[name][0],
            core.CHECKS[name][1],
            compared[name],
            differ[name],
            tuple((load.pk, one.checks[name]["differ"]) for load, one in scored if one.checks.get(name, {}).get("differ")),
        )
        for name in core.CHECKS
        if differ[name]
    ]


def _trend(loads: Sequence[Load]) -> list[Point]:
    """Each day's delivery as it was scored: what can be known of it alone, without the freshness of today."""
    days: dict[date, list[tuple[Load, Score]]] = {}
    for load in loads:
        one = _score(load)
        if one is not None and load.kind == FULL:
            days.setdefault(load.as_of, []).append((load, one))
    found = []
    for day in sorted(days)[-TREND:]:
        of_day = days[day]
        shares = _shares(of_day, [load for load, _ in of_day])
        late = [one.late_days for _, one in of_day if one.late_days is not None]
        shares["freshness"] = (1.0 if max(late) <= 0 else 0.7) if late else None
        codes = [told["sign"] for _, one in of_day for told in one.signs]
        found.append(Point(day, core.grade(shares, codes).points))
    return found


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """One department beside the others: its worst dataset first of all."""

    code: str
    department: str
    points: float | None  # mean over its datasets that could be scored
    datasets: int
    never: int
    overdue: int
    rejected: int
    rows: int
    signs: int
    refused: int
    worst: str
    trend: tuple[Point, ...]


def by_department(scores: Sequence[DatasetScore]) -> list[DepartmentLine]:
    """Departments side by side, the worst first; those that never sent anything stand above all."""
    refused = _refused_by_department()
    groups: dict[str, list[DatasetScore]] = {}
    for one in scores:
        groups.setdefault(one.department_code, []).append(one)
    lines = []
    for code, group in groups.items():
        told = [one.points for one in group if one.points is not None]
        days: dict[date, list[float]] = {}
        for one in group:
            for point in one.trend:
                if point.grade is not None:
                    days.setdefault(point.as_of, []).append(point.grade)
        lines.append(
            DepartmentLine(
                code=code,
                department=group[0].department,
                points=sum(told) / len(told) if told else None,
                datasets=len(group),
                never=sum(one.freshness is Freshness.NEVER for one in group),
                overdue=sum(one.freshness in (Freshness.OVERDUE, Freshness.STOPPED) for one in group),
                rejected=sum(one.rejected for one in group),
                rows=sum(one.rows for one in group),
                signs=sum(len(one.signs) for one in group),
                refused=refused[code],
                worst=group[0].label,
                trend=tuple(Point(day, sum(some) / len(some)) for day, some in sorted(days.items())[-TREND:]),
            )
        )
    return sorted(lines, key=lambda one: (_order(one.points, one.never > 0), one.points or 0.0, one.code))


def _refused_by_department() -> Counter[str]:
    """How many files were refused, by the department of their sender."""
    of = dict(Sender.objects.values_list("code", "department_code"))
    refused = Refusal.objects.filter(snapshot="", sender__in=of).values_list("sender", flat=True)
    return Counter(of[sender] for sender in refused)


def checks() -> Mapping[str, tuple[str, str]]:
    """What rows are compared with, by code: what it is called, and what is wrong where they differ."""
    return core.CHECKS


def differing_objects(loads: Sequence[int]) -> dict[int, str]:
    """Of some loads, the object in the lake that names the rows which disagree; those without any are left out."""
    return dict(Score.objects.filter(load__in=loads).exclude(differing="").values_list("load", "differing"))


def objects_of(loads: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Dataset and object of some loads."""
    return {pk: (dataset, name) for pk, dataset, name in Load.objects.filter(pk__in=loads).values_list("pk", "dataset", "object")}
