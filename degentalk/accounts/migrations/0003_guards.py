from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_suspensions"), ("core", "0003_refuse_change")]
    operations = [sql_file(__file__, "0003_guards.sql")]
