"""The whole past of the demo in one list of steps, oldest first. No database."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from degentalk.demo.careers import careers_of
from degentalk.demo.chance import stream
from degentalk.demo.conversations import VERA, Conversation
from degentalk.demo.likes import likes_of
from degentalk.demo.moderation import changes
from degentalk.demo.occasions import NOW_ON, Occasion, calendar, joins
from degentalk.demo.people import Person
from degentalk.demo.shopping import shopping_of
from degentalk.demo.staff import awards_of_staff, brought_up, movements
from degentalk.demo.steps import Announce, ChoosePath, Confirm, Freeze, Join, Like, Post, Step, Tip, Transfer, Visit
from degentalk.demo.tips import tips_of
from degentalk.demo.visits import Visits, habit_of, visits_of, with_streaks
from paths import rules as path_rules
from xp.rules.streaks import milestones

ANNOUNCED_BEFORE = timedelta(days=14)
CONFIRMED_AFTER = timedelta(seconds=90)
LEFT_OPEN_XP = 600
"""Those one signs in as join a little less than they could: the rest comes at the end, exactly."""
VERA_JOINED_DAYS_AGO = 0.8


def history(
    people: Sequence[Person],
    threads: Sequence[Conversation],
    *,
    history_days: int,
    rules: Mapping[str, Any],
    now: datetime,
    seed: int,
) -> list[Step]:
    """Everything that happened, in order."""
    posts = list(_posts(threads, now))
    likes = likes_of(people, threads, now, seed)
    movements_of_dgt = list(movements(people, now, stream(seed, "movements")))
    tips = tips_of(people, threads, now, seed)
    by_staff = list(awards_of_staff(people, now, stream(seed, "staff")))
    events = calendar(now, history_days)
    careers = careers_of(people, rules, now, seed)
    steps: list[Step] = [*posts, *likes, *movements_of_dgt, *tips, *by_staff, *careers, *brought_up(people, now)]
    shopping = shopping_of(people, now, seed)
    steps += shopping
    steps += changes(people, threads, now, stream(seed, "changes"))
    steps += _announcements(events, now - timedelta(days=history_days))
    past = _Past(threads, rules, posts, likes, careers)
    for movement in movements_of_dgt:
        if isinstance(movement, Transfer):
            past.present[movement.sender].append(movement.at)
    for tip in tips:
        if isinstance(tip, Tip):
            past.present[tip.giver].append(tip.at)
    for trip in shopping:
        past.present[trip.username].append(trip.at)
    for award in by_staff:
        if isinstance(award, Freeze):
            past.freezes[award.username].append(award.at)
    for person in people:
        steps += past.life_of(person, events, now, seed)
    return sorted(steps, key=lambda step: step.at)


def _posts(threads: Sequence[Conversation], now: datetime) -> Iterator[Post]:
    for number, thread in enumerate(threads):
        for index, written in enumerate(thread.posts):
            yield Post(now - timedelta(days=written.days_ago), number, index)


def _announcements(events: Sequence[Occasion], began: datetime) -> Iterator[Announce]:
    """A quarter's calendar at a time, two weeks before it begins."""
    for _quarter, group in groupby(events, key=lambda event: (event.starts_at.year, (event.starts_at.month - 1) // 3)):
        occasions = tuple(group)
        yield Announce(max(occasions[0].starts_at - ANNOUNCED_BEFORE, began), occasions)


class _Past:
    """When members were here for a reason, and what that earned them by the rules, more or less."""

    def __init__(
        self,
        threads: Sequence[Conversation],
        rules: Mapping[str, Any],
        posts: Sequence[Post],
        likes: Sequence[Like],
        careers: Sequence[ChoosePath],
    ) -> None:
        self.present: defaultdict[str, list[datetime]] = defaultdict(list)
        self._rules = rules
        self._careers: defaultdict[str, list[ChoosePath]] = defaultdict(list)
        for choice in careers:
            self._careers[choice.username].append(choice)
            self.present[choice.username].append(choice.at)
        self._base = {name: action["base"] for name, action in rules["xp"]["actions"].items()}
        self._milestones = milestones(rules)
        self._earned: Counter[str] = Counter()
        self.freezes: defaultdict[str, list[datetime]] = defaultdict(list)
        for post in posts:
            author = threads[post.thread].posts[post.index].author.username
            self.present[author].append(post.at)
            self._earned[author] += self._xp(author, "post_created" if post.index else "thread_created", post.at)
        for like in likes:
            self.present[like.liker].append(like.at)
            if like.is_liked:
                author = threads[like.thread].posts[like.index].author.username
                self._earned[author] += self._xp(author, "like_received", like.at)

    def life_of(self, person: Person, events: Sequence[Occasion], now: datetime, seed: int) -> Iterator[Step]:
        """Signing up, what they join to get where they are to be, and the visits that all of it makes."""
        since = now - timedelta(days=person.joined_days_ago)
        until = now - timedelta(days=person.banned.days_ago) if person.banned else now
        habit = habit_of(person, now, stream(seed, "days", person.username))
        earned = self._earned[person.username] + sum(
            self._xp(person.username, "daily_login", visit.at) + (visit.milestone_xp or 0)
            for visit in self._visits(person, habit, (), now, seed)
        )
        missing = person.target_xp - earned - (LEFT_OPEN_XP if person.is_demo_account else 0)
        draw = stream(seed, "events", person.username)
        joined = dict(joins(events, since, until, max(missing, 0), person.circle.visits, draw))
        if person.username == VERA:
            joined = _with_the_one_that_is_on(joined, events, now)
        yield from (Join(moment, person.username, event.slug) for moment, event in joined.items())
        if person.is_verified:
            yield Confirm(min(since + CONFIRMED_AFTER, now), person.username)
        yield from self._visits(person, habit, tuple(joined), now, seed)

    def _xp(self, username: str, action: str, at: datetime) -> int:
        """What an action earned about then, on the path of that time."""
        chosen = [choice.path for choice in self._careers[username] if choice.at <= at]
        bps = path_rules.multiplier(self._rules, chosen[-1] if chosen else None, action)
        return int(self._base[action]) * bps // path_rules.ONE

    def _visits(
        self, person: Person, habit: Visits, joined: Sequence[datetime], now: datetime, seed: int
    ) -> Iterator[Visit]:
        draw = stream(seed, "coming", person.username)
        visits = visits_of(person, habit, (*self.present[person.username], *joined), now, draw)
        return with_streaks(person, visits, sorted(self.freezes[person.username]), self._milestones)


def _with_the_one_that_is_on(
    joined: Mapping[datetime, Occasion], events: Sequence[Occasion], now: datetime
) -> dict[datetime, Occasion]:
    """The member one signs in as takes part in it, since yesterday."""
    on = next(event for event in events if event.slug == NOW_ON)
    others = {moment: event for moment, event in joined.items() if event is not on}
    return {**others, now - timedelta(days=VERA_JOINED_DAYS_AGO): on}
