from django.db import migrations, models


def room_beside_every_line(apps, schema_editor):
    """PostgreSQL writes a changed row beside the old one and touches no index, if the page has room and no index looks at what
    changed. A line is sent and arrives, that is two changes of half a million rows a month. SQLite changes rows in place.
    """
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE payment_line SET (fillfactor = 50)")


class Migration(migrations.Migration):
    dependencies = [
        ("payment", "0004_sums_of_runs"),
    ]

    operations = [
        migrations.RunPython(room_beside_every_line, migrations.RunPython.noop),
        migrations.RemoveIndex(
            model_name="line",
            name="line_not_arrived",
        ),
        migrations.AddField(
            model_name="line",
            name="not_arrived",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Q(("state__in", ["held", "no_account", "failed"])),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddIndex(
            model_name="line",
            index=models.Index(condition=models.Q(("not_arrived", True)), fields=["run", "id"], name="line_not_arrived"),
        ),
    ]
