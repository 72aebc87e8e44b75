"""Threads and posts."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models

import degentalk.core.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Thread",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("slug", models.CharField(max_length=80, verbose_name="words in its address")),
                ("created_at", models.DateTimeField(db_default=degentalk.core.clock.Clock(), verbose_name="started")),
                (
                    "last_post_at",
                    models.DateTimeField(db_default=degentalk.core.clock.Clock(), verbose_name="newest post"),
                ),
                ("reply_count", models.PositiveIntegerField(db_default=0, default=0, verbose_name="replies")),
                ("is_locked", models.BooleanField(db_default=False, default=False, verbose_name="locked")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="threads",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
            ],
            options={
                "verbose_name": "thread",
                "db_table": "threads",
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("body", models.TextField(verbose_name="Markdown")),
                ("html", models.TextField(help_text="Rendered once, when it was written.", verbose_name="HTML")),
                ("created_at", models.DateTimeField(db_default=degentalk.core.clock.Clock(), verbose_name="written")),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="forum.thread",
                        verbose_name="thread",
                    ),
                ),
            ],
            options={
                "verbose_name": "post",
                "db_table": "posts",
            },
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(fields=["-last_post_at", "-id"], name="threads_active"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["author", "-id"], name="posts_author_newest"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=BrinIndex(fields=["created_at"], name="posts_written"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(fields=("thread", "number"), name="posts_number_once"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="posts_number_from_one"),
        ),
    ]
