from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_usdt_tables")]
    operations = [sql_file(__file__, "0005_usdt.sql")]
