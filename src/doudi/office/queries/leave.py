"""Who is away, who does their work meanwhile, and whose eyes count as one pair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from doudi.office.core import HANDED_OVER, STANDS_IN, NotAllowed, Party, Role, Viewer, contains, incompatible
from doudi.office.models import Area, Clerk, Leave, Post
from doudi.office.queries.areas import area_labels
from doudi.office.queries.clock import today


def leaves_on(on: date) -> QuerySet[Leave]:
    """The leaves that run on a day."""
    return Leave.objects.filter(ended_at__isnull=True, from_on__lte=on, to_on__gte=on)


def away(refs: Iterable[str], at: datetime) -> dict[str, str]:
    """Which of these clerks (refs) are away at a moment → ref of who stands in, empty when nobody does.

    Somebody who stands in but is away as well does not stand in.
    """
    on = today(at)
    gone = set(leaves_on(on).values_list("clerk__ref", flat=True))
    rows = leaves_on(on).filter(clerk__ref__in=set(refs)).values_list("clerk__ref", "stand_in__ref", "stand_in__is_active")
    return {ref: other if other and active and other not in gone else "" for ref, other, active in rows}


def stands_in_for(ref: str, at: datetime) -> dict[str, str]:
    """For whom a clerk stands in at a moment: ref → name. Nobody, while they are away themselves."""
    on = today(at)
    if leaves_on(on).filter(clerk__ref=ref).exists():
        return {}
    return dict(leaves_on(on).filter(stand_in__ref=ref).values_list("clerk__ref", "clerk__name"))


@dataclass(frozen=True, slots=True)
class Eyes:
    """One pair of eyes: a clerk, and whoever counts as the same person where two different people are asked for.

    whole: whatever they did counts; during: only what they did on these days, standing in.
    """

    whole: frozenset[str]
    during: tuple[tuple[str, date, date], ...] = ()

    def did(self, by: str, when: datetime | None = None) -> bool:
        """Whether somebody of this pair of eyes did it.

        :param by: who did it, as rows and the journal name them: "clerk:c…"
        :param when: the moment it was done; without it any day they stood in may have been the day
        """
        if by in self.whole:
            return True
        return any(by == one and (when is None or first <= today(when) <= last) for one, first, last in self.during)

    @property
    def refs(self) -> frozenset[str]:
        """The refs of clerks among those whose every step counts."""
        return frozenset(name.removeprefix("clerk:") for name in self.whole if name.startswith("clerk:"))


def same_eyes(by: Clerk | Party, at: datetime) -> Eyes:
    """Whose steps count as this person's own: those of everybody they stand in for now, and what others did in their place.

    So nobody checks as a second person what they did themselves in a colleague's place, nor, in a colleague's place, what that
    colleague did.
    """
    if isinstance(by, Party):
        return Eyes(frozenset({f"{by.kind}:{by.ref}"}))
    for_whom = stands_in_for(by.ref, at)
    rows = Leave.objects.filter(clerk=by, stand_in__isnull=False, from_on__lte=today(at))
    during = tuple(
        (f"clerk:{ref}", first, min(last, today(ended)) if ended else last)
        for ref, first, last, ended in rows.values_list("stand_in__ref", "from_on", "to_on", "ended_at")
    )
    return Eyes(frozenset({f"clerk:{by.ref}", *(f"clerk:{ref}" for ref in for_whom)}), during)


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """Somebody's days away, to read."""

    ref: str
    clerk: str  # ref
    name: str
    posts: str
    kind_label: str
    from_on: date
    to_on: date
    stand_in: str  # name; empty: nobody
    stand_in_away: bool
    what: str  # which of their work, in words
    is_running: bool


def my_leaves(clerk: Clerk, at: datetime) -> list[LeaveRow]:
    """A clerk's own days away, running and to come."""
    return _rows(Leave.objects.filter(clerk=clerk, ended_at__isnull=True, to_on__gte=today(at)), at)


def leaves(viewer: Viewer, at: datetime) -> list[LeaveRow]:
    """Who of the viewer's places is away or will be.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("staff.read")
    here = Post.objects.filter(area__startswith=viewer.within).values("clerk")
    return _rows(Leave.objects.filter(clerk__in=here, ended_at__isnull=True, to_on__gte=today(at)), at)


def _rows(found: QuerySet[Leave], at: datetime) -> list[LeaveRow]:
    on = today(at)
    rows = list(found.select_related("clerk", "stand_in").order_by("from_on", "id"))
    gone = set(leaves_on(on).values_list("clerk", flat=True))
    held: dict[int, list[Post]] = {}
    for post in Post.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=on), clerk__in={row.clerk_id for row in rows}):
        held.setdefault(post.clerk_id, []).append(post)
    labels = area_labels([post.area for posts in held.values() for post in posts])
    return [
        LeaveRow(
            ref=row.ref,
            clerk=row.clerk.ref,
            name=row.clerk.name,
            posts="、".join(f"{labels.get(post.area, post.area)} {Role(post.role).label}" for post in held.get(row.clerk_id, [])),
            kind_label=Leave.Kind(row.kind).label,
            from_on=row.from_on,
            to_on=row.to_on,
            stand_in=row.stand_in.name if row.stand_in else "",
            stand_in_away=row.stand_in is not None and (row.stand_in_id in gone or not row.stand_in.is_active),
            what="、".join(HANDED_OVER[group][0] for group in row.groups.split(",")) if row.groups else "全部工作",
            is_running=row.from_on <= on <= row.to_on,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class EmptyPlace:
    """A place whose work nobody is there to do."""

    area: str
    label: str
    role_label: str
    why: str


def empty_places(viewer: Viewer, at: datetime) -> list[EmptyPlace]:
    """Townships and counties of the viewer's area where no officer is at work and nobody stands in.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("staff.read")
    on = today(at)
    wanted = {"township": Role.TOWNSHIP, "county": Role.COUNTY}
    places = Area.objects.filter(code__startswith=viewer.within, kind__in=wanted).order_by("code")
    held = Post.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=on), from_on__lte=on, clerk__is_active=True, role__in=wanted.values()
    ).filter(area__startswith=viewer.within)
    rows = list(held.values_list("role", "area", "clerk__ref"))
    gone = away([ref for _, _, ref in rows], at)
    found = []
    for place in places:
        role = wanted[place.kind]
        here = [ref for held_role, area, ref in rows if held_role == role and contains(area, place.code)]
        if not here:
            found.append(EmptyPlace(place.code, place.label, role.label, "没有安排人"))
        elif all(ref in gone and not gone[ref] for ref in here):
            found.append(EmptyPlace(place.code, place.label, role.label, "都请假了，没有人代办"))
    return found


def stand_ins(clerk: Clerk, at: datetime) -> list[tuple[str, str]]:
    """Who may stand in for a clerk: user name and name; colleagues of the same county whose post may take such work over."""
    on = today(at)
    active = Post.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=on), from_on__lte=on, clerk__is_active=True)
    mine = list(active.filter(clerk=clerk))
    if not mine:
        return []
    counties = {post.area[:6] for post in mine}
    others: dict[Clerk, list[Post]] = {}
    for post in active.exclude(clerk=clerk).select_related("clerk").order_by("area", "id"):
        others.setdefault(post.clerk, []).append(post)
    found = []
    for other, posts in others.items():
        near = any(post.area[:6] in counties or any(contains(post.area, own.area) for own in mine) for post in posts)
        roles = {Role(post.role) for post in posts}
        fits = all(STANDS_IN.get(Role(post.role), frozenset()) & roles for post in mine)
        if near and fits and incompatible([*roles, *(Role(post.role) for post in mine)]) is None:
            found.append((other.username, other.name))
    return found


def need_stand_in(clerk: Clerk, username: str, at: datetime) -> Clerk:
    """The colleague of this user name who may stand in for a clerk.

    :raises NotAllowed: nobody of this name may
    """
    other = Clerk.objects.filter(username=username).first()
    if other is None or username not in dict(stand_ins(clerk, at)):
        raise NotAllowed("这位同事不能代他的岗位：要是同一个县里做同样工作的人，岗位之间不能互相监督。")
    return other
