"""A member earns, levels up, buys a boost, sees it at work until it ends, and wears a frame that everybody sees."""

from datetime import timedelta
from hashlib import sha256

import pytest

from degentalk.core import clock
from degentalk.forum import services as forum
from shop.models import DgtUnlock
from tests import make
from tests.signing_in import sign_in
from wallet.models import UserWallet
from xp.models import UserXp, XpBoost, XpLog

A_WHILE = timedelta(seconds=61)
"""Longer than threads have to wait for each other."""


@pytest.fixture
def alice(committed_db, client):
    return sign_in(client, make.verified(make.user("alice")))


def start(author, number):
    """A thread, a while after the one before; what it earned."""
    block = sha256(str(number).encode()).hexdigest()  # every thread says something else
    started = forum.start_thread(author=author, title=f"Block {block[:12]}", body=block)
    return started.thread, XpLog.objects.filter(user=author).latest("id")


def buy(client, name, key):
    row = DgtUnlock.objects.get(name=name)
    body, headers = {"price": row.cost_dgt}, {"Idempotency-Key": key}
    answer = client.post(f"/api/shop/purchase/{row.pk}", body, content_type="application/json", headers=headers)
    assert answer.status_code == 201, answer.json()
    return answer.json()["item"]["id"]


def test_from_the_first_thread_to_a_frame_on_a_post(client, alice):
    began = clock.database_time()

    # Two days of threads are five levels; they pay 20, 30, 40 and, for the first of a tier, 250 DGT.
    for number in range(25):
        with clock.at(began + A_WHILE * number + timedelta(days=number // 20)):
            thread, row = start(alice, number)
            assert row.xp_awarded == 20
    assert UserXp.objects.of(alice).level == 5
    earned = UserWallet.objects.of(alice).dgt_balance
    assert earned == 340

    # A boost waits until it is started; then it multiplies, and the page says so.
    with clock.at(began + timedelta(days=2)):
        boost = buy(client, "Day boost", "k-1")
        _thread, row = start(alice, 100)
        assert row.xp_awarded == 20
        used = client.post(f"/api/shop/me/unlocks/{boost}/use", {}, content_type="application/json")
        assert used.status_code == 200
    with clock.at(began + timedelta(days=2, minutes=5)):
        _thread, row = start(alice, 101)
        assert (row.xp_awarded, row.why.multipliers[0].source) == (30, f"boost:unlock:{boost}")
        history = client.get("/me").content.decode()
        assert "+30" in history
        assert "Boost" in history

    # It ends by itself.
    assert XpBoost.objects.get(user=alice).ends_at == began + timedelta(days=3)
    with clock.at(began + timedelta(days=3)):
        thread, row = start(alice, 102)
        assert row.xp_awarded == 20

        # A frame is bought and worn, and a visitor sees it on the post.
        frame = buy(client, "Bronze frame", "k-2")
        address = thread.get_absolute_url()
        client.logout()
        assert "frame-bronze" not in client.get(address).content.decode()
        sign_in(client, alice)
        assert client.post(f"/api/shop/me/unlocks/{frame}/equip").status_code == 200
        client.logout()
        assert "frame-bronze" in client.get(address).content.decode()
    assert UserWallet.objects.of(alice).dgt_balance == earned - 120 - 80
