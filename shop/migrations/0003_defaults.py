"""What a new site's shop starts with: see shop/defaults.py."""

from django.db import migrations

from shop import defaults


def load(apps, schema_editor):
    DgtUnlock = apps.get_model("shop", "DgtUnlock")
    DgtUnlock.objects.bulk_create(DgtUnlock(**unlock) for unlock in defaults.UNLOCKS)


def unload(apps, schema_editor):
    apps.get_model("shop", "DgtUnlock").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_shop"), ("paths", "0003_defaults")]
    operations = [migrations.RunPython(load, unload)]
