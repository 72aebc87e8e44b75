"""Where the thing behind an award can be seen. XP keeps its type and id; only here is known what they are."""

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Q

from degentalk.forum.models import Post
from degentalk.forum.rules import FIRST_POST
from xp.presentation import Entry


def linked(entries: Sequence[Entry]) -> list[Entry]:
    """The same entries with title and address of the post or thread that caused them. One query.

    A thread that was removed is not named: its title may be why it was.
    """
    threads, posts = _ids(entries, "thread"), _ids(entries, "post")
    found = Post.objects.filter(Q(pk__in=posts) | Q(thread_id__in=threads, number=FIRST_POST))
    places: dict[tuple[str, str], Post] = {}
    for post in found.filter(thread__is_removed=False).select_related("thread").defer("body", "html"):
        places["post", str(post.pk)] = post
        if post.number == FIRST_POST:
            places["thread", str(post.thread_id)] = post
    return [_linked(entry, places.get((entry.cause_type, entry.cause_id))) for entry in entries]


def _ids(entries: Sequence[Entry], kind: str) -> set[str]:
    return {entry.cause_id for entry in entries if entry.cause_type == kind}


def _linked(entry: Entry, post: Post | None) -> Entry:
    if post is None:
        return entry
    return replace(entry, subject=post.thread.title, cause_url=post.get_absolute_url())
