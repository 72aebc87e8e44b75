"""What moderators see of the forum. Words are their author's: staff lock threads and change no text.

Posts are hidden and members banned on the site itself, where a reason is asked for and the XP follows.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from degentalk.core.admin import ReadOnlyAdmin, ReadOnlyMixin, link
from degentalk.forum import services as forum
from degentalk.forum.models import Like, ModerationAct, Post, PostRevision, Thread, Tip
from wallet.models import DgtJournal


class Unchanged(admin.ModelAdmin):
    """Rows that members write on the site, shown with every field read-only."""

    list_select_related = True
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [field.name for field in self.opts.fields]


@admin.register(Thread)
class ThreadAdmin(Unchanged):
    list_display = ("title", "author", "reply_count", "is_locked", "is_removed", "created_at", "last_post_at")
    list_filter = ("is_locked", "is_removed", "created_at", "last_post_at")
    search_fields = ("title", "author__username")
    ordering = ("-last_post_at", "-id")
    actions = ["lock", "unlock"]

    @admin.action(description=_("Lock the chosen threads"), permissions=["change"])
    def lock(self, request: HttpRequest, queryset: QuerySet[Thread]) -> None:
        changed = self._set_lock(request, queryset, is_locked=True, note=gettext("Locked."))
        messages.success(request, ngettext("%d thread was locked.", "%d threads were locked.", changed) % changed)

    @admin.action(description=_("Unlock the chosen threads"), permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[Thread]) -> None:
        changed = self._set_lock(request, queryset, is_locked=False, note=gettext("Unlocked."))
        messages.success(request, ngettext("%d thread was unlocked.", "%d threads were unlocked.", changed) % changed)

    def _set_lock(self, request: HttpRequest, threads: QuerySet[Thread], *, is_locked: bool, note: str) -> int:
        changed = [thread for thread in threads if forum.set_lock(thread=thread, is_locked=is_locked)]
        for thread in changed:
            self.log_change(request, thread, note)
        return len(changed)


class EarlierTexts(ReadOnlyMixin, admin.TabularInline):
    """What a post said before; for moderators only."""

    model = PostRevision
    fields = ("number", "written_at", "replaced_at", "body")
    ordering = ("number",)
    extra = 0


@admin.register(Post)
class PostAdmin(Unchanged):
    list_display = (
        "__str__", "thread", "author", "state", "like_count", "tip_dgt", "revision_count", "created_at"
    )  # fmt: skip
    list_filter = ("state", "created_at", "edited_at")
    search_fields = ("body", "thread__title", "author__username")
    ordering = ("-id",)
    inlines = (EarlierTexts,)


@admin.register(PostRevision)
class PostRevisionAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "written_at", "replaced_at")
    list_filter = ("replaced_at",)
    list_select_related = ("post",)
    search_fields = ("post__author__username__iexact", "post_id")
    ordering = ("-id",)


@admin.register(Like)
class LikeAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "post", "member", "is_active", "created_at", "changed_at")
    list_filter = ("is_active", "created_at")
    list_select_related = ("post", "member")
    search_fields = ("member__username__iexact", "post__author__username__iexact", "post_id")
    ordering = ("-id",)


@admin.register(Tip)
class TipAdmin(ReadOnlyAdmin):
    """Tips are undone on the site, on the list of their post: a reason is asked for, and the XP follows."""

    list_display = ("tip", "created_at", "giver", "receiver", "amount", "post", "is_reversed", "journal_link")
    list_filter = ("is_reversed", "created_at")
    list_select_related = ("post", "giver", "receiver", "journal")
    search_fields = ("giver__username__iexact", "receiver__username__iexact", "journal__key", "post_id")
    search_help_text = _("Who gave or got it, a whole key, or the id of a post.")
    ordering = ("-id",)
    fields = (
        "post_link", "giver", "receiver", "amount", "created_at", "is_reversed", "reversed_at", "journal_link",
        "list_link",
    )  # fmt: skip

    @admin.display(description=_("tip"), ordering="id")
    def tip(self, row: Tip) -> str:
        return str(row.pk)

    @admin.display(description=_("journal"))
    def journal_link(self, row: Tip) -> SafeString | str:
        return link(DgtJournal, row.journal_id, row.journal.key)

    @admin.display(description=_("post"))
    def post_link(self, row: Tip) -> SafeString | str:
        return link(Post, row.post_id, row.post)

    @admin.display(description=_("on the site"))
    def list_link(self, row: Tip) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("forum:tips", args=[row.post_id]), gettext("Tips of the post")
        )


@admin.register(ModerationAct)
class ModerationActAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "act", "member", "post", "reason", "xp_change", "dgt_undone", "moderator")
    list_filter = ("act", "created_at")
    list_select_related = ("member", "post", "moderator")
    search_fields = ("member__username__iexact", "moderator__username__iexact", "post_id")
    ordering = ("-id",)
