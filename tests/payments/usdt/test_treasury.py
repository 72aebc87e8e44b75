"""Orders at a treasury: paid from a wallet that the buyer proved, with an amount of their own (U9, U18)."""

from dataclasses import replace

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct

from degentalk.core.errors import Refused
from payments.errors import OrderClosed
from payments.models import Order, Review, UsdtTransfer, UsdtWallet
from payments.providers.usdt.proving import prove, release, statement_of
from payments.states import State
from tests import make
from tests.payments.buying import wallet
from tests.payments.usdt.buying import FINAL, again, opened, ordered, settled, watched, where
from tests.payments.usdt.entries import entry_of

pytestmark = pytest.mark.django_db
TREASURY = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
USDT = 10**6


@pytest.fixture
def treasury(usdt, settings):
    settings.USDT_CHAINS = [entry_of(usdt, xpub="", treasury=TREASURY)]
    opened()
    return usdt


@pytest.fixture
def order(treasury, alice):
    return ordered(alice)


def key(chain, name: str = "wallet"):
    return chain.world.account(name)


def signed(about, account, **changed) -> str:
    """The statement of this order, signed by a wallet; with other words where a test says so."""
    statement = replace(statement_of(where(about), account.address), **changed)
    return Account.sign_message(encode_defunct(text=statement.text()), account.key).signature.to_0x_hex()


def proved(chain, order, user, name: str = "wallet"):
    account = key(chain, name)
    return prove(order=order, user=user, wallet=account.address, signature=signed(order, account))


def paid(chain, order, amount: int, name: str = "wallet"):
    chain.pay(TREASURY, amount, from_account=name)
    return settled(chain, order)


def test_u18_before_the_proof_there_is_nothing_to_pay(treasury, order, alice):
    assert (order.state, where(order).is_payable) == (State.CREATED, False)
    proved(treasury, order, alice)
    assert (again(order).state, where(order).is_payable) == (State.PENDING, True)
    assert where(order).payer == treasury.address()


def test_what_is_paid_from_the_proved_wallet_is_credited(treasury, order, alice):
    proved(treasury, order, alice)
    assert 0 < where(order).amount - order.price < 10_000
    assert paid(treasury, order, where(order).amount).state == State.CREDITED
    assert (wallet(alice)[0], again(order).surplus) == (order.total_dgt, 0)


def test_u9_from_another_wallet_the_same_amount_credits_nobody_and_is_told_to_staff(treasury, order, alice):
    proved(treasury, order, alice)
    mallory = make.verified(make.user("mallory"))
    theirs = ordered(mallory)
    proved(treasury, theirs, mallory, "other")
    treasury.pay(TREASURY, where(order).amount, from_account="owner")
    settled(treasury, order)
    assert (again(order).state, again(theirs).state) == (State.PENDING, State.PENDING)
    assert [(review.reason, review.order_id) for review in Review.objects.open()] == [("unknown_order", None)]
    assert UsdtTransfer.objects.get().state == "final"


def test_u9_each_wallet_pays_its_own_member_whatever_the_amount(treasury, order, alice):
    proved(treasury, order, alice)
    mallory = make.verified(make.user("mallory"))
    theirs = ordered(mallory)
    proved(treasury, theirs, mallory, "other")
    treasury.pay(TREASURY, where(theirs).amount)  # from alice's wallet
    settled(treasury, order)
    assert UsdtTransfer.objects.get().deposit == where(order)
    assert again(theirs).state == State.PENDING


def test_amounts_of_orders_differ_past_their_end_and_tell_them_apart(treasury, alice, clock):
    first = ordered(alice)
    clock.move(hours=3)
    treasury.mine(FINAL)
    watched()
    orders = [ordered(alice) for _ in range(4)]
    amounts = {where(one).amount for one in [first, *orders]}
    assert len(amounts) == 5
    for one in orders[:2]:
        proved(treasury, one, alice)
    assert paid(treasury, orders[1], where(orders[1]).amount).state == State.CREDITED
    assert again(orders[0]).state == State.PENDING


@pytest.mark.parametrize(
    "changed",
    [
        {"domain": "evil.example"},
        {"username": "mallory"},
        {"order": "00000000-0000-7000-8000-000000000000"},
        {"chain_id": 1},
        {"chain_name": "Ethereum"},
        {"nonce": "another"},
        {"wallet": TREASURY},
    ],
)
def test_u18_a_signature_of_any_other_words_is_refused(treasury, order, alice, changed):
    account = key(treasury)
    with pytest.raises(Refused):
        prove(order=order, user=alice, wallet=account.address, signature=signed(order, account, **changed))
    assert (again(order).state, UsdtWallet.objects.count()) == (State.CREATED, 0)


def test_u18_a_proof_that_comes_too_late_is_refused(treasury, order, alice, clock):
    signature = signed(order, key(treasury))
    clock.move(hours=2)
    with pytest.raises(OrderClosed):
        prove(order=order, user=alice, wallet=key(treasury).address, signature=signature)


def test_u18_a_signature_proves_one_order_once(treasury, order, alice):
    account, signature = key(treasury), signed(order, key(treasury))
    proved(treasury, order, alice)
    for other in (order, ordered(alice)):
        with pytest.raises(Refused):
            prove(order=other, user=alice, wallet=account.address, signature=signature)


def test_u18_malleated_and_foreign_signatures_are_refused(treasury, order, alice):
    account = key(treasury)
    raw = bytes.fromhex(signed(order, account)[2:])
    n = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    twin = raw[:32] + (n - int.from_bytes(raw[32:64], "big")).to_bytes(32, "big") + bytes([55 - raw[64]])
    for signature in ("0x" + twin.hex(), signed(order, key(treasury, "other")), "0x", "x" * 10_000):
        with pytest.raises(Refused):
            prove(order=order, user=alice, wallet=account.address, signature=signature)


def test_u18_a_wallet_of_one_member_is_no_others_before_it_is_released(treasury, order, alice):
    proved(treasury, order, alice)
    mallory = make.verified(make.user("mallory"))
    theirs = ordered(mallory)
    with pytest.raises(Refused, match="another account"):
        proved(treasury, theirs, mallory)
    assert again(theirs).state == State.CREATED
    release(UsdtWallet.objects.get())
    proved(treasury, theirs, mallory)
    assert [(one.user_id, one.released_at is None) for one in UsdtWallet.objects.order_by("id")] == [
        (alice.pk, False),
        (mallory.pk, True),
    ]


def test_u18_nobody_proves_for_the_order_of_another(treasury, order):
    mallory = make.verified(make.user("mallory"))
    account = key(treasury, "other")
    with pytest.raises(Order.DoesNotExist):
        prove(order=order, user=mallory, wallet=account.address, signature=signed(order, account))


def test_u18_where_each_order_has_an_address_nothing_is_to_be_proved(usdt, alice):
    opened()
    with pytest.raises(Refused, match="needs no proof"):
        prove(order=ordered(alice), user=alice, wallet=usdt.address(), signature="0x")
