import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import degentalk.core.clock
from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("wallet", "0009_boards_in_parts"), ("core", "0003_refuse_change")]
    operations = [
        migrations.AddField(
            model_name="userwallet",
            name="sending_is_stopped",
            field=models.BooleanField(db_default=False, default=False, verbose_name="sending is stopped"),
        ),
        migrations.CreateModel(
            name="SendingStop",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("because", models.TextField(verbose_name="because of")),
                ("started_at", models.DateTimeField(db_default=degentalk.core.clock.Clock(), verbose_name="since")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "stop of sending",
                "verbose_name_plural": "stops of sending",
                "db_table": "sending_stops",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("member", "because"),
                        name="sending_stops_one_open_for_a_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("because", ""), _negated=True), name="sending_stops_have_a_cause"
                    ),
                ],
            },
        ),
        sql_file(__file__, "0010_sending_stops.sql"),
    ]
