"""Who writes what in which thread, and when. No database."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from degentalk.demo.chance import stream
from degentalk.demo.people import Person
from degentalk.demo.society import A_MINUTE, Society
from degentalk.demo.words import acts, gaps
from degentalk.demo.words.replies import Replies
from degentalk.demo.words.topics import Opening, topics

THREADS_PER_MEMBER = 0.4
REPLIES_PER_THREAD = 14
REPLIES_MAX = 50
EVERGREEN_REPLIES = 40
FIRST_REPLIES_MAX = 3
REPLIES_PER_DAY_MAX = 60
STARTER_ANSWERS = 0.13
"""How often the next reply is by whoever started the thread."""
HOT_DAYS = 1.5
"""Threads younger than this are still being answered, up to this minute."""
TITLE_ATTEMPTS = 20
SPAMMED_BEFORE_DAYS = 0.05
"""How long before the ban."""
VERA = "vera_onchain"
VERA_WROTE_DAYS_AGO = 0.009
VERA_WROTE_AGAIN_DAYS_AGO = VERA_WROTE_DAYS_AGO - 9 / 24 / 60 / 60
VERA_REPEATED_DAYS_AGO = 0.006
NEWEST_DAYS_AGO = 0.002


@dataclass(frozen=True)
class Written:
    """A post to be."""

    author: Person
    days_ago: float
    body: str


@dataclass(frozen=True)
class Conversation:
    """A thread to be, with its posts in order; the first one opens it."""

    title: str
    posts: list[Written]
    is_locked: bool = False
    spam: str = ""
    """Why a moderator removes it, if so."""


def conversations(people: Sequence[Person], *, history_days: int, seed: int) -> list[Conversation]:
    """All threads. Draws of its own, so that the same seed gives the same threads whatever the time of day."""
    draw = stream(seed, "threads")
    society = Society(people)
    plan = list(_openings(round(THREADS_PER_MEMBER * len(people)), history_days, draw))
    sizes = _sizes([opening for opening, _ in plan], draw)
    taken: set[str] = set()
    threads = [
        _conversation(opening, age, size, society, taken, stream(seed, "thread", number))
        for number, (opening, age), size in zip(count(), plan, sizes, strict=False)
    ]
    _let_vera_answer(threads, society)
    return [*threads, *_spam(people)]


def _openings(number: int, history_days: int, draw: random.Random) -> Iterator[tuple[Opening, float]]:
    """That many openings with an age in days: those with a fixed author or age always, the others by turns."""
    known = [opening for topic in topics() for opening in topic.openings]
    fixed = [opening for opening in known if opening.author or opening.age_days or opening.is_evergreen]
    free = [opening for opening in known if opening not in fixed]
    # Titles with a gap may come again about something else.
    again = [opening for opening in free if gaps.GAP.search(opening.title)]
    chosen = fixed + draw.sample(free, len(free)) + draw.sample(again, len(again))
    for opening in chosen[: max(number, len(fixed))]:
        yield opening, _age(opening, history_days, draw)


def _age(opening: Opening, history_days: int, draw: random.Random) -> float:
    drawn = draw.random()
    if opening.age_days:
        return min(opening.age_days, history_days * 0.8)
    if opening.is_evergreen or opening.is_locked:
        return history_days * (0.75 + 0.2 * drawn)
    return max(history_days * 0.97 * drawn**2.4, 0.03)


def _sizes(openings: Sequence[Opening], draw: random.Random) -> list[int]:
    """Replies for each: most threads get a few, some get pages."""
    drawn = [draw.paretovariate(1.15) for _ in openings]
    scale = len(openings) * REPLIES_PER_THREAD / sum(min(size, 8) for size in drawn)
    return [_size(opening, size * scale) for opening, size in zip(openings, drawn, strict=True)]


def _size(opening: Opening, size: float) -> int:
    if opening.is_locked:
        return 0
    if opening.is_evergreen:
        return EVERGREEN_REPLIES
    return min(max(int(size), 6 if opening.author else 1), REPLIES_MAX)


def _conversation(
    opening: Opening, age: float, size: int, society: Society, taken: set[str], draw: random.Random
) -> Conversation:
    title, chosen = _title(opening, taken, draw)
    starter = society.named(opening.author) if opening.author else society.somebody(age, draw)
    age = min(age, starter.joined_days_ago * 0.98)
    posts = [Written(starter, age, gaps.fill(opening.body, chosen, draw))]
    replies = Replies(opening.topic, chosen, draw)
    replies.heard(posts[0].body, starter.username)
    size = min(size, FIRST_REPLIES_MAX + int(age * REPLIES_PER_DAY_MAX))
    for days_ago in _moments(opening, age, size, draw):
        before = posts[-1].author
        if before is not starter and draw.random() < STARTER_ANSWERS:
            posts.append(Written(starter, days_ago, replies.by_starter(before.username)))
        else:
            author = society.somebody(days_ago, draw, but=before)
            posts.append(Written(author, days_ago, replies.by(author.username, after=before.username)))
    return Conversation(title, posts, opening.is_locked)


def _title(opening: Opening, taken: set[str], draw: random.Random) -> tuple[str, dict[str, str]]:
    """A title that no thread has yet, as far as its gaps allow, and the names it is about."""
    for _attempt in range(TITLE_ATTEMPTS):
        chosen = gaps.choose(draw)
        title = gaps.fill(opening.title, chosen, draw)
        if title not in taken:
            break
    taken.add(title)
    return title, chosen


def _moments(opening: Opening, age: float, size: int, draw: random.Random) -> list[float]:
    """When the replies come, in days ago, from the first to the last: many at once, then ever fewer."""
    lives = age if opening.is_evergreen or age < HOT_DAYS else min(draw.lognormvariate(0.6, 1.2), age)
    # What people answer to this day they answer evenly.
    gathers = 1.0 if opening.is_evergreen else 1.9
    moments = sorted((age - lives * draw.random() ** gathers for _ in range(size)), reverse=True)
    latest = [max(moment, NEWEST_DAYS_AGO + A_MINUTE * (size - n)) for n, moment in enumerate(moments)]
    return [min(moment, age - A_MINUTE * (n + 1)) for n, moment in enumerate(latest)]


def _let_vera_answer(threads: Sequence[Conversation], society: Society) -> None:
    """The member one signs in as has just written somewhere: too soon after that once more, and the same elsewhere.

    Neither of the latter earns anything, so there is something to see where that is shown.
    """
    others = [thread for thread in threads if thread.posts[0].author.username != VERA and not thread.is_locked]
    thread, another = sorted(others, key=lambda thread: thread.posts[-1].days_ago)[:2]
    body = "Looked it up on chain just now: the flows say the same. I will post a chart tonight."
    _end(thread, society, (body, VERA_WROTE_DAYS_AGO), ("And before anybody asks: mainnet.", VERA_WROTE_AGAIN_DAYS_AGO))
    _end(another, society, (body, VERA_REPEATED_DAYS_AGO))


def _end(thread: Conversation, society: Society, *said: tuple[str, float]) -> None:
    """Let her have the last words of a thread."""
    shrink = min(1.0, thread.posts[0].days_ago / 2 / said[0][1])
    words = [Written(society.named(VERA), days_ago * shrink, body) for body, days_ago in said]
    thread.posts[:] = [*(post for post in thread.posts if post.days_ago > words[0].days_ago), *words]


def _spam(people: Sequence[Person]) -> Iterator[Conversation]:
    """What those who had to go wrote last."""
    banned = [(person, person.banned) for person in people if person.banned]
    for (person, ban), (title, body, reason) in zip(banned, acts.SPAM_THREADS, strict=False):
        yield Conversation(title, [Written(person, ban.days_ago + SPAMMED_BEFORE_DAYS, body)], spam=reason)
