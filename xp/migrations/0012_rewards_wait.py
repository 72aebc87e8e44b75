from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("xp", "0011_grant_freeze"), ("wallet", "0005_doors"), ("core", "0005_switch_guards")]
    operations = [sql_file(__file__, "0012_rewards_wait.sql")]
