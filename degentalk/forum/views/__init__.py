"""Reading and writing the forum. Every form works as a plain POST; HTMX only saves the reload."""

from degentalk.forum.views.likes import like, unlike
from degentalk.forum.views.moderation import acts, ban, moderate, unban
from degentalk.forum.views.posts import delete, edit, post
from degentalk.forum.views.threads import THREADS_PER_PAGE, new, reply, thread, threads

__all__ = [
    "THREADS_PER_PAGE",
    "acts",
    "ban",
    "delete",
    "edit",
    "like",
    "moderate",
    "new",
    "post",
    "reply",
    "thread",
    "threads",
    "unban",
    "unlike",
]
