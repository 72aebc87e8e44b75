"""What moderators see of the forum. Words are their author's: staff lock threads and change no text."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from degentalk.forum import services as forum
from degentalk.forum.models import Post, Thread


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
    list_display = ("title", "author", "reply_count", "is_locked", "created_at", "last_post_at")
    list_filter = ("is_locked", "created_at", "last_post_at")
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


@admin.register(Post)
class PostAdmin(Unchanged):
    list_display = ("__str__", "thread", "author", "created_at")
    list_filter = ("created_at",)
    search_fields = ("body", "thread__title", "author__username")
    ordering = ("-id",)
