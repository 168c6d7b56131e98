"""When the law that counts here cannot be read: the page says so and where it is put right, instead of breaking."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from doudi.policy.language.errors import RuleError
from doudi.web.parts.language import STAFF


class UnreadableLaw:
    """A change approved here may not be understood after an update. No page then answers by the law without it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, why: Exception) -> HttpResponse | None:
        """Staff read which rule and why; others where to turn."""
        if not isinstance(why, RuleError):
            return None
        staff = request.path.startswith(STAFF) and request.user.is_authenticated
        return render(request, "parts/unreadable.html", {"why": str(why) if staff else ""}, status=503)
