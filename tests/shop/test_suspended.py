"""Who is suspended or banned neither buys nor gives, is given, wears nor uses anything; what they have stays theirs."""

from functools import partial

import pytest
from django.db import transaction

from degentalk.accounts import services as accounts
from degentalk.core.errors import MemberError, Refused
from degentalk.forum import services as forum
from shop import services as shop
from shop.errors import CannotReceive
from shop.models import DgtUnlockLog
from tests import make
from tests.shop.selling import balance, buy, rich, unlock
from tests.threads import beside, until_somebody_waits


def suspend(member):
    """By staff, in the admin."""
    ada = make.user("ada", is_staff=True, is_superuser=True)
    accounts.suspend(member=member, actor=ada, reason="Spam")


def ban(member):
    """By a moderator, in the forum."""
    forum.ban(member=member, moderator=make.moderator(), reason="Spam", takes_back_xp=False)


@pytest.fixture(params=[suspend, ban], ids=lambda how: how.__name__)
def out(request):
    """How a member is kept out."""
    return request.param


@pytest.fixture
def mallory(db):
    return rich("mallory")


def test_they_buy_nothing(mallory, out):
    out(mallory)
    with pytest.raises(Refused, match="suspended"):
        buy(mallory, unlock())
    assert (balance(mallory), DgtUnlockLog.objects.count()) == (100, 0)


def test_they_give_nothing(mallory, out):
    out(mallory)
    with pytest.raises(Refused, match="suspended"):
        buy(mallory, unlock(), to=rich("bob", 0))
    assert (balance(mallory), DgtUnlockLog.objects.count()) == (100, 0)


def test_they_are_given_nothing(mallory, out):
    bob = rich("bob")
    out(mallory)
    with pytest.raises(CannotReceive, match="mallory cannot be given anything now"):
        buy(bob, unlock(), to=mallory)
    assert (balance(bob), DgtUnlockLog.objects.count()) == (100, 0)


def test_staff_give_them_nothing(mallory, out):
    out(mallory)
    otto = make.user("otto", is_staff=True, is_superuser=True)
    with pytest.raises(Refused, match="mallory is suspended"):
        shop.grant(user=mallory, unlock=unlock(), actor=otto, reason="First prize", key="1")
    assert DgtUnlockLog.objects.count() == 0


def test_they_put_nothing_on(mallory, out):
    item = buy(mallory, unlock())
    out(mallory)
    with pytest.raises(Refused, match="suspended"):
        shop.equip(user=mallory, item_id=item.pk)
    assert DgtUnlockLog.objects.get().equipped_slot is None


def test_they_take_nothing_off(mallory, out):
    item = buy(mallory, unlock())
    shop.equip(user=mallory, item_id=item.pk)
    out(mallory)
    with pytest.raises(Refused, match="suspended"):
        shop.unequip(user=mallory, item_id=item.pk)
    assert DgtUnlockLog.objects.get().equipped_slot == "avatar_frame"


def test_they_use_nothing(mallory, out):
    item = buy(mallory, unlock("xp_boost"))
    out(mallory)
    with pytest.raises(Refused, match="suspended"):
        shop.use(user=mallory, item_id=item.pk)
    assert DgtUnlockLog.objects.get().state == "owned"


ASKED = ["purchase/{unlock}", "me/unlocks/{item}/equip", "me/unlocks/{item}/unequip", "me/unlocks/{item}/use"]


@pytest.mark.parametrize("way", ASKED)
def test_their_tokens_are_refused(client, mallory, out, way):
    item = buy(mallory, unlock())
    token = make.api_token(mallory, "shop:purchase")
    out(mallory)
    answer = client.post(
        "/api/shop/" + way.format(unlock=item.unlock_id, item=item.pk),
        {"price": 40},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k-1"},
    )
    assert answer.status_code == 401


@pytest.mark.parametrize("page", ["/shop/{unlock}/buy", "/shop/mine/{item}/wear", "/shop/mine/{item}/use"])
def test_the_session_that_they_had_ends(client, mallory, out, page):
    item = buy(mallory, unlock("xp_boost"))
    client.force_login(mallory)
    out(mallory)
    answer = client.post(page.format(unlock=item.unlock_id, item=item.pk), {"price": 40, "key": "k-1"})
    assert (answer.status_code, "/account/login/" in answer["Location"]) == (303, True)
    assert (DgtUnlockLog.objects.get().state, balance(mallory)) == ("owned", 60)


@pytest.mark.parametrize("verb", ["buy", "equip", "use"])
def test_who_is_suspended_at_this_moment_is_waited_for(committed_db, verb):
    mallory, row = rich("mallory"), unlock("xp_boost")
    frame, boost = buy(mallory, unlock(cost=10)), buy(mallory, row)
    verbs = {
        "buy": partial(buy, mallory, row),
        "equip": partial(shop.equip, user=mallory, item_id=frame.pk),
        "use": partial(shop.use, user=mallory, item_id=boost.pk),
    }
    with transaction.atomic():
        suspend(mallory)
        asking = beside(partial(refused, verbs[verb]))
        until_somebody_waits()
    assert asking() == "Your account is suspended."


def refused(verb):
    """What the member is told."""
    try:
        return verb()
    except MemberError as refusal:
        return str(refusal)
