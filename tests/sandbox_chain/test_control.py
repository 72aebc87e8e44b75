"""The control API over HTTP, what keeps others out, a chain that remembers, and one that is always the same."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from degentalk.sandbox.chain import Chain, __main__, keys
from degentalk.sandbox.chain.control import VERBS
from tests.databases import ROOT
from tests.processes import wait_until
from tests.sandbox_chain.chains import NEIGHBOUR, SHOP, amounts, web3_of


@pytest.fixture
def control(chain):
    """Do a verb: the answer's status and JSON."""

    def act(verb, **arguments):
        answer = requests.post(f"{chain.home}/sandbox/{verb}", json=arguments, timeout=10)
        return answer.status_code, answer.json()

    return act


def test_the_site_can_pay_over_http(chain, control):
    status, hash_ = control("pay", to=SHOP, amount="9990000", mode="exact")
    assert (status, amounts(chain, SHOP)) == (200, [9990000])
    assert web3_of(chain.url).eth.get_transaction_receipt(hash_)["status"] == 1
    assert control("pay", to=SHOP, amount=10, mode="short")[0] == 200
    assert control("pay", to=SHOP, amount=10, mode="over")[0] == 200
    assert control("pay", to=SHOP, amount=10, mode="late", at=chain.now() + 60) == (200, "")
    assert amounts(chain, SHOP) == [9990000, 9, 11]


def test_everything_can_be_done_over_http(chain, control):
    hash_ = control("pay", to=SHOP, amount=5)[1]
    assert control("mine", blocks=3) == (200, 5)
    assert len(control("reorg", depth=4, drop=[hash_])[1]) == 4
    assert control("automine", on=False) == (200, None)
    other = control("deploy_other_token")[1]
    assert control("pay", to=SHOP, amount=5, token=other)[0] == 200
    assert len(control("pending")[1]) == 3
    assert control("set_finalized_depth", depth=2)[0] == 200
    assert control("head")[1]["finalized"] == 3
    assert control("set_faults", rpc="b", lag=2)[1]["lag"] == 2
    assert control("fail_next", kind="500", rpc="b")[0] == 200
    assert control("faults")[1]["b"]["coming"] == ["500"]
    assert control("clear_faults")[0] == 200
    assert control("advance", seconds=60)[1] == chain.now()
    assert control("spray", payments=[[SHOP, 1], [NEIGHBOUR, 2]])[0] == 200
    assert control("balances", address=SHOP)[1] == {"tokens": 0, "wei": 0}


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("pay", {"to": SHOP}),
        ("pay", {"to": "0x12", "amount": 5}),
        ("pay", {"to": SHOP, "amount": 5.5}),
        ("pay", {"to": SHOP, "amount": 5, "mode": "twice"}),
        ("pay", {"to": SHOP, "amount": 5, "mode": "late"}),
        ("pay", {"to": SHOP, "amount": 5, "at": 1}),
        ("pay", {"to": SHOP, "amount": 5, "from_account": "mallory"}),
        ("pay", {"to": SHOP, "amount": 5, "mode": "late", "at": 1, "from_account": "mallory"}),
        ("pay", {"to": SHOP, "amount": 5, "mode": "late", "at": 1, "token": "USDT"}),
        ("mine", {"blocks": -1}),
        ("reorg", {"depth": 99}),
        ("advance", {"seconds": -1}),
        ("set_faults", {"speed": 1}),
    ],
)
def test_what_cannot_be_done_is_said(chain, control, verb, arguments):
    before = chain.head()
    status, body = control(verb, **arguments)
    assert (status, list(body), chain.head()) == (400, ["error"], before)


def test_an_unknown_verb_is_said(control):
    status, body = control("steal")
    assert (status, "the verbs are: address, advance" in body["error"]) == (404, True)
    assert control("world")[0] == 404


def test_only_json_is_taken(chain):
    answer = requests.post(f"{chain.home}/sandbox/pay", data={"to": SHOP, "amount": "5"}, timeout=10)
    assert (answer.status_code, answer.json()) == (400, {"error": "send a JSON object"})
    assert amounts(chain, SHOP) == []


def test_the_machinery_is_no_verb():
    assert {"pay", "reorg", "mine", "set_faults"} < VERBS
    assert not any(verb.startswith("_") for verb in VERBS)


@pytest.mark.parametrize("path", ["/", "/rpc", "/sandbox/mine", "/do/mine"])
def test_it_answers_to_no_other_name(chain, path):
    for method in ("GET", "POST"):
        answer = requests.request(method, chain.home + path, headers={"Host": "evil.example"}, timeout=10)
        assert (answer.status_code, answer.text) == (403, "The sandbox answers on loopback addresses only.")


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_what_another_site_sends_is_refused(chain, origin):
    for path in ("/do/mine", "/rpc", "/sandbox/mine"):
        answer = requests.post(
            chain.home + path,
            data='{"blocks": 1}',
            headers={"Origin": origin, "Content-Type": "text/plain"},
            timeout=10,
        )
        assert answer.status_code == 403
    assert chain.head()["number"] == 1


def test_a_form_that_arrives_twice_does_its_work_once(chain):
    form = {"key": "a", "to": SHOP, "amount": "5", "what": "token", "from": "wallet"}
    with ThreadPoolExecutor(4) as many:
        answers = list(many.map(lambda _: requests.post(f"{chain.home}/do/pay", data=form, timeout=10), range(4)))
    assert ({answer.status_code for answer in answers}, amounts(chain, SHOP)) == ({200}, [5_000_000])


def story(chain: Chain) -> list[str]:
    """Everything that has to do with chance in other sandboxes, and the hashes of all blocks."""
    hash_ = chain.pay(SHOP, 5)
    chain.deploy_other_token()
    chain.spray([(SHOP, 1), (NEIGHBOUR, 2)])
    chain.reorg(2, reorder=True)
    chain.reorg(1, keep=False)
    chain.mine(3)
    chain.advance(3600)
    chain.pay(NEIGHBOUR, 6, from_account="other")
    return [hash_, *(block.hash for block in chain.world.node.blocks)]


def test_the_same_seed_makes_the_same_hashes():
    told = []
    for seed in (1, 1, 2):
        with Chain(seed=seed) as chain:
            told.append(story(chain))
    assert told[0] == told[1]
    assert set(told[0]) & set(told[2]) == set()


def test_people_and_deposit_addresses_are_of_the_seed():
    assert keys.account("1", keys.WALLET).address != keys.account("2", keys.WALLET).address
    assert keys.xpub("1") != keys.xpub("2")
    assert len({keys.account("1", name).address for name in keys.NAMES}) == len(keys.NAMES)


def test_the_extended_key_leads_to_addresses_whose_keys_the_sandbox_has():
    from bip_utils import Bip32Slip10Secp256k1, EthAddrEncoder
    from eth_account import Account

    child = Bip32Slip10Secp256k1.FromExtendedKey(keys.xpub("1")).ChildKey(7)
    address = EthAddrEncoder.EncodeKey(child.PublicKey().KeyObject())
    assert address == Account.from_key(keys.deposit_key("1", 7)).address
    assert keys.xpub("1").startswith("xpub")


def test_with_a_file_it_remembers_after_a_restart(tmp_path):
    file = tmp_path / "chain.jsonl"
    with Chain(file=file) as first:
        told = story(first)[1:]
        latest = web3_of(first.url).eth.get_block("latest")
        first.advance(7200)
        first.mine()
        ahead = first.now()
    with Chain(file=file) as second:
        assert [block.hash for block in second.world.node.blocks][: len(told)] == told
        assert web3_of(second.url).eth.get_block(latest["hash"]) == latest
        assert (amounts(second, SHOP), second.now() >= ahead - 1) == ([5, 1], True)
        second.pay(SHOP, 7)
    with Chain(file=file) as third:
        assert amounts(third, SHOP) == [5, 1, 7]


def test_a_last_line_that_was_cut_off_is_forgotten(tmp_path):
    file = tmp_path / "chain.jsonl"
    with Chain(file=file) as first:
        first.pay(SHOP, 5)
        first.pay(SHOP, 6)
    file.write_bytes(file.read_bytes()[:-9])
    for _ in range(2):
        with Chain(file=file) as second:
            assert amounts(second, SHOP) == [5]


@pytest.mark.parametrize("change", ["decimals", "hash", "parent", "transactions", "settings", "text"])
def test_a_file_of_another_chain_is_put_aside(tmp_path, change):
    file = tmp_path / "chain.jsonl"
    with Chain(file=file) as first:
        first.pay(SHOP, 5)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    if change in lines[-1]:
        lines[-1][change] = ["0x12"] if change == "transactions" else "0x" + "12" * 32
    file.write_text("".join(json.dumps(line) + "\n" for line in lines[change == "settings" :]))
    if change == "text":
        file.write_text("Once upon a time\n")
    before = file.read_text()
    with Chain(file=file, decimals=18 if change == "decimals" else 6) as second:
        assert (amounts(second, SHOP), second.head()["number"]) == ([], 1)
    assert (tmp_path / "chain.jsonl.old").read_text() == before


@pytest.mark.parametrize("debug", [None, "off"])
def test_in_production_it_refuses_to_start(monkeypatch, capsys, debug):
    monkeypatch.delenv("DEBUG", raising=False)
    if debug:
        monkeypatch.setenv("DEBUG", debug)
    monkeypatch.setattr(sys, "argv", ["chain"])
    assert __main__.main() == 1
    refusal = "The chain sandbox is for development: it does not start without DEBUG=on.\n"
    assert capsys.readouterr() == ("", refusal)


def test_in_development_it_runs_until_it_is_ended(tmp_path):
    command = [sys.executable, "-m", "degentalk.sandbox.chain", "--file", str(tmp_path / "chain.jsonl")]
    command += ["--interval", "0.02"]
    variables = os.environ | {"DEBUG": "on"}
    with subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().split(": ")[1].strip()
        page = requests.get(address, timeout=10).text
        web3 = web3_of(f"{address}rpc")
        requests.post(f"{address}sandbox/pay", json={"to": SHOP, "amount": 5}, timeout=10)
        wait_until(lambda: web3.eth.get_block("finalized")["number"] >= 2)  # blocks come by themselves
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert "SANDBOX" in page
    assert process.returncode == 0
