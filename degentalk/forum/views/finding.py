"""The rows that an address names, and what stands there instead when a moderator removed them."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from degentalk.accounts.models import User
from degentalk.forum import rules
from degentalk.forum.models import Post, Thread
from degentalk.forum.permissions import is_moderator
from degentalk.forum.presentation import seen_by

GONE = 410


def thread_of(thread_id: int) -> Thread:
    """The thread of that id, or a 404."""
    return get_object_or_404(Thread.objects.with_authors(), pk=thread_id)


def post_of(post_id: int, *, viewer: User | AnonymousUser) -> Post:
    """The post of that id as this viewer sees it, or a 404."""
    posts = Post.objects.select_related("thread__author").with_authors().liked_by(viewer)
    (seen,) = seen_by(viewer, [get_object_or_404(posts, pk=post_id)])
    return seen


def is_closed_to(viewer: User | AnonymousUser, thread: Thread) -> bool:
    """Whether the thread was removed, and this viewer is no moderator."""
    return thread.is_removed and not is_moderator(viewer)


def removed(request: HttpRequest, thread: Thread) -> HttpResponse:
    """Instead of a removed thread: nothing of it, but to its author what was removed and why."""
    viewer = request.user
    opening = thread.posts.filter(number=rules.FIRST_POST).with_authors().liked_by(viewer)
    (seen,) = seen_by(viewer, opening)
    return render(request, "forum/removed.html", {"post": seen}, status=GONE)
