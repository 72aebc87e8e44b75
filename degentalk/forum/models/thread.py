"""Threads."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from degentalk.core.clock import Clock
from degentalk.forum import rules

SLUG_MAX_LENGTH = 80
SLUG_WITHOUT_LATIN = "thread"


class ThreadQuerySet(models.QuerySet["Thread"]):
    def listed(self) -> Self:
        """Those everybody may read. A thread goes with its opening post."""
        return self.filter(is_removed=False)

    def with_authors(self) -> Self:
        """As lists and pages show them: with `is_highlighted`, whether they stand out at this moment."""
        stands_out = models.Q(highlighted_until__gt=Clock())
        return self.select_related("author").annotate(
            is_highlighted=models.ExpressionWrapper(stands_out, output_field=models.BooleanField())
        )


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
    # The same as “its opening post is not visible”, kept here so that lists need no join.
    is_removed = models.BooleanField(_("removed"), default=False, db_default=False)
    # The end of its newest highlight, kept here so that lists need no join.
    highlighted_until = models.DateTimeField(_("highlighted until"), null=True, blank=True, editable=False)

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


def anchor_of(number: int) -> str:
    """The id a post of that number has on its page."""
    return f"post-{number}"


def slug_of(title: str) -> str:
    """The words of a title that an address can carry."""
    return slugify(title)[:SLUG_MAX_LENGTH].strip("-_") or SLUG_WITHOUT_LATIN
