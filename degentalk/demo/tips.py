"""Who tips which posts, how much and with what words. No database."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from degentalk.demo.chance import stream
from degentalk.demo.conversations import NEWEST_DAYS_AGO, VERA, Conversation, Written
from degentalk.demo.people import Person
from degentalk.demo.society import Society
from degentalk.demo.steps import Tip, UndoTip
from degentalk.demo.words import acts, memos

TIPPED, TIPPED_LATELY = 0.03, 0.12
"""The share of posts that get tips; of the newer ones more, because those are looked at."""
LATELY_DAYS = 12
TIPS_MAX = 7
TIPS_MEAN_DAYS = 0.6
WISHES_DGT = (5, 5, 5, 10, 10, 10, 25, 50, 50, 100)
SAYS_SOMETHING = 0.35
TIPS_FOR_VERA, TIPS_BY_VERA = 4, 4
UNDONE_DAYS_AGO = 0.4

SMALL = {"lurker", "shrimp"}


def tips_of(people: Sequence[Person], threads: Sequence[Conversation], now: datetime, seed: int) -> list[Tip | UndoTip]:
    """All tips, and one that the moderator undoes. Nobody tips back: what only returns would be another story."""
    society = Society([person for person in people if person.circle.tier not in SMALL and not person.banned])
    vera = next(person for person in people if person.username == VERA)
    drawn = [
        *_drawn(threads, society, now, stream(seed, "tips")),
        *_for_vera(threads, society, now, stream(seed, "tips for vera")),
        *_by_vera(threads, vera, now, stream(seed, "tips by vera")),
    ]
    tips = list(_one_way(threads, drawn))
    return [*tips, UndoTip(now - timedelta(days=UNDONE_DAYS_AGO), acts.UNDONE)]


def _one_way(threads: Sequence[Conversation], tips: Sequence[Tip]) -> Iterator[Tip]:
    pairs: set[tuple[str, str]] = set()
    for tip in sorted(tips, key=lambda tip: tip.at):
        author = _author(threads, tip).username
        if (author, tip.giver) not in pairs:
            pairs.add((tip.giver, author))
            yield tip


def _drawn(threads: Sequence[Conversation], society: Society, now: datetime, draw: random.Random) -> Iterator[Tip]:
    for number, thread in enumerate(threads):
        for index, written in enumerate(thread.posts):
            share = TIPPED_LATELY if written.days_ago < LATELY_DAYS else TIPPED
            # Drawn whether they are used or not: the draws must not depend on the time of day.
            wanted = min(int(draw.paretovariate(1.1)), TIPS_MAX) if draw.random() < share else 0
            for age in [written.days_ago - draw.expovariate(1 / TIPS_MEAN_DAYS) for _ in range(wanted)]:
                giver = society.somebody(max(age, 0), draw, but=written.author)
                yield from _tip(now, number, index, written, giver, age, draw)


def _for_vera(threads: Sequence[Conversation], society: Society, now: datetime, draw: random.Random) -> Iterator[Tip]:
    """So that the member one signs in as has something new."""
    for number, index, written in _newest(threads, lambda post: post.author.username == VERA)[:TIPS_FOR_VERA]:
        age = written.days_ago * draw.uniform(0.2, 0.8)
        yield from _tip(now, number, index, written, society.somebody(age, draw, but=written.author), age, draw)


def _by_vera(threads: Sequence[Conversation], vera: Person, now: datetime, draw: random.Random) -> Iterator[Tip]:
    for number, index, written in _newest(threads, lambda post: post.author is not vera)[: TIPS_BY_VERA * 6 : 6]:
        yield from _tip(now, number, index, written, vera, written.days_ago * draw.uniform(0.2, 0.8), draw)


def _newest(threads: Sequence[Conversation], wanted: Callable[[Written], bool]) -> list[tuple[int, int, Written]]:
    places = [
        (written.days_ago, number, index, written)
        for number, thread in enumerate(threads)
        for index, written in enumerate(thread.posts)
        if wanted(written)
    ]
    return [(number, index, written) for _age, number, index, written in sorted(places, key=lambda place: place[:3])]


def _tip(
    now: datetime, number: int, index: int, written: Written, giver: Person, age: float, draw: random.Random
) -> Iterator[Tip]:
    """The tip, if both may at that time; drawn in any case."""
    wish, message = draw.choice(WISHES_DGT), draw.choice(memos.TIPS) if draw.random() < SAYS_SOMETHING else ""
    if (
        giver is not written.author
        and age > NEWEST_DAYS_AGO
        and all(person.may_send(age) for person in (giver, written.author))
    ):
        yield Tip(now - timedelta(days=age), number, index, giver.username, wish, message)


def _author(threads: Sequence[Conversation], tip: Tip) -> Person:
    return threads[tip.thread].posts[tip.index].author
