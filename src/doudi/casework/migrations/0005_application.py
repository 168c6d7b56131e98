"""What is handed in is a row of its own; every case so far was handed in alone."""

from django.db import migrations, models
from django.utils import timezone
import django.db.models.deletion

import doudi.casework.models.refs


def hand_in_each(apps, schema_editor):
    """Each case so far becomes the one case of an application with its receipt."""
    Application, Case = apps.get_model("casework", "Application"), apps.get_model("casework", "Case")
    for case in Case.objects.filter(application=None).order_by("pk").iterator():
        case.application = Application.objects.create(
            receipt=case.receipt,
            applicant=case.applicant,
            area=case.area,
            channel=case.channel,
            handed_on=timezone.localdate(case.submitted_at),
            submitted_at=case.submitted_at,
            submitted_by=case.submitted_by,
        )
        case.save(update_fields=["application"])


class Migration(migrations.Migration):
    dependencies = [("casework", "0004_looking_talking_showing")]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.casework.models.refs.new_application_ref, max_length=20, unique=True)),
                ("receipt", models.CharField(max_length=20, unique=True)),
                ("applicant", models.CharField(db_index=True, max_length=21)),
                ("area", models.CharField(max_length=12)),
                ("channel", models.CharField(max_length=12)),
                ("handed_on", models.DateField()),
                ("submitted_at", models.DateTimeField()),
                ("submitted_by", models.CharField(max_length=80)),
            ],
            options={"indexes": [models.Index(fields=["area", "channel", "handed_on"], name="application_doors")]},
        ),
        migrations.AddField(
            model_name="case",
            name="application",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="casework.application"
            ),
        ),
        migrations.RunPython(hand_in_each, migrations.RunPython.noop),
    ]
