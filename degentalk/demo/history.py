"""The whole past of the demo in one list of steps, oldest first. No database."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from degentalk.demo.accounts import ACCOUNTS
from degentalk.demo.chance import stream
from degentalk.demo.conversations import VERA, Conversation
from degentalk.demo.occasions import awards_from_events
from degentalk.demo.people import Person
from degentalk.demo.society import Society
from degentalk.demo.steps import Award, Grant, Like, Post, Step, Transfer
from degentalk.demo.visits import Visits, awards_for_visits, visits_of
from degentalk.demo.words import memos

LIKES_MAX = 25
LIKES_MEAN_DAYS = 0.7
LIKES_FOR_NEWS = 5
"""So that the member one signs in as has something new."""
TRANSFERS_PER_MEMBER = 0.5
TRANSFERS_OF_VERA = 5
GRANTS_PER_MEMBER = 0.04
WISHES_DGT = (5, 10, 10, 20, 25, 25, 50, 75, 100, 150, 250, 500)
GRANTS_DGT = (50, 100, 150, 250, 400)


def history(
    people: Sequence[Person], threads: Sequence[Conversation], *, base_xp: Mapping[str, int], now: datetime, seed: int
) -> list[Step]:
    """Everything that happened, in order."""
    posts = list(_posts(threads, now))
    likes = list(_likes(threads, Society(people), now, stream(seed, "likes")))
    steps: list[Step] = [*posts, *likes, *_movements(people, now, seed)]
    steps += _awards(people, threads, posts, likes, base_xp=base_xp, now=now, seed=seed)
    return sorted(steps, key=lambda step: step.at)


def _posts(threads: Sequence[Conversation], now: datetime) -> Iterator[Post]:
    for number, thread in enumerate(threads):
        for index, written in enumerate(thread.posts):
            yield Post(now - timedelta(days=written.days_ago), number, index)


# ── Likes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _likes(threads: Sequence[Conversation], society: Society, now: datetime, draw: random.Random) -> Iterator[Like]:
    for number, thread in enumerate(threads):
        for index, written in enumerate(thread.posts):
            is_news = written.author.username == VERA and index == 0 and written.days_ago < 1
            # Drawn whether they are used or not: the draws must not depend on the time of day.
            wanted = min(int(draw.paretovariate(1.1)), LIKES_MAX) - 1
            ages = [written.days_ago - draw.expovariate(1 / LIKES_MEAN_DAYS) for _ in range(wanted)]
            if is_news:
                ages += [written.days_ago * draw.random() for _ in range(LIKES_FOR_NEWS)]
            likers = {society.somebody(written.days_ago, draw, but=written.author).username: age for age in ages}
            for liker, age in likers.items():
                if age > 0 and liker != written.author.username:
                    yield Like(now - timedelta(days=age), number, index, liker)


# ── Awards ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _awards(
    people: Sequence[Person],
    threads: Sequence[Conversation],
    posts: Sequence[Post],
    likes: Sequence[Like],
    *,
    base_xp: Mapping[str, int],
    now: datetime,
    seed: int,
) -> Iterator[Award]:
    """For visits and a profile what they earn; then special events bring members to where they are to be."""
    wrote: defaultdict[str, list[datetime]] = defaultdict(list)
    earned: Counter[str] = Counter()
    for post in posts:
        author = threads[post.thread].posts[post.index].author.username
        wrote[author].append(post.at)
        earned[author] += base_xp["post_created" if post.index else "thread_created"]
    for like in likes:
        earned[threads[like.thread].posts[like.index].author.username] += base_xp["like_received"]
    for person in people:
        draw = stream(seed, "days", person.username)
        visits = visits_of(person, wrote[person.username], now, draw)
        certain = [*awards_for_visits(person, visits), *_for_profile(person, visits)]
        yield from certain
        missing = person.target_xp - earned[person.username] - sum(base_xp[award.action] for award in certain)
        base = base_xp["special_event"]
        yield from awards_from_events(person.username, visits, max(missing, 0), base, now, draw)


def _for_profile(person: Person, visits: Visits) -> Iterator[Award]:
    if person.about:
        moment = min(visits.values()) + timedelta(seconds=90)
        yield Award(moment, person.username, "profile_completed", "profile:{user}", ("user", "{user}"))


# ── DGT ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _movements(people: Sequence[Person], now: datetime, seed: int) -> Iterator[Transfer | Grant]:
    draw = stream(seed, "movements")
    staff = {account.username for account in ACCOUNTS if account.role != "member"}
    rich = [person for person in people if person.circle.tier not in {"lurker", "shrimp"} and not person.is_suspended]
    vera = next(person for person in people if person.username == VERA)
    others = [person for person in rich if person is not vera]
    for _ in range(round(TRANSFERS_PER_MEMBER * len(people))):
        sender, receiver = draw.sample(rich, 2)
        yield _transfer(sender, receiver, now, draw)
    for _ in range(TRANSFERS_OF_VERA):
        yield _transfer(vera, draw.choice(others), now, draw)
        yield _transfer(draw.choice(others), vera, now, draw)
    for _ in range(round(GRANTS_PER_MEMBER * len(people))):
        yield _grant(draw.choice([person for person in rich if person.username not in staff]), now, draw)


def _transfer(sender: Person, receiver: Person, now: datetime, draw: random.Random) -> Transfer:
    age = min(sender.joined_days_ago, receiver.joined_days_ago) * 0.9 * draw.random() ** 1.5
    moment = now - timedelta(days=max(age, 0.01))
    return Transfer(moment, sender.username, receiver.username, draw.choice(WISHES_DGT), draw.choice(memos.TRANSFERS))


def _grant(receiver: Person, now: datetime, draw: random.Random) -> Grant:
    moment = now - timedelta(days=receiver.joined_days_ago * 0.9 * draw.random())
    return Grant(moment, receiver.username, draw.choice(GRANTS_DGT), draw.choice(memos.GRANTS))
