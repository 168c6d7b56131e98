"""Reports: a sealed snapshot, a copy for each person it asks about, the signed sheet."""

import django.db.models.deletion
import doudi.office.fields
import doudi.verification.models.reports
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0008_authorisations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=doudi.verification.models.reports.new_report_ref, max_length=20, unique=True)),
                ("number", models.CharField(max_length=30, unique=True)),
                ("version", models.PositiveSmallIntegerField()),
                ("area", models.CharField(max_length=12)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("valid_until", models.DateField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                (
                    "check_asked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="verification.check"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pid", models.CharField(blank=True, db_index=True, max_length=21)),
                ("token", models.CharField(default=doudi.verification.models.reports.new_token, max_length=24, unique=True)),
                ("sha256", models.CharField(max_length=64)),
                ("body", doudi.office.fields.SealedText()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="verification.report"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("pages", models.PositiveSmallIntegerField()),
                ("pdf", doudi.office.fields.SealedText()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                (
                    "of",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="paper", to="verification.reportcopy"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(fields=("check_asked", "version"), name="report_version_once"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="report_versions_from_one"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("version", 1), models.Q(("why", ""), _negated=True), _connector="OR"),
                name="report_again_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportcopy",
            constraint=models.UniqueConstraint(fields=("report", "pid"), name="report_copy_once"),
        ),
    ]
