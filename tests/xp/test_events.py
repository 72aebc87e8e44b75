"""Special events: joined once while they are on, by the time of the database; what they pay and multiply."""

from datetime import UTC, datetime, timedelta

import pytest

from degentalk.core import clock
from degentalk.core.errors import Refused
from degentalk.rulebook import services as rulebook
from tests import make
from tests.threads import together
from xp import services as xp
from xp.models import EventParticipation, SpecialEvent, UserXp, XpAction, XpLog, XpRefusal

STARTS = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=48)
TICK = timedelta(microseconds=1)
DURING = STARTS + timedelta(hours=1)


def event_of(name="Halving party", **fields):
    """An event that staff announced, part of the rules."""
    fields = {"slug": f"event-{make.serial()}", "starts_at": STARTS, "ends_at": ENDS} | fields
    event = SpecialEvent.objects.create(name=name, **fields)
    rulebook.publish(actor=None, reason=name)
    return event


def on_now(**fields):
    """An event that is on in real time."""
    now = clock.database_time()
    return event_of(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=2), **fields)


def join(user, event, at=DURING):
    with clock.at(at):
        return xp.join_event(user=user, event=event)


def reply(user, number=1):
    return xp.award(user=user, action="post_created", key=f"post:{number}", cause=("post", number))


def points_of(user):
    return UserXp.objects.of(user).xp


@pytest.mark.django_db
def test_joining_pays_what_the_event_says_once_with_the_event_as_cause():
    alice, event = make.user("alice"), event_of(participation_xp=120)
    first, second = join(alice, event), join(alice, event, at=DURING + timedelta(hours=1))
    assert (first.gain.points, first.already) == (120, False)
    assert (second.gain.points, second.gain.replayed, second.already) == (120, True, True)
    row = XpLog.objects.of(alice).get()
    assert (row.key, row.cause_type, row.cause_id) == (f"event:{event.pk}:{alice.pk}", "event", str(event.pk))
    assert (points_of(alice), EventParticipation.objects.get().joined_at) == (120, DURING)


@pytest.mark.django_db
def test_joining_an_event_that_pays_nothing_is_no_award():
    alice, event = make.user("alice"), event_of()
    assert (join(alice, event).gain.points, join(alice, event).gain.points) == (0, 0)
    assert (XpLog.objects.count(), XpRefusal.objects.count(), EventParticipation.objects.count()) == (0, 0, 1)


@pytest.mark.django_db
def test_an_event_does_not_multiply_its_own_award_but_all_that_follow():
    alice, event = make.user("alice"), event_of(multiplier_bps=15_000, participation_xp=100)
    assert join(alice, event).gain.points == 100
    with clock.at(DURING):
        assert reply(alice).points == 15


@pytest.mark.django_db
def test_an_event_multiplies_nothing_for_who_did_not_join():
    event_of(multiplier_bps=20_000)
    with clock.at(DURING):
        assert reply(make.user("alice")).points == 10


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "joins"), [(STARTS - TICK, False), (STARTS, True), (ENDS - TICK, True), (ENDS, False)]
)
def test_the_first_instant_belongs_to_an_event_and_its_end_does_not(moment, joins):
    alice, event = make.user("alice"), event_of(participation_xp=50)
    if joins:
        assert join(alice, event, at=moment).gain.points == 50
    else:
        with pytest.raises(Refused):
            join(alice, event, at=moment)
    assert EventParticipation.objects.exists() is joins


@pytest.mark.django_db
@pytest.mark.parametrize(("moment", "points"), [(STARTS, 15), (ENDS - TICK, 15), (ENDS, 10), (ENDS + TICK, 10)])
def test_an_event_multiplies_to_its_last_microsecond(moment, points):
    alice, event = make.user("alice"), event_of(multiplier_bps=15_000)
    join(alice, event, at=STARTS)
    with clock.at(moment):
        assert reply(alice).points == points


@pytest.mark.django_db
def test_a_moved_start_takes_the_multiplier_from_who_had_joined_until_then():
    alice, event = make.user("alice"), event_of(multiplier_bps=15_000)
    join(alice, event, at=STARTS)
    SpecialEvent.objects.update(starts_at=DURING + timedelta(hours=2))
    rulebook.publish(actor=None, reason="later")
    with clock.at(DURING + timedelta(hours=2) - TICK):
        assert reply(alice, 1).points == 10
    with clock.at(DURING + timedelta(hours=2)):
        assert xp.award(user=alice, action="thread_created", key="thread:1", cause=("thread", 1)).points == 30


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "changes", "sentence"),
    [
        (STARTS - TICK, {}, "“Halving party” starts on 5 Dec 2026, 18:00 UTC. You can join from then on."),
        (ENDS, {}, "“Halving party” ended on 7 Dec 2026, 18:00 UTC."),
        (DURING, {"is_cancelled": True}, "“Halving party” was cancelled."),
    ],
)
def test_who_cannot_join_reads_when_they_could(moment, changes, sentence):
    with pytest.raises(Refused) as refused:
        join(make.user("alice"), event_of(**changes), at=moment)
    assert str(refused.value) == sentence


@pytest.mark.django_db
def test_who_has_joined_is_told_the_same_after_the_end():
    alice, event = make.user("alice"), event_of(participation_xp=30)
    join(alice, event)
    again = join(alice, event, at=ENDS + timedelta(days=3))
    assert (again.already, again.gain.points) == (True, 30)


@pytest.mark.django_db
def test_an_event_that_is_in_no_rule_set_cannot_be_joined():
    event = SpecialEvent.objects.create(
        name="Secret", slug="secret", starts_at=STARTS, ends_at=ENDS, participation_xp=9
    )
    with pytest.raises(Refused, match="not been announced"):
        join(make.user("alice"), event)


@pytest.mark.django_db
def test_the_published_rules_decide_what_joining_pays():
    alice, event = make.user("alice"), event_of(participation_xp=10)
    SpecialEvent.objects.update(participation_xp=10_000)
    assert join(alice, event).gain.points == 10


@pytest.mark.django_db
def test_a_suspended_member_cannot_join():
    event = event_of(participation_xp=10)
    with pytest.raises(Refused, match="suspended"):
        join(make.user("mallory", is_active=False), event)
    assert (EventParticipation.objects.count(), XpLog.objects.count(), XpRefusal.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_who_joins_while_the_award_is_switched_off_takes_part_and_can_read_why_it_paid_nothing():
    XpAction.objects.filter(name="special_event").update(is_enabled=False)
    alice, event = make.user("alice"), event_of(participation_xp=10, multiplier_bps=20_000)
    assert join(alice, event).gain.refused == "switched-off"
    assert XpRefusal.objects.of(alice).get().key == f"event:{event.pk}:{alice.pk}"
    with clock.at(DURING):
        assert reply(alice).points == 20


@pytest.mark.django_db
def test_events_and_the_strongest_boost_multiply_and_are_floored_once():
    alice = make.user("alice")
    for bps in (12_500, 13_000):
        join(alice, event_of(name=f"Event {bps}", multiplier_bps=bps))
    for number, bps in enumerate((11_000, 15_000)):
        xp.grant_boost(user=alice, multiplier_bps=bps, starts_at=STARTS, ends_at=ENDS, source=f"test_boost:{number}")
    with clock.at(DURING):
        gain = reply(alice)
    assert gain.points == 24  # 10 × 1.5 × 1.25 × 1.3 = 24.375
    assert [multiplier.source for multiplier in gain.why.multipliers] == [
        "boost:test_boost:1",
        "event:Event 12500",
        "event:Event 13000",
    ]


@pytest.mark.django_db
def test_an_award_keeps_the_multiplier_of_its_time_when_the_event_changes():
    alice, event = make.user("alice"), event_of(multiplier_bps=15_000)
    join(alice, event)
    with clock.at(DURING):
        reply(alice)
    SpecialEvent.objects.update(multiplier_bps=90_000, name="Renamed")
    rulebook.publish(actor=None, reason="changed")
    assert xp.reverse(because="post_hidden:1", keys=["post:1"]).points == 15
    assert (xp.restore(because="post_hidden:1").points, points_of(alice)) == (15, 15)


def test_fifty_who_join_at_once_with_one_account_are_paid_once(committed_db):
    alice, event = make.user("alice"), on_now(participation_xp=60, multiplier_bps=20_000)
    answers = together([lambda: xp.join_event(user=alice, event=event)] * 50)
    assert sorted(answer.already for answer in answers) == [False] + [True] * 49
    assert {answer.gain.points for answer in answers} == {60}
    assert (points_of(alice), XpLog.objects.count(), EventParticipation.objects.count()) == (60, 1, 1)


def test_members_who_join_at_once_are_each_paid(committed_db):
    event = on_now(participation_xp=60)
    members = [make.user(f"member_{number}") for number in range(8)]
    together([lambda member=member: xp.join_event(user=member, event=event) for member in members])
    assert [points_of(member) for member in members] == [60] * 8
