"""Tips on posts, and what of them a moderator undoes with a post."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import degentalk.core.clock
from degentalk.core.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0003_guards"),
        ("wallet", "0005_doors"),
        ("core", "0003_refuse_change"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="moderationact",
            name="dgt_undone",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="Tips that were undone with it, together.",
                verbose_name="DGT",
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="tip_count",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="tips"),
        ),
        migrations.AddField(
            model_name="post",
            name="tip_dgt",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="DGT tipped"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("tip_count", 0), ("tip_dgt", 0)),
                    models.Q(("tip_count__gt", 0), ("tip_dgt__gte", models.F("tip_count"))),
                    _connector="OR",
                ),
                name="posts_tips_add_up",
            ),
        ),
        migrations.CreateModel(
            name="Tip",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("amount", models.BigIntegerField(verbose_name="DGT")),
                ("created_at", models.DateTimeField(db_default=degentalk.core.clock.Clock(), verbose_name="tipped")),
                ("is_reversed", models.BooleanField(db_default=False, default=False, verbose_name="undone")),
                ("reversed_at", models.DateTimeField(blank=True, null=True, verbose_name="undone at")),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tips_given",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="giver",
                    ),
                ),
                (
                    "journal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallet.dgtjournal",
                        verbose_name="journal",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tips",
                        to="forum.post",
                        verbose_name="post",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tips_received",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="receiver",
                    ),
                ),
            ],
            options={
                "verbose_name": "tip",
                "db_table": "post_tips",
                "permissions": [("undo_tip", "Can undo tips")],
                "indexes": [models.Index(fields=["post", "-id"], name="post_tips_newest")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="post_tips_amount"),
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("receiver")), _negated=True), name="post_tips_to_others"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_reversed", False), ("reversed_at", None)),
                            models.Q(("is_reversed", True), ("reversed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="post_tips_undone_at",
                    ),
                ],
            },
        ),
        sql_file(__file__, "0004_tips.sql"),
    ]
