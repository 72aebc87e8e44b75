"""Who tipped what."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from degentalk.core.clock import Clock
from wallet.models import DgtJournal


class TipQuerySet(models.QuerySet["Tip"]):
    def active(self) -> Self:
        """Those that staff have not undone."""
        return self.filter(is_reversed=False)

    def undone(self) -> Self:
        """Those that staff undid, with everything a list of them says, in one query."""
        shown = ("giver", "receiver", "post__thread", "journal__reversed_by__actor")
        return self.filter(is_reversed=True).select_related(*shown)

    def with_names(self) -> Self:
        """As lists show them, in one query."""
        return self.select_related("giver", "receiver")


class Tip(models.Model):
    """DGT that a member gave the author of a post. Written once; the only change is that staff undo it, once."""

    id = models.BigAutoField(primary_key=True)
    # No index of its own: the one below starts with the post.
    post = models.ForeignKey("forum.Post", models.PROTECT, related_name="tips", db_index=False, verbose_name=_("post"))
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tips_given", verbose_name=_("giver")
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tips_received", verbose_name=_("receiver")
    )
    amount = models.BigIntegerField(_("DGT"))
    journal = models.OneToOneField(DgtJournal, models.PROTECT, related_name="+", verbose_name=_("journal"))
    created_at = models.DateTimeField(_("tipped"), db_default=Clock())
    is_reversed = models.BooleanField(_("undone"), default=False, db_default=False)
    reversed_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects: ClassVar[Any] = TipQuerySet.as_manager()

    class Meta:
        db_table = "post_tips"
        verbose_name = _("tip")
        permissions = [("undo_tip", _("Can undo tips"))]
        indexes = [models.Index(fields=["post", "-id"], name="post_tips_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="post_tips_amount"),
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="post_tips_to_others"),
            models.CheckConstraint(
                condition=Q(is_reversed=False, reversed_at=None) | Q(is_reversed=True, reversed_at__isnull=False),
                name="post_tips_undone_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} DGT for post {self.post_id}"
