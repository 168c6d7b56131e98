import django.db.models.deletion
import doudi.office.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0005_departments_helpers"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkingYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.office.models.new_year_ref, max_length=20, unique=True)),
                ("year", models.PositiveSmallIntegerField()),
                ("holidays", models.JSONField()),
                ("worked", models.JSONField()),
                ("source", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 2020), ("year__lte", 2100)), name="working_year_year"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("source", ""), _negated=True), models.Q(("by", ""), _negated=True)),
                        name="working_year_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.office.models.new_leave_ref, max_length=20, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("holiday", "休假"), ("ill", "病假"), ("away", "出差或学习"), ("other", "别的事")], max_length=10
                    ),
                ),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("groups", models.CharField(blank=True, max_length=80)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=80)),
                (
                    "clerk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="leaves", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "stand_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stands_in",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["stand_in", "to_on"], name="leave_stand_in")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("to_on__gte", models.F("from_on"))), name="leave_days"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stand_in__isnull", True), models.Q(("stand_in", models.F("clerk")), _negated=True), _connector="OR"
                        ),
                        name="leave_somebody_else",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by", "")),
                            models.Q(("ended_at__isnull", False), models.Q(("ended_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="leave_ended_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["holiday", "ill", "away", "other"])), name="leave_kind"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)), fields=("clerk", "from_on"), name="leave_once"
                    ),
                ],
            },
        ),
    ]
