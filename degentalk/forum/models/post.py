"""Posts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from degentalk.forum import rules
from degentalk.forum.models.like import Like
from degentalk.forum.models.thread import Thread, anchor_of

if TYPE_CHECKING:
    from degentalk.forum.presentation import Seen


class PostQuerySet(models.QuerySet["Post"]):
    def by(self, user: User) -> Self:
        """What a member wrote, opening posts included."""
        return self.filter(author=user)

    def visible(self) -> Self:
        """Neither removed by a moderator nor deleted by its author."""
        return self.filter(state=Post.State.VISIBLE)

    def numbered(self, first: int, last: int) -> Self:
        """A stretch of a thread, both ends included. A range of numbers costs the same on every page."""
        return self.filter(number__range=(first, last)).order_by("number")

    def with_authors(self) -> Self:
        """With who wrote each and their level, in the same query; members without XP are level 1."""
        return self.select_related("author").annotate(author_level=Coalesce(F("author__user_xp__level"), 1))

    def liked_by(self, viewer: User | AnonymousUser) -> Self:
        """With whether this viewer likes each, in the same query."""
        if not isinstance(viewer, User):
            return self.annotate(is_liked=Value(False))
        return self.annotate(is_liked=Exists(Like.objects.active().filter(post=OuterRef("pk"), member=viewer)))


class Post(models.Model):
    """What a member wrote. Number 1 opens its thread, the others reply."""

    class State(models.TextChoices):
        VISIBLE = "visible", _("Visible")
        HIDDEN = "hidden", _("Hidden by a moderator")
        SPAM = "spam", _("Removed as spam")
        DELETED = "deleted", _("Deleted by its author")

    id = models.BigAutoField(primary_key=True)
    # No index of its own: the unique one below starts with the thread.
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="posts", db_index=False, verbose_name=_("thread"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts", db_index=False, verbose_name=_("author")
    )
    number = models.PositiveIntegerField(_("number"))
    body = models.TextField(_("Markdown"))
    html = models.TextField(_("HTML"), help_text=_("Rendered once, when it was written."))
    created_at = models.DateTimeField(_("written"), db_default=Clock())
    state = models.CharField(
        _("state"), max_length=7, choices=State.choices, default=State.VISIBLE, db_default=State.VISIBLE
    )
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    # How many texts it had before this one. A form that was shown for another count is out of date.
    revision_count = models.PositiveIntegerField(_("earlier texts"), default=0, db_default=0)
    # Always the number of its active likes: both are written while this row is locked.
    like_count = models.PositiveIntegerField(_("likes"), default=0, db_default=0)
    # Always the sum and the number of its tips that stand, in the same way.
    tip_dgt = models.BigIntegerField(_("DGT tipped"), default=0, db_default=0)
    tip_count = models.PositiveIntegerField(_("tips"), default=0, db_default=0)

    objects: ClassVar[Any] = PostQuerySet.as_manager()

    author_level: int
    """Read by `with_authors()`."""
    is_liked: bool
    """Read by `liked_by()`."""
    seen: Seen
    """What one viewer may see and do; set by `presentation.seen_by()`."""

    class Meta:
        db_table = "posts"
        verbose_name = _("post")
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="posts_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=rules.FIRST_POST), name="posts_number_from_one"),
            models.CheckConstraint(
                condition=models.Q(state__in=["visible", "hidden", "spam", "deleted"]), name="posts_known_state"
            ),
            # Each tip is one DGT at least.
            models.CheckConstraint(
                condition=models.Q(tip_count=0, tip_dgt=0)
                | models.Q(tip_count__gt=0, tip_dgt__gte=models.F("tip_count")),
                name="posts_tips_add_up",
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-id"], name="posts_author_newest"),
            # Posts come in the order of time: a tiny index is enough to find those of the last day.
            BrinIndex(fields=["created_at"], name="posts_written"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} #{self.number}"

    def get_absolute_url(self) -> str:
        return self.thread.url_of(self.number)

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return anchor_of(self.number)

    @property
    def opens_thread(self) -> bool:
        return self.number == rules.FIRST_POST

    @property
    def is_visible(self) -> bool:
        return self.state == Post.State.VISIBLE

    @property
    def is_moderated(self) -> bool:
        """A moderator removed it; its author's own deletion is another thing."""
        return self.state in {Post.State.HIDDEN, Post.State.SPAM}

    @property
    def written_at(self) -> datetime:
        """When its present text was written."""
        return self.edited_at or self.created_at
