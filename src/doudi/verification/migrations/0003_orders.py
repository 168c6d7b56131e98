"""任务单: the orders checks of whole rolls stand on."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("verification", "0002_batch")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="OrderCounter",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="TaskOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True)),
                ("purpose", models.TextField()),
                ("rolls", models.JSONField()),
                ("datasets", models.JSONField()),
                ("area", models.CharField(db_index=True, max_length=12)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drafted", "drafted"),
                            ("approved", "approved"),
                            ("declined", "declined"),
                            ("stopped", "stopped"),
                        ],
                        max_length=10,
                    ),
                ),
                ("drafted_at", models.DateTimeField()),
                ("drafted_by", models.CharField(max_length=80)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, max_length=80)),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("stopped_by", models.CharField(blank=True, max_length=80)),
                ("why", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("until_on__gte", models.F("from_on"))), name="order_days"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""), models.Q(("decided_by", models.F("drafted_by")), _negated=True), _connector="OR"
                        ),
                        name="order_by_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "approved"), _negated=True),
                            models.Q(("decided_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="order_approved_by_somebody",
                    ),
                ],
            },
        ),
    ]
