"""The rules of XP as properties: pure, total, exact."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xp import defaults, rules
from xp.rules import Counterparty, Curve, Event, Level, MemberState, Multiplier, Trace

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


BPS = st.integers(0, 100_000)
CAPS = st.none() | st.integers(0, 5_000)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
ACTIONS = st.fixed_dictionaries(
    {
        "label": st.just("Tip"),
        "base": st.integers(0, 10**6),
        "cooldown_seconds": st.integers(0, 10**6),
        "is_enabled": st.sampled_from([True, True, True, False]),
        "daily_cap_xp": CAPS,
        "weekly_cap_xp": CAPS,
        "pair_daily_cap_xp": CAPS,
        "min_account_age_hours": st.integers(0, 48),
        "needs_verified_email": st.booleans(),
        "amount_step": st.none() | st.integers(1, 100),
        "half_after": st.none() | st.integers(0, 10**4),
    }
)
OCCASIONS = st.dictionaries(
    st.integers(1, 4).map(str),
    st.fixed_dictionaries(
        {
            "name": st.just("Bull run"),
            "starts_at": MOMENTS.map(datetime.isoformat),
            "ends_at": MOMENTS.map(datetime.isoformat),
            "multiplier_bps": st.integers(10_000, 100_000),
            "participation_xp": st.integers(0, 1_000),
            "is_cancelled": st.booleans(),
        }
    ),
    max_size=4,
)
OTHERS = st.none() | st.builds(
    Counterparty,
    is_self=st.sampled_from([False, False, False, True]),
    is_one_person=st.sampled_from([False, False, False, True]),
    is_suspended=st.sampled_from([False, False, False, True]),
    joined_at=st.none() | MOMENTS,
    is_verified=st.booleans(),
    day_xp=st.integers(0, 5_000),
    day_amount=st.integers(0, 10**5),
)
STATES = st.builds(
    MemberState,
    last_awarded_at=st.none() | MOMENTS,
    is_suspended=st.sampled_from([False, False, False, True]),
    joined_at=st.none() | MOMENTS,
    is_verified=st.booleans(),
    day_xp=st.integers(0, 5_000),
    week_xp=st.integers(0, 5_000),
    path=st.none() | st.builds(Multiplier, st.just("path:analyst"), BPS),
    boosts=st.lists(st.builds(Multiplier, st.just("boost:1"), BPS), max_size=3).map(tuple),
    joined=st.frozensets(st.integers(1, 5)),
    counterparty=OTHERS,
)
EVENTS = st.builds(
    Event,
    st.sampled_from(["tip_given", "tip_given", "tip_given", "nap_taken"]),
    MOMENTS,
    base=st.none() | st.integers(0, 10**4),
    amount=st.none() | st.integers(0, 10**12),
    is_repost=st.sampled_from([False, False, False, True]),
    is_returned=st.sampled_from([False, False, False, True]),
    other_acts=st.booleans(),
)


def tips(action, events=None):
    return {"xp": {"actions": {"tip_given": action}, "events": events or {}, "levels": [], "rewards": {}}}


@settings(max_examples=500)
@given(action=ACTIONS, events=OCCASIONS, state=STATES, event=EVENTS)
def test_every_event_gets_a_decision_that_is_never_negative_nor_above_a_cap(action, events, state, event):
    decision = rules.evaluate(tips(action, events), state, event)
    assert decision.granted == (decision.trace is not None) == (decision.refused is None) == (decision.points > 0)
    assert 0 <= decision.points <= rules.AWARD_MAX
    if not decision.granted:
        return
    other = state.counterparty
    assert action["daily_cap_xp"] is None or state.day_xp + decision.points <= action["daily_cap_xp"]
    assert action["weekly_cap_xp"] is None or state.week_xp + decision.points <= action["weekly_cap_xp"]
    if other is not None and action["pair_daily_cap_xp"] is not None:
        assert other.day_xp + decision.points <= action["pair_daily_cap_xp"]


@settings(max_examples=500)
@given(action=ACTIONS, events=OCCASIONS, state=STATES, event=EVENTS)
def test_a_trace_recomputes_to_its_result_after_storage(action, events, state, event):
    decision = rules.evaluate(tips(action, events), state, event)
    if decision.trace is None:
        return
    stored = Trace.of(json.loads(json.dumps(decision.trace.as_json())))
    assert stored == decision.trace
    assert stored.recomputed() == stored.result == decision.points


@given(
    per_step=st.integers(1, 50),
    step=st.integers(1, 100),
    half_after=st.none() | st.integers(0, 500),
    cap=CAPS,
    pair_cap=CAPS,
    factor=st.integers(1, 100_000),
    before=st.integers(0, 500),
    parts=st.lists(st.integers(1, 300), min_size=1, max_size=6),
)
def test_l20_splitting_a_tip_never_pays_more_than_the_whole(
    per_step, step, half_after, cap, pair_cap, factor, before, parts
):
    action = book(per_step, 0)["xp"]["actions"]["post_created"] | {
        "amount_step": step,
        "half_after": half_after,
        "daily_cap_xp": cap,
        "pair_daily_cap_xp": pair_cap,
    }

    def paid(amounts):
        state = MemberState(
            path=Multiplier("path:analyst", factor), counterparty=Counterparty(day_amount=before, joined_at=None)
        )
        for amount in amounts:
            decision = rules.evaluate(tips(action), state, Event("tip_given", NOON, amount=amount))
            if decision.granted:
                other = replace(
                    state.counterparty,
                    day_xp=state.counterparty.day_xp + decision.points,
                    day_amount=state.counterparty.day_amount + amount,
                )
                state = replace(state, day_xp=state.day_xp + decision.points, counterparty=other)
        return state.day_xp

    assert paid(parts) <= paid([sum(parts)])


@given(base=st.integers(1, 10**6), path=BPS, boost=BPS, event=st.integers(10_000, 100_000))
def test_path_boost_and_event_multiply_in_one_product(base, path, boost, event):
    window = {"starts_at": NOON.isoformat(), "ends_at": (NOON + timedelta(hours=1)).isoformat()}
    occasion = {"name": "Bull run", **window, "multiplier_bps": event, "participation_xp": 0, "is_cancelled": False}
    state = MemberState(
        path=Multiplier("path:analyst", path),
        boosts=(Multiplier("boost:weak", boost // 2), Multiplier("boost:strong", boost)),
        joined=frozenset({1}),
    )
    decision = rules.evaluate(
        tips(book(base, 0)["xp"]["actions"]["post_created"], {"1": occasion}), state, Event("tip_given", NOON)
    )
    assert decision.points == base * path * boost * event // 10**12
    if decision.trace:
        assert [m.source for m in decision.trace.multipliers][:2] == ["path:analyst", "boost:strong"]


def test_an_action_from_an_older_rule_set_has_no_limits():
    state = MemberState(day_xp=10**6, week_xp=10**6, joined_at=NOON, is_verified=False)
    assert rules.evaluate(book(), state, Event("post_created", NOON)).points == 10


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
