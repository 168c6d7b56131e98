"""No case without what was handed in; one application opens one case of a programme."""

from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [("casework", "0005_application")]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="application",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="casework.application"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(fields=["application", "programme"], name="case_once_in_application"),
        ),
    ]
