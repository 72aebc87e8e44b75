"""The demo's people and conversations, before anything is written."""

import random
from dataclasses import astuple
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from degentalk.demo import steps
from degentalk.demo.conversations import Conversation, conversations
from degentalk.demo.history import history
from degentalk.demo.occasions import calendar, joins
from degentalk.demo.people import CIRCLES, Person, everybody
from degentalk.demo.shopping import shopping_of
from degentalk.demo.society import A_MINUTE
from degentalk.demo.words.gaps import EITHER_OR, GAP
from xp import defaults
from xp.rules import ONE, Curve, Level

MEMBERS, DAYS = 300, 420
NOON = datetime(2027, 3, 17, 12, tzinfo=UTC)
RULES = {
    "xp": {
        "actions": {name: {"base": base} for name, _label, base, *_rest in defaults.ACTIONS},
        "milestones": {str(days): xp for days, xp in defaults.MILESTONES},
    }
}


def curve() -> Curve:
    levels = ((level, defaults.xp_required(level), defaults.tier_of(level)) for level in range(1, defaults.LEVELS + 1))
    return Curve(tuple(Level(level, xp, name, tier, color) for level, xp, (_, tier, name, color) in levels))


def people_of(seed: int) -> list[Person]:
    return everybody(members=MEMBERS, history_days=DAYS, seed=seed, curve=curve())


def history_of(people: list[Person], threads: list[Conversation]) -> list[steps.Step]:
    return history(people, threads, history_days=DAYS, rules=RULES, now=NOON, seed=1)


@pytest.fixture(scope="module")
def past(people: list[Person], threads: list[Conversation]) -> list[steps.Step]:
    return history_of(people, threads)


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


def test_the_same_seed_gives_the_same_history(people, threads, past):
    assert history_of(people, threads) == past


def test_steps_come_in_order_and_none_lies_ahead(past):
    moments = [step.at for step in past]
    assert moments == sorted(moments)
    assert moments[-1] < NOON


def test_nobody_does_anything_before_joining_or_after_a_ban(people, past):
    here = {person.username: person for person in people}
    for step in past:
        for name in (getattr(step, "username", None), getattr(step, "liker", None), getattr(step, "sender", None)):
            if name is None or isinstance(step, steps.Ban):
                continue
            assert here[name].is_here((NOON - step.at) / timedelta(days=1) - A_MINUTE), step


def test_someone_was_banned_with_and_someone_without_their_xp(people):
    assert {person.banned.takes_back_xp for person in people if person.banned} == {True, False}


@pytest.mark.parametrize("hour", [0, 5, 12, 23])
def test_events_that_multiply_have_their_days_to_themselves(hour):
    events = calendar(NOON.replace(hour=hour), DAYS)
    multiplying = [event for event in events if event.multiplier_bps != ONE]
    for event in multiplying:
        assert [other.slug for other in events if other.participation_xp > 100 and other.overlaps(event)] == []


def test_slugs_and_names_of_events_are_their_own():
    events = calendar(NOON, DAYS)
    assert len({event.slug for event in events}) == len({event.name for event in events}) == len(events)


def test_events_bring_those_at_the_top_nearly_all_the_way(people):
    best = max(people, key=lambda person: person.target_xp)
    since = NOON - timedelta(days=best.joined_days_ago)
    joined = joins(calendar(NOON, DAYS), since, NOON, best.target_xp, 0, random.Random(1))
    assert sum(event.participation_xp for _moment, event in joined) > 0.95 * best.target_xp


@given(missing=st.integers(0, 250_000), seed=st.integers(0, 99))
def test_nobody_is_paid_more_by_events_than_was_missing(missing, seed):
    joined = joins(calendar(NOON, DAYS), NOON - timedelta(days=DAYS), NOON, missing, 0, random.Random(seed))
    assert sum(event.participation_xp for _moment, event in joined) <= missing
    assert all(event.starts_at <= moment < event.ends_at for moment, event in joined)


def test_whoever_gives_something_away_has_an_old_enough_account_and_a_confirmed_address(people):
    by_name = {person.username: person for person in people}
    given = [trip for seed in range(40) for trip in shopping_of(people, NOON, seed) if trip.to]
    ages = {trip: (NOON - trip.at) / timedelta(days=1) for trip in given}
    assert len(given) > 100
    assert [trip for trip, age in ages.items() if not by_name[trip.username].is_verified] == []
    assert [trip for trip, age in ages.items() if by_name[trip.username].joined_days_ago < age + 1] == []
