"""Threads, the posts in them, who likes and tips those, and what moderators did. One noun a file."""

from degentalk.forum.models.highlight import ThreadHighlight
from degentalk.forum.models.like import Like
from degentalk.forum.models.moderation import ModerationAct
from degentalk.forum.models.post import Post
from degentalk.forum.models.revision import PostRevision
from degentalk.forum.models.thread import Thread, anchor_of, slug_of
from degentalk.forum.models.tip import Tip

__all__ = ["Like", "ModerationAct", "Post", "PostRevision", "Thread", "ThreadHighlight", "Tip", "anchor_of", "slug_of"]
