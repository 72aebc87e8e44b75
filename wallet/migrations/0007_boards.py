from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("wallet", "0006_seals")]
    operations = [sql_file(__file__, "0007_boards.sql")]
