from django.db import migrations, models

from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("xp", "0006_engine_defaults")]
    operations = [
        migrations.CreateModel(
            name="XpBoardBucket",
            fields=[
                ("low", models.BigIntegerField(primary_key=True, serialize=False)),
                ("members", models.BigIntegerField()),
                ("ahead", models.BigIntegerField()),
                ("built_at", models.DateTimeField()),
            ],
            options={"db_table": "xp_board_buckets"},
        ),
        sql_file(__file__, "0007_board_buckets.sql"),
    ]
