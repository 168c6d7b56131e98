from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payment", "0002_ledger_claims_funds_accounts")]

    operations = [
        migrations.RemoveConstraint(
            model_name="run",
            name="run_sent_whole",
        ),
        migrations.RemoveField(
            model_name="run",
            name="file_key",
        ),
        migrations.RemoveField(
            model_name="run",
            name="file_name",
        ),
        migrations.RemoveField(
            model_name="run",
            name="file_sha256",
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at__isnull", True), ("sent_by", "")),
                    models.Q(("sent_at__isnull", False), models.Q(("sent_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="run_sent_whole",
            ),
        ),
    ]
