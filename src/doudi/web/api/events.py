"""The door for what happens now: one event or a few, signed, answered when they cannot be lost any more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from doudi.exchange import jobs as exchange
from doudi.exchange.core import Door
from doudi.web.api import shapes
from doudi.web.api.signatures import Signed

router = Router(tags=["events"])


@router.post(
    "events",
    response={200: shapes.EventsKept, 401: shapes.Problem, 403: shapes.Problem, 422: shapes.Problem},
    auth=Signed(Door.EVENT, keyed=True),
    summary="Tell what has just happened",
)
def receive(request: HttpRequest, told: shapes.Events) -> dict[str, Any]:
    """Keep up to 500 events, of any of your datasets that may come live. An answer with a number means: it is on the disk.

    Not answered? Send the same again with the same keys; nothing is counted twice. Bad events are answered field by field and do
    not stop the good ones beside them.
    """
    found = exchange.receive_events(request.sender, [(one.dataset, one.key, one.row) for one in told.events])
    answers = [{"key": one.key, "state": one.state, "sequence": one.sequence, "problems": one.problems} for one in found]
    return {"answers": answers}
