"""What posts said before they were edited."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from degentalk.core.clock import Clock
from degentalk.forum.models.post import Post


class PostRevision(models.Model):
    """An earlier text of a post, for moderators. The database refuses to change or delete one."""

    id = models.BigAutoField(primary_key=True)
    # No index of its own: the unique one below starts with the post.
    post = models.ForeignKey(Post, models.PROTECT, related_name="revisions", db_index=False, verbose_name=_("post"))
    number = models.PositiveIntegerField(_("number"))
    body = models.TextField(_("Markdown"))
    html = models.TextField(_("HTML"))
    written_at = models.DateTimeField(_("written"))
    replaced_at = models.DateTimeField(_("replaced"), db_default=Clock())

    class Meta:
        db_table = "post_revisions"
        verbose_name = _("earlier text")
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="post_revisions_number_once")]

    def __str__(self) -> str:
        return f"{self.post_id}, text {self.number}"
