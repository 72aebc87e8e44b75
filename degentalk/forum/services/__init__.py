"""The verbs of the forum. Each joins the caller's transaction, and takes locks in one order: thread, post, members,
XP, wallet.
"""

from degentalk.forum.services.bans import ban, unban
from degentalk.forum.services.changes import Deleted, delete_post, edit_post, refuse_deletion, refuse_edit
from degentalk.forum.services.likes import Liked, like, unlike
from degentalk.forum.services.moderation import flag_spam, hide, restore
from degentalk.forum.services.tips import Rehearsed, Tipped, new_tip_key, refuse_tip, rehearse_tip, tip
from degentalk.forum.services.tips_undone import undo_tip, undo_tip_or_ask
from degentalk.forum.services.writing import Replied, Started, reply, set_lock, start_thread

__all__ = [
    "Deleted",
    "Liked",
    "Rehearsed",
    "Replied",
    "Started",
    "Tipped",
    "ban",
    "delete_post",
    "edit_post",
    "flag_spam",
    "hide",
    "like",
    "new_tip_key",
    "refuse_deletion",
    "refuse_edit",
    "refuse_tip",
    "rehearse_tip",
    "reply",
    "restore",
    "set_lock",
    "start_thread",
    "tip",
    "unban",
    "undo_tip",
    "undo_tip_or_ask",
    "unlike",
]
