"""Banning and unbanning members, with and without what they earned."""

import pytest

from degentalk.accounts import services as accounts
from degentalk.accounts.models import Suspension
from degentalk.core.errors import Refused
from degentalk.forum import services as forum
from degentalk.forum.errors import NoReason, OneselfModerated, StaffModerated
from degentalk.forum.models import ModerationAct
from tests import make
from xp.models import UserXp, XpLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(db):
    return make.user("alice")


@pytest.fixture
def mallory(db):
    return make.verified(make.user("mallory"))


@pytest.fixture
def moderator(db):
    return make.moderator()


@pytest.fixture
def farm(alice, mallory):
    """Mallory has written and liked."""
    post = make.thread(alice).posts.get()
    forum.like(member=mallory, post=post)
    forum.reply(author=mallory, thread=post.thread, body="First")
    return post


def ban(member, moderator, *, takes_back_xp=True, reason="Farming"):
    return forum.ban(member=member, moderator=moderator, reason=reason, takes_back_xp=takes_back_xp)


def unban(member, moderator):
    return forum.unban(member=member, moderator=moderator, reason="Made up for it")


def points(user):
    return UserXp.objects.of(user).xp


def test_a_banned_member_is_out(farm, mallory, moderator):
    ban(mallory, moderator, takes_back_xp=False)
    mallory.refresh_from_db()
    suspension = Suspension.objects.get()
    assert (mallory.is_active, suspension.member, suspension.by, suspension.reason) == (
        False,
        mallory,
        moderator,
        "Farming",
    )


def test_a_ban_is_written_down(farm, mallory, moderator):
    act = ban(mallory, moderator)
    assert (act.act, act.moderator, act.member, act.post, act.reason) == ("ban", moderator, mallory, None, "Farming")
    assert ModerationAct.objects.get() == act


def test_a_ban_that_takes_back_xp_takes_what_others_earned_through_the_member_too(farm, alice, mallory, moderator):
    assert (points(alice), points(mallory)) == (24, 10)
    act = ban(mallory, moderator)
    assert (points(alice), points(mallory), act.xp_change) == (20, 0, -14)


def test_a_ban_may_leave_the_xp(farm, alice, mallory, moderator):
    act = ban(mallory, moderator, takes_back_xp=False)
    assert (points(alice), points(mallory), act.xp_change) == (24, 10, 0)


def test_unbanning_gives_back_exactly_what_the_ban_took(farm, alice, mallory, moderator):
    ban(mallory, moderator)
    act = unban(mallory, moderator)
    mallory.refresh_from_db()
    assert (mallory.is_active, points(alice), points(mallory), act.xp_change) == (True, 24, 10, 14)


def test_unbanning_does_not_give_back_what_other_reasons_took(farm, alice, mallory, moderator):
    reply = farm.thread.posts.get(number=2)
    forum.hide(post=reply, moderator=moderator, reason="Advertising")
    ban(mallory, moderator)
    unban(mallory, moderator)
    assert (points(alice), points(mallory)) == (24, 0)


def test_unbanning_after_a_ban_that_left_the_xp_gives_nothing(farm, alice, mallory, moderator):
    ban(mallory, moderator)
    unban(mallory, moderator)
    ban(mallory, moderator, takes_back_xp=False)
    assert unban(mallory, moderator).xp_change == 0
    assert (points(alice), points(mallory)) == (24, 10)


def test_the_rows_of_xp_name_the_moderator_and_the_reason(farm, alice, mallory, moderator):
    ban(mallory, moderator)
    taken = XpLog.objects.filter(xp_awarded__lt=0)
    assert {(row.actor, row.reason) for row in taken} == {(moderator, "Farming")}


def test_who_is_banned_already_is_not_banned_twice(farm, mallory, moderator):
    ban(mallory, moderator, takes_back_xp=False)
    with pytest.raises(Refused, match="suspended already"):
        ban(mallory, moderator)
    assert points(mallory) == 10


def test_who_is_not_banned_is_not_unbanned(farm, mallory, moderator):
    with pytest.raises(Refused, match="is not suspended"):
        unban(mallory, moderator)
    assert not ModerationAct.objects.exists()


def test_a_ban_needs_a_reason(mallory, moderator):
    with pytest.raises(NoReason):
        ban(mallory, moderator, reason=" ")


def test_nobody_bans_themselves(moderator):
    with pytest.raises(OneselfModerated):
        ban(moderator, moderator)


def test_moderators_do_not_ban_each_other(moderator):
    with pytest.raises(StaffModerated):
        ban(make.moderator("other"), moderator)


def test_an_admin_bans_a_moderator(moderator):
    admin = make.user("root", is_staff=True, is_superuser=True)
    assert ban(moderator, admin).member == moderator


def test_who_is_reinstated_in_the_admin_gets_back_what_the_ban_took(farm, alice, mallory, moderator):
    ban(mallory, moderator)
    mallory.refresh_from_db()
    accounts.reinstate(member=mallory, actor=moderator, reason="Mistaken identity")
    assert (points(alice), points(mallory)) == (24, 10)
    newest = ModerationAct.objects.order_by("-id").first()
    assert (newest.act, newest.moderator, newest.reason, newest.xp_change) == (
        "unban",
        moderator,
        "Mistaken identity",
        14,
    )


def test_an_unban_is_written_down_once(farm, mallory, moderator):
    ban(mallory, moderator)
    unban(mallory, moderator)
    assert list(ModerationAct.objects.order_by("id").values_list("act", flat=True)) == ["ban", "unban"]
