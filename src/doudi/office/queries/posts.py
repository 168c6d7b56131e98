"""Clerks, the posts they hold, and what these allow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import F, FilteredRelation, Q

from doudi.office.core import ACTS, NotAllowed, Party, Role, Viewer, contains, handed_over, post_may, prefix
from doudi.office.models import Clerk, Post
from doudi.office.queries.areas import area_labels
from doudi.office.queries.clock import today
from doudi.office.queries.leave import leaves_on
from doudi.office.queries.once import once


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post a clerk holds today."""

    id: int
    role: Role
    area: str
    area_label: str
    department: str = ""
    stands_for: str = ""  # ref of the colleague away whose post it is; empty: their own
    stands_for_name: str = ""
    groups: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        whose = f"代{self.stands_for_name}：" if self.stands_for else ""
        return f"{whose}{self.area_label} {self.role.label}"

    def may(self, act: str) -> bool:
        """Whether this post allows an act; one of a colleague away only what was handed over."""
        allowed = post_may(self.role, self.department, act)
        return allowed and (not self.stands_for or handed_over(act, self.groups))


def _active(clerk: Clerk, on: date) -> list[Post]:
    """Their own posts, oldest first, then those of colleagues away whose work they do.

    One plain query, as every page asks it; only who stands in for somebody is asked about a second time: whoever is away
    does nobody's work.
    """
    runs = Q(clerk__leaves__ended_at__isnull=True, clerk__leaves__from_on__lte=on, clerk__leaves__to_on__gte=on)
    rows = (
        Post.objects.annotate(
            leave=FilteredRelation("clerk__leaves", condition=runs & Q(clerk__leaves__stand_in=clerk)),
            handed=F("leave__groups"),
        )
        .filter(Q(to_on__isnull=True) | Q(to_on__gte=on), from_on__lte=on)
        .filter(Q(clerk=clerk) | Q(leave__isnull=False, clerk__is_active=True))
        .select_related("clerk")
        .order_by("from_on", "id")
    )
    found = list({post.pk: post for post in rows}.values())
    mine = [post for post in found if post.clerk_id == clerk.pk]
    if len(mine) == len(found) or leaves_on(on).filter(clerk=clerk).exists():
        return mine
    return [*mine, *(post for post in found if post.clerk_id != clerk.pk)]


def posts(clerk: Clerk, at: datetime) -> list[PostRow]:
    """The posts a clerk works from at a moment: their own, oldest first, then those of colleagues away they stand in for.

    None for somebody who left.
    """
    if not clerk.is_active:
        return []
    held = _active(clerk, today(at))
    labels = area_labels([post.area for post in held])
    return [_post_row(post, labels, mine=post.clerk_id == clerk.pk) for post in held]


def _post_row(post: Post, labels: dict[str, str], *, mine: bool) -> PostRow:
    row = PostRow(post.pk, Role(post.role), post.area, labels.get(post.area, post.area), post.department)
    if mine:
        return row
    handed: str = post.handed or ""  # type: ignore[attr-defined]
    return replace(row, stands_for=post.clerk.ref, stands_for_name=post.clerk.name, groups=tuple(filter(None, handed.split(","))))


def viewer(clerk: Clerk, purpose: str, at: datetime) -> Viewer | None:
    """Who this clerk is when looking now: from the post picked, else the first held; nobody without a post."""
    held = posts(clerk, at)
    if not held:
        return None
    post = next((row for row in held if row.id == clerk.post_id), held[0])
    return _as_viewer(clerk, post, purpose, held)


def _as_viewer(clerk: Clerk, post: PostRow, purpose: str, held: list[PostRow]) -> Viewer:
    return Viewer(
        name=clerk.name,
        username=clerk.username,
        role=post.role,
        area=post.area,
        purpose=purpose,
        ref=clerk.ref,
        area_label=post.area_label,
        department=post.department,
        stands_for=post.stands_for,
        groups=post.groups,
        standing=tuple({row.stands_for: row.stands_for_name for row in held if row.stands_for}.items()),
    )


def within(viewer: Viewer) -> str:
    """What the code of every place this viewer may see begins with; use it as `startswith` in each query."""
    return prefix(viewer.area)


def need(by: Clerk | Party, act: str, *, area: str | None, at: datetime, work_of: str = "") -> Viewer | None:
    """Stop an act its doer may not do here; acts call this before they change anything. Jobs may (None comes back).

    Where two posts allow it, it is done by one's own right, unless it is the work of a colleague away: then in their place.
    The journal's lines of the act say so.

    :param area: where the act takes effect; None for acts that belong to no place
    :param work_of: ref of the clerk whose work it is, where that is known
    :raises NotAllowed: no post of this clerk allows the act in this area, or a resident tries a clerk's act
    :raises KeyError: no such act in the permission table
    """
    label = ACTS[act][0]
    if isinstance(by, Party):
        if by.kind == "system":
            return None
        raise NotAllowed(f"{label}要由工作人员来办。")
    held = posts(by, at)
    allowing = [post for post in held if post.may(act)]
    if not allowing:
        raise NotAllowed(f"您的岗位不能{label}。")
    here = [post for post in allowing if area is None or contains(post.area, area)]
    if here:
        post = next((row for row in here if work_of and row.stands_for == work_of), here[0])
        by.acting_for = post.stands_for
        return _as_viewer(by, post, act, held)
    raise NotAllowed(f"这里不归您负责，不能{label}。请找当地经办人。")


def clerk_names(refs: list[str]) -> dict[str, str]:
    """The names behind clerks' opaque refs."""
    return once("clerks", refs, lambda some: dict(Clerk.objects.filter(ref__in=some).values_list("ref", "name")))


def clerk_phones(refs: list[str]) -> dict[str, str]:
    """The telephones at work behind clerks' opaque refs; who has none is left out."""
    return dict(Clerk.objects.filter(ref__in=refs).exclude(phone="").values_list("ref", "phone"))


def clerk(username: str) -> Clerk | None:
    """The clerk of this name to sign in with."""
    return Clerk.objects.filter(username=username).first()


def at_work(refs: Iterable[str], at: datetime) -> set[str]:
    """Which of these clerks (refs) hold a post at a moment; being away for some days does not end it."""
    on = today(at)
    held = Post.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=on), from_on__lte=on, clerk__is_active=True)
    return set(held.filter(clerk__ref__in=set(refs)).values_list("clerk__ref", flat=True))


def clerk_of(ref: str) -> Clerk | None:
    """The clerk behind an opaque ref."""
    return Clerk.objects.filter(ref=ref).first()


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A clerk at a post: whom to call, and what a demo's sign-in page lists."""

    username: str
    name: str
    phone: str
    role: Role
    area: str
    area_label: str
    ref: str = ""


def _staff_rows(rows: list[Post]) -> list[StaffRow]:
    labels = area_labels([post.area for post in rows])
    return [
        StaffRow(
            username=post.clerk.username,
            name=post.clerk.name,
            phone=post.clerk.phone,
            role=Role(post.role),
            area=post.area,
            area_label=labels.get(post.area, post.area),
            ref=post.clerk.ref,
        )
        for post in rows
    ]


def staff(at: datetime, *, area: str = "", role: Role | None = None) -> list[StaffRow]:
    """Who works at a moment in an area and in places inside it, by place; all of them, or those of one role."""
    on = today(at)
    held = Post.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=on), from_on__lte=on, clerk__is_active=True)
    held = held.filter(area__startswith=prefix(area))
    if role is not None:
        held = held.filter(role=role)
    return _staff_rows(list(held.select_related("clerk").order_by("area", "id")))


def helpers_of(department: str, area: str, at: datetime) -> list[StaffRow]:
    """A department's own helpers whose post holds a place at a moment."""
    on = today(at)
    held = Post.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=on),
        from_on__lte=on,
        clerk__is_active=True,
        role=Role.SERVICE,
        department=department,
    )
    return _staff_rows([post for post in held.select_related("clerk").order_by("-area", "id") if contains(post.area, area)])
