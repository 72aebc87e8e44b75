from django.db import migrations

from degentalk.core.sql import sql_file
from wallet import accounts


def load(apps, schema_editor):
    """The policy's one row as its defaults say, and the system accounts that are new."""
    apps.get_model("wallet", "WalletPolicy").objects.get_or_create(id=1)
    for name in ("shop", "stripe", "usdt", "fees"):
        purpose = accounts.SYSTEM_ACCOUNTS[name]
        account = apps.get_model("wallet", "DgtAccount")
        account.objects.get_or_create(kind="system", name=name, defaults={"purpose": purpose})


class Migration(migrations.Migration):
    dependencies = [("wallet", "0004_ledger_complete"), ("core", "0005_switch_guards"), ("accounts", "0003_guards")]
    # Accounts are append-only: going back leaves them, until 0001 drops the table.
    operations = [sql_file(__file__, "0005_doors.sql"), migrations.RunPython(load, migrations.RunPython.noop)]
