"""The system accounts of wallet/accounts.py that exist so far; a later one comes with a migration of its own."""

from django.db import migrations

from wallet import accounts


def load(apps, schema_editor):
    DgtAccount = apps.get_model("wallet", "DgtAccount")
    for name in (accounts.REWARDS, accounts.ADJUSTMENTS):
        purpose = accounts.SYSTEM_ACCOUNTS[name]
        DgtAccount.objects.get_or_create(kind="system", name=name, defaults={"purpose": purpose})


class Migration(migrations.Migration):
    dependencies = [("wallet", "0002_ledger")]
    # Accounts are append-only: going back leaves them, until 0001 drops the table.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
