"""What one viewer sees of posts and may do with them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from degentalk.accounts.models import User
from degentalk.forum.forms import ModerationForm
from degentalk.forum.models import ModerationAct, Post
from degentalk.forum.permissions import is_moderator, may_moderate


@dataclass(frozen=True)
class Seen:
    """One post in the eyes of one viewer."""

    is_own: bool
    shows_text: bool
    may_like: bool
    may_change: bool
    may_moderate: bool
    act: ModerationAct | None
    """What was done to it last and why: for its author and moderators, while it is removed."""
    form: ModerationForm | None


def seen_by(viewer: User | AnonymousUser, posts: Iterable[Post]) -> list[Post]:
    """The same posts with `seen` set; their thread must be known. One query more if some were removed by moderators,
    two for staff, however many posts."""
    shown = list(posts)
    moderates = is_moderator(viewer)
    told = [post for post in shown if post.is_moderated and (moderates or post.author_id == viewer.pk)]
    acts = ModerationAct.objects.latest_on(told) if told else {}
    for post in shown:
        post.seen = _seen(viewer, post, moderates=moderates, act=acts.get(post.pk))
    return shown


def _seen(viewer: User | AnonymousUser, post: Post, *, moderates: bool, act: ModerationAct | None) -> Seen:
    is_own = post.author_id == viewer.pk
    is_open = post.is_visible and not post.thread.is_removed
    moderated = moderates and post.state != Post.State.DELETED and may_moderate(viewer, post.author)
    return Seen(
        is_own=is_own,
        shows_text=post.is_visible or moderates or (is_own and post.is_moderated),
        may_like=is_open and not is_own and viewer.is_authenticated,
        may_change=is_open and is_own and not post.thread.is_locked,
        may_moderate=moderated,
        act=act,
        form=ModerationForm.of(post) if moderated else None,
    )
