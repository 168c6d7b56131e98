"""Questions, sources and what is carried by people; answers come to hang on questions."""

import django.db.models.deletion
from django.db import migrations, models

import doudi.office.fields
import doudi.verification.models


class Migration(migrations.Migration):
    dependencies = [("verification", "0004_peers")]

    operations = [
        migrations.CreateModel(
            name="Dispatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True)),
                ("source", models.CharField(db_index=True, max_length=40)),
                ("way", models.CharField(max_length=10)),
                ("on", models.DateField()),
                ("questions", models.PositiveIntegerField()),
                ("content", doudi.office.fields.SealedText()),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="DispatchCounter",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.verification.models.new_question_ref, max_length=20, unique=True)),
                ("pid", models.CharField(max_length=21)),
                ("source", models.CharField(max_length=40)),
                ("dataset", models.CharField(max_length=40)),
                ("adapter", models.CharField(max_length=10)),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("why_again", models.CharField(blank=True, max_length=200)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=80)),
                ("due_at", models.DateTimeField()),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("last_why", models.CharField(blank=True, max_length=300)),
                ("sent_at", models.DateTimeField(null=True)),
                ("their_ref", models.CharField(blank=True, max_length=80)),
                ("claim", models.CharField(blank=True, max_length=32)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("closed_why", models.CharField(blank=True, max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("label", models.CharField(max_length=60)),
                ("department", models.CharField(max_length=60)),
                ("dataset", models.CharField(db_index=True, max_length=40)),
                ("adapter", models.CharField(max_length=10)),
                ("area", models.CharField(blank=True, max_length=12)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("public_key", models.CharField(blank=True, max_length=44)),
                ("answer_wd", models.PositiveSmallIntegerField(default=10)),
                ("answer_seconds", models.PositiveIntegerField(blank=True, null=True)),
                ("daily_quota", models.PositiveIntegerField(default=0)),
                ("at_once", models.PositiveSmallIntegerField(default=50)),
                ("active", models.BooleanField(default=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("rests_until", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("last_sent_at", models.DateTimeField(blank=True, null=True)),
                ("last_answer_at", models.DateTimeField(blank=True, null=True)),
                ("counted_on", models.DateField(blank=True, null=True)),
                ("sent_that_day", models.PositiveIntegerField(default=0)),
                ("kept_at", models.DateTimeField()),
                ("kept_by", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Typed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("said", models.CharField(max_length=10)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("as_of", models.DateField(blank=True, null=True)),
                ("rows", doudi.office.fields.SealedJSON(default=list)),
                ("paper", models.CharField(max_length=40)),
                ("typed_at", models.DateTimeField()),
                ("typed_by", models.CharField(max_length=80)),
                ("agreed", models.BooleanField(null=True)),
                ("looked_at", models.DateTimeField(null=True)),
                ("looked_by", models.CharField(blank=True, max_length=80)),
                ("looked_why", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="answer",
            name="answer_once",
        ),
        migrations.RemoveConstraint(
            model_name="answer",
            name="answer_said",
        ),
        migrations.RemoveConstraint(
            model_name="answer",
            name="answer_whole",
        ),
        migrations.AddField(
            model_name="answer",
            name="answered_by",
            field=models.CharField(default="", max_length=80),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="answer",
            name="paper",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="check",
            name="declared",
            field=doudi.office.fields.SealedJSON(default=list),
        ),
        migrations.AddField(
            model_name="item",
            name="their_ref",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AlterField(
            model_name="answer",
            name="why",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="item",
            name="batch",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="item",
            name="row_no",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                condition=models.Q(("their_ref", ""), _negated=True), fields=("answer", "their_ref"), name="item_theirs_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("batch__isnull", False), ("row_no__isnull", False), ("their_ref", "")),
                    models.Q(("batch__isnull", True), ("row_no__isnull", True), models.Q(("their_ref", ""), _negated=True)),
                    _connector="OR",
                ),
                name="item_stands_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(condition=models.Q(("way__in", ["file", "letter"])), name="dispatch_way"),
        ),
        migrations.AddField(
            model_name="question",
            name="check_asked",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="verification.check"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="dispatch",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="carried", to="verification.dispatch"
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="question",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="verification.question"
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(("adapter__in", ["lake", "http", "file", "letter", "place", "matching"])), name="source_way"
            ),
        ),
        migrations.AddField(
            model_name="typed",
            name="question",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="typed", to="verification.question"
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["state", "source", "next_try_at"], name="question_waiting"),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(fields=("check_asked", "pid", "source", "round"), name="question_of_round"),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "sent", "answered", "closed"])), name="question_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_why__in", ["no_basis", "source_stopped", "too_long"]), ("state", "closed")),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_why", "")),
                    _connector="OR",
                ),
                name="question_closed_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="typed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("agreed__isnull", True)), fields=("question",), name="typed_one_waits"
            ),
        ),
        migrations.AddConstraint(
            model_name="typed",
            constraint=models.CheckConstraint(
                condition=models.Q(("agreed__isnull", True), ("looked_at__isnull", True), ("looked_by", ""))
                | models.Q(("agreed__isnull", False), ("looked_at__isnull", False)) & ~models.Q(("looked_by", "")),
                name="typed_looked_by_whom",
            ),
        ),
    ]
