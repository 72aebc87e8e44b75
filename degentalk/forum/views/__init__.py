"""Reading and writing the forum. Every form works as a plain POST; HTMX only saves the reload."""

from degentalk.forum.views.act_list import acts
from degentalk.forum.views.likes import like, unlike
from degentalk.forum.views.moderation import ban, moderate, unban
from degentalk.forum.views.posts import delete, edit, post
from degentalk.forum.views.threads import THREADS_PER_PAGE, new, reply, thread, threads
from degentalk.forum.views.tip_list import tips, undo_tip
from degentalk.forum.views.tipping import give, tip

__all__ = [
    "THREADS_PER_PAGE",
    "acts",
    "ban",
    "delete",
    "edit",
    "give",
    "like",
    "moderate",
    "new",
    "post",
    "reply",
    "thread",
    "threads",
    "tip",
    "tips",
    "unban",
    "undo_tip",
    "unlike",
]
