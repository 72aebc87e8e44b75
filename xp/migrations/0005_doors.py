from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("xp", "0004_engine"),
        ("accounts", "0003_guards"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [sql_file(__file__, "0005_doors.sql")]
