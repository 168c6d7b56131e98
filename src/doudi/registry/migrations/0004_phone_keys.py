"""Telephone numbers kept before can be searched too."""

from django.db import migrations

from doudi.office.sealing import blind
from doudi.registry.core.search import contact_keys


def keep_phone_keys(apps, schema_editor):
    """Telephone numbers kept before can be searched too."""
    person, key = apps.get_model("registry", "Person"), apps.get_model("registry", "SearchKey")
    for one in person.objects.only("pid", "phone").iterator():
        key.objects.bulk_create(
            [key(person_id=one.pid, key=blind(text, "search")) for text in sorted(contact_keys(one.phone))], ignore_conflicts=True
        )


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0003_finding_and_requests"),
    ]

    operations = [
        migrations.RunPython(keep_phone_keys, migrations.RunPython.noop),
    ]
