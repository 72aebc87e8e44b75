from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("xp", "0001_initial"), ("wallet", "0002_ledger")]
    operations = [sql_file(__file__, "0002_doors.sql")]
