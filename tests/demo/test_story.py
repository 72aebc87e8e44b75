"""The demo's people and conversations, before anything is written."""

from dataclasses import astuple

import pytest

from degentalk.demo.conversations import Conversation, conversations
from degentalk.demo.people import CIRCLES, Person, everybody
from degentalk.demo.words.gaps import EITHER_OR, GAP
from xp import defaults
from xp.rules import Curve, Level

MEMBERS, DAYS = 300, 540


def curve() -> Curve:
    levels = ((level, defaults.xp_required(level), defaults.tier_of(level)) for level in range(1, defaults.LEVELS + 1))
    return Curve(tuple(Level(level, xp, name, tier, color) for level, xp, (_, tier, name, color) in levels))


def people_of(seed: int) -> list[Person]:
    return everybody(members=MEMBERS, history_days=DAYS, seed=seed, curve=curve())


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return people_of(1)


@pytest.fixture(scope="module")
def threads(people: list[Person]) -> list[Conversation]:
    return conversations(people, history_days=DAYS, seed=1)


def test_the_same_seed_gives_the_same_members(people):
    assert people_of(1) == people


def test_another_seed_gives_other_members(people):
    assert people_of(2) != people


def test_the_same_seed_gives_the_same_threads(people, threads):
    assert conversations(people, history_days=DAYS, seed=1) == threads


def test_names_differ_in_more_than_case(people):
    assert len({person.username.lower() for person in people}) == MEMBERS + 4


def test_members_are_meant_for_all_eight_tiers(people):
    tiers = {curve().level_at(person.target_xp).tier for person in people}
    assert tiers == {circle.tier for circle in CIRCLES}


def test_every_title_is_the_only_one(threads):
    assert len({thread.title for thread in threads}) == len(threads)


def test_no_gap_stays_open(threads):
    texts = [text for thread in threads for text in (thread.title, *(post.body for post in thread.posts))]
    assert [text for text in texts if GAP.search(text) or EITHER_OR.search(text)] == []


def test_posts_of_a_thread_come_one_after_the_other(threads):
    for thread in threads:
        ages = [post.days_ago for post in thread.posts]
        assert ages == sorted(set(ages), reverse=True), thread.title


def test_nobody_writes_before_joining(threads):
    early = [
        astuple(post) for thread in threads for post in thread.posts if post.days_ago >= post.author.joined_days_ago
    ]
    assert early == []


def test_somebody_wrote_within_the_hour(threads):
    assert min(thread.posts[-1].days_ago for thread in threads) < 1 / 24


def test_whoever_one_signs_in_as_has_threads_of_their_own(threads):
    assert sum(thread.posts[0].author.username == "vera_onchain" for thread in threads) == 4
