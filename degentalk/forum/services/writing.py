"""Writing: threads and replies."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from degentalk.core.errors import Refused
from degentalk.forum import markdown, rules
from degentalk.forum.errors import NothingWritten, ThreadLocked, ThreadRemoved
from degentalk.forum.models import Post, Thread, slug_of
from degentalk.forum.services.locks import locked_thread
from degentalk.forum.services.reposts import is_repost
from xp import services as xp


@dataclass(frozen=True)
class Started:
    """A new thread, the post that opens it, and what starting it earned."""

    thread: Thread
    post: Post
    gain: xp.Gain


@dataclass(frozen=True)
class Replied:
    """A new reply, and what writing it earned."""

    post: Post
    gain: xp.Gain


@transaction.atomic
def start_thread(*, author: User, title: str, body: str) -> Started:
    """Open a thread with its first post; one award, for the thread.

    Raises NothingWritten for a body that shows nothing.
    """
    html = rendered(body)
    thread = Thread.objects.create(author=author, title=title, slug=slug_of(title))
    post = Post.objects.create(thread=thread, author=author, number=rules.FIRST_POST, body=body, html=html)
    gain = xp.award(
        user=author,
        action="thread_created",
        key=f"thread:{thread.pk}",
        cause=("thread", thread.pk),
        repeated=is_repost(post),
    )
    return Started(thread=thread, post=post, gain=gain)


@transaction.atomic
def reply(*, author: User, thread: Thread, body: str) -> Replied:
    """Write a reply at the end of a thread. Replies to one thread wait for each other, so numbers have no gaps.

    Raises ThreadLocked, ThreadRemoved, and NothingWritten for a body that shows nothing.
    """
    html = rendered(body)
    locked = locked_thread(thread.pk)
    if locked.is_removed:
        raise ThreadRemoved
    if locked.is_locked:
        raise ThreadLocked
    post = Post.objects.create(thread=locked, author=author, number=locked.last_number + 1, body=body, html=html)
    # A transaction that began earlier may come later; the thread must not seem to get older.
    Thread.objects.filter(pk=locked.pk).update(
        reply_count=F("reply_count") + 1, last_post_at=Greatest(F("last_post_at"), Clock())
    )
    gain = xp.award(
        user=author,
        action="post_created",
        key=f"post:{post.pk}",
        cause=("post", post.pk),
        repeated=is_repost(post),
    )
    if locked.author_id != author.pk:
        _tell_author(post)
    return Replied(post=post, gain=gain)


def set_lock(*, thread: Thread, is_locked: bool) -> bool:
    """Close a thread to replies, or open it again. Whether that changed anything."""
    return bool(Thread.objects.filter(pk=thread.pk).exclude(is_locked=is_locked).update(is_locked=is_locked))


def _tell_author(post: Post) -> None:
    accounts.notify(
        user=post.thread.author,
        kind="reply",
        text=_("%(name)s replied to “%(title)s”.") % {"name": post.author.username, "title": post.thread.title},
        url=post.get_absolute_url(),
        key=f"post:{post.pk}",
    )


def rendered(body: str) -> str:
    """The HTML of a body. Raises Refused for one that is too long, NothingWritten for one that shows nothing."""
    if len(body) > rules.BODY_MAX_LENGTH:
        raise Refused(_("A post has at most %(limit)s characters.") % {"limit": f"{rules.BODY_MAX_LENGTH:,}"})
    html = markdown.render(body)
    if not rules.shows_something(markdown.text_of(html)):
        raise NothingWritten
    return html
