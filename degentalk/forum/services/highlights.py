"""Putting a thread in a better light for a while."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from degentalk.core.errors import Refused
from degentalk.core.templatetags.degen import moment as in_words
from degentalk.forum.models import Thread, ThreadHighlight

OFFERED = 50


@transaction.atomic
def highlight_thread(*, thread_id: int, member: User, hours: int, source: str) -> ThreadHighlight:
    """Let one's own thread stand out in the list for so many hours from now, once per source.

    Raises Refused for a thread that is not theirs, is removed or locked, or stands out already.
    """
    thread = hold_own_thread(member, thread_id)
    if thread is None or thread.is_removed:
        raise Refused(_("Choose one of your own threads that is still there."))
    if thread.is_locked:
        raise Refused(_("That thread is locked: nobody could answer."))
    now = database_time()
    if thread.highlighted_until is not None and thread.highlighted_until > now:
        raise Refused(
            _("That thread stands out already, until %(when)s.") % {"when": in_words(thread.highlighted_until)}
        )
    thread.highlighted_until = now + timedelta(hours=hours)
    thread.save(update_fields=["highlighted_until"])
    row: ThreadHighlight = ThreadHighlight.objects.create(
        thread=thread, member=member, source=source, starts_at=now, ends_at=thread.highlighted_until
    )
    return row


def hold_own_thread(member: User, thread_id: int) -> Thread | None:
    """A thread of the member's, held until the end of the transaction; None where it is not theirs."""
    held: Thread | None = Thread.objects.select_for_update(no_key=True).filter(pk=thread_id, author=member).first()
    return held


def highlightable(member: User) -> list[tuple[str, str]]:
    """The member's newest threads that can be highlighted now: id and title."""
    own = Thread.objects.listed().filter(author=member, is_locked=False)
    free = own.exclude(highlighted_until__gt=database_time()).order_by("-id")
    return [(str(pk), title) for pk, title in free.values_list("pk", "title")[:OFFERED]]
