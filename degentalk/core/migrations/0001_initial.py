"""The mark of the database, its clock, time-ordered UUIDs and the outbox."""

from django.db import migrations, models

from degentalk.core.clock import Clock
from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        sql_file(__file__, "0001_clock.sql"),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topic", models.CharField(max_length=100, verbose_name="topic")),
                ("payload", models.JSONField(verbose_name="payload")),
                ("key", models.CharField(max_length=200, unique=True, verbose_name="key")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                ("available_at", models.DateTimeField(db_default=Clock(), verbose_name="next attempt at")),
                ("created_at", models.DateTimeField(db_default=Clock(), verbose_name="created at")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered at")),
                ("last_error", models.CharField(blank=True, max_length=500, verbose_name="last error")),
            ],
            options={
                "verbose_name": "outbox message",
                "db_table": "outbox",
                "indexes": [
                    models.Index(
                        condition=models.Q(("delivered_at", None)),
                        fields=["available_at", "id"],
                        name="outbox_due",
                    )
                ],
            },
        ),
    ]
