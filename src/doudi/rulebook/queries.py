"""Reading: the law as it counts here, changes on their road, and the law as it would be with one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Q

from doudi.office import queries as office
from doudi.office.core import Viewer, contains
from doudi.policy import cases
from doudi.policy import pack as packs
from doudi.policy.language.errors import RuleError
from doudi.policy.pack import Pack
from doudi.rulebook.core import Kind, State, examples, toml, value_of
from doudi.rulebook.models import Change

Added = tuple[tuple[str, str], ...]
FAR = date(2199, 12, 31)  # later than anything known: what is tried wins over what counts


# ---- the law that counts ------------------------------------------------------------------------------------------------


def pack(known_on: date | None = None) -> Pack:
    """The packs of this house with every change approved here (by the end of a day, when one is named).

    One small question to the database; the same approved changes give the same pack.

    :raises RuleError: an approved change is not understood any more; its title says which, and nothing is left out quietly
    """
    return packs.load(settings.PACKS, added=added(known_on))


def added(known_on: date | None = None) -> Added:
    """The texts of every change approved here (by the end of a day), each with its title, as they lie over the packs."""
    latest = _approved(known_on).order_by("-approved_at", "-id").values_list("ref", flat=True).first()
    return _added(latest, known_on) if latest else ()


def shipped() -> Pack:
    """The packs of this house as they came, without any change made here."""
    return packs.load(settings.PACKS)


def _approved(known_on: date | None) -> Any:
    rows = Change.objects.filter(state=State.APPROVED)
    if known_on is not None:
        rows = rows.filter(approved_at__lt=datetime.combine(known_on + timedelta(days=1), time(), office.HERE))
    return rows


@lru_cache(maxsize=64)
def _added(latest: str, known_on: date | None) -> Added:
    """The texts of all changes approved up to the latest one; it names the whole set, for none ever goes away."""
    return _texts(list(_approved(known_on).order_by("approved_at", "id").values_list("ref", "title", "text", "undoes__ref")))


def _texts(rows: list[tuple[str, str, str, str | None]]) -> Added:
    """Each change with its text; of an undone one, what the undo leaves of it."""
    left = {undoes: text for _, _, text, undoes in rows if undoes}
    kept = [(ref, title, left.get(ref, text)) for ref, title, text, undoes in rows if not undoes]
    return tuple((f"{title}（{ref}）", text) for ref, title, text in kept if text)


# ---- the law as it would be ---------------------------------------------------------------------------------------------


def text_of(change: Change, *, starts_on: date | None = None, known_since: date, undone: Change | None = None) -> str:
    """The TOML a change comes to."""
    starts_on = starts_on or change.starts_on
    if change.kind == Kind.UNDO:
        assert undone is not None and undone.approved_at is not None
        to_on = toml.ended(undone.starts_on, starts_on)
        return _written(undone, undone.starts_on, office.today(undone.approved_at), to_on) if to_on else ""
    return _written(change, starts_on, known_since, None)


def _written(change: Change, starts_on: date, known_since: date, to_on: date | None) -> str:
    days = {"starts_on": starts_on, "known_since": known_since, "to_on": to_on}
    if change.kind == Kind.INDICATOR:
        return toml.indicator(change.what, change.place, source=change.source, **days)
    return toml.setting(change.parameter, change.place, value_of(change.what), source=change.source, **days)


def with_text(ref: str, title: str, text: str, undoes: str | None = None) -> Pack:
    """The law that counts, with the text of one change laid over it.

    :raises RuleError: it is not understood together with the rest
    """
    rows = list(_approved(None).order_by("approved_at", "id").values_list("ref", "title", "text", "undoes__ref"))
    return packs.load(settings.PACKS, added=_texts([*rows, (ref, title, text, undoes)]))


@dataclass(frozen=True, slots=True)
class Trial:
    """The law without a change and with it, both as if it started on the day tried."""

    before: Pack
    after: Pack
    on: date
    indicators: tuple[str, ...]  # codes of warnings that may answer otherwise
    programmes: tuple[str, ...]


def trial(ref: str, on: date) -> Trial:
    """What counts on a day without a change and with it; an undo the other way round.

    :raises RuleError: it is not understood
    """
    change = _get(ref)
    if change.kind == Kind.UNDO:
        assert change.undoes is not None
        with_it, without_it = _as_if(change.undoes, on), _without(change.undoes)
        return _trial(with_it, without_it, change.undoes, on)
    return _trial(_without(change), _as_if(change, on), change, on)


def _without(change: Change) -> Pack:
    return packs.load(settings.PACKS, added=_texts(_others(change)))


def _as_if(change: Change, on: date) -> Pack:
    now = (change.ref, change.title, _written(change, on, FAR, None), None)
    return packs.load(settings.PACKS, added=_texts([*_others(change), now]))


def _others(change: Change) -> list[tuple[str, str, str, str | None]]:
    """Every approved change but this one and what undoes it."""
    rows = _approved(None).order_by("approved_at", "id").values_list("ref", "title", "text", "undoes__ref")
    return [row for row in rows if change.ref not in (row[0], row[3])]


def _trial(before: Pack, after: Pack, change: Change, on: date) -> Trial:
    if change.rule:
        return Trial(before, after, on, (change.rule,), ())
    return Trial(before, after, on, *readers(after, change.parameter, on))


def readers(pack: Pack, parameter: str, on: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The warnings and the programmes in force that read a number."""
    warnings = tuple(
        rule.code
        for rule in pack.indicators_on(on)
        if any(parameter in one.parameters for one in (rule.fires, *rule.values.values(), *([rule.among] if rule.among else [])))
    )
    programmes = tuple(
        rule.code
        for rule in pack.programmes_on(on)
        if any(
            parameter in one.parameters
            for one in (
                *(c.test for c in rule.conditions),
                *(c.ask for c in rule.conditions if c.ask),
                *(s.amount for s in rule.steps),
            )
        )
    )
    return warnings, programmes


def try_out(what: dict[str, Any], raw: list[dict[str, Any]], place: str, source: str, on: date) -> list[cases.Outcome]:
    """What a warning that nobody kept yet makes of the examples beside it.

    :raises RuleError: the warning or an example is not understood
    """
    change = Change(ref="now", kind=Kind.INDICATOR, rule=what["code"], title=what["label"], what=what, cases=raw, place=place)
    change.source = source
    return run_cases(_as_if(change, on), change, on)


def outcomes(row: ChangeRow) -> list[cases.Outcome]:
    """What comes out of the examples beside a change, with it laid over the law on the day it starts.

    :raises RuleError: the change or an example is not understood
    """
    change = _get(row.ref)
    return run_cases(_as_if(change, change.starts_on), change, change.starts_on)


def run_cases(pack: Pack, change: Change, on: date) -> list[cases.Outcome]:
    """What comes out of the examples beside a change on a day.

    :raises RuleError: an example names what there is not
    """
    return [cases.run_one(pack, examples.case_of(one, change.rule, on, change.place)) for one in change.cases]


# ---- changes on their road ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change as pages show it; people by name."""

    ref: str
    kind: Kind
    rule: str
    parameter: str
    title: str
    what: dict[str, Any]
    cases: list[dict[str, Any]]
    text: str
    source: str
    place: str
    place_label: str
    starts_on: date
    note: str
    undoes: str
    undone_by: str  # the approved change that undoes it
    state: State
    drafted_at: datetime
    drafted_by: str
    proposed_at: datetime | None
    proposed_by: str
    approved_at: datetime | None
    approved_by: str
    closed_at: datetime | None
    closed_by: str
    reason: str
    drafter: str  # opaque, as the journal names them
    proposer: str


def _get(ref: str) -> Change:
    return Change.objects.select_related("undoes").get(ref=ref)


def change(ref: str, viewer: Viewer) -> ChangeRow | None:
    """One change the viewer may see: an approved one, or one of a place inside their area."""
    return next(iter(_rows(_seen(viewer).filter(ref=ref))), None)


def changes(
    viewer: Viewer, *, state: State | None = None, rule: str = "", parameter: str = "", limit: int = 100
) -> list[ChangeRow]:
    """Changes the viewer may see, newest first; those of one state, one warning or one number."""
    rows = _seen(viewer)
    if state is not None:
        rows = rows.filter(state=state)
    if rule:
        rows = rows.filter(rule=rule)
    if parameter:
        rows = rows.filter(parameter=parameter)
    return _rows(rows.order_by("-drafted_at", "-id")[:limit])


def waiting(viewer: Viewer) -> int:
    """How many changes wait for somebody's approval in the viewer's area."""
    return sum(
        contains(viewer.area, place) for place in Change.objects.filter(state=State.PROPOSED).values_list("place", flat=True)
    )


def _seen(viewer: Viewer) -> Any:
    return Change.objects.filter(Q(state=State.APPROVED) | Q(place__startswith=viewer.within))


def _rows(rows: Any) -> list[ChangeRow]:
    found = list(rows.select_related("undoes").prefetch_related("undone_by"))
    refs = {who.partition(":")[2] for row in found for who in (row.drafted_by, row.proposed_by, row.approved_by, row.closed_by)}
    names = office.clerk_names(sorted(refs - {""}))
    labels = office.area_labels([row.place for row in found])

    def who(party: str) -> str:
        return names.get(party.partition(":")[2], "系统" if party else "")

    return [
        ChangeRow(
            ref=row.ref,
            kind=Kind(row.kind),
            rule=row.rule,
            parameter=row.parameter,
            title=row.title,
            what=row.what,
            cases=row.cases,
            text=row.text,
            source=row.source,
            place=row.place,
            place_label=labels.get(row.place, row.place),
            starts_on=row.starts_on,
            note=row.note,
            undoes=row.undoes.ref if row.undoes else "",
            undone_by=next((one.ref for one in row.undone_by.all() if one.state == State.APPROVED), ""),
            state=State(row.state),
            drafted_at=row.drafted_at,
            drafted_by=who(row.drafted_by),
            proposed_at=row.proposed_at,
            proposed_by=who(row.proposed_by),
            approved_at=row.approved_at,
            approved_by=who(row.approved_by),
            closed_at=row.closed_at,
            closed_by=who(row.closed_by),
            reason=row.reason,
            drafter=row.drafted_by,
            proposer=row.proposed_by,
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Broken:
    """An approved change today's program does not understand any more."""

    ref: str
    title: str
    why: str


def broken() -> list[Broken]:
    """Approved changes that are not understood any more, each with why; nobody's answer is given without them meanwhile."""
    rows = list(_approved(None).order_by("approved_at", "id").values_list("ref", "title", "text", "undoes__ref"))
    undone = {row[3]: row for row in rows if row[3]}
    found, good = [], []
    for row in (row for row in rows if not row[3]):
        both = [row, *([undone[row[0]]] if row[0] in undone else [])]
        try:
            packs.load(settings.PACKS, added=_texts([*good, *both]))
        except RuleError as why:
            found.append(Broken(row[0], row[1], str(why)))
        else:
            good += both
    return found
