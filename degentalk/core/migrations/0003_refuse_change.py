from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("core", "0002_idempotency")]
    operations = [sql_file(__file__, "0003_refuse_change.sql")]
