"""What one provider of a chain is asked, and what is never believed (U1 to U4, U7, U15 to U17, U21)."""

import logging

import pytest
from hexbytes import HexBytes
from hypothesis import given
from hypothesis import strategies as st
from web3 import Web3

from degentalk.sandbox.chain import Chain, contracts, paying
from payments.providers.usdt import node as nodes
from payments.providers.usdt.answers import Head, NoAnswer, Unanswered, WrongChain
from payments.providers.usdt.asking import ask, ask_two, wrong_providers
from payments.providers.usdt.chains import parse
from payments.providers.usdt.node import Node, TooMuch, in_chunks
from tests.payments.usdt.entries import entry_of

SHOP = Web3.to_checksum_address("0x" + "ab" * 20)
OTHER = Web3.to_checksum_address("0x" + "cd" * 20)
USDT = 10**6


def configured(chain: Chain, **other):
    [found] = parse([entry_of(chain, **other)])
    return found


@pytest.fixture
def node(chain) -> Node:
    return Node(configured(chain), 0)


def received(node: Node, tx: str) -> list[tuple[str, int]]:
    return [(one.to, one.value) for one in node.receipt_transfers(tx, node.chain.token)]


# ── Who it is ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_u1_a_provider_of_another_chain_answers_nothing(chain):
    chain.set_faults("main", chain_id=1)
    ours = configured(chain)
    with pytest.raises(WrongChain):
        Node(ours, 0).connect()
    assert wrong_providers(ours) == [1]
    assert ask(ours, lambda node: node.name) == "Sandbox provider 2"


def test_u1_after_each_failure_a_provider_shows_again_which_chain_it_is_of(chain):
    ours = configured(chain)
    assert ask(ours, lambda node: node.head().number) == 1
    chain.fail_next("close")
    assert ask(ours, lambda node: (node.name, node.head().number)) == ("Sandbox provider 2", 1)
    chain.set_faults("main", chain_id=56)  # whoever is behind that address now
    assert ask(ours, lambda node: node.name) == "Sandbox provider 2"


def test_u2_the_decimals_are_those_of_the_contract():
    with Chain(seed=2, decimals=18) as chain:
        node = Node(configured(chain), 0)
        assert node.token_state(chain.token).decimals == 18
        with pytest.raises(NoAnswer):
            node.token_state(SHOP)


# ── What a payment is ───────────────────────────────────────────────────────────────────────────────────────────────


def test_u3_a_transfer_of_the_token_is_read_from_its_receipt(chain, node):
    tx = chain.pay(SHOP, 5 * USDT)
    [found] = node.receipt_transfers(tx, chain.token)
    head = chain.head()
    assert (found.tx_hash, found.ordinal, found.token, found.to, found.value) == (tx, 0, chain.token, SHOP, 5 * USDT)
    assert (found.sender, found.block_number, found.block_hash) == (chain.address(), head["number"], head["hash"])


def test_u3_another_token_that_calls_itself_the_same_is_none(chain, node):
    tx = chain.pay(SHOP, USDT, token=chain.deploy_other_token())
    assert node.receipt_transfers(tx, chain.token) == []


def test_u3_a_transaction_that_failed_paid_nothing(chain, node):
    assert node.receipt_transfers(chain.pay_in_vain(SHOP, USDT), chain.token) == []


def test_u3_u19_a_transfer_of_nothing_is_none(chain, node):
    assert node.receipt_transfers(chain.poison(chain.address(), SHOP), chain.token) == []


@pytest.mark.parametrize(
    "change",
    [
        {"removed": True},
        {"data": b"\0" * 31 + b"\1" + b"\0"},
        {"data": b""},
        {"address": OTHER},
        {"topics": "four"},
        {"topics": "two"},
        {"topics": "approval"},
    ],
)
def test_u3_a_log_that_differs_in_anything_is_none(chain, node, change):
    tx = chain.pay(SHOP, USDT)
    [log] = node._web3.eth.get_transaction_receipt(tx)["logs"]
    assert nodes._transfer(0, log, chain.token) is not None
    topics = list(log["topics"])
    approval = Web3.keccak(text="Approval(address,address,uint256)")
    shapes = {"four": [*topics, topics[1]], "two": topics[:2], "approval": [approval, *topics[1:]]}
    changed = {**log, **change, "topics": shapes.get(change.get("topics"), topics)}
    assert nodes._transfer(0, changed, chain.token) is None


def test_u4_what_a_transaction_says_of_itself_proves_nothing(chain, node):
    """Sent to the shop itself, with the words of a transfer as its input and with coins: there is no log."""
    words = contracts.call("transfer(address,uint256)", SHOP, USDT)
    tx = paying.send(chain.world, "wallet", to=SHOP, value=10**15, data=words)
    sent = node._web3.eth.get_transaction(tx)
    assert (sent["to"], bytes(sent["input"]), sent["value"]) == (SHOP, words, 10**15)
    assert node.receipt_transfers(tx, chain.token) == []


def test_u7_every_payment_in_one_transaction_is_read_each_with_its_place(chain, node):
    tx = chain.spray([(SHOP, 1 * USDT), (OTHER, 2 * USDT), (SHOP, 3 * USDT)])
    found = [one for one in node.receipt_transfers(tx, chain.token) if one.to in (SHOP, OTHER)]
    assert [(one.to, one.value) for one in found] == [(SHOP, 1 * USDT), (OTHER, 2 * USDT), (SHOP, 3 * USDT)]
    assert len({one.ordinal for one in found}) == 3


def test_u15_where_the_token_takes_a_fee_only_what_arrives_counts(chain, node):
    chain.set_fee(10, 5)
    tx = chain.pay(SHOP, 1_000 * USDT)
    assert (SHOP, 999 * USDT) in received(node, tx)


# ── Looking for payments ────────────────────────────────────────────────────────────────────────────────────────────


def test_u12_a_provider_that_takes_few_blocks_at_once_is_asked_for_all_of_them(chain, node):
    paid = []
    for _ in range(6):
        paid.append(chain.pay(SHOP, USDT))
        chain.mine(4)
    chain.set_faults("main", range_cap=3)
    found = node.tx_hashes_to(chain.token, [SHOP], 0, chain.head()["number"])
    assert [tx for _number, tx, _token in found] == paid


@given(first=st.integers(0, 50), length=st.integers(0, 300), most=st.integers(1, 64), caps=st.lists(st.integers(1, 40)))
def test_u12_every_block_is_asked_for_once_whatever_a_provider_refuses(first, length, most, caps):
    left, asked = list(caps), []

    def provider(low: int, high: int) -> list[int]:
        cap = left.pop() if left else 40
        if high - low + 1 > cap:
            raise TooMuch
        asked.append(high - low + 1)
        return list(range(low, high + 1))

    assert in_chunks(provider, first, first + length, most) == list(range(first, first + length + 1))
    assert max(asked) <= most


def test_u12_a_provider_that_refuses_a_single_block_is_no_use():
    def provider(low: int, high: int) -> list[int]:
        raise TooMuch

    with pytest.raises(NoAnswer):
        in_chunks(provider, 1, 9, 4)


def test_many_addresses_are_asked_for_in_parts(chain, node):
    people = [Web3.to_checksum_address(f"0x{number:040x}") for number in range(1, 451)]
    first, last = chain.pay(people[0], USDT), chain.pay(people[-1], USDT)
    found = node.tx_hashes_to(chain.token, people, 0, chain.head()["number"])
    assert [tx for _number, tx, _token in found] == [first, last]


def test_what_is_final_is_what_the_chain_calls_so_or_a_number_of_blocks(chain, node):
    chain.mine(9)
    assert node.head() == Head(10, chain.head()["hash"], 6)
    assert Node(configured(chain, finality=3), 0).head().finalized == 7


@pytest.mark.parametrize(("newest", "final"), [(5, 6), (-1, -1), (2**63, 1)])
def test_u17_blocks_that_cannot_be_are_no_answer(node, monkeypatch, newest, final):
    says = {"latest": {"number": newest, "hash": HexBytes(32)}, "finalized": {"number": final}}
    monkeypatch.setattr(node._web3.eth, "get_block", says.get)
    with pytest.raises(NoAnswer, match="blocks that cannot be"):
        node.head()


# ── Providers that fail ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["429", "500", "hang", "close", "garbage"])
def test_u17_where_one_provider_fails_the_next_is_asked(chain, monkeypatch, kind):
    monkeypatch.setattr(nodes, "TIMEOUT_SECONDS", (0.5, 0.5))
    chain.set_faults("main", mode=kind)
    ours = configured(chain)
    assert ask(ours, lambda node: (node.name, node.head().number)) == ("Sandbox provider 2", 1)
    chain.set_faults("second", mode=kind)
    with pytest.raises(Unanswered) as raised:
        ask(ours, lambda node: node.head().number)
    assert chain.home not in str(raised.value)


def test_u17_no_log_line_has_the_address_of_a_provider(chain, caplog):
    caplog.set_level(logging.DEBUG, logger="payments")
    chain.set_faults("main", mode="500")
    chain.set_faults("second", chain_id=9)
    ours = configured(chain)
    assert wrong_providers(ours) == [2]
    with pytest.raises(Unanswered):
        ask(ours, lambda node: node.head().number)
    assert caplog.text
    assert chain.home not in caplog.text


@pytest.mark.parametrize("noun", ["receipt", "block", "logs"])
def test_u17_null_is_an_answer_and_no_crash(chain, node, noun):
    tx = chain.pay(SHOP, USDT)
    chain.set_faults("main", nothing=[noun])
    answers = {
        "receipt": lambda: node.receipt_transfers(tx, chain.token),
        "block": lambda: node.block_hash(1),
        "logs": lambda: node.tx_hashes_to(chain.token, [SHOP], 0, 2) or None,
    }
    assert answers[noun]() is None


def test_u17_a_provider_that_cannot_say_what_is_final_is_no_use_where_that_counts(chain):
    chain.set_faults("main", no_finality=True)
    ours = configured(chain)
    assert ask(ours, lambda node: (node.name, node.head().finalized)) == ("Sandbox provider 2", 0)


def test_u16_two_agree_or_there_is_no_answer(chain):
    tx = chain.pay(SHOP, USDT)
    ours = configured(chain)
    question = lambda node: node.receipt_transfers(tx, chain.token)  # noqa: E731
    agreed = ask_two(ours, question)
    assert [one.value for one in agreed] == [USDT]
    chain.set_faults("main", value=7)
    assert ask_two(ours, question) is None
    chain.clear_faults()
    chain.set_faults("second", mode="500")
    assert ask_two(ours, question) is None
    chain.set_faults("main", mode="500")
    with pytest.raises(Unanswered):
        ask_two(ours, question)


def test_u21_flags_of_the_token_are_read(chain, node):
    fine = node.token_state(chain.token)
    assert (fine.is_paused, fine.is_deprecated, fine.fee_basis_points) == (False, False, 0)
    assert not node.is_blacklisted(chain.token, SHOP)
    chain.pause()
    chain.set_fee(5, 1)
    chain.blacklist(SHOP)
    now = node.token_state(chain.token)
    assert (now.is_paused, now.is_deprecated, now.fee_basis_points) == (True, False, 5)
    assert node.is_blacklisted(chain.token, SHOP)
    chain.deprecate(OTHER)
    assert node.token_state(chain.token).is_deprecated
