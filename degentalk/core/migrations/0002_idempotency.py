"""What members were answered for their idempotency keys."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from degentalk.core.clock import Clock


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
                ("endpoint", models.CharField(max_length=100, verbose_name="endpoint")),
                ("key", models.CharField(max_length=200, verbose_name="key")),
                ("request_hash", models.BinaryField(max_length=32, verbose_name="SHA-256 of the request")),
                ("status", models.SmallIntegerField(verbose_name="status")),
                ("body", models.JSONField(verbose_name="body")),
                ("created_at", models.DateTimeField(db_default=Clock(), verbose_name="created at")),
            ],
            options={
                "verbose_name": "idempotency key",
                "db_table": "idempotency_keys",
                "indexes": [models.Index(fields=["created_at"], name="idempotency_keys_created")],
                "constraints": [
                    models.UniqueConstraint(fields=["actor", "endpoint", "key"], name="idempotency_keys_once")
                ],
            },
        ),
    ]
