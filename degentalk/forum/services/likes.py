"""Liking and taking it back. Each says which of the two is wanted, so doing it twice is the same as once."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from degentalk.forum.errors import OwnPost, PostRemoved, Suspended
from degentalk.forum.models import Like, Post
from degentalk.forum.services.locks import locked_post
from xp import services as xp


@dataclass(frozen=True)
class Liked:
    """Whether the member likes the post now, how many do, and what its author earned by it this time."""

    is_liked: bool
    count: int
    gain: xp.Gain


@transaction.atomic
def like(*, member: User, post: Post) -> Liked:
    """Like a post. Its author earns XP once per liker, however often they change their mind (A2).

    Raises OwnPost, PostRemoved, and Suspended.
    """
    locked = locked_post(post.pk)
    if locked.author_id == member.pk:
        raise OwnPost
    if not locked.is_visible or locked.thread.is_removed:
        raise PostRemoved
    if not User.objects.filter(pk=member.pk, is_active=True).exists():
        raise Suspended
    if not _revive(member, locked):
        return Liked(is_liked=True, count=locked.like_count, gain=xp.Gain())
    _count(locked, 1)
    gain = xp.award(
        user=locked.author, action="like_received", key=_key(locked, member), cause=("post", locked.pk), giver=member
    )
    if gain.replayed:
        xp.restore(because=_because(locked, member), actor=member)
    _tell_author(locked)
    return Liked(is_liked=True, count=locked.like_count + 1, gain=gain)


@transaction.atomic
def unlike(*, member: User, post: Post) -> Liked:
    """Take a like back, and with it what the author earned. Also where the post was removed meanwhile."""
    locked = locked_post(post.pk)
    if not Like.objects.active().filter(post=locked, member=member).update(is_active=False, changed_at=Clock()):
        return Liked(is_liked=False, count=locked.like_count, gain=xp.Gain())
    _count(locked, -1)
    xp.reverse(because=_because(locked, member), keys=[_key(locked, member)], actor=member)
    return Liked(is_liked=False, count=locked.like_count - 1, gain=xp.Gain())


def _revive(member: User, post: Post) -> bool:
    """The one row of this member and post, active. Whether that is new; the post is locked, so nobody else asks."""
    row, is_new = Like.objects.get_or_create(post=post, member=member)
    if is_new or row.is_active:
        return bool(is_new)
    Like.objects.filter(pk=row.pk).update(is_active=True, changed_at=Clock())
    return True


def _count(post: Post, change: int) -> None:
    Post.objects.filter(pk=post.pk).update(like_count=F("like_count") + change)


def _tell_author(post: Post) -> None:
    """Once per post. Who likes what is nobody's business but the liker's, so no name is told."""
    if not post.author.is_active:
        return
    accounts.notify(
        user=post.author,
        kind="like",
        text=_("Somebody likes your post in “%(title)s”.") % {"title": post.thread.title},
        url=post.get_absolute_url(),
        key=f"like:{post.pk}",
    )


def _key(post: Post, member: User) -> str:
    return f"like:{post.pk}:{member.pk}"


def _because(post: Post, member: User) -> str:
    return f"unlike:{post.pk}:{member.pk}"
