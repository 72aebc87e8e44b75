"""What is examined before a chain takes orders, and whose key the money goes to (U1, U2, U21, U23, U24)."""

import logging

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, transaction

from degentalk.approvals import services as approvals
from degentalk.approvals.errors import MayNotDecide
from degentalk.sandbox.chain import Chain
from payments import services as payments
from payments.errors import ChainClosed, NoSuchChain
from payments.models import Order, UsdtChain, UsdtDeposit, UsdtKey
from payments.providers.usdt import asking, chains, opening, watching
from payments.providers.usdt.addresses import derive
from payments.providers.usdt.chains import KNOWN, parse
from payments.providers.usdt.examining import examine
from payments.providers.usdt.node import Node
from payments.states import State
from tests import make
from tests.payments.usdt.buying import FINAL, opened, ordered, pay, settled, watched, where
from tests.payments.usdt.entries import entry_of

pytestmark = pytest.mark.django_db
TREASURY = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
PRIVATE = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
TWO = ["https://one.example/k3y", "https://two.example/k3y"]


def economist(name: str):
    member = make.user(name, is_staff=True)
    member.groups.add(Group.objects.get(name="economist"))
    return member


def problem() -> str:
    watched()
    [found] = chains.all_chains()
    return examine(found)


def is_open(alice) -> bool:
    try:
        with transaction.atomic():
            ordered(alice)
    except ChainClosed:
        return False
    return True


# ── Settings ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_u2_known_chains_need_only_an_id_providers_and_a_key(chain):
    xpub = chain.site_settings()["xpub"]
    found = parse([{"chain_id": number, "rpc": TWO, "xpub": xpub} for number in KNOWN])
    assert [(one.chain_id, one.decimals, one.is_poa) for one in found] == [
        (1, 6, False),
        (42161, 6, False),
        (137, 6, True),
        (56, 18, True),
    ]
    assert all(one.finality is None for one in found)


WRONG = [
    ({"chain_id": "one"}, "chain_id"),
    ({"rpc": TWO[:1]}, "rpc"),
    ({"rpc": ["http://one.example/k3y", TWO[1]]}, "rpc"),
    ({"rpc": [TWO[0], TWO[0]]}, "rpc"),
    ({"token": "0x12"}, "token"),
    ({"token": TREASURY.replace("Fd6e", "fd6e")}, "token"),
    ({"decimals": 5}, "decimals"),
    ({"decimals": True}, "decimals"),
    ({"finality": 0}, "finality"),
    ({"finality": "soon"}, "finality"),
    ({"treasury": TREASURY}, "xpub or treasury"),
    ({"xpub": ""}, "xpub or treasury"),
    ({"xpub": "xpub123"}, "xpub"),
    ({"xpub": PRIVATE}, "xpub"),
    ({"xpub": "test " * 11 + "junk"}, "xpub"),
    ({"xpub": "", "treasury": "0x" + "1" * 39}, "treasury"),
    ({"private_key": PRIVATE}, "private_key"),
]


@pytest.mark.parametrize(("change", "field"), WRONG)
def test_u23_a_wrong_setting_is_one_sentence_without_keys_in_it(chain, change, field):
    with pytest.raises(ImproperlyConfigured) as raised:
        parse([{**entry_of(chain), "rpc": TWO, **change}])
    said = str(raised.value)
    assert field in said
    assert not any(secret in said for secret in ("k3y", PRIVATE, "junk"))


def test_a_chain_is_configured_once(chain):
    with pytest.raises(ImproperlyConfigured, match="twice"):
        parse([entry_of(chain), entry_of(chain)])


def test_u23_a_private_extended_key_is_refused(chain):
    from bip_utils import Bip32Slip10Secp256k1

    private = Bip32Slip10Secp256k1.FromSeed(b"x" * 32).PrivateKey().ToExtended()
    with pytest.raises(ImproperlyConfigured) as raised:
        parse([{**entry_of(chain), "xpub": private}])
    assert private not in str(raised.value)


# ── Keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_u23_a_new_key_takes_no_orders_until_two_staff_approved_it_and_is_logged(usdt, alice, caplog):
    caplog.set_level(logging.WARNING)
    watched()
    [key] = UsdtKey.objects.all()
    assert key.fingerprint in caplog.text
    assert key.first_address == derive(usdt.site_settings()["xpub"], 0)
    with pytest.raises(ChainClosed):
        ordered(alice)
    eve, frank = economist("eve"), economist("frank")
    row = payments.ask_for_key(key=key, actor=eve, note="Compared with the paper", once="k")
    with pytest.raises(ChainClosed):
        ordered(alice)
    with pytest.raises(MayNotDecide):
        approvals.approve(approval=row, actor=eve)
    approvals.approve(approval=row, actor=frank)
    assert f"{eve.pk} and {frank.pk}" in caplog.text
    assert ordered(alice).state == State.PENDING


def test_u23_u24_another_key_waits_anew_and_rewrites_no_order(usdt, alice, settings):
    opened()
    old = ordered(alice)
    before = where(old)
    with Chain(seed=77) as other:
        settings.USDT_CHAINS = [{**entry_of(usdt), "xpub": other.site_settings()["xpub"]}]
    watching._examined.clear()  # as of a process that starts with these settings
    watched()
    assert UsdtKey.objects.count() == 2
    with pytest.raises(ChainClosed):
        ordered(alice)
    opened()
    assert where(ordered(alice)).fingerprint != before.fingerprint
    assert vars_of(where(old)) == vars_of(before)
    pay(usdt, old)
    assert settled(usdt, old).state == State.CREDITED


def vars_of(deposit: UsdtDeposit) -> dict:
    return {name: value for name, value in vars(deposit).items() if not name.startswith("_")}


def test_u24_another_token_in_the_settings_changes_no_order_that_is_open(usdt, alice, settings):
    opened()
    order = ordered(alice)
    settings.USDT_CHAINS = [entry_of(usdt, token=usdt.deploy_other_token())]
    watched()
    pay(usdt, order)
    assert settled(usdt, order).state == State.CREDITED


def test_u24_not_even_by_hand(usdt, alice):
    opened()
    deposit = where(ordered(alice))
    for change in ({"address": TREASURY}, {"token": TREASURY}, {"amount": 1}, {"chain_id": 1}, {"decimals": 18}):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            UsdtDeposit.objects.filter(pk=deposit.pk).update(**change)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        deposit.delete()


# ── Chains ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def refuses(alice) -> bool:
    before = Order.objects.count()
    with pytest.raises(ChainClosed):
        ordered(alice)
    return Order.objects.count() == before


def test_u1_a_provider_of_another_chain_closes_the_chain(usdt, alice):
    opened()
    usdt.set_faults("second", chain_id=1)
    assert problem() == "Of another chain than was configured: provider 2."
    assert refuses(alice)
    usdt.clear_faults()
    assert problem() == ""
    assert ordered(alice).state == State.PENDING


def test_u2_other_decimals_than_were_configured_close_the_chain(usdt, alice, settings):
    opened()
    settings.USDT_CHAINS = [entry_of(usdt, decimals=18)]
    assert problem() == "The token has 6 decimals, configured are 18."
    assert refuses(alice)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda chain: chain.deprecate(TREASURY), "deprecated"),
        (lambda chain: chain.set_fee(1, 1), "takes a fee"),
        (lambda chain: chain.pause(), "paused"),
    ],
)
def test_u21_flags_of_the_token_close_the_chain_for_new_orders(usdt, alice, change, said):
    opened()
    change(usdt)
    assert said in problem()
    assert refuses(alice)


def test_u21_a_treasury_on_the_blacklist_closes_the_chain(usdt, alice, settings):
    settings.USDT_CHAINS = [entry_of(usdt, xpub="", treasury=TREASURY)]
    opened()
    usdt.blacklist(TREASURY)
    assert "blacklist" in problem()
    assert refuses(alice)


def test_u21_the_flags_are_asked_for_again_and_again(usdt, alice, clock):
    opened()
    usdt.pause()
    watched()
    assert UsdtChain.objects.get().problem == ""
    clock.move(minutes=6)
    watched()
    assert "paused" in UsdtChain.objects.get().problem


def test_a_chain_that_was_not_read_for_minutes_takes_no_orders(usdt, alice, clock):
    opened()
    for name in ("main", "second"):
        usdt.set_faults(name, mode="500")
    clock.move(minutes=11)
    assert refuses(alice)
    assert problem() == "No provider answers."


def test_only_configured_chains_can_be_chosen(usdt, alice):
    opened()
    with pytest.raises(NoSuchChain):
        ordered(alice, chain_id=5)
    with pytest.raises(NoSuchChain):
        payments.place(user=alice, package_id="trader", provider="usdt")


def test_u23_nothing_of_the_site_can_sign():
    """No code of the site makes, reads or uses a private key of a chain."""
    from pathlib import Path

    words = (
        "from_key",
        "sign_transaction",
        "signTransaction",
        "privateKey",
        "PrivateKey(",
        "sign_message",
        "from_mnemonic",
    )
    code = [path for top in ("payments", "wallet", "degentalk/core") for path in Path(top).rglob("*.py")]
    assert len(code) > 100
    assert [(path, word) for path in code for word in words if word in path.read_text()] == []


# ── A chain that stands still ───────────────────────────────────────────────────────────────────────────────────────


def trouble() -> str:
    [(_chain, said)] = opening.troubles() or [(None, "")]
    return said


def test_a_chain_of_which_no_new_block_is_read_takes_no_orders_until_one_comes(usdt, alice, clock):
    opened()
    assert (trouble(), is_open(alice)) == ("", True)
    clock.move(minutes=11)
    watched()
    assert (trouble(), is_open(alice)) == ("No new block was read for more than ten minutes.", False)
    usdt.mine()
    watched()
    assert (trouble(), is_open(alice)) == ("", True)


def test_a_chain_where_nothing_becomes_final_takes_no_orders_until_something_does(usdt, alice, clock, monkeypatch):
    opened()
    height = Node.head(asking.nodes(chains.all_chains()[0])[0]).finalized
    with monkeypatch.context() as patched:
        patched.setattr(Node, "_finalized", lambda node, newest: height)
        for _ in range(8):
            usdt.mine()
            clock.move(minutes=8)
            watched()
        usdt.mine()
        watched()
        assert (trouble(), is_open(alice)) == ("No block became final for more than an hour.", False)
    usdt.mine(FINAL + 1)
    watched()
    assert (trouble(), is_open(alice)) == ("", True)


def test_a_chain_that_no_worker_ever_read_says_so(usdt, alice):
    assert trouble() == "It was never read: does the worker run?"
