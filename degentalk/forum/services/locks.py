"""The rows a verb holds while it decides: always the thread before the post."""

from django.db.models import QuerySet

from degentalk.forum.models import Post, Thread


def locked_thread(pk: int) -> Thread:
    """The thread as it is now, until the transaction ends."""
    locked: Thread = _locked(Thread.objects.select_related("author")).get(pk=pk)
    return locked


def locked_post(pk: int) -> Post:
    """The post as it is now, until the transaction ends; with its thread as it was a moment ago."""
    locked: Post = _locked(Post.objects.select_related("author", "thread")).get(pk=pk)
    return locked


def locked_with_thread(post: Post) -> Post:
    """The post and its thread as they are now, until the transaction ends."""
    thread = locked_thread(post.thread_id)
    locked = locked_post(post.pk)
    locked.thread = thread
    return locked


def refresh_activity(thread: Thread) -> None:
    """A removed reply no longer keeps its thread at the top of the list. Wants the thread locked."""
    newest = thread.posts.visible().order_by("-number").values_list("created_at", flat=True).first()
    Thread.objects.filter(pk=thread.pk).update(last_post_at=newest or thread.created_at)


def _locked(rows: QuerySet) -> QuerySet:  # type: ignore[type-arg]  # of whatever model it was given
    # Not the strongest lock: foreign keys of others may point here meanwhile.
    return rows.select_for_update(of=("self",), no_key=True)
