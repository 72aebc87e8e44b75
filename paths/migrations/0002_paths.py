from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("paths", "0001_initial"), ("core", "0003_refuse_change"), ("accounts", "0005_look")]
    operations = [sql_file(__file__, "0002_paths.sql")]
