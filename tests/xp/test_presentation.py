"""XP in the member's words."""

import pytest

from tests import make
from tests.xp.test_views import awards
from xp import presentation
from xp import services as xp
from xp.models import UserXp, XpLog
from xp.rules import Limit, Multiplier, Refusal, Trace

BASE_ONLY = Trace(10, (), 10)
EXACT = Trace(10, (Multiplier("path:analyst", 12_500), Multiplier("streak", 20_000)), 25)
FLOORED = Trace(10, (Multiplier("path:analyst", 12_500),), 12)


def test_the_arithmetic_names_base_every_multiplier_and_result():
    assert presentation.trace_lines(EXACT) == (
        ("Base", "10"),
        ("Analyst path", "×1.25"),
        ("Streak", "×2"),
        ("Result", "= 25"),
    )


def test_a_floored_result_says_that_it_was_rounded_down():
    assert presentation.trace_lines(FLOORED)[-1] == ("Result, rounded down", "= 12")


@pytest.mark.parametrize(
    ("trace", "formula"),
    [(BASE_ONLY, "Base 10"), (EXACT, "10 × 1.25 × 2 = 25"), (FLOORED, "10 × 1.25 = 12, rounded down")],
)
def test_the_formula_is_the_arithmetic_at_a_glance(trace, formula):
    assert presentation.formula(trace) == formula


@pytest.mark.django_db
def test_the_ladder_has_the_first_level_of_every_tier():
    assert [rung.level for rung in presentation.ladder()] == [1, 5, 10, 20, 30, 45, 60, 80]


@pytest.mark.django_db
@pytest.mark.parametrize(("level", "number", "following"), [(1, 1, 5), (44, 5, 45), (45, 6, 60), (100, 8, None)])
def test_a_rung_knows_the_tier_that_follows(level, number, following):
    rung = presentation.rung_of(level)
    assert (rung.number, rung.count, rung.following and rung.following.level) == (number, 8, following)


@pytest.mark.django_db
@pytest.mark.parametrize(("level", "dgt"), [(1, 0), (2, 20), (5, 250), (100, 1000), (101, 0)])
def test_a_level_pays_what_the_rules_say(level, dgt):
    assert presentation.reward_of(level) == dgt


@pytest.mark.django_db
def test_many_entries_cost_one_query(django_assert_num_queries):
    alice = make.user("alice")
    awards(alice, 20)
    with django_assert_num_queries(1):
        entries = presentation.entries(XpLog.objects.of(alice).with_reversals().newest())
    assert (len(entries), entries[0].label, entries[0].reversed) == (20, "Like received", False)


@pytest.mark.django_db
def test_a_member_without_xp_has_no_place():
    alice = make.user("alice")
    place = presentation.place_of(alice, UserXp.objects.of(alice))
    assert (place.position, place.xp, place.level) == (None, 0, 1)


# ── multipliers, adjustments, what was taken back ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("event:Halving party: part 2", "Event “Halving party: part 2”"),
        ("boost:staff_boost:6f1c", "Boost"),
        ("path:day_trader", "Day trader path"),
        ("streak", "Streak"),
    ],
)
def test_a_multiplier_is_named_in_words(source, words):
    trace = Trace(10, (Multiplier(source, 20_000),), 20)
    assert presentation.trace_lines(trace)[1] == (words, "×2")


def test_a_cut_by_a_cap_is_part_of_the_arithmetic():
    trace = Trace(10, (Multiplier("boost:x:1", 20_000),), 5, limit=Limit(Refusal.DAILY_CAP, 5))
    assert presentation.formula(trace) == "10 × 2 = 20, of which a cap left 5"
    assert ("Left of the daily cap", "5") in presentation.trace_lines(trace)


def newest(user, *, is_own=True):
    return presentation.entries(XpLog.objects.of(user).with_reversals().newest(), is_own=is_own)


@pytest.mark.django_db
def test_an_adjustment_says_why_to_the_member_and_to_nobody_else():
    alice, root = make.user("alice"), make.user("root", is_staff=True)
    xp.adjust(user=alice, points=500, reason="Found a bug", actor=root, key="adjustment:1")
    (mine,), (seen,) = newest(alice), newest(alice, is_own=False)
    assert (mine.label, mine.points, mine.reason, mine.formula) == ("Adjustment by staff", 500, "Found a bug", "")
    assert (seen.points, seen.reason) == (500, "")


@pytest.mark.django_db
def test_what_was_taken_back_and_granted_again_are_entries_that_say_so():
    alice = make.user("alice")
    xp.award(user=alice, action="post_created", key="post:91", cause=("post", 91))
    xp.reverse(because="post_hidden:91", causes=[("post", 91)], reason="Off topic")
    xp.restore(because="post_hidden:91", reason="A mistake")
    shown = [(entry.label, entry.points, entry.reversed, entry.because, entry.reason) for entry in newest(alice)]
    assert shown == [
        ("Granted again: Reply written", 10, False, "post_hidden", "A mistake"),
        ("Taken back: Reply written", -10, True, "post_hidden", "Off topic"),
        ("Reply written", 10, True, "", ""),
    ]
