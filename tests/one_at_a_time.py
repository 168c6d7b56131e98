"""One request after another, where all threads of a test share one connection: SQLite in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

_TURN = threading.RLock()


class OneAtATime:
    """A page that loads in parts asks for several at once; on a file or a server each thread has a connection of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if connection.vendor != "sqlite":
            return self.get_response(request)
        with _TURN:
            return self.get_response(request)
