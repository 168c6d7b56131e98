"""An answer knows its question only; the question knows whom, what and of whom."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("verification", "0006_answers_to_questions")]

    operations = [
        migrations.RemoveField(
            model_name="answer",
            name="check_asked",
        ),
        migrations.RemoveField(
            model_name="answer",
            name="dataset",
        ),
        migrations.RemoveField(
            model_name="answer",
            name="pid",
        ),
        migrations.AlterField(
            model_name="answer",
            name="question",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="verification.question"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("said__in", ["found", "nothing", "no_answer", "refused", "ambiguous", "stale"])),
                name="answer_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("said__in", ["no_answer", "refused", "ambiguous", "stale"]), models.Q(("why", ""), _negated=True)),
                    models.Q(("as_of__isnull", False), ("said__in", ["found", "nothing"]), ("why", "")),
                    _connector="OR",
                ),
                name="answer_whole",
            ),
        ),
    ]
