"""Likes, edits, deletion by authors, and what moderators do."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import degentalk.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="thread",
            name="is_removed",
            field=models.BooleanField(db_default=False, default=False, verbose_name="removed"),
        ),
        migrations.AddField(
            model_name="post",
            name="state",
            field=models.CharField(
                choices=[
                    ("visible", "Visible"),
                    ("hidden", "Hidden by a moderator"),
                    ("spam", "Removed as spam"),
                    ("deleted", "Deleted by its author"),
                ],
                db_default="visible",
                default="visible",
                max_length=7,
                verbose_name="state",
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="edited_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="edited"),
        ),
        migrations.AddField(
            model_name="post",
            name="revision_count",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="earlier texts"),
        ),
        migrations.AddField(
            model_name="post",
            name="like_count",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="likes"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["visible", "hidden", "spam", "deleted"])), name="posts_known_state"
            ),
        ),
        migrations.CreateModel(
            name="PostRevision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("body", models.TextField(verbose_name="Markdown")),
                ("html", models.TextField(verbose_name="HTML")),
                ("written_at", models.DateTimeField(verbose_name="written")),
                (
                    "replaced_at",
                    models.DateTimeField(db_default=degentalk.core.clock.Clock(), verbose_name="replaced"),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="forum.post",
                        verbose_name="post",
                    ),
                ),
            ],
            options={
                "verbose_name": "earlier text",
                "db_table": "post_revisions",
            },
        ),
        migrations.AddConstraint(
            model_name="postrevision",
            constraint=models.UniqueConstraint(fields=("post", "number"), name="post_revisions_number_once"),
        ),
        migrations.CreateModel(
            name="Like",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("is_active", models.BooleanField(db_default=True, default=True, verbose_name="likes it now")),
                (
                    "created_at",
                    models.DateTimeField(db_default=degentalk.core.clock.Clock(), verbose_name="first liked"),
                ),
                ("changed_at", models.DateTimeField(db_default=degentalk.core.clock.Clock(), verbose_name="changed")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="likes",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="likes",
                        to="forum.post",
                        verbose_name="post",
                    ),
                ),
            ],
            options={
                "verbose_name": "like",
                "db_table": "post_likes",
            },
        ),
        migrations.AddConstraint(
            model_name="like",
            constraint=models.UniqueConstraint(fields=("post", "member"), name="post_likes_once"),
        ),
        migrations.CreateModel(
            name="ModerationAct",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("hide", "Hidden"),
                            ("spam", "Flagged as spam"),
                            ("restore", "Restored"),
                            ("ban", "Banned"),
                            ("unban", "Unbanned"),
                        ],
                        max_length=7,
                        verbose_name="act",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                (
                    "xp_change",
                    models.BigIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Below zero: taken back. Above: given back.",
                        verbose_name="XP",
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=degentalk.core.clock.Clock(), verbose_name="when")),
                (
                    "member",
                    models.ForeignKey(
                        help_text="Whose post it is, or who was banned.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moderations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
                (
                    "moderator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moderation_acts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="moderator",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moderations",
                        to="forum.post",
                        verbose_name="post",
                    ),
                ),
            ],
            options={
                "verbose_name": "act of moderation",
                "verbose_name_plural": "acts of moderation",
                "db_table": "moderation_acts",
                "permissions": [("moderate", "Can hide posts and ban members")],
            },
        ),
        migrations.AddConstraint(
            model_name="moderationact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act__in", ["hide", "spam", "restore"]), ("post__isnull", False)),
                    models.Q(("act__in", ["ban", "unban"]), ("post__isnull", True)),
                    _connector="OR",
                ),
                name="moderation_acts_on_post_or_member",
            ),
        ),
        migrations.AddConstraint(
            model_name="moderationact",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="moderation_acts_have_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="moderationact",
            constraint=models.CheckConstraint(
                condition=models.Q(("moderator", models.F("member")), _negated=True), name="moderation_acts_on_others"
            ),
        ),
    ]
