"""What a household says to a difference."""

from django.db import migrations, models

import doudi.office.fields
import doudi.verification.models.statements


class Migration(migrations.Migration):
    dependencies = [("verification", "0010_objections")]

    operations = [
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ref",
                    models.CharField(default=doudi.verification.models.statements.new_statement_ref, max_length=20, unique=True),
                ),
                ("once", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=80)),
                ("kind", models.CharField(max_length=30)),
                ("pid", models.CharField(blank=True, max_length=21)),
                ("choice", models.CharField(blank=True, max_length=20)),
                ("words", doudi.office.fields.SealedText(default="")),
                ("paper", models.CharField(blank=True, max_length=20)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("screen", "自己在手机上说的"),
                            ("visit", "上门时说的"),
                            ("telephone", "电话里说的"),
                            ("window", "到窗口说的"),
                        ],
                        max_length=12,
                    ),
                ),
                ("said_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
            ],
            options={
                "indexes": [models.Index(fields=["subject", "key"], name="statement_of")],
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "key", "once"), name="statement_once"),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["screen", "visit", "telephone", "window"])), name="statement_channel"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("said_at__lte", models.F("at"))), name="statement_said_before_kept"
                    ),
                ],
            },
        ),
    ]
