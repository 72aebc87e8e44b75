from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("paths", "0004_locks")]
    operations = [sql_file(__file__, "0005_board.sql")]
