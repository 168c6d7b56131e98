"""Indexes by which what is open, late or done in a place is counted without reading its rows; a clock done says if in time."""

from typing import Any

from django.db import migrations, models
from django.db.models import Case, F, Q, Value, When


def judged(apps: Any, schema_editor: Any) -> None:
    """Of every clock that is done, whether it was done in time: on its last day here or before."""
    rows = apps.get_model("casework", "RunningClock").objects.filter(done_at__isnull=False)
    kept = When(Q(done_at__date__lte=F("due_on")), then=Value(True))
    rows.update(in_time=Case(kept, default=Value(False)))


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0014_why_a_visit_is_not_signed"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="case",
            name="case_inbox",
        ),
        migrations.RemoveIndex(
            model_name="runningclock",
            name="clock_running_here",
        ),
        migrations.AddField(
            model_name="runningclock",
            name="in_time",
            field=models.BooleanField(null=True),
        ),
        migrations.RunPython(judged, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state", "rank", "due_on", "id", "area", "level"], name="case_inbox"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["area", "state", "level", "in_doubt", "due_on", "handler"],
                name="case_open_here",
            ),
        ),
        migrations.AddIndex(
            model_name="runningclock",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)), fields=["area", "due_on", "id", "kind"], name="clock_running_here"
            ),
        ),
        migrations.AddIndex(
            model_name="runningclock",
            index=models.Index(
                condition=models.Q(("done_at__isnull", False)), fields=["done_at", "area", "kind", "in_time"], name="clock_done"
            ),
        ),
        migrations.AddConstraint(
            model_name="runningclock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", True), ("in_time__isnull", True)),
                    models.Q(("done_at__isnull", False), ("in_time__isnull", False)),
                    _connector="OR",
                ),
                name="clock_done_judged",
            ),
        ),
    ]
