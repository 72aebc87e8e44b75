from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("xp", "0007_board_buckets")]
    operations = [sql_file(__file__, "0008_curve_changes.sql")]
