from django.db import migrations

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("forum", "0005_thread_highlights"), ("core", "0003_refuse_change")]
    operations = [sql_file(__file__, "0006_highlight_guards.sql")]
