"""Which village a reader comes from, and who helps there."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from doudi.office import queries
from doudi.office.core import Role


def area_of(request: HttpRequest) -> str:
    """The place the reader chose on this phone, else the place of the whole site."""
    chosen = request.COOKIES.get("area", "")
    return chosen if chosen.isdigit() and len(chosen) <= 12 else settings.SITE["area"]


def helper_of(request: HttpRequest) -> queries.StaffRow | None:
    """The one helper to name on every page: of the reader's village; of the whole site only if there is just one."""
    found = queries.staff(queries.now(), area=area_of(request), role=Role.VILLAGE)
    chosen = "area" in request.COOKIES
    return found[0] if found and (chosen or len(found) == 1) else None
