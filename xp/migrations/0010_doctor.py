from django.db import migrations, models
from django.db.models import Q

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("xp", "0009_grant_boost")]
    operations = [
        migrations.AddIndex(
            model_name="xplog",
            index=models.Index(
                fields=["-id"],
                condition=Q(("action", None), ("reverses__isnull", False), _connector="OR"),
                name="xp_log_no_awards",
            ),
        ),
        sql_file(__file__, "0010_doctor.sql"),
    ]
