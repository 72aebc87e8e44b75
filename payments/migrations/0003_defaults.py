"""What a new site sells: see payments/defaults.py."""

from django.db import migrations

from payments import defaults


def load(apps, schema_editor):
    DgtPackage = apps.get_model("payments", "DgtPackage")
    DgtPackage.objects.bulk_create(DgtPackage(**package) for package in defaults.rows())


def unload(apps, schema_editor):
    apps.get_model("payments", "DgtPackage").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_payments")]
    operations = [migrations.RunPython(load, unload)]
