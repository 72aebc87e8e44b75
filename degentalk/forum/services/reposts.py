"""Whether a post says what its author said a moment ago."""

from collections.abc import Iterator

from degentalk.accounts import services as accounts
from degentalk.forum import markdown, rules
from degentalk.forum.models import Post, PostRevision
from xp import services as xp


def is_repost(post: Post) -> bool:
    """Whether the person who wrote this post wrote nearly the same within a day (A3): under any of their accounts, and
    whatever became of it: deleting, hiding or editing a post does not make its text new.

    Locks the author's XP, so that of two equal posts at the same moment the second sees the first.
    """
    xp.lock_members([post.author])
    return rules.is_repost(markdown.text_of(post.html), map(markdown.text_of, _earlier(post)))


def _earlier(post: Post) -> Iterator[str]:
    """The HTML of all texts of the window, the newest posts and at most so many of each kind."""
    since = post.created_at - rules.REPOST_WINDOW
    authors = accounts.accounts_of_person(post.author)
    newest = Post.objects.filter(author_id__in=authors).exclude(pk=post.pk).order_by("-id")
    posts = list(newest.defer("body")[: rules.REPOST_TEXTS_MAX])
    yield from (each.html for each in posts if each.written_at >= since)
    if edited := [each for each in posts if each.revision_count]:
        revisions = PostRevision.objects.filter(post__in=edited, written_at__gte=since).order_by("-id")
        yield from revisions.values_list("html", flat=True)[: rules.REPOST_TEXTS_MAX]
