"""Deciding about records: pairs in doubt, two records that are one person, rows that are somebody else's. All can be undone.

A decision is a line of its own. Nothing it speaks about is rewritten: cases, consents and payments keep the id they were made
under, and `queries.standing` leads from each to the one that stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Q

from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need
from doudi.registry import queries
from doudi.registry.actions.people import _keep
from doudi.registry.core import pairs as core
from doudi.registry.core.pairs import Doubt
from doudi.registry.gateways import register
from doudi.registry.models import NumberReason, Pair, Person, Settlement

_TOLD = ("dataset", "role", "batch", "row_no", "weight", "probability", "area", "other_area")  # of a pair, by a cycle
_ONE_AT_A_TIME = 7_264_519_301  # the number of the lock all decisions about records share


class AlreadySettled(NotAllowed):
    """Somebody else was quicker; the text says who decided what, and when."""


# ---- the queue ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def mirror_pairs(doubts: Iterable[Doubt], *, cycle: str, on: date, by: By, at: datetime) -> dict[str, int]:
    """Bring the pairs a cycle doubts to people's desks: new ones come, known ones stay, what it doubts no more goes.

    What somebody decided or asked stays as it is; the same cycle a second time changes nothing.

    :returns: new, kept, returned and gone pairs
    """
    need(by, "pair.settle", area=None, at=at)
    before = {pair.ref: pair for pair in Pair.objects.all()}
    told = {doubt.ref: doubt for doubt in doubts}
    new, changed, returned = [], [], 0
    for ref, doubt in told.items():
        said = {name: getattr(doubt, name) for name in _TOLD} | {"why": [list(one) for one in doubt.why], "seen_in": cycle}
        pair = before.get(ref)
        if pair is None:
            new.append(Pair(ref=ref, kind=doubt.kind, left=doubt.left, right=doubt.right, since_on=on, **said))
        elif pair.gone_on is not None or any(getattr(pair, name) != value for name, value in said.items()):
            returned += pair.gone_on is not None
            for name, value in {**said, "gone_on": None}.items():
                setattr(pair, name, value)
            changed.append(pair)
    decided = set(Settlement.objects.filter(undone_at__isnull=True).exclude(pair="").values_list("pair", flat=True))
    gone = [pair for ref, pair in before.items() if ref not in told and pair.gone_on is None and ref not in decided]
    for pair in gone:
        pair.gone_on = on
    counted = {"new": len(new), "kept": len(told) - len(new) - returned, "returned": returned, "gone": len(gone)}
    if not (new or changed or gone):
        return counted
    Pair.objects.bulk_create(new, batch_size=400)
    Pair.objects.bulk_update(changed, [*_TOLD, "why", "seen_in", "gone_on"], batch_size=100)
    Pair.objects.bulk_update(gone, ["gone_on"], batch_size=400)
    office.record("registry.mirror_pairs", subject="pairs", by=by, at=at, detail={"cycle": cycle, **counted})
    return counted


@transaction.atomic
def ask_about_pair(*, ref: str, note: str, by: By, at: datetime) -> Pair:
    """Put a pair aside to be asked about, with a note whom and what; it stays in the queue.

    :raises NotAllowed: no note, or a pair of another place
    """
    pair = _pair(ref, by, at)
    if not note.strip():
        raise NotAllowed("请写一句要去问谁、问什么。")
    if (pair.asked_by, pair.asked_note) == (office.party(by), note.strip()):
        return pair
    pair.asked_at, pair.asked_by, pair.asked_note = at, office.party(by), note.strip()
    pair.save(update_fields=["asked_at", "asked_by", "asked_note"])
    office.record("registry.ask_about_pair", subject=ref, by=by, at=at)
    return pair


def _pair(ref: str, by: By, at: datetime) -> Pair:
    pair = Pair.objects.select_for_update().filter(ref=ref).first()
    if pair is None:
        raise NotAllowed("没有这一对记录。")
    _need(pair.area, pair.other_area, by=by, at=at)
    return pair


def _need(*areas: str, by: By, at: datetime) -> None:
    """Whoever decides works where both records are; a record nobody can place is the whole city's."""
    known = {area for area in areas if area}
    for area in known:
        need(by, "pair.settle", area=area, at=at)
    if not known:
        viewer = need(by, "pair.settle", area=None, at=at)
        if viewer is not None and len(viewer.within) > core.CITY_DIGITS:
            raise NotAllowed("这一对没有写明是哪里的人，要由全市的数据管理员来判断。")


# ---- deciding -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def settle_pair(*, ref: str, verdict: str, reason: str = "", by: By, at: datetime) -> Settlement:
    """Say of a pair in doubt that it is, or is not, one person. Said again by the same clerk it changes nothing.

    :param verdict: same | apart
    :raises NotAllowed: another place's pair, or no reason though the machine thought otherwise
    :raises AlreadySettled: somebody else was quicker, or the opposite was decided
    """
    _wait_for_others()
    pair = _pair(ref, by, at)
    if verdict not in core.VERDICTS:
        raise NotAllowed("请选：是同一个人，或者不是同一个人。")
    if core.against_the_machine(verdict, pair.probability) and not reason.strip():
        raise NotAllowed("您的判断和系统算的不一样，请写一句为什么。")
    if (done := _repeated(Settlement.objects.filter(pair=ref), verdict, by)) is not None:
        return done
    if core.settled_kind(pair.left) == "person":
        goes, stays = core.who_stays(queries.standing(pair.left), queries.standing(pair.right))
        made = _of_two(goes, stays, verdict, reason, by=by, at=at, pair=ref)
    else:
        made = _of_rows({pair.left: pair.dataset}, queries.standing(pair.right), verdict, reason, by=by, at=at, pair=ref)
    detail = {"left": pair.left, "right": pair.right, "settlement": made.ref, "verdict": verdict}
    office.record("registry.settle_pair", subject=ref, by=by, at=at, detail=detail)
    return made


@transaction.atomic
def merge_persons(*, goes: str, stays: str, reason: str, by: By, at: datetime) -> Settlement:
    """Say that two ids are one person: `stays` stands, and everything of `goes` is shown and found with it.

    :raises NotAllowed: no reason, the one with a citizen number would go, somebody lives outside the clerk's area, or it was
        decided before that they are two
    :raises AlreadySettled: they are one already
    :raises queries.NotKnown: nobody of this id
    """
    _wait_for_others()
    if not reason.strip():
        raise NotAllowed("请写一句凭什么说是同一个人。")
    if core.who_stays(goes, stays) != (goes, stays):
        raise NotAllowed("有身份证号的那份要留下，请把另一份并过来。")
    _need(_area(goes), _area(stays), by=by, at=at)
    known = Pair.objects.filter(Q(left=goes, right=stays) | Q(left=stays, right=goes)).values_list("ref", flat=True).first()
    done = _repeated(Settlement.objects.filter(kind="person", left=goes, right=stays), "same", by)
    if done is not None:
        return done
    made = _of_two(goes, stays, "same", reason, by=by, at=at, pair=known or "")
    office.record("registry.merge_persons", subject=stays, by=by, at=at, detail={"goes": goes, "settlement": made.ref})
    return made


@transaction.atomic
def split_person(*, pid: str, rows: Mapping[str, str], to: str = "", reason: str, by: By, at: datetime) -> Settlement:
    """Say that some rows joined to a person are somebody else's; the next cycle takes them out.

    :param rows: fingerprint → dataset
    :param to: the pid of whose they are, where that is known; else whoever fits, or a person of their own
    :raises NotAllowed: no reason, no rows, or people outside the clerk's area
    :raises AlreadySettled: one of the rows was decided before
    """
    _wait_for_others()
    if not rows or not reason.strip():
        raise NotAllowed("请选哪几行是别人的，并写一句为什么。")
    pid, to = queries.standing(pid), queries.standing(to) if to else ""
    if pid == to:
        raise NotAllowed("这两份记录已经是同一个人。")
    _need(_area(pid), _area(to) if to else "", by=by, at=at)
    done = Settlement.objects.filter(kind="row", left__in=list(rows), right=pid, verdict="apart", undone_at__isnull=True)
    if done.filter(decided_by=office.party(by)).count() == len(rows) and len({row.ref for row in done}) == 1:
        return done[0]
    made = _of_rows(rows, pid, "apart", reason, by=by, at=at)
    if to:
        _of_rows(rows, to, "same", reason, by=by, at=at, ref=made.ref)
    detail = {"rows": len(rows), "settlement": made.ref, "to": to}
    office.record("registry.split_person", subject=pid, by=by, at=at, detail=detail)
    return made


@transaction.atomic
def undo_settlement(*, ref: str, why: str, by: By, at: datetime) -> list[Settlement]:
    """Take a decision back, whole; it stays on record. Taken back again it changes nothing.

    :raises NotAllowed: no reason, no such decision, or people outside the clerk's area
    """
    _wait_for_others()
    made = list(Settlement.objects.select_for_update().filter(ref=ref).order_by("id"))
    if not made:
        raise NotAllowed("没有这条判断。")
    _need(*{area for one in made for area in (one.area, one.other_area)}, by=by, at=at)
    if not why.strip():
        raise NotAllowed("请写一句为什么撤销。")
    if made[0].undone_at is not None:
        if made[0].undone_by == office.party(by):
            return made
        raise AlreadySettled(f"这条判断已经由{_name(made[0].undone_by)}撤销了。")
    for one in made:
        one.undone_at, one.undone_by, one.undone_why = at, office.party(by), why.strip()
        one.save(update_fields=["undone_at", "undone_by", "undone_why"])
    detail = {"left": made[0].left, "lines": len(made), "verdict": made[0].verdict}
    office.record("registry.undo_settlement", subject=made[0].right, by=by, at=at, detail={"settlement": ref, **detail})
    return made


@transaction.atomic
def weigh_help(*, ref: str, note: str, by: By, at: datetime) -> Settlement:
    """Note that somebody looked at the help two joined records both receive, and what is to be done; no money moves by this.

    :raises NotAllowed: no note, no such decision, or people outside the clerk's area
    """
    made = Settlement.objects.select_for_update().filter(ref=ref, kind="person", verdict="same").first()
    if made is None or made.undone_at is not None:
        raise NotAllowed("没有这条判断，或者已经撤销了。")
    _need(made.area, made.other_area, by=by, at=at)
    if not note.strip():
        raise NotAllowed("请写一句两份待遇怎么办。")
    if (made.weighed_by, made.weighed_note) == (office.party(by), note.strip()):
        return made
    made.weighed_at, made.weighed_by, made.weighed_note = at, office.party(by), note.strip()
    made.save(update_fields=["weighed_at", "weighed_by", "weighed_note"])
    office.record("registry.weigh_help", subject=made.right, by=by, at=at, detail={"settlement": ref})
    return made


def _of_two(goes: str, stays: str, verdict: str, reason: str, *, by: By, at: datetime, pair: str) -> Settlement:
    """Keep what was said about two people, both of whom stand."""
    if goes == stays:
        raise AlreadySettled("这两份记录已经并成一个人了。")
    groups = queries.together([goes, stays])
    if groups[goes] == groups[stays]:
        raise AlreadySettled("这两份记录已经并成一个人了。要改，请先撤销原来的判断。")
    if (groups[goes][0], groups[stays][0]) != (goes, stays):
        raise AlreadySettled("其中一份已经并到别的记录里了，请打开并好的那份再判断。")
    one, other = groups[goes], groups[stays]
    before = Settlement.objects.filter(kind="person", verdict="apart", undone_at__isnull=True)
    said = before.filter(Q(left__in=one, right__in=other) | Q(left__in=other, right__in=one)).first()
    if said is not None:
        raise AlreadySettled(_told(said))
    areas = _area(goes), _area(stays)
    home = ""
    if verdict == "same":
        for pid in (goes, stays):  # both stay on record, whatever later cycles know
            found = register.person(pid)
            if found is not None:
                _keep(found, by=by, at=at)
        lived = register.household_of(goes)
        home = lived.hid if lived is not None and [m.person.pid for m in lived.members] == [goes] else ""
    else:
        goes, stays = sorted((goes, stays))
    return Settlement.objects.create(
        ref=_new_ref(),
        kind="person",
        left=goes,
        right=stays,
        verdict=verdict,
        reason=reason.strip(),
        pair=pair,
        home=home,
        area=areas[1],
        other_area=areas[0],
        decided_at=at,
        decided_by=office.party(by),
    )


def _of_rows(
    rows: Mapping[str, str], pid: str, verdict: str, reason: str, *, by: By, at: datetime, pair: str = "", ref: str = ""
) -> Settlement:
    """Keep what was said about rows and a person."""
    area = _area(pid)
    in_force = Settlement.objects.filter(kind="row", left__in=list(rows), undone_at__isnull=True)
    against = in_force.filter(Q(right=pid) | Q(verdict="same")) if verdict == "same" else in_force.filter(right=pid)
    if (said := against.first()) is not None:
        raise AlreadySettled(_told(said))
    found = dict(Pair.objects.filter(left__in=list(rows), right=pid).values_list("left", "ref"))
    kept: dict[str, Any] = {"verdict": verdict, "reason": reason.strip(), "area": area, "decided_at": at}
    ref = ref or _new_ref()
    made = [
        Settlement(
            ref=ref,
            kind="row",
            left=row,
            right=pid,
            dataset=dataset,
            pair=pair or found.get(row, ""),
            decided_by=office.party(by),
            **kept,
        )
        for row, dataset in sorted(rows.items())
    ]
    Settlement.objects.bulk_create(made)
    return made[0]


def _new_ref() -> str:
    return "j" + uuid4().hex[:16]


def _wait_for_others() -> None:
    """Decide one after the other: two that meet could otherwise join a person to one who is being joined to them. SQLite has
    one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])


def _repeated(said: Any, verdict: str, by: By) -> Settlement | None:
    """The decision in force among these, where it is the same clerk's own and the same; stop where it is another's.

    :raises AlreadySettled: somebody else was quicker, or the opposite holds
    """
    made: Settlement | None = said.filter(undone_at__isnull=True).order_by("id").first()
    if made is None or (made.verdict, made.decided_by) == (verdict, office.party(by)):
        return made
    raise AlreadySettled(_told(made))


def _told(made: Settlement) -> str:
    on = office_queries.today(made.decided_at)
    words = core.VERDICTS[made.verdict] if made.kind == "person" else {"same": "是他的", "apart": "不是他的"}[made.verdict]
    return f"{_name(made.decided_by)} {on.month} 月 {on.day} 日已经判断过：{words}。要改，请先撤销那一条。"


def _name(party: str) -> str:
    ref = party.partition(":")[2]
    return office_queries.clerk_names([ref]).get(ref, "同事")


def _area(pid: str) -> str:
    """Where a person lives, as kept or as registered.

    :raises queries.NotKnown: nobody of this id
    """
    kept = Person.objects.filter(pid=pid).values_list("area", flat=True).first()
    if kept is not None:
        return str(kept)
    found = register.person(pid)
    if found is None:
        raise queries.NotKnown(pid)
    return found.area


# ---- people without a number ----------------------------------------------------------------------------------------------


@transaction.atomic
def explain_number(*, pid: str, reason: str, note: str = "", by: By, at: datetime) -> NumberReason:
    """Keep why a person has no citizen number; what was said before stays, ended.

    :param reason: of core.NO_NUMBER
    :raises NotAllowed: no such reason, "other" without words, or a person outside the clerk's area
    :raises queries.NotKnown: nobody of this id
    """
    pid = queries.standing(pid)
    need(by, "number.explain", area=_area(pid), at=at)
    if reason not in core.NO_NUMBER:
        raise NotAllowed("请选一个原因。")
    if reason == "other" and not note.strip():
        raise NotAllowed("选了别的原因，请写清楚。")
    before = NumberReason.objects.select_for_update().filter(pid=pid, ended_at__isnull=True).first()
    if before is not None and (before.reason, before.note) == (reason, note.strip()):
        return before
    if before is not None:
        before.ended_at, before.ended_by = at, office.party(by)
        before.save(update_fields=["ended_at", "ended_by"])
    kept = NumberReason.objects.create(pid=pid, reason=reason, note=note.strip(), kept_at=at, kept_by=office.party(by))
    office.record("registry.explain_number", subject=pid, by=by, at=at)
    return kept
