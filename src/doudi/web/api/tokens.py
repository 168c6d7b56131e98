"""Tokens of the door for machines: signed, bound to a clerk; worth what that clerk's post is worth today."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer

from doudi.office import queries
from doudi.office.core import Viewer

if TYPE_CHECKING:
    from doudi.office.models import Clerk

SALT = "doudi.api.token"
GOOD_FOR = timedelta(days=365)


def issue(clerk: Clerk) -> str:
    """Write a token for a clerk; it ends after a year, when the password changes, or when the clerk leaves."""
    return signing.dumps({"clerk": clerk.username, "key": clerk.get_session_auth_hash()[:20]}, salt=SALT)


def read(token: str) -> Clerk | None:
    """The clerk a token belongs to, or None for a token that was changed, is too old, or was taken back."""
    try:
        said = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    clerk = queries.clerk(said["clerk"])
    if clerk is None or not clerk.is_active or clerk.get_session_auth_hash()[:20] != said["key"]:
        return None
    return clerk


class Token(HttpBearer):
    """`Authorization: Bearer …` of a clerk whose post allows the act; `request.viewer` then says where and as what they look."""

    def __init__(self, act: str) -> None:
        super().__init__()
        self.act = act

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        """Find the clerk and the post, or nobody (401).

        :raises HttpError: 403, the post does not allow the act
        """
        clerk = read(token)
        if clerk is None:
            return None
        viewer = queries.viewer(clerk, self.act, queries.now())
        if viewer is None or not viewer.may(self.act):
            raise HttpError(403, "the post of this token does not allow it")
        request.user, request.viewer = clerk, viewer  # type: ignore[attr-defined]
        return viewer
