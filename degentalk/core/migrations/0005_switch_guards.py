from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("core", "0004_switches")]
    operations = [sql_file(__file__, "0005_switch_guards.sql")]
