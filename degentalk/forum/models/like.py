"""Who likes what."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from degentalk.core.clock import Clock


class LikeQuerySet(models.QuerySet["Like"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Like(models.Model):
    """That a member likes a post, or once did: one row for life, revived when they like it again."""

    id = models.BigAutoField(primary_key=True)
    # No index of its own: the unique one below starts with the post.
    post = models.ForeignKey("forum.Post", models.PROTECT, related_name="likes", db_index=False, verbose_name=_("post"))
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="likes", verbose_name=_("member"))
    is_active = models.BooleanField(_("likes it now"), default=True, db_default=True)
    created_at = models.DateTimeField(_("first liked"), db_default=Clock())
    changed_at = models.DateTimeField(_("changed"), db_default=Clock())

    objects: ClassVar[Any] = LikeQuerySet.as_manager()

    class Meta:
        db_table = "post_likes"
        verbose_name = _("like")
        constraints = [models.UniqueConstraint(fields=["post", "member"], name="post_likes_once")]

    def __str__(self) -> str:
        return f"{self.member_id} likes {self.post_id}"
