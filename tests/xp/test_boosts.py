"""Boosts: a personal multiplier for a while, once per source; the strongest counts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry

from degentalk.accounts.models import Notification
from degentalk.core import clock
from degentalk.core.errors import KeyReused, Refused
from degentalk.rulebook import services as rulebook
from tests import make
from tests.threads import together
from xp import services as xp
from xp.models import XpAction, XpBoost

STARTS = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=24)
TICK = timedelta(microseconds=1)
DURING = STARTS + timedelta(hours=1)


def boost(user, bps=20_000, source="test_boost:1", **window):
    window = {"starts_at": STARTS, "ends_at": ENDS} | window
    return xp.grant_boost(user=user, multiplier_bps=bps, source=source, **window)


def reply(user, at=DURING, number=1):
    with clock.at(at):
        return xp.award(user=user, action="post_created", key=f"post:{number}", cause=("post", number))


@pytest.mark.django_db
def test_a_source_grants_one_boost_however_often_it_is_asked():
    alice = make.user("alice")
    assert boost(alice).pk == boost(alice).pk
    assert XpBoost.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"bps": 30_000}, {"ends_at": ENDS + TICK}, {"starts_at": STARTS - TICK}])
def test_a_source_that_granted_another_boost_is_refused(change):
    alice = make.user("alice")
    boost(alice)
    with pytest.raises(KeyReused):
        boost(alice, **change)
    assert XpBoost.objects.get().multiplier_bps == 20_000


@pytest.mark.django_db
def test_a_source_that_boosted_another_member_is_refused():
    boost(make.user("alice"))
    with pytest.raises(KeyReused):
        boost(make.user("bob"))


def test_fifty_at_once_from_one_source_grant_one_boost(committed_db):
    alice = make.user("alice")
    granted = together([lambda: boost(alice)] * 50)
    assert (len({row.pk for row in granted}), XpBoost.objects.count()) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("bps", [0, 9_999, 10_000, 100_001])
def test_a_boost_multiplies_by_more_than_one_and_at_most_ten(bps):
    with pytest.raises(Refused, match="more than 1 and at most 10"):
        boost(make.user("alice"), bps)


@pytest.mark.django_db
@pytest.mark.parametrize("ends_at", [STARTS, STARTS - TICK])
def test_a_boost_ends_after_it_starts(ends_at):
    with pytest.raises(Refused, match="must end after it starts"):
        boost(make.user("alice"), ends_at=ends_at)


@pytest.mark.django_db
@pytest.mark.parametrize(("moment", "points"), [(STARTS - TICK, 10), (STARTS, 20), (ENDS - TICK, 20), (ENDS, 10)])
def test_the_first_instant_belongs_to_a_boost_and_its_end_does_not(moment, points):
    alice = make.user("alice")
    boost(alice)
    assert reply(alice, at=moment).points == points


@pytest.mark.django_db
@pytest.mark.parametrize("order", [(12_000, 30_000, 20_000), (30_000, 12_000, 20_000)])
def test_boosts_do_not_stack_the_strongest_counts(order):
    alice = make.user("alice")
    for number, bps in enumerate(order):
        boost(alice, bps, source=f"test_boost:{number}")
    assert reply(alice).points == 30


@pytest.mark.django_db
def test_a_weaker_boost_counts_when_the_stronger_has_ended():
    alice = make.user("alice")
    boost(alice, 30_000, source="test_boost:1", ends_at=DURING)
    boost(alice, 12_000, source="test_boost:2")
    assert reply(alice, at=DURING).points == 12


@pytest.mark.django_db
def test_a_boost_is_the_members_own():
    boost(make.user("alice"))
    assert reply(make.user("bob")).points == 10


@pytest.mark.django_db
def test_a_boost_survives_a_change_of_the_rules():
    alice = make.user("alice")
    boost(alice, 15_000)
    XpAction.objects.filter(name="post_created").update(default_value=7)
    rulebook.publish(actor=None, reason="less")
    gain = reply(alice)
    assert (gain.points, [m.source for m in gain.why.multipliers]) == (10, ["boost:test_boost:1"])  # 7 × 1.5 = 10.5


@pytest.mark.django_db
def test_a_boost_does_not_lift_a_cap():
    XpAction.objects.filter(name="post_created").update(daily_cap_xp=25)
    rulebook.publish(actor=None, reason="tight")
    alice = make.user("alice")
    boost(alice, 100_000)
    gain = reply(alice)
    assert (gain.points, gain.why.limit.name) == (25, "daily-cap")


# ── given by staff ──────────────────────────────────────────────────────────────────────────────────────────────────


def give(user, actor, reason="Won the meme contest", key="one"):
    return xp.give_boost(
        user=user, multiplier_bps=15_000, starts_at=STARTS, ends_at=ENDS, actor=actor, reason=reason, key=key
    )


@pytest.fixture
def root(db):
    return make.user("root", is_staff=True, is_superuser=True)


def test_a16_nobody_grants_a_boost_to_themselves(root):
    with pytest.raises(Refused, match="Nobody grants a boost to themselves"):
        give(root, root)
    assert XpBoost.objects.count() == 0


def test_a_boost_by_staff_has_a_reason_that_is_kept_once(root):
    alice = make.user("alice")
    with pytest.raises(Refused, match="Say why"):
        give(alice, root, reason="  ")
    boosts = {give(alice, root).pk for _again in range(2)}
    line = LogEntry.objects.get()
    assert (line.user, line.object_id, line.change_message) == (
        root,
        str(boosts.pop()),
        "Granted to alice: ×1.5. Reason: Won the meme contest",
    )


def test_a_member_is_told_of_a_boost_once_in_their_own_time_zone(root):
    alice = make.user("alice", time_zone="Asia/Tokyo")
    assert give(alice, root).pk == give(alice, root).pk
    told = Notification.objects.of(alice).get()
    assert told.text == "You have a boost: ×1.5 on all XP from 6 Dec 2026, 03:00 JST to 7 Dec 2026, 03:00 JST."
    assert told.url == "/me"
