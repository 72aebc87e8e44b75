from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("core", "0003_refuse_change")]
    operations = [sql_file(__file__, "0002_payments.sql")]
