"""What moderators did, and why."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from degentalk.forum import rules
from degentalk.forum.models.post import Post


class ModerationActQuerySet(models.QuerySet["ModerationAct"]):
    def with_names(self) -> Self:
        """As lists show them, in one query."""
        return self.select_related("moderator", "member", "post__thread")

    def latest_on(self, posts: list[Post]) -> dict[int, ModerationAct]:
        """The newest act on each of these posts, by the post's id."""
        newest = self.filter(post__in=posts).order_by("post", "-id").distinct("post")
        return {act.post_id: act for act in newest if act.post_id}

    def last_ban_of(self, member: User) -> ModerationAct | None:
        """The ban a member is under, if a moderator's ban is the last word."""
        last = self.filter(member=member, act__in=ModerationAct.ON_MEMBERS).order_by("-id").first()
        return last if last and last.act == ModerationAct.Act.BAN else None


class ModerationAct(models.Model):
    """One thing a moderator did to a post or a member. The database refuses to change or delete one."""

    class Act(models.TextChoices):
        HIDE = "hide", _("Hidden")
        SPAM = "spam", _("Flagged as spam")
        RESTORE = "restore", _("Restored")
        BAN = "ban", _("Banned")
        UNBAN = "unban", _("Unbanned")

    ON_POSTS = (Act.HIDE, Act.SPAM, Act.RESTORE)
    ON_MEMBERS = (Act.BAN, Act.UNBAN)

    id = models.BigAutoField(primary_key=True)
    act = models.CharField(_("act"), max_length=7, choices=Act.choices)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="moderation_acts", verbose_name=_("moderator")
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="moderations",
        verbose_name=_("member"),
        help_text=_("Whose post it is, or who was banned."),
    )
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="moderations", verbose_name=_("post")
    )
    reason = models.CharField(_("reason"), max_length=rules.REASON_MAX_LENGTH)
    xp_change = models.BigIntegerField(
        _("XP"), default=0, db_default=0, help_text=_("Below zero: taken back. Above: given back.")
    )
    dgt_undone = models.BigIntegerField(
        _("DGT"), default=0, db_default=0, help_text=_("Tips that were undone with it, together.")
    )
    created_at = models.DateTimeField(_("when"), db_default=Clock())

    objects: ClassVar[Any] = ModerationActQuerySet.as_manager()

    class Meta:
        db_table = "moderation_acts"
        verbose_name = _("act of moderation")
        verbose_name_plural = _("acts of moderation")
        permissions = [("moderate", _("Can hide posts and ban members"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=["hide", "spam", "restore"], post__isnull=False)
                | Q(act__in=["ban", "unban"], post__isnull=True),
                name="moderation_acts_on_post_or_member",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="moderation_acts_have_a_reason"),
            models.CheckConstraint(condition=~Q(moderator=F("member")), name="moderation_acts_on_others"),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.reason}"
