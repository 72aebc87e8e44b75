"""What the demo wrote is what the site itself would have written: all sums hold."""

from collections import Counter
from datetime import UTC, timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDay, TruncWeek
from django.utils import timezone

from degentalk.demo.accounts import ACCOUNTS, PASSWORD
from xp.defaults import LIMITS

pytestmark = pytest.mark.usefixtures("demo")


def test_xp_is_the_sum_of_the_log():
    from xp.models import UserXp, XpLog

    summed = XpLog.objects.values("user_id").annotate(xp=Sum("xp_awarded")).values_list("user_id", "xp")
    assert dict(summed) == dict(UserXp.objects.filter(user__in=summed.values("user_id")).values_list("user_id", "xp"))
    assert not UserXp.objects.exclude(user__in=summed.values("user_id")).exclude(xp=0).exists()


def test_every_trace_recomputes_to_what_was_awarded():
    from xp.models import XpLog

    for row in XpLog.objects.filter(reverses=None):
        assert row.why.recomputed() == row.why.result == row.xp_awarded


def test_what_was_taken_back_or_given_again_is_exactly_what_was_awarded():
    from xp.models import XpLog

    undone = XpLog.objects.exclude(reverses=None).select_related("reverses")
    assert undone.exists()
    assert all(row.xp_awarded == -row.reverses.xp_awarded for row in undone)


def test_wallets_are_the_sums_of_their_entries():
    from wallet.models import DgtTransaction, UserWallet

    entries = DgtTransaction.objects.filter(account__kind="member").values("user_id")
    summed = entries.annotate(dgt=Sum("amount")).values_list("user_id", "dgt")
    assert dict(summed) == dict(UserWallet.objects.filter(dgt_balance__gt=0).values_list("user_id", "dgt_balance"))


def test_the_ledger_sums_to_zero():
    from wallet.models import DgtTransaction

    assert DgtTransaction.objects.aggregate(dgt=Sum("amount"))["dgt"] == 0


def test_every_reached_level_has_paid_once():
    from xp.models import LevelDgtRewardLog, UserXp, XpLog

    paid = LevelDgtRewardLog.objects.filter(state="paid").values_list("user_id", "level")
    reached = {
        (user, up_to) for user, level in UserXp.objects.values_list("user_id", "level") for up_to in range(2, level + 1)
    }
    assert len(paid) == len(set(paid))
    assert set(paid) >= reached
    lost = {user for user, _level in set(paid) - reached}
    assert lost <= set(XpLog.objects.exclude(reverses=None).values_list("user_id", flat=True))


def test_history_lies_between_joining_and_now():
    from xp.models import XpLog

    assert not XpLog.objects.filter(created_at__lt=F("user__date_joined")).exists()
    assert not XpLog.objects.filter(created_at__gt=timezone.now()).exists()


def test_a_member_s_log_is_in_the_order_of_time():
    from xp.models import XpLog

    rows = list(XpLog.objects.order_by("user_id", "id").values_list("user_id", "created_at"))
    assert rows == sorted(rows)


def test_nothing_disagrees_with_the_log():
    """What `manage.py xp_doctor` looks for: totals, levels, periods, streaks, reversals."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, subject, stored, rebuilt from xp_drift")
        assert cursor.fetchall() == []


def test_totals_of_periods_are_those_of_the_log():
    from xp.models import XpLog, XpPeriodTotal
    from xp.rules.periods import PERIODS, span_at

    now = timezone.now()
    for period in PERIODS:
        span = span_at(period, now)
        awards = XpLog.objects.filter(reverses=None, created_at__gte=span.starts_at, created_at__lt=span.ends_at)
        undone = XpLog.objects.filter(origin__in=awards)
        summed = Counter()
        for row in (*awards, *undone):
            summed[row.user_id] += row.xp_awarded
        totals = XpPeriodTotal.objects.filter(period=period, starts_on=span.starts_on).values_list("user_id", "xp")
        assert dict(totals) == dict(summed) != {}


def test_periods_that_no_board_shows_are_forgotten():
    from xp.models import XpPeriodTotal

    long_ago = timezone.now().date() - timedelta(days=12)
    assert not XpPeriodTotal.objects.filter(period="day", starts_on__lt=long_ago).exists()


@pytest.mark.parametrize("action", sorted(LIMITS))
def test_nobody_earns_beyond_a_cap(action):
    from xp.models import XpAction, XpLog

    cap = XpAction.objects.get(name=action)
    awards = XpLog.objects.filter(action=cap, reverses=None)
    assert awards.exists()
    days = awards.values("user", day=TruncDay("created_at", tzinfo=UTC))
    weeks = awards.values("user", week=TruncWeek("created_at", tzinfo=UTC))
    pairs = days.values("user", "day", "counterparty")
    for limit, groups in (
        (cap.daily_cap_xp, days),
        (cap.weekly_cap_xp, weeks),
        (cap.pair_daily_cap_xp, pairs.exclude(counterparty=None)),
    ):
        if limit is not None:
            assert not groups.annotate(xp=Sum("xp_awarded")).filter(xp__gt=limit).exists()


# ── Likes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_counts_its_likes():
    from degentalk.forum.models import Post

    counted = Post.objects.annotate(active=Count("likes", filter=Q(likes__is_active=True)))
    assert counted.filter(like_count__gt=0).exists()
    assert not counted.exclude(like_count=F("active")).exists()


def test_nobody_likes_their_own_post():
    from degentalk.forum.models import Like

    assert not Like.objects.filter(member=F("post__author")).exists()


def test_likes_of_members_without_a_confirmed_address_earn_nothing():
    from xp.models import XpLog, XpRefusal

    likes = XpLog.objects.filter(action__name="like_received")
    unconfirmed = {"counterparty__emailaddress__verified": False}
    assert not likes.filter(**unconfirmed).exists()
    assert XpRefusal.objects.filter(reason="too-new").exists()


def test_every_like_that_earned_something_is_a_like():
    from degentalk.forum.models import Like
    from xp.models import XpLog

    keys = {f"like:{post}:{member}" for post, member in Like.objects.values_list("post_id", "member_id")}
    rows = XpLog.objects.filter(action__name="like_received", reverses=None)
    assert {row.key for row in rows} <= keys
    assert all(row.key == f"like:{row.cause_id}:{row.counterparty_id}" for row in rows)


def test_some_likes_were_taken_back_and_their_xp_with_them():
    from degentalk.forum.models import Like
    from xp.models import XpLog, XpWithholding

    gone = [f"unlike:{like.post_id}:{like.member_id}" for like in Like.objects.filter(is_active=False)]
    held = XpWithholding.objects.filter(because__in=gone).values_list("award", flat=True)
    assert XpLog.objects.filter(origin__in=held, xp_awarded__lt=0).count() == len(held) > 0


# ── Tips ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_counts_its_tips():
    from degentalk.forum.models import Post

    stand = Q(tips__is_reversed=False)
    counted = Post.objects.annotate(
        dgt=Sum("tips__amount", filter=stand, default=0), tipped=Count("tips", filter=stand)
    )
    assert counted.filter(tip_count__gt=1).exists()
    assert not counted.exclude(tip_dgt=F("dgt"), tip_count=F("tipped")).exists()


def test_tips_are_between_members_who_may():
    from degentalk.forum.models import Tip

    tips = Tip.objects.all()
    assert not tips.filter(giver=F("receiver")).exists()
    for who in ("giver", "receiver"):
        assert not tips.filter(**{f"{who}__emailaddress__verified": False}).exists()
        assert not tips.filter(created_at__lt=F(f"{who}__date_joined") + timedelta(days=1)).exists()


def test_one_tip_was_undone_by_the_moderator():
    from degentalk.forum.models import Tip

    undone = Tip.objects.get(is_reversed=True)
    assert undone.journal.reversed_by.actor.username == "juno_keeper"
    assert "juno_keeper" not in {undone.giver.username, undone.receiver.username}


def test_vera_gives_and_gets_tips():
    from degentalk.accounts.models import Notification, User

    vera = User.objects.get(username="vera_onchain")
    assert vera.tips_given.exists()
    assert vera.tips_received.exists()
    assert Notification.objects.of(vera).filter(kind="tip", read_at=None).exists()


# ── Moderation ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_there_are_posts_in_every_state():
    from degentalk.forum.models import Post

    assert set(Post.objects.values_list("state", flat=True)) == set(Post.State.values)


def test_posts_that_are_gone_have_no_xp():
    from degentalk.forum.models import Post
    from xp.models import XpLog

    gone = [str(post.pk) for post in Post.objects.exclude(state=Post.State.VISIBLE)]
    of_the_post = XpLog.objects.exclude(action__name="tip_given").filter(cause_type="post", cause_id__in=gone)
    assert of_the_post.points() == 0


def test_whoever_was_banned_for_farming_has_nothing_left():
    from degentalk.forum.models import ModerationAct
    from xp.models import UserXp

    ban = ModerationAct.objects.get(act="ban", xp_change__lt=0)
    assert ban.moderator.username == "juno_keeper"
    assert not ban.member.is_active
    assert UserXp.objects.of(ban.member).xp == 0


def test_acts_of_moderators_and_texts_before_edits_have_their_own_moment():
    from degentalk.forum.models import ModerationAct, PostRevision

    assert ModerationAct.objects.filter(created_at__lt=timezone.now() - timedelta(days=1)).exists()
    assert not ModerationAct.objects.filter(post__isnull=False, created_at__lt=F("post__created_at")).exists()
    assert PostRevision.objects.filter(post__revision_count=1, post__edited_at=F("replaced_at")).exists()


# ── Streaks and events ──────────────────────────────────────────────────────────────────────────────────────────────


def test_streaks_are_what_the_days_make():
    from xp.models import StreakDay, UserStreak
    from xp.services.visits import streak_from_days

    for streak in UserStreak.objects.all():
        days = StreakDay.objects.filter(user_id=streak.user_id).order_by("day")
        assert streak.facts == streak_from_days(days)


def test_streaks_pay_at_milestones_only_and_what_these_pay():
    from xp.models import StreakMilestone, XpLog

    pays = set(StreakMilestone.objects.values_list("xp", flat=True))
    bases = {row.why.base for row in XpLog.objects.filter(action__name="streak_maintained", reverses=None)}
    assert bases
    assert bases <= pays


def test_a_used_freeze_covers_a_day():
    from xp.models import StreakDay, StreakFreeze

    used = set(StreakFreeze.objects.exclude(used_for=None).values_list("user_id", "used_for"))
    assert used == set(StreakDay.objects.filter(kind="freeze").values_list("user_id", "day"))


def test_events_are_past_on_and_to_come():
    from xp.models import SpecialEvent

    now = timezone.now()
    assert SpecialEvent.objects.filter(ends_at__lt=now, is_cancelled=False).count() > 2
    on = SpecialEvent.objects.get(slug="degen-week", starts_at__lt=now, ends_at__gt=now)
    assert (on.multiplier_bps, on.participation_xp) == (15_000, 100)
    assert SpecialEvent.objects.filter(starts_at__gt=now, starts_at__lt=now + timedelta(days=14)).exists()
    assert SpecialEvent.objects.filter(is_cancelled=True).exists()


def test_members_join_while_an_event_is_on_and_joining_pays():
    from xp.models import EventParticipation, XpLog
    from xp.services.events import participation_key

    for joined in EventParticipation.objects.select_related("event", "user"):
        assert joined.event.starts_at <= joined.joined_at < joined.event.ends_at
        row = XpLog.objects.filter(key=participation_key(joined.event_id, joined.user)).first()
        assert (row.why.base if row else 0) == joined.event.participation_xp


def test_awards_are_multiplied_by_what_the_rules_of_their_day_say():
    """The rules in force then know every event and path that an award was multiplied by."""
    from paths import rules as path_rules
    from xp.models import XpLog
    from xp.rules import occasions

    multiplied = by_path = 0
    for row in XpLog.objects.filter(reverses=None, action__isnull=False).select_related("rule_set", "action"):
        known = {f"event:{event.name}": event for event in occasions(row.rule_set.rules).values()}
        for multiplier in row.why.multipliers:
            if multiplier.source in known:
                assert known[multiplier.source].is_on(row.created_at)
                multiplied += 1
            elif multiplier.source == f"path:{row.path_id}":
                rules = row.rule_set.rules
                assert multiplier.basis_points == path_rules.multiplier(rules, row.path_id, row.action.name)
                by_path += 1
            else:
                assert multiplier.source.startswith("boost:")
    assert multiplied
    assert by_path


def test_members_are_on_paths_and_wear_what_they_bought_or_were_given():
    from degentalk.accounts.models import User
    from paths.models import PathChoice, UserPath
    from shop.models import DgtUnlock, DgtUnlockLog

    assert DgtUnlock.objects.count() >= 30
    assert UserPath.objects.filter(primary_path=True).values("path").distinct().count() >= 4
    assert "first" in set(PathChoice.objects.values_list("how", flat=True))
    worn = DgtUnlockLog.objects.exclude(equipped_slot=None).select_related("user")
    assert {item.kind for item in worn} == {"purchase", "gift"}
    assert all(item.equipped_slot in item.user.look for item in worn)
    assert User.objects.get(username="vera_onchain").look


# ── Whoever one signs in as ─────────────────────────────────────────────────────────────────────────────────────────


def test_vera_has_something_of_everything():
    from degentalk.accounts.models import User
    from xp.models import EventParticipation, StreakFreeze, UserStreak, XpBoost, XpRefusal

    vera, now = User.objects.get(username="vera_onchain"), timezone.now()
    reasons = set(XpRefusal.objects.of(vera).values_list("reason", flat=True))
    assert {"cooldown", "repost", "pair-cap", "too-new"} <= reasons
    assert XpBoost.objects.filter(user=vera, starts_at__lt=now, ends_at__gt=now).exists()
    assert EventParticipation.objects.filter(user=vera, event__slug="degen-week").exists()
    assert UserStreak.objects.of(vera).current >= 20
    assert StreakFreeze.objects.filter(user=vera, used_for=None).count() == 1


def test_a_few_replies_bring_vera_to_the_next_level():
    from xp.models import UserXp
    from xp.services import curve

    vera = UserXp.objects.get(user__username="vera_onchain")
    assert 0 < curve().level(vera.level + 1).xp_required - vera.xp < 60


def test_staff_adjust_with_a_reason_and_never_their_own():
    from xp.models import XpLog

    adjusted = XpLog.objects.filter(action=None, reverses=None)
    assert adjusted.filter(xp_awarded__lt=0).exists()
    assert adjusted.filter(xp_awarded__gt=0).exists()
    assert not adjusted.filter(Q(reason="") | Q(actor=F("user"))).exists()


def test_nobody_is_paid_twice_for_a_day():
    from xp.models import XpLog

    visits = XpLog.objects.filter(action__name="daily_login", reverses=None)
    days = list(visits.values_list("user_id", "cause_id"))
    assert len(days) == len(set(days))


def test_old_notifications_have_been_read():
    from degentalk.accounts.models import Notification

    week_ago = timezone.now() - timedelta(days=7)
    assert not Notification.objects.filter(created_at__lt=week_ago, read_at=None).exists()


def test_whoever_one_signs_in_as_has_unread_notifications():
    from degentalk.accounts.models import Notification

    assert Notification.objects.filter(user__username="vera_onchain", read_at=None).exists()


def test_after_its_history_the_clock_is_as_before():
    from wallet.models import DgtBoardRefresh
    from xp.models import XpLog

    assert DgtBoardRefresh.objects.get().refreshed_at > XpLog.objects.latest("created_at").created_at


def test_a_level_up_is_told_as_the_product_tells_it():
    """The demo posts awards in sets, and so must tell of levels itself; the words are those of `xp.award`."""
    from degentalk.accounts.models import Notification, User
    from xp import services as xp

    with transaction.atomic():
        bob = User.objects.create_user("bob_the_newcomer", "bob@example.net")
        xp.award(user=bob, action="special_event", key="event:test:bob", cause=("event", "test"))
        told = Notification.objects.get(user=bob, key="level:2")
        transaction.set_rollback(True)
    same = Notification.objects.filter(key="level:2", text=told.text, kind=told.kind)
    assert same.exists()


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.role)
def test_each_demo_account_has_its_password_and_role(account):
    from degentalk.accounts.models import User

    user = User.objects.get(username=account.username)
    groups = {"moderator": ["moderator"], "economist": ["economist"]}.get(account.role, [])
    assert check_password(PASSWORD, user.password)
    assert list(user.groups.values_list("name", flat=True)) == groups
    assert (user.is_staff, user.is_superuser) == (account.role != "member", account.role == "admin")


def test_nobody_else_can_sign_in():
    from degentalk.accounts.models import User

    names = [account.username for account in ACCOUNTS]
    others = User.objects.exclude(username__in=names)
    assert [user.username for user in others if user.has_usable_password()] == []
