"""The rules of XP as properties: pure, total, exact."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xp import defaults, rules
from xp.rules import Curve, Event, Level, MemberState, Multiplier

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CURVE = Curve(
    tuple(
        Level(n, defaults.xp_required(n), defaults.tier_of(n)[2], defaults.tier_of(n)[1], defaults.tier_of(n)[3])
        for n in range(1, defaults.LEVELS + 1)
    )
)
MULTIPLIERS = st.lists(
    st.builds(Multiplier, st.sampled_from(["path", "boost", "event"]), st.integers(0, 100_000)), max_size=5
).map(tuple)


def book(base=10, cooldown=15, enabled=True):
    action = {"label": "Reply", "base": base, "cooldown_seconds": cooldown, "is_enabled": enabled}
    return {"xp": {"actions": {"post_created": action}, "levels": [], "rewards": {}}}


@given(base=st.integers(0, 10**6), multipliers=MULTIPLIERS)
def test_a_grant_is_the_exact_product_floored_once(base, multipliers):
    exact = Fraction(base)
    for multiplier in multipliers:
        exact *= Fraction(multiplier.basis_points, 10_000)
    assert rules.multiply(base, multipliers) == exact.numerator // exact.denominator


@given(base=st.integers(0, 10**6), multipliers=MULTIPLIERS, seed=st.randoms())
def test_the_order_of_multipliers_does_not_matter(base, multipliers, seed):
    shuffled = list(multipliers)
    seed.shuffle(shuffled)
    assert rules.multiply(base, shuffled) == rules.multiply(base, multipliers)


@given(
    action=st.text(max_size=20),
    base=st.integers(0, 10**6),
    cooldown=st.integers(0, 10**6),
    enabled=st.booleans(),
    since=st.none() | st.integers(-(10**6), 10**6),
)
def test_every_event_gets_a_decision_that_is_never_negative(action, base, cooldown, enabled, since):
    state = MemberState(last_awarded_at=None if since is None else NOON - timedelta(seconds=since))
    decision = rules.evaluate(book(base, cooldown, enabled), state, Event(action, NOON))
    assert decision.points >= 0
    assert decision.granted == (decision.trace is not None) == (decision.refused is None)


def test_an_action_that_is_off_earns_nothing():
    decision = rules.evaluate(book(enabled=False), MemberState(), Event("post_created", NOON))
    assert (decision.points, decision.refused) == (0, "switched-off")


def test_an_action_pays_again_the_moment_its_cooldown_ends():
    state = MemberState(last_awarded_at=NOON)
    moments = [NOON + timedelta(seconds=14, microseconds=999_999), NOON + timedelta(seconds=15)]
    decisions = [rules.evaluate(book(), state, Event("post_created", moment)) for moment in moments]
    assert [decision.refused for decision in decisions] == ["cooldown", None]
    assert decisions[0].again_at == moments[1]


def test_an_action_the_rules_do_not_know_is_refused_by_name():
    assert rules.evaluate(book(), MemberState(), Event("nap_taken", NOON)).refused == "unknown-action"


@given(xp=st.integers(-(10**6), 10**6))
def test_a_standing_adds_up(xp):
    stands = rules.standing(xp, CURVE)
    assert CURVE.level(stands.level).xp_required + stands.level_xp == stands.xp == max(xp, 0)
    assert 0 <= stands.percent <= 100
    if not stands.is_max:
        assert stands.level_xp + stands.to_go == stands.level_span
        assert stands.percent < 100


@pytest.mark.parametrize(("xp", "level"), [(-5, 1), (0, 1), (49, 1), (50, 2), (149, 2), (150, 3), (247_500, 100)])
def test_levels_begin_at_their_threshold(xp, level):
    assert rules.standing(xp, CURVE).level == level


def test_the_last_level_has_nothing_to_go():
    stands = rules.standing(10**9, CURVE)
    assert (stands.level, stands.is_max, stands.to_go, stands.percent, stands.next_level) == (100, True, 0, 100, None)


def test_each_default_level_needs_fifty_xp_more_than_the_one_before():
    spans = [defaults.xp_required(n + 1) - defaults.xp_required(n) for n in range(1, 100)]
    assert spans == [50 * n for n in range(1, 100)]
