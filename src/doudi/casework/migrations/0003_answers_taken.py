"""How many answers that came later a case has taken in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_supporters")]

    operations = [migrations.AddField("case", "answers_taken", models.PositiveIntegerField(default=0))]
