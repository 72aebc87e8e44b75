"""Who likes what, and who thinks twice. No database."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from degentalk.demo.chance import stream
from degentalk.demo.conversations import NEWEST_DAYS_AGO, VERA, Conversation
from degentalk.demo.people import Person
from degentalk.demo.society import Society
from degentalk.demo.steps import Like

LIKES_MAX = 25
LIKES_MEAN_DAYS = 0.7
LIKES_FOR_NEWS = 5
"""So that the member one signs in as has something new."""
FAN_LIKES = 7
"""In a row, by one member for another: more than pays on one day."""
NEWCOMER_LIKES = 2
SECOND_THOUGHTS = 0.08
SECOND_THOUGHTS_DAYS_AGO = 2
LIKED_AGAIN = 0.5


def likes_of(people: Sequence[Person], threads: Sequence[Conversation], now: datetime, seed: int) -> list[Like]:
    """All likes, and those taken back."""
    society = Society(people)
    likes = [
        *_drawn(threads, society, now, stream(seed, "likes")),
        *_by_a_fan(people, threads, now),
        *_by_newcomers(people, threads, now),
    ]
    once = {(like.thread, like.index, like.liker): like for like in likes}
    left = {person.username for person in people if person.banned}
    changeable = [like for like in once.values() if like.liker not in left]
    return [*once.values(), *_second_thoughts(changeable, now, stream(seed, "second thoughts"))]


def _drawn(threads: Sequence[Conversation], society: Society, now: datetime, draw: random.Random) -> Iterator[Like]:
    for number, thread in enumerate(threads):
        for index, written in enumerate(thread.posts):
            is_news = written.author.username == VERA and index == 0 and written.days_ago < 1
            # Drawn whether they are used or not: the draws must not depend on the time of day.
            wanted = min(int(draw.paretovariate(1.1)), LIKES_MAX) - 1
            ages = [written.days_ago - draw.expovariate(1 / LIKES_MEAN_DAYS) for _ in range(wanted)]
            if is_news:
                ages += [written.days_ago * draw.random() for _ in range(LIKES_FOR_NEWS)]
            likers = {society.somebody(written.days_ago, draw, but=written.author): age for age in ages}
            for liker, age in likers.items():
                if age > NEWEST_DAYS_AGO and liker is not written.author and liker.is_here(age):
                    yield Like(now - timedelta(days=age), number, index, liker.username)


def _by_a_fan(people: Sequence[Person], threads: Sequence[Conversation], now: datetime) -> Iterator[Like]:
    """Somebody reads all that the member one signs in as has written, yesterday at noon."""
    noon = datetime.combine(now.astimezone(UTC).date(), time(12), UTC) - timedelta(days=1)
    long_here = [person for person in people if person.is_verified and not person.banned and person.username != VERA]
    fan = max(long_here, key=lambda person: (not person.is_demo_account, person.joined_days_ago))
    for nth, (number, index) in enumerate(_newest_of(VERA, threads, (now - noon) / timedelta(days=1))[:FAN_LIKES]):
        yield Like(noon + timedelta(minutes=nth, seconds=7 * nth), number, index, fan.username)


def _by_newcomers(people: Sequence[Person], threads: Sequence[Conversation], now: datetime) -> Iterator[Like]:
    """Who has just joined likes what is new, which does not pay yet."""
    for person in people:
        if person.joined_days_ago < 1:
            age = person.joined_days_ago / 2
            for number, index in _newest_of(VERA, threads, age)[:NEWCOMER_LIKES]:
                yield Like(now - timedelta(days=age), number, index, person.username)


def _newest_of(username: str, threads: Sequence[Conversation], days_ago: float) -> list[tuple[int, int]]:
    """What a member had written by then, the newest first."""
    written = [
        (post.days_ago, number, index)
        for number, thread in enumerate(threads)
        for index, post in enumerate(thread.posts)
        if post.author.username == username and post.days_ago > days_ago
    ]
    return [(number, index) for _age, number, index in sorted(written)]


def _second_thoughts(likes: Sequence[Like], now: datetime, draw: random.Random) -> Iterator[Like]:
    """Some of the last days' likes are taken back, and some of those given again."""
    for like in likes:
        changes, repents = draw.random() < SECOND_THOUGHTS, draw.random() < LIKED_AGAIN
        off, on = like.at + timedelta(minutes=draw.randint(1, 90)), timedelta(minutes=draw.randint(1, 30))
        if not changes or like.at < now - timedelta(days=SECOND_THOUGHTS_DAYS_AGO) or off + on >= now:
            continue
        yield replace(like, at=off, is_liked=False)
        if repents:
            yield replace(like, at=off + on)
