from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("xp", "0013_policy"), ("paths", "0002_paths")]
    operations = [sql_file(__file__, "0014_paths.sql")]
