import django.db.models.deletion
import doudi.casework.models.refs
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0008_papers"),
    ]

    operations = [
        migrations.CreateModel(
            name="RunningClock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.casework.models.refs.new_row_ref, max_length=20, unique=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="casework.case"),
                ),
                ("area", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=12)),
                ("basis", models.CharField(max_length=40)),
                ("unit", models.CharField(choices=[("wd", "个工作日"), ("days", "天"), ("hours", "小时")], max_length=6)),
                ("count", models.PositiveSmallIntegerField()),
                ("longest", models.PositiveSmallIntegerField()),
                ("started_at", models.DateTimeField()),
                ("first_due_on", models.DateField()),
                ("due_on", models.DateField()),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("extended_at", models.DateTimeField(blank=True, null=True)),
                ("extended_by", models.CharField(blank=True, max_length=80)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("done_by", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("done_at__isnull", True)), fields=["due_on", "id"], name="clock_running"),
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)), fields=["area", "due_on", "id"], name="clock_running_here"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True)), fields=("case", "kind"), name="clock_runs_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("count__lte", models.F("longest"))), name="clock_within_the_law"),
                    models.CheckConstraint(condition=models.Q(("unit__in", ["wd", "days", "hours"])), name="clock_unit"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_at__isnull", False), ("unit", "hours")),
                            models.Q(models.Q(("unit", "hours"), _negated=True), ("due_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="clock_hours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("extended_at__isnull", True), ("extended_by", "")),
                            models.Q(("extended_at__isnull", False), models.Q(("extended_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="clock_extended_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", True), ("done_by", "")),
                            models.Q(("done_at__isnull", False), models.Q(("done_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="clock_done_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="casework.runningclock"
                    ),
                ),
                ("reason", models.CharField(max_length=12)),
                ("from_on", models.DateField()),
                ("to_on", models.DateField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("to_on__isnull", True)), fields=("clock",), name="pause_one_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("to_on__isnull", True), ("to_on__gte", models.F("from_on")), _connector="OR"),
                        name="pause_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("by", ""), _negated=True), models.Q(("reason", ""), _negated=True)),
                        name="pause_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Climb",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="climbs", to="casework.runningclock"
                    ),
                ),
                ("step", models.CharField(max_length=8)),
                ("told", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clock", "step"), name="climb_once"),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["before", "due", "after", "head", "county"])), name="climb_step"
                    ),
                    models.CheckConstraint(condition=models.Q(("by", ""), _negated=True), name="climb_whole"),
                ],
            },
        ),
    ]
