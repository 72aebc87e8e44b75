"""Where posts can be seen, for histories of apps below that know only their ids."""

from collections.abc import Collection

from django.db.models import Q

from degentalk.accounts.models import User
from degentalk.forum.models import Post
from wallet.places import Place


def posts_seen_by(ids: Collection[int], viewer: User) -> dict[int, Place]:
    """Posts of these ids whose text this member reads: all that stand, and their own that moderators removed."""
    own = Q(author=viewer, state__in=[Post.State.HIDDEN, Post.State.SPAM])
    found = Post.objects.filter(Q(state=Post.State.VISIBLE) | own, pk__in=ids, thread__is_removed=False)
    shown = found.select_related("thread").defer("body", "html")
    return {post.pk: Place(post.thread.title, post.get_absolute_url()) for post in shown}
