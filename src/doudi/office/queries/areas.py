"""Places by code."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.office.models import Area
from doudi.office.queries.once import once


def area_labels(codes: list[str]) -> dict[str, str]:
    """Names of places by code; unknown codes are left out."""
    return once("places", codes, lambda some: dict(Area.objects.filter(code__in=some).values_list("code", "label")))


def area_label(code: str) -> str:
    """A place's name, or its code when nobody named it."""
    return area_labels([code]).get(code, code)


@dataclass(frozen=True, slots=True)
class AreaRow:
    code: str
    label: str
    kind: str
    parent: str
    place_kind: str


def areas(*, parent: str | None = None, kind: str | None = None) -> list[AreaRow]:
    """Places, by code; those directly below `parent`, or of one kind."""
    rows = Area.objects.order_by("code")
    if parent is not None:
        rows = rows.filter(parent=parent)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return [AreaRow(*row) for row in rows.values_list("code", "label", "kind", "parent", "place_kind")]


def places_within(within: str) -> list[tuple[str, str]]:
    """Code and name of every place whose code begins so."""
    return list(Area.objects.filter(code__startswith=within).order_by("code").values_list("code", "label"))


def area(code: str) -> AreaRow | None:
    """One place by its code, or None when nobody named it."""
    row = Area.objects.filter(code=code).values_list("code", "label", "kind", "parent", "place_kind").first()
    return AreaRow(*row) if row is not None else None
