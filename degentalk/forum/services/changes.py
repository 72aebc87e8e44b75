"""What authors do with their own posts after writing them. XP follows a post that goes; editing earns nothing."""

from dataclasses import dataclass

from django.db import transaction

from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from degentalk.forum import rules
from degentalk.forum.errors import (
    NotYourPost,
    OthersReplied,
    PostRemoved,
    TextChanged,
    ThreadFrozen,
    ThreadRemoved,
)
from degentalk.forum.models import Post, PostRevision, Thread
from degentalk.forum.services.locks import locked_post, locked_with_thread, refresh_activity
from degentalk.forum.services.writing import rendered
from xp import services as xp


@dataclass(frozen=True)
class Deleted:
    """A post that its author deleted, and the XP that went with it."""

    post: Post
    points: int


@transaction.atomic
def edit_post(*, post: Post, author: User, body: str, revision: int) -> Post:
    """Give a post another text; the earlier one is kept. `revision` is the `revision_count` of the text it was.

    Raises NotYourPost, PostRemoved, ThreadFrozen, ThreadRemoved, NothingWritten, and TextChanged for a lost race.
    """
    html = rendered(body)
    locked = locked_post(post.pk)
    refuse_edit(post=locked, author=author)
    if locked.revision_count != revision:
        raise TextChanged
    if body == locked.body:
        return locked
    number = locked.revision_count + 1
    PostRevision.objects.create(
        post=locked, number=number, body=locked.body, html=locked.html, written_at=locked.written_at
    )
    Post.objects.filter(pk=locked.pk).update(body=body, html=html, revision_count=number, edited_at=Clock())
    locked.refresh_from_db(fields=["body", "html", "revision_count", "edited_at"])
    return locked


@transaction.atomic
def delete_post(*, post: Post, author: User) -> Deleted:
    """Take a post away for good: row, number and likes stay, its text stays for moderators, its XP goes.

    The first post goes only while nobody else has replied, and takes the author's own replies with it.
    Raises NotYourPost, PostRemoved (by a moderator), ThreadFrozen, ThreadRemoved, OthersReplied.
    """
    locked = locked_with_thread(post)
    if locked.author_id == author.pk and locked.state == Post.State.DELETED:
        return Deleted(post=locked, points=0)
    refuse_deletion(post=locked, author=author)
    gone = [locked] if not locked.opens_thread else _whole_thread(locked)
    Post.objects.filter(pk__in=[each.pk for each in gone]).update(state=Post.State.DELETED)
    if locked.opens_thread:
        Thread.objects.filter(pk=locked.thread_id).update(is_removed=True)
    else:
        refresh_activity(locked.thread)
    causes: list[tuple[str, object]] = [("post", each.pk) for each in gone]
    if locked.opens_thread:
        causes.append(("thread", locked.thread_id))
    points = xp.reverse(because=f"post_deleted:{locked.pk}", causes=causes, actor=author).points
    locked.state = Post.State.DELETED
    return Deleted(post=locked, points=points)


def refuse_edit(*, post: Post, author: User) -> None:
    """Raises what `edit_post` would raise before it looks at a text: NotYourPost, PostRemoved, ThreadRemoved,
    ThreadFrozen."""
    if post.author_id != author.pk:
        raise NotYourPost
    if not post.is_visible:
        raise PostRemoved
    if post.thread.is_removed:
        raise ThreadRemoved
    if post.thread.is_locked:
        raise ThreadFrozen


def refuse_deletion(*, post: Post, author: User) -> None:
    """Raises what `delete_post` would raise: the same, and OthersReplied."""
    refuse_edit(post=post, author=author)
    if post.opens_thread and _others_replied(post):
        raise OthersReplied


def _whole_thread(opening: Post) -> list[Post]:
    """The opening post and its author's replies: nobody could read them any more, so they shall not count either."""
    mine = opening.thread.posts.visible().by(opening.author).filter(number__gt=rules.FIRST_POST)
    return [opening, *mine.select_for_update(no_key=True).order_by("number")]


def _others_replied(opening: Post) -> bool:
    """What its author deleted is no reply any more; what a moderator hid may come back."""
    others = Post.objects.filter(thread_id=opening.thread_id).exclude(author_id=opening.author_id)
    return bool(others.exclude(state=Post.State.DELETED).exists())
