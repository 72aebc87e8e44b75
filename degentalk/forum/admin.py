"""What moderators see of the forum. Words are their author's: staff lock threads and change no text.

Posts are hidden and members banned on the site itself, where a reason is asked for and the XP follows.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from degentalk.core.admin import ReadOnlyAdmin, ReadOnlyMixin
from degentalk.forum import services as forum
from degentalk.forum.models import Like, ModerationAct, Post, PostRevision, Thread


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
    list_display = ("__str__", "thread", "author", "state", "like_count", "revision_count", "created_at")
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


@admin.register(ModerationAct)
class ModerationActAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "act", "member", "post", "reason", "xp_change", "moderator")
    list_filter = ("act", "created_at")
    list_select_related = ("member", "post", "moderator")
    search_fields = ("member__username__iexact", "moderator__username__iexact", "post_id")
    ordering = ("-id",)
