"""The system accounts of wallet/accounts.py that exist so far; a later one comes with a migration of its own."""

from django.db import migrations

from wallet import accounts


def load(apps, schema_editor):
    DgtAccount = apps.get_model("wallet", "DgtAccount")
    for name in (accounts.REWARDS, accounts.ADJUSTMENTS):
        DgtAccount.objects.create(kind="system", name=name, purpose=accounts.SYSTEM_ACCOUNTS[name])


class Migration(migrations.Migration):
    dependencies = [("wallet", "0002_ledger")]
    # Accounts are append-only: going back drops the table with them.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
