"""Threads and the posts in them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from degentalk.forum import rules

SLUG_MAX_LENGTH = 80
SLUG_WITHOUT_LATIN = "thread"


class ThreadQuerySet(models.QuerySet["Thread"]):
    def with_authors(self) -> Self:
        """As lists and pages show them."""
        return self.select_related("author")


class Thread(models.Model):
    """A subject, and the posts about it numbered from 1."""

    id = models.BigAutoField(primary_key=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="threads", verbose_name=_("author")
    )
    title = models.CharField(_("title"), max_length=rules.TITLE_MAX_LENGTH)
    slug = models.CharField(_("words in its address"), max_length=SLUG_MAX_LENGTH)
    created_at = models.DateTimeField(_("started"), db_default=Clock())
    last_post_at = models.DateTimeField(_("newest post"), db_default=Clock())
    # Every reply ever written: numbers are given out from it, so it never goes down.
    reply_count = models.PositiveIntegerField(_("replies"), default=0, db_default=0)
    is_locked = models.BooleanField(_("locked"), default=False, db_default=False)

    objects: ClassVar[Any] = ThreadQuerySet.as_manager()

    class Meta:
        db_table = "threads"
        verbose_name = _("thread")
        indexes = [models.Index(fields=["-last_post_at", "-id"], name="threads_active")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("forum:thread", args=[self.pk, self.slug])

    @property
    def last_number(self) -> int:
        """The number of its newest post."""
        return rules.FIRST_POST + self.reply_count

    @property
    def page_count(self) -> int:
        return rules.page_of(self.last_number)

    @property
    def newest_url(self) -> str:
        """Where its newest post stands."""
        return self.url_of(self.last_number)

    def url_of_page(self, page: int) -> str:
        """The address of one page; the first has the plain one."""
        return f"{self.get_absolute_url()}?page={page}" if page > 1 else self.get_absolute_url()

    def url_of(self, number: int) -> str:
        """The address of one post on its page."""
        return f"{self.url_of_page(rules.page_of(number))}#{anchor_of(number)}"


class PostQuerySet(models.QuerySet["Post"]):
    def by(self, user: User) -> Self:
        """What a member wrote, opening posts included."""
        return self.filter(author=user)

    def numbered(self, first: int, last: int) -> Self:
        """A stretch of a thread, both ends included. A range of numbers costs the same on every page."""
        return self.filter(number__range=(first, last)).order_by("number")

    def with_authors(self) -> Self:
        """With who wrote each and their level, in the same query; members without XP are level 1."""
        return self.select_related("author").annotate(author_level=Coalesce(F("author__user_xp__level"), 1))


class Post(models.Model):
    """What a member wrote. Number 1 opens its thread, the others reply."""

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

    objects: ClassVar[Any] = PostQuerySet.as_manager()

    author_level: int
    """Read by `with_authors()`."""

    class Meta:
        db_table = "posts"
        verbose_name = _("post")
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="posts_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=rules.FIRST_POST), name="posts_number_from_one"),
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


def anchor_of(number: int) -> str:
    """The id a post of that number has on its page."""
    return f"post-{number}"


def slug_of(title: str) -> str:
    """The words of a title that an address can carry."""
    return slugify(title)[:SLUG_MAX_LENGTH].strip("-_") or SLUG_WITHOUT_LATIN
