"""Where the thing behind an award can be seen. XP keeps its type and id; only here is known what they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from degentalk.core.fields import BIGINT_MAX, DIGITS
from degentalk.forum.models import Post
from degentalk.forum.rules import FIRST_POST
from degentalk.rulebook import services as rulebook
from xp.presentation import Entry, RefusedEntry
from xp.rules import Occasion, occasions

E = TypeVar("E", Entry, RefusedEntry)

TAKEN_BACK: dict[str, Promise] = {
    "ban": _("Ban"),
    "one_person": _("Both accounts belong to one person"),
    "post_deleted": _("The post was deleted"),
    "post_hidden": _("Hidden by a moderator"),
    "tip_returned": _("The DGT came back"),
    "tip_undone": _("Staff undid the tip"),
    "unlike": _("The like was taken back"),
}
"""What took an award back. A like does not say whose."""
GIVEN_AGAIN: dict[str, Promise] = {
    "ban": _("The ban ended"),
    "one_person": _("Two people after all"),
    "post_hidden": _("Restored by a moderator"),
    "unlike": _("Liked again"),
}


@dataclass(frozen=True)
class Place:
    """What a cause is called, and where it can be seen."""

    subject: str
    url: str = ""


def linked(entries: Sequence[E]) -> list[E]:
    """The same entries with title and address of the post, thread or event that caused them. One query.

    A thread that was removed is not named: its title may be why it was.
    """
    places = _forum(_ids(entries, "post"), _ids(entries, "thread")) | _events(_ids(entries, "event"))
    return [_linked(entry, places.get((entry.cause_type, entry.cause_id))) for entry in entries]


def _linked(entry: E, place: Place | None) -> E:
    place = place or Place(_day(entry.cause_id) if entry.cause_type == "day" else "")
    subject = " · ".join(words for words in (_because(entry), place.subject) if words)
    return replace(entry, subject=subject, cause_url=place.url)


def _because(entry: Entry | RefusedEntry) -> str:
    if isinstance(entry, RefusedEntry):
        return ""
    words = TAKEN_BACK if entry.points < 0 else GIVEN_AGAIN
    return str(words.get(entry.because, ""))


def _ids(entries: Sequence[Entry] | Sequence[RefusedEntry], kind: str) -> set[str]:
    """Those that can be ids of ours: a connected forum names its own things."""
    ids = {entry.cause_id for entry in entries if entry.cause_type == kind}
    return {written for written in ids if DIGITS.fullmatch(written) and int(written) <= BIGINT_MAX}


def _forum(posts: set[str], threads: set[str]) -> dict[tuple[str, str], Place]:
    places: dict[tuple[str, str], Place] = {}
    found = Post.objects.filter(Q(pk__in=posts) | Q(thread_id__in=threads, number=FIRST_POST))
    for post in found.filter(thread__is_removed=False).select_related("thread").defer("body", "html"):
        place = Place(post.thread.title, post.get_absolute_url())
        places["post", str(post.pk)] = place
        if post.number == FIRST_POST:
            places["thread", str(post.thread_id)] = place
    return places


def _events(ids: set[str]) -> dict[tuple[str, str], Place]:
    """From the rules, which know every event there ever was: no query."""
    known = occasions(rulebook.recent().rules) if ids else {}
    found = (known[int(written)] for written in ids if int(written) in known)
    return {("event", str(event.id)): Place(event.name, _address(event)) for event in found}


def _address(event: Occasion) -> str:
    return reverse("xp:event", args=[event.slug]) if event.slug else ""


def _day(written: str) -> str:
    """A day of the member's calendar."""
    try:
        return date_format(date.fromisoformat(written), "j M Y")
    except ValueError:
        return ""
