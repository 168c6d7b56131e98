"""疑点, runs of checks of rolls, random samples."""

import django.db.models.deletion
import doudi.office.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0011_statements"),
    ]

    operations = [
        migrations.CreateModel(
            name="Anomaly",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=20, unique=True)),
                ("snapshot", models.CharField(blank=True, max_length=60)),
                ("roll", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=40)),
                ("label", models.CharField(max_length=120)),
                ("article", models.CharField(blank=True, max_length=120)),
                ("innocent", models.JSONField(default=list)),
                ("other", models.CharField(max_length=40)),
                ("pid", models.CharField(db_index=True, max_length=40)),
                ("area", models.CharField(max_length=12)),
                ("name", doudi.office.fields.SealedText()),
                ("number", doudi.office.fields.SealedText()),
                ("pairs", doudi.office.fields.SealedJSON()),
                ("more", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("handed", "handed"), ("closed", "closed"), ("lapsed", "lapsed")], max_length=8
                    ),
                ),
                (
                    "whom",
                    models.CharField(
                        blank=True, choices=[("township", "township"), ("supervision", "supervision")], max_length=12
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True)),
                ("cause", models.CharField(blank=True, max_length=20)),
                ("again_on", models.DateField(blank=True, null=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_by", models.CharField(blank=True, max_length=80)),
                ("there", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="AnomalyStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(max_length=20)),
                ("whom", models.CharField(blank=True, max_length=12)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("cause", models.CharField(blank=True, max_length=20)),
                ("note", doudi.office.fields.SealedText(default="")),
                ("came", models.CharField(blank=True, max_length=40)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                (
                    "anomaly",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="verification.anomaly"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BatchRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=20, unique=True)),
                ("roll", models.CharField(max_length=40)),
                ("words", models.JSONField()),
                ("day", models.DateField(blank=True, null=True)),
                ("snapshot", models.CharField(blank=True, max_length=60)),
                ("area", models.CharField(db_index=True, max_length=12)),
                ("state", models.CharField(max_length=8)),
                ("problem", models.TextField(blank=True)),
                ("seen", models.JSONField(default=dict)),
                ("lists", models.JSONField(default=list)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=80)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="verification.batchcheck",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="verification.taskorder"
                    ),
                ),
                (
                    "same_as",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="verification.batchrun",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="anomaly",
            name="first_run",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="verification.batchrun"),
        ),
        migrations.AddField(
            model_name="anomaly",
            name="last_run",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="verification.batchrun"),
        ),
        migrations.CreateModel(
            name="Sample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=20, unique=True)),
                ("hits", models.BooleanField()),
                ("seed", models.CharField(max_length=40)),
                ("area", models.CharField(max_length=12)),
                ("population", models.PositiveIntegerField()),
                ("asked_permille", models.PositiveIntegerField()),
                ("drawn_at", models.DateTimeField()),
                ("drawn_by", models.CharField(max_length=80)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="samples", to="verification.batchrun"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SampleRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("pid", models.CharField(max_length=40)),
                ("area", models.CharField(max_length=12)),
                ("roll_batch", models.PositiveIntegerField()),
                ("roll_row", models.PositiveIntegerField()),
                ("name", doudi.office.fields.SealedText()),
                ("number", doudi.office.fields.SealedText()),
                ("result", models.CharField(blank=True, max_length=8)),
                ("note", doudi.office.fields.SealedText(default="")),
                ("looked_at", models.DateTimeField(blank=True, null=True)),
                ("looked_by", models.CharField(blank=True, max_length=80)),
                (
                    "sample",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="verification.sample"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sighting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "seen",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("still", "still"),
                            ("known", "known"),
                            ("changed", "changed"),
                            ("due", "due"),
                            ("back", "back"),
                            ("gone", "gone"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "anomaly",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sightings", to="verification.anomaly"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sightings", to="verification.batchrun"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="batchrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "done", "failed"])), name="batch_run_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="batchrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    ("batch__isnull", False),
                    ("same_as__isnull", False),
                    _connector="OR",
                ),
                name="batch_run_gave_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("same_as__isnull", True), ("state", "done")),
                fields=("order", "batch"),
                name="batch_run_once_an_order",
            ),
        ),
        migrations.AddIndex(
            model_name="anomaly",
            index=models.Index(fields=["state", "area", "id"], name="anomaly_queue"),
        ),
        migrations.AddIndex(
            model_name="anomaly",
            index=models.Index(fields=["roll", "snapshot", "state"], name="anomaly_roll"),
        ),
        migrations.AddConstraint(
            model_name="anomaly",
            constraint=models.UniqueConstraint(fields=("snapshot", "roll", "kind", "pid"), name="anomaly_once"),
        ),
        migrations.AddConstraint(
            model_name="anomaly",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True),
                    models.Q(models.Q(("cause", ""), _negated=True), models.Q(("closed_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="anomaly_closed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="anomaly",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "handed"), _negated=True),
                    models.Q(models.Q(("whom", ""), _negated=True), ("due_on__isnull", False)),
                    _connector="OR",
                ),
                name="anomaly_handed",
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.UniqueConstraint(fields=("run", "hits", "seed", "area"), name="sample_once"),
        ),
        migrations.AddConstraint(
            model_name="samplerow",
            constraint=models.UniqueConstraint(fields=("sample", "place"), name="sample_place_once"),
        ),
        migrations.AddConstraint(
            model_name="samplerow",
            constraint=models.CheckConstraint(
                condition=models.Q(("result__in", ["", "right", "wrong", "unclear"])), name="sample_result"
            ),
        ),
        migrations.AddConstraint(
            model_name="samplerow",
            constraint=models.CheckConstraint(
                condition=models.Q(("result", ""), models.Q(("looked_by", ""), _negated=True), _connector="OR"),
                name="sample_looked_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(fields=["run", "seen"], name="sighting_seen"),
        ),
        migrations.AddConstraint(
            model_name="sighting",
            constraint=models.UniqueConstraint(fields=("run", "anomaly"), name="sighting_once"),
        ),
    ]
