"""Awards, adjustments of help in force with their hearings, reviews, offers of work, asking after the end."""

import django.db.models.deletion
import doudi.casework.models.refs
import doudi.office.fields
from django.db import migrations, models


def first_awards(apps, schema_editor):
    """Help confirmed before awards were kept has its first one, by the decision that confirmed it."""
    benefits = apps.get_model("casework", "Benefit").objects.filter(awards__isnull=True).select_related("decision")
    award = apps.get_model("casework", "Award")
    award.objects.bulk_create(
        (
            award(
                benefit=one, from_month=one.from_month, amount_fen=one.amount_fen, members=one.members,
                decision=one.decision, at=one.decision.at, by=one.decision.by,
            )
            for one in benefits.order_by("id").iterator(chunk_size=2000)
        ),
        batch_size=2000,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0009_clocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.casework.models.refs.new_row_ref, max_length=20, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("cause", models.CharField(max_length=20)),
                ("article", models.CharField(max_length=80)),
                ("happened_on", models.DateField(blank=True, null=True)),
                ("from_month", models.DateField()),
                ("until_month", models.DateField(blank=True, null=True)),
                ("effects", doudi.office.fields.SealedJSON(default=list)),
                ("months", doudi.office.fields.SealedJSON(default=list)),
                ("steps", doudi.office.fields.SealedJSON(default=list)),
                ("pack", models.CharField(blank=True, max_length=64)),
                ("reason", doudi.office.fields.SealedText()),
                ("differs", models.BooleanField(default=False)),
                ("differs_reason", doudi.office.fields.SealedText(default="")),
                ("is_less", models.BooleanField(default=False)),
                ("heard", models.CharField(blank=True, max_length=10)),
                ("goes_to", models.CharField(blank=True, max_length=120)),
                ("state", models.CharField(default="proposed", max_length=10)),
                ("version", models.PositiveIntegerField(default=1)),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", models.CharField(max_length=80)),
                ("ended_reason", doudi.office.fields.SealedText(default="")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, max_length=80)),
                ("dropped_at", models.DateTimeField(blank=True, null=True)),
                ("dropped_by", models.CharField(blank=True, max_length=80)),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("notice_due_on", models.DateField(blank=True, null=True)),
                ("reconsider_until", models.DateField(blank=True, null=True)),
                ("lawsuit_until", models.DateField(blank=True, null=True)),
                ("served_at", models.DateTimeField(blank=True, null=True)),
                ("served_by", models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Award",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.casework.models.refs.new_row_ref, max_length=20, unique=True)),
                ("from_month", models.DateField()),
                ("amount_fen", models.BigIntegerField()),
                ("members", models.PositiveSmallIntegerField()),
                ("is_less", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.casework.models.refs.new_row_ref, max_length=20, unique=True)),
                ("after_months", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("outcome", models.CharField(blank=True, max_length=12)),
                ("way", models.CharField(blank=True, max_length=10)),
                ("note", doudi.office.fields.SealedText(default="")),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("done_by", models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Happening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.casework.models.refs.new_row_ref, max_length=20, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("pid", models.CharField(blank=True, max_length=21)),
                ("on", models.DateField()),
                ("known_on", models.DateField()),
                ("channel", models.CharField(max_length=12)),
                ("source_ref", models.CharField(blank=True, max_length=40)),
                ("said", doudi.office.fields.SealedText(default="")),
                ("figure_fen", models.BigIntegerField(blank=True, null=True)),
                ("is_late", models.BooleanField(default=False)),
                ("state", models.CharField(default="open", max_length=10)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                ("left_reason", doudi.office.fields.SealedText(default="")),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("settled_by", models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Hearing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.casework.models.refs.new_row_ref, max_length=20, unique=True)),
                ("outcome", models.CharField(max_length=10)),
                ("on", models.DateField()),
                ("views", doudi.office.fields.SealedText(default="")),
                ("signed_by", doudi.office.fields.SealedText(default="")),
                ("invitations", models.PositiveSmallIntegerField(default=0)),
                ("visited_on", models.DateField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.casework.models.refs.new_row_ref, max_length=20, unique=True)),
                ("way", models.CharField(max_length=10)),
                ("for_on", models.DateField()),
                ("place", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                ("answer", models.CharField(blank=True, max_length=10)),
                ("words", doudi.office.fields.SealedText(default="")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by", models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.casework.models.refs.new_row_ref, max_length=20, unique=True)),
                ("pid", models.CharField(max_length=21)),
                ("on", models.DateField()),
                ("work", doudi.office.fields.SealedText()),
                ("offered_by", models.CharField(max_length=120)),
                ("answer", models.CharField(max_length=12)),
                ("reason", doudi.office.fields.SealedText(default="")),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.casework.models.refs.new_row_ref, max_length=20, unique=True)),
                ("due_on", models.DateField()),
                ("kind", models.CharField(max_length=10)),
                ("is_drawn", models.BooleanField(default=False)),
                ("called_at", models.DateTimeField()),
                ("called_by", models.CharField(max_length=80)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("opened_by", models.CharField(blank=True, max_length=80)),
                ("outcome", models.CharField(blank=True, max_length=10)),
                ("compared", doudi.office.fields.SealedJSON(default=dict)),
                ("note", doudi.office.fields.SealedText(default="")),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_by", models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.AddField(
            model_name="benefit",
            name="ended_why",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="benefit",
            name="is_one_off",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_one_off", False), ("to_month", models.F("from_month")), _connector="OR"),
                name="benefit_one_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_why", ""), ("to_month__isnull", False), _connector="OR"), name="benefit_ended_whole"
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
            name="benefit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="adjustments", to="casework.benefit"
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
            name="rights",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="righted_by",
                to="casework.adjustment",
            ),
        ),
        migrations.AddField(
            model_name="award",
            name="adjustment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="awards",
                to="casework.adjustment",
            ),
        ),
        migrations.AddField(
            model_name="award",
            name="benefit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="awards", to="casework.benefit"),
        ),
        migrations.AddField(
            model_name="award",
            name="decision",
            field=models.OneToOneField(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="award", to="casework.decision"
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="benefit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="follow_ups", to="casework.benefit"
            ),
        ),
        migrations.AddField(
            model_name="happening",
            name="benefit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="happenings", to="casework.benefit"
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
            name="happening",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="adjustment",
                to="casework.happening",
            ),
        ),
        migrations.AddField(
            model_name="hearing",
            name="adjustment",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="hearing", to="casework.adjustment"
            ),
        ),
        migrations.AddField(
            model_name="award",
            name="hearing",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="awards", to="casework.hearing"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="adjustment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="casework.adjustment"
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="benefit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="casework.benefit"),
        ),
        migrations.AddField(
            model_name="review",
            name="adjustment",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="review",
                to="casework.adjustment",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="benefit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="casework.benefit"),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(condition=models.Q(("done_at__isnull", True)), fields=["due_on", "id"], name="follow_up_queue"),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(fields=("benefit", "due_on"), name="follow_up_once"),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", True), ("outcome", "")),
                    models.Q(
                        ("done_at__isnull", False),
                        ("outcome__in", ["fine", "struggling", "fallen_back", "not_reached", "needless"]),
                    ),
                    _connector="OR",
                ),
                name="follow_up_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", True), ("done_by", "")),
                    models.Q(("done_at__isnull", False), models.Q(("done_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="follow_up_done_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="happening",
            index=models.Index(fields=["benefit", "state"], name="happening_of_benefit"),
        ),
        migrations.AddConstraint(
            model_name="happening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "account",
                            "birth",
                            "cared_elsewhere",
                            "death",
                            "disability",
                            "divorce",
                            "fraud",
                            "illness",
                            "income_down",
                            "income_up",
                            "job",
                            "job_lost",
                            "marriage",
                            "moved_away",
                            "moved_in",
                            "moved_out",
                            "not_cooperating",
                            "our_mistake",
                            "own_wish",
                            "prison",
                            "property",
                            "refused_offers",
                            "released",
                            "review",
                            "school_end",
                            "settled",
                            "standard",
                        ],
                    )
                ),
                name="happening_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="happening",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "taken", "left"])), name="happening_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="happening",
            constraint=models.CheckConstraint(
                condition=models.Q(("figure_fen__isnull", True), ("figure_fen__gte", 0), _connector="OR"), name="happening_money"
            ),
        ),
        migrations.AddConstraint(
            model_name="happening",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_ref", ""), _negated=True),
                fields=("benefit", "kind", "source_ref"),
                name="happening_told_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="happening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("settled_by", "")),
                    models.Q(("settled_at__isnull", False), models.Q(("settled_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="happening_settled_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(fields=["state", "proposed_at"], name="adjustment_open"),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["change", "end", "exit", "restore", "resume", "suspend"])),
                name="adjustment_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "cause__in",
                        [
                            "account",
                            "birth",
                            "cared_elsewhere",
                            "death",
                            "disability",
                            "divorce",
                            "fraud",
                            "illness",
                            "income_down",
                            "income_up",
                            "job",
                            "job_lost",
                            "marriage",
                            "moved_away",
                            "moved_in",
                            "moved_out",
                            "not_cooperating",
                            "our_mistake",
                            "own_wish",
                            "prison",
                            "property",
                            "refused_offers",
                            "released",
                            "review",
                            "school_end",
                            "settled",
                            "standard",
                        ],
                    )
                ),
                name="adjustment_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("dropped_at__isnull", True), ("state", "proposed")),
                    models.Q(("decided_at__isnull", False), ("dropped_at__isnull", True), ("state", "decided")),
                    models.Q(("decided_at__isnull", True), ("dropped_at__isnull", False), ("state", "dropped")),
                    _connector="OR",
                ),
                name="adjustment_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_at__isnull", True),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="adjustment_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "decided"), _negated=True),
                    ("is_less", False),
                    ("heard__in", ["absent", "heard", "nobody", "waived", "written"]),
                    _connector="OR",
                ),
                name="adjustment_heard",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_month__isnull", True), ("until_month__gte", models.F("from_month")), _connector="OR"),
                name="adjustment_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("kind", "suspend"), _negated=True), ("until_month__isnull", False), _connector="OR"),
                name="adjustment_suspends_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")), fields=("benefit",), name="adjustment_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by", "")),
                    models.Q(("decided_at__isnull", False), models.Q(("decided_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="adjustment_decided_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dropped_at__isnull", True), ("dropped_by", "")),
                    models.Q(("dropped_at__isnull", False), models.Q(("dropped_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="adjustment_dropped_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("served_at__isnull", True), ("served_by", "")),
                    models.Q(("served_at__isnull", False), models.Q(("served_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="adjustment_served_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="hearing",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["absent", "heard", "nobody", "waived", "written"])), name="hearing_outcome"
            ),
        ),
        migrations.AddConstraint(
            model_name="hearing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "absent"), _negated=True),
                    models.Q(("invitations__gte", 1), ("visited_on__isnull", False)),
                    _connector="OR",
                ),
                name="hearing_absent_looked_for",
            ),
        ),
        migrations.AddIndex(
            model_name="award",
            index=models.Index(fields=["benefit", "from_month", "id"], name="award_of_benefit"),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(condition=models.Q(("amount_fen__gte", 0)), name="award_money"),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(condition=models.Q(("from_month__day", 1)), name="award_first_of_month"),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("adjustment__isnull", True), ("decision__isnull", False)),
                    models.Q(("adjustment__isnull", False), ("decision__isnull", True)),
                    _connector="OR",
                ),
                name="award_by_one_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_less", False), ("hearing__isnull", False), _connector="OR"),
                name="award_heard_before_less",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.UniqueConstraint(fields=("adjustment", "from_month"), name="award_once"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(fields=("adjustment", "for_on"), name="invitation_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("answered_by", "")),
                    models.Q(("answered_at__isnull", False), models.Q(("answered_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="invitation_answered_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer__in", ["taken", "good_reason", "refused"])), name="offer_answer"
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(fields=("benefit", "pid", "on"), name="offer_once_a_day"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(condition=models.Q(("closed_at__isnull", True)), fields=["due_on", "id"], name="review_queue"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)), fields=("benefit",), name="review_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("outcome", "")),
                    models.Q(("closed_at__isnull", False), ("outcome__in", ["same", "changed"])),
                    _connector="OR",
                ),
                name="review_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("opened_at__isnull", True), ("opened_by", "")),
                    models.Q(("opened_at__isnull", False), models.Q(("opened_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="review_opened_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by", "")),
                    models.Q(("closed_at__isnull", False), models.Q(("closed_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="review_closed_whole",
            ),
        ),
        migrations.RunPython(first_awards, migrations.RunPython.noop),
    ]
