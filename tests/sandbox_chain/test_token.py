"""The token behaves as Tether's does: no return values, a fee, a pause, a list of refused members, deprecation."""

import pytest
from web3.exceptions import ContractLogicError

from degentalk.sandbox.chain import Chain, keys
from tests.sandbox_chain.chains import NEIGHBOUR, SHOP, USDT, amounts, result, token_of

ZERO = "0x" + "00" * 20


def test_it_says_what_it_is(chain, token):
    assert [token.functions[name]().call() for name in ("name", "symbol", "decimals", "totalSupply")] == [
        "Tether USD",
        "USDT",
        6,
        10**9 * USDT,
    ]
    assert token.functions.owner().call() == chain.address(keys.OWNER)
    assert token.functions.balanceOf(chain.address()).call() == 10**6 * USDT


def test_it_can_have_18_decimals_as_on_bsc():
    with Chain(seed=1, decimals=18) as chain:
        assert token_of(chain).functions.decimals().call() == 18
        assert chain.balances(chain.address())["tokens"] == 10**6 * 10**18


@pytest.mark.parametrize("verb", ["transfer", "approve"])
def test_nothing_is_returned(chain, token, verb):
    data = token.encode_abi(verb, [SHOP, 5])
    assert result(chain.url, "eth_call", {"from": chain.address(), "to": chain.token, "data": data}) == "0x"


def test_more_than_there_is_cannot_be_moved(chain, token):
    with pytest.raises(ContractLogicError):
        token.functions.transfer(SHOP, 10**6 * USDT + 1).call({"from": chain.address()})
    assert token.functions.transfer(SHOP, 10**6 * USDT).call({"from": chain.address()}) == []


def test_others_move_what_they_were_allowed_to(chain, token):
    move = token.functions.transferFrom(chain.address(), SHOP, 1)
    with pytest.raises(ContractLogicError):
        move.call({"from": NEIGHBOUR})
    assert move.call({"from": chain.world.sprayer}) == []
    assert token.functions.allowance(chain.address(), chain.world.sprayer).call() == 2**256 - 1


def test_an_allowance_is_changed_through_zero_only(chain, token):
    sender = {"from": chain.address()}
    with pytest.raises(ContractLogicError):
        token.functions.approve(chain.world.sprayer, 5).call(sender)
    assert token.functions.approve(chain.world.sprayer, 0).call(sender) == []


def test_a_fee_goes_to_the_owner_in_a_log_of_its_own(chain, web3, token):
    chain.set_fee(10, 5)
    assert (token.functions.basisPointsRate().call(), token.functions.maximumFee().call()) == (10, 5 * USDT)
    logs = token.events.Transfer().process_receipt(web3.eth.get_transaction_receipt(chain.pay(SHOP, 1000 * USDT)))
    owner = chain.address(keys.OWNER)
    assert [(log["args"]["receiver"], log["args"]["value"]) for log in logs] == [
        (owner, 1 * USDT),
        (SHOP, 999 * USDT),
    ]
    assert amounts(chain, SHOP) == [999 * USDT]
    assert token.functions.balanceOf(SHOP).call() == 999 * USDT


def test_a_fee_has_a_limit(chain):
    chain.set_fee(19, 1)
    chain.pay(SHOP, 100_000 * USDT)
    assert amounts(chain, SHOP) == [99_999 * USDT]


@pytest.mark.parametrize(("points", "most"), [(20, 1), (1, 50)])
def test_a_fee_cannot_be_as_high_as_one_likes(chain, web3, points, most):
    assert web3.eth.get_transaction_receipt(chain.set_fee(points, most))["status"] == 0


def test_while_it_is_paused_nothing_moves(chain, web3, token):
    chain.pause()
    assert token.functions.paused().call()
    assert web3.eth.get_transaction_receipt(chain.pay(SHOP, 5))["status"] == 0
    chain.pause(on=False)
    assert web3.eth.get_transaction_receipt(chain.pay(SHOP, 5))["status"] == 1


def test_who_is_on_the_list_moves_nothing(chain, web3, token):
    chain.blacklist(chain.address())
    assert token.functions.isBlackListed(chain.address()).call()
    assert web3.eth.get_transaction_receipt(chain.pay(SHOP, 5))["status"] == 0
    assert web3.eth.get_transaction_receipt(chain.pay(chain.address(), 5, from_account="other"))["status"] == 1
    chain.blacklist(chain.address(), on=False)
    assert web3.eth.get_transaction_receipt(chain.pay(SHOP, 5))["status"] == 1


def test_once_deprecated_it_stays_so(chain, web3, token):
    chain.deprecate(NEIGHBOUR)
    assert (token.functions.deprecated().call(), token.functions.upgradedAddress().call()) == (True, NEIGHBOUR)
    assert web3.eth.get_transaction_receipt(chain.pay(SHOP, 5))["status"] == 0


def test_more_can_be_issued(chain, token):
    before = chain.balances(chain.address(keys.OWNER))["tokens"]
    chain.issue(7)
    assert token.functions.totalSupply().call() == 10**9 * USDT + 7
    assert chain.balances(chain.address(keys.OWNER))["tokens"] == before + 7


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("setParams", (1, 1)),
        ("pause", ()),
        ("unpause", ()),
        ("addBlackList", (SHOP,)),
        ("removeBlackList", (SHOP,)),
        ("deprecate", (SHOP,)),
        ("issue", (1,)),
    ],
)
def test_only_the_owner_turns_switches(chain, token, verb, arguments):
    with pytest.raises(ContractLogicError):
        token.functions[verb](*arguments).call({"from": chain.address()})
    if verb != "unpause":
        assert token.functions[verb](*arguments).call({"from": chain.address(keys.OWNER)}) == []


def test_a_transfer_of_nothing_is_logged(chain):
    chain.pay(SHOP, 0)
    assert amounts(chain, SHOP) == [0]
