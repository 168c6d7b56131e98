"""A town in a home of its own, for tests that kill real processes: `python live_town.py set-up|report`, run beside them."""

# ruff: noqa: E402 - Django is started by hand here, in a process of its own
from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "doudi.config.settings"

import django

django.setup()

from django.conf import settings
from django.core.management import call_command

from delivered import deliver_town
from doudi.engine.lake import Lake
from doudi.exchange import actions as exchange
from doudi.exchange.core import signing
from doudi.exchange.models import Event
from doudi.monitoring import jobs
from doudi.monitoring.models import Alert
from doudi.office import actions as office_actions
from doudi.office import queries as office
from engine.landed import ON
from people import HALL, NOON, places


def set_up() -> dict[str, str]:
    """Deliver the town, judge it, register a sender; says its private key."""
    call_command("migrate", verbosity=0, interactive=False)
    places()
    office_actions.move_clock(to=NOON, by=HALL, at=office.now())
    deliver_town(Lake(Path(settings.LAKE)))
    exchange.keep_sender(
        code="hospital", label="医保局", department_code="medical_security", doors=["event"], by=HALL, at=office.now(),
        datasets=["medical_cost", "disaster", "insurance"],
    )  # fmt: skip
    private, public = signing.new_key()
    exchange.rotate_key(code="hospital", public_key=public, by=HALL, at=office.now())
    jobs.evaluate(ON)
    return {"private": private}


def report() -> dict[str, object]:
    """Every event, and the alerts before and after a full cycle."""
    events = Event.objects.order_by("sequence")
    told = [(one.sequence, one.key, one.state, one.pid) for one in events]
    before = sorted(Alert.objects.values_list("ref", "state", "mask", "figures"))
    done = jobs.evaluate(date(2026, 7, 1))
    after = sorted(Alert.objects.values_list("ref", "state", "mask", "figures"))
    landed = Event.objects.filter(state="shown", load__isnull=False).count()
    return {"events": told, "before": before, "after": after, "landed": landed, "lapsed": done.alerts["lapsed"]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"set-up": set_up, "report": report}[sys.argv[1]](), ensure_ascii=False))
