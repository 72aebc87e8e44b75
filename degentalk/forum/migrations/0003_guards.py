from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("forum", "0002_likes_and_moderation"), ("core", "0003_refuse_change")]
    operations = [sql_file(__file__, "0003_guards.sql")]
