"""Orders, anomalies, looks: when and by whom go together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0012_batches"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="anomaly",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by", "")),
                    models.Q(("closed_at__isnull", False), models.Q(("closed_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="anomaly_closed_when_and_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="samplerow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("looked_at__isnull", True), ("looked_by", "")),
                    models.Q(("looked_at__isnull", False), models.Q(("looked_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="sample_looked_when_and_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="taskorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by", "")),
                    models.Q(("decided_at__isnull", False), models.Q(("decided_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="order_decided_when_and_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="taskorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stopped_at__isnull", True), ("stopped_by", "")),
                    models.Q(("stopped_at__isnull", False), models.Q(("stopped_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="order_stopped_when_and_by_whom",
            ),
        ),
    ]
