from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("paths", "0003_defaults")]
    operations = [sql_file(__file__, "0004_locks.sql")]
