"""Threads, the posts in them, who likes those, and what moderators did. One noun a file."""

from degentalk.forum.models.like import Like
from degentalk.forum.models.moderation import ModerationAct
from degentalk.forum.models.post import Post
from degentalk.forum.models.revision import PostRevision
from degentalk.forum.models.thread import Thread, anchor_of, slug_of

__all__ = ["Like", "ModerationAct", "Post", "PostRevision", "Thread", "anchor_of", "slug_of"]
