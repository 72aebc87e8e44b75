"""Transactions that others sign: what is taken, what is refused, and what waits."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from web3 import Web3
from web3.exceptions import Web3RPCError

from degentalk.sandbox.chain import keys
from tests.sandbox_chain.chains import NEIGHBOUR, SHOP, amounts, result, web3_of

PRICE = 2 * 10**9


@pytest.fixture
def wallet():
    return keys.account("1", keys.WALLET)


def signed(wallet, nonce: int, **changes) -> bytes:
    fields = {"to": SHOP, "value": 5, "gas": 21000, "gasPrice": PRICE, "nonce": nonce, "chainId": 31337}
    return wallet.sign_transaction(fields | changes).raw_transaction


def test_a_signed_transaction_is_mined_at_once(web3, wallet):
    hash_ = web3.eth.send_raw_transaction(signed(wallet, 1))
    assert web3.eth.get_transaction_receipt(hash_)["status"] == 1
    assert web3.eth.get_balance(SHOP) == 5


def test_a_transaction_with_dynamic_fees_pays_its_price(web3, wallet):
    fields = {"to": SHOP, "value": 5, "gas": 21000, "nonce": 1, "chainId": 31337}
    fields |= {"maxFeePerGas": 3 * 10**9, "maxPriorityFeePerGas": 10**9}
    hash_ = web3.eth.send_raw_transaction(wallet.sign_transaction(fields).raw_transaction)
    transaction, receipt = web3.eth.get_transaction(hash_), web3.eth.get_transaction_receipt(hash_)
    base = web3.eth.get_block("latest")["baseFeePerGas"]
    assert (transaction["type"], receipt["type"]) == (2, 2)
    assert receipt["effectiveGasPrice"] == transaction["gasPrice"] == base + 10**9
    assert (transaction["maxFeePerGas"], transaction["accessList"]) == (3 * 10**9, [])


def test_web3_itself_can_build_one(web3, wallet, token):
    built = token.functions.transfer(SHOP, 5).build_transaction({"from": wallet.address, "nonce": 1})
    web3.eth.send_raw_transaction(wallet.sign_transaction(built).raw_transaction)
    assert token.functions.balanceOf(SHOP).call() == 5


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"nonce": 0}, "nonce too low: next nonce 1, tx nonce 0"),
        ({"chainId": 1}, "invalid chain id for signer: have 1 want 31337"),
        ({"chainId": None}, "only replay-protected"),
        ({"value": 10**30}, "insufficient funds for gas * price + value"),
        ({"gas": 20000}, "intrinsic gas too low"),
        ({"gas": 40_000_000}, "exceeds block gas limit"),
        ({"gasPrice": 0}, "transaction underpriced"),
    ],
)
def test_what_cannot_be_mined_is_refused(web3, wallet, changes, said):
    fields = {"nonce": 1} | changes
    if fields.get("chainId", 1) is None:
        raw = wallet.sign_transaction(
            {"to": SHOP, "value": 5, "gas": 21000, "gasPrice": PRICE, "nonce": 1}
        ).raw_transaction
    else:
        raw = signed(wallet, **fields)
    with pytest.raises(Web3RPCError, match=said.replace("*", r"\*").replace("+", r"\+")):
        web3.eth.send_raw_transaction(raw)
    assert web3.eth.block_number == 1


@pytest.mark.parametrize("raw", ["0x", "0x00", "0xc0", "0x02c0", "0x7f", "0xf8" + "ff" * 50])
def test_what_is_no_transaction_is_refused(web3, raw):
    with pytest.raises(Web3RPCError):
        web3.eth.send_raw_transaction(raw)


def test_the_same_transaction_is_known(web3, wallet):
    web3.eth.send_raw_transaction(signed(wallet, 1))
    for _ in range(2):
        with pytest.raises(Web3RPCError, match="already known"):
            web3.eth.send_raw_transaction(signed(wallet, 1))


def test_without_automining_it_waits(chain, web3, wallet):
    chain.automine(False)
    hash_ = web3.eth.send_raw_transaction(signed(wallet, 1)).to_0x_hex()
    waiting = web3.eth.get_transaction(hash_)
    assert (waiting["blockHash"], waiting["blockNumber"], waiting["transactionIndex"]) == (None, None, None)
    assert result(chain.url, "eth_getTransactionReceipt", hash_) is None
    assert (chain.pending(), web3.eth.block_number) == ([hash_], 1)
    assert [one.to_0x_hex() for one in web3.eth.get_block("pending")["transactions"]] == [hash_]
    assert [web3.eth.get_transaction_count(wallet.address, tag) for tag in ("latest", "pending")] == [1, 2]
    chain.mine()
    assert (chain.pending(), web3.eth.get_transaction(hash_)["blockNumber"]) == ([], 2)


def test_a_nonce_ahead_waits_for_the_one_before(chain, web3, wallet):
    early = web3.eth.send_raw_transaction(signed(wallet, 2)).to_0x_hex()
    assert chain.pending() == [early]
    web3.eth.send_raw_transaction(signed(wallet, 1))
    assert chain.pending() == []
    assert web3.eth.get_balance(SHOP) == 10


def test_what_was_replaced_is_forgotten(chain, web3, wallet):
    chain.automine(False)
    web3.eth.send_raw_transaction(signed(wallet, 1))
    web3.eth.send_raw_transaction(signed(wallet, 1, to=NEIGHBOUR))
    chain.mine()
    assert (chain.pending(), web3.eth.get_balance(SHOP), web3.eth.get_balance(NEIGHBOUR)) == ([], 5, 0)


def test_what_somebody_can_no_longer_pay_waits(chain, web3, wallet):
    chain.automine(False)
    most = web3.eth.get_balance(wallet.address) - 21000 * PRICE
    web3.eth.send_raw_transaction(signed(wallet, 1, value=most))
    poor = web3.eth.send_raw_transaction(signed(wallet, 2)).to_0x_hex()
    chain.mine()
    assert chain.pending() == [poor]
    assert web3.eth.get_balance(SHOP) == most


def test_payments_at_the_same_time_do_not_get_in_each_others_way(chain):
    with ThreadPoolExecutor(8) as many:
        hashes = list(many.map(lambda amount: chain.pay(SHOP, amount), range(1, 17)))
    assert (len(set(hashes)), sorted(amounts(chain, SHOP)), chain.pending()) == (16, list(range(1, 17)), [])


def test_a_late_payment_leaves_when_its_time_has_come(chain):
    due = chain.now() + 3600
    assert chain.pay(SHOP, 5, mode="late", at=due) == ""
    assert chain.held() == [{"to": SHOP, "amount": 5, "at": due}]
    chain.mine()
    assert amounts(chain, SHOP) == []
    assert chain.advance(3600) >= due
    assert (amounts(chain, SHOP), chain.held()) == ([5], [])
    assert web3_of(chain.url).eth.get_block("latest")["timestamp"] >= due


@pytest.mark.parametrize(("mode", "paid"), [("exact", 1000), ("short", 900), ("over", 1100)])
def test_the_wallet_pays_a_tenth_less_or_more(chain, mode, paid):
    chain.pay(SHOP, 1000, mode=mode)
    assert amounts(chain, SHOP) == [paid]


def test_even_one_unit_can_be_too_little_or_too_much(chain):
    for mode in ("short", "over"):
        chain.pay(SHOP, 1, mode=mode)
    assert amounts(chain, SHOP) == [0, 2]


def test_many_transfers_can_be_in_one_transaction(chain, web3):
    hash_ = chain.spray([(SHOP, 5), (NEIGHBOUR, 6), (SHOP, 7)])
    receipt = web3.eth.get_transaction_receipt(hash_)
    assert [log["logIndex"] for log in receipt["logs"]] == [0, 1, 2]
    assert (amounts(chain, SHOP), amounts(chain, NEIGHBOUR)) == ([5, 7], [6])
    assert {log["topics"][1][-20:] for log in receipt["logs"]} == {bytes.fromhex(chain.address()[2:])}


def test_a_stranger_can_make_a_log_that_names_a_victim(chain, web3):
    receipt = web3.eth.get_transaction_receipt(chain.poison(chain.address(), SHOP))
    assert receipt["from"] == chain.address(keys.STRANGER)
    assert receipt["logs"][0]["topics"][1][-20:] == bytes.fromhex(chain.address()[2:])
    assert amounts(chain, SHOP) == [0]


def test_the_faucet_gives_tokens_and_coins(chain):
    chain.faucet(SHOP, amount=7, wei=8)
    assert chain.balances(SHOP) == {"tokens": 7, "wei": 8}


@pytest.mark.parametrize("wrong", [True, -1, 1.5, "1_0", "", None, 2**256])
def test_amounts_are_integers(chain, wrong):
    with pytest.raises(ValueError, match="base units"):
        chain.pay(SHOP, wrong)


def test_an_address_with_a_wrong_checksum_gets_nothing(chain):
    with pytest.raises(Exception, match="wrong checksum"):
        chain.pay("0xAB" + Web3.to_checksum_address("0x" + "ab" * 20)[4:].swapcase(), 5)
