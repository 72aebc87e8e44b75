"""What authors do with their posts later, and what the moderator does about posts and members. No database."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from degentalk.demo.conversations import Conversation
from degentalk.demo.people import Person
from degentalk.demo.steps import Ban, Delete, Edit, Moderate
from degentalk.demo.words import acts

EDITED, DELETED, HIDDEN, SPAM = 0.025, 0.005, 0.005, 0.003
"""Shares of all replies."""
AT_LEAST = 2
SETTLED_DAYS_AGO = 1.5
MOSTLY_DAYS = 3
RESTORED_AFTER = timedelta(hours=20)
MODERATED_AFTER = timedelta(minutes=25)

Change = Edit | Delete | Moderate | Ban


@dataclass(frozen=True)
class _Reply:
    """A reply that something may happen to."""

    thread: int
    index: int
    at: datetime
    days_ago: float
    is_by_demo_account: bool

    def later(self, draw: random.Random, minutes: int) -> datetime:
        return self.at + timedelta(minutes=draw.randint(2, minutes), seconds=draw.randint(0, 59))


def changes(
    people: Sequence[Person], threads: Sequence[Conversation], now: datetime, draw: random.Random
) -> Iterator[Change]:
    """All of it. No post has two of these."""
    # The newer, the likelier: each is taken from the end.
    replies = sorted(_settled(threads, now), key=lambda reply: -draw.random() * (reply.days_ago + MOSTLY_DAYS))
    yield from _by_authors(replies, draw)
    yield from _by_moderator([reply for reply in replies if not reply.is_by_demo_account], draw)
    yield from _against_spammers(people, threads, now)


def _settled(threads: Sequence[Conversation], now: datetime) -> list[_Reply]:
    return [
        _Reply(number, index, now - timedelta(days=post.days_ago), post.days_ago, post.author.is_demo_account)
        for number, thread in enumerate(threads)
        for index, post in enumerate(thread.posts)
        if index and not thread.is_locked and post.days_ago > SETTLED_DAYS_AGO and post.author.banned is None
    ]


def _take(replies: list[_Reply], share: float, total: int) -> list[_Reply]:
    """The next of them, which nothing else happens to then."""
    taken = [replies.pop() for _ in range(min(max(round(share * total), AT_LEAST), len(replies)))]
    return sorted(taken, key=lambda reply: reply.at)


def _by_authors(replies: list[_Reply], draw: random.Random) -> Iterator[Edit | Delete]:
    total = len(replies)
    for reply in _take(replies, EDITED, total):
        yield Edit(reply.later(draw, 120), reply.thread, reply.index, draw.choice(acts.ADDITIONS))
    for reply in _take(replies, DELETED, total):
        yield Delete(reply.later(draw, 60), reply.thread, reply.index)


def _by_moderator(replies: list[_Reply], draw: random.Random) -> Iterator[Moderate]:
    total = len(replies)
    for nth, reply in enumerate(_take(replies, HIDDEN, total)):
        hidden_at = reply.later(draw, 600)
        yield Moderate(hidden_at, reply.thread, reply.index, "hide", draw.choice(acts.HIDDEN))
        if nth % 3 == 0:
            restored_at = hidden_at + RESTORED_AFTER
            yield Moderate(restored_at, reply.thread, reply.index, "restore", draw.choice(acts.RESTORED))
    for reply in _take(replies, SPAM, total):
        yield Moderate(reply.later(draw, 600), reply.thread, reply.index, "spam", draw.choice(acts.SPAM))


def _against_spammers(
    people: Sequence[Person], threads: Sequence[Conversation], now: datetime
) -> Iterator[Moderate | Ban]:
    for number, thread in enumerate(threads):
        if thread.spam:
            seen_at = now - timedelta(days=thread.posts[0].days_ago) + MODERATED_AFTER
            yield Moderate(seen_at, number, 0, "spam", thread.spam)
    for person in people:
        if person.banned:
            banned_at = now - timedelta(days=person.banned.days_ago)
            yield Ban(banned_at, person.username, person.banned.reason, person.banned.takes_back_xp)
