"""Threads that somebody put in a better light for a while."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from degentalk.forum.models.thread import Thread


class ThreadHighlight(models.Model):
    """One window in which a thread stands out in the list. One per source; rows only grow."""

    id = models.BigAutoField(primary_key=True)
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="highlights", verbose_name=_("thread"))
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("member")
    )
    source = models.CharField(_("source"), max_length=100, unique=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        db_table = "thread_highlights"
        verbose_name = _("highlight of a thread")
        verbose_name_plural = _("highlights of threads")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="thread_highlights_window"
            )
        ]

    def __str__(self) -> str:
        return self.source
