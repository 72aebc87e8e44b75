"""The treasurer's scripts, run as the treasurer runs them, against a chain."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from bip_utils import Bip39MnemonicValidator
from eth_account import Account

from degentalk.sandbox.chain import Chain
from payments.providers.usdt.addresses import derive, fingerprint
from tests.databases import ROOT
from tests.sandbox_chain.chains import token_of

PHRASE = "test test test test test test test test test test test junk"  # known to everybody
TREASURY = "0x7e7e7e7E7e7E7e7e7e7E7e7e7e7E7e7e7e7e7e7E"
SITE = ("django", "degentalk", "payments", "wallet")

Account.enable_unaudited_hdwallet_features()
GAS_WALLET = Account.from_mnemonic(PHRASE, account_path="m/44'/60'/0'/1/0").address


def run(script: str, *arguments: str, phrase: str = "", ok: bool = True) -> subprocess.CompletedProcess:
    """As on another computer: by a path, from elsewhere, with nothing of the site in sight."""
    command = [sys.executable, "-I", str(ROOT / "scripts" / script), *arguments]
    done = subprocess.run(
        command, input=phrase + "\n", capture_output=True, text=True, cwd="/", timeout=60, check=False
    )
    assert (done.returncode == 0) is ok, done.stdout + done.stderr
    return done


def described(output: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in output.splitlines() if ": " in line)


@pytest.fixture(scope="module")
def xpub() -> str:
    return described(run("make_xpub.py", phrase=PHRASE).stdout)["xpub at m/44'/60'/0'/0"]


@pytest.fixture
def chain() -> Iterator[Chain]:
    with Chain(seed=1) as chain:
        yield chain


def test_u23_the_script_says_of_a_phrase_what_the_site_says_of_its_xpub(xpub):
    said = run("make_xpub.py", phrase=PHRASE).stdout
    lines = described(said)
    assert lines["Fingerprint"] == fingerprint(xpub)
    assert [lines[f"Address {index}"] for index in range(3)] == [derive(xpub, index) for index in range(3)]
    assert lines["Gas wallet (m/44'/60'/0'/1/0)"] == GAS_WALLET
    assert "junk" not in said


def test_u23_a_new_phrase_is_another_every_time_and_leads_to_what_is_shown():
    first, second = (run("make_xpub.py", "--new").stdout for _ in range(2))
    phrase = first.splitlines()[1]
    assert Bip39MnemonicValidator().IsValid(phrase)
    assert len(phrase.split()) == 24
    assert phrase not in second
    assert run("make_xpub.py", phrase=phrase).stdout in first


def test_a_phrase_with_a_wrong_word_is_refused_and_not_repeated():
    done = run("make_xpub.py", phrase=PHRASE.replace("junk", "test"), ok=False)
    assert "test" not in done.stdout + done.stderr


@pytest.mark.parametrize("script", ["make_xpub.py", "sweep.py"])
def test_the_scripts_import_nothing_of_the_site(script):
    source = (ROOT / "scripts" / script).read_text()
    assert not [name for name in SITE if f"import {name}" in source or f"from {name}" in source]


class Treasurer:
    """Three deposits, and the three steps to bring them home."""

    def __init__(self, chain: Chain, folder, xpub: str) -> None:
        self.chain, self.folder = chain, folder
        self.addresses = [derive(xpub, index) for index in range(4)]
        for address, amount in zip(self.addresses, (19_990_000, 5_000_000, 100_000_001), strict=False):
            chain.pay(address, amount)
        rows = "".join(f"{index},{address}\n" for index, address in enumerate(self.addresses))
        (folder / "deposits.csv").write_text("index,address\n" + rows)
        self.way = ("--token", chain.token, "--to", TREASURY)

    def look(self, *, ok: bool = True) -> str:
        options = ("--rpc", self.chain.url, *self.way, "--gas-wallet", GAS_WALLET)
        done = run("sweep.py", "look", str(self.folder / "deposits.csv"), *options, ok=ok)
        (self.folder / "plan.json").write_text(done.stdout)
        return done.stderr

    def sign(self, *, phrase: str = PHRASE, ok: bool = True) -> str:
        done = run("sweep.py", "sign", str(self.folder / "plan.json"), *self.way, phrase=phrase, ok=ok)
        (self.folder / "signed.json").write_text(done.stdout)
        assert "junk" not in done.stdout + done.stderr
        return done.stderr

    def send(self, *more: str) -> str:
        return run("sweep.py", "send", str(self.folder / "signed.json"), "--rpc", self.chain.url, *more).stdout

    def treasury(self) -> int:
        return token_of(self.chain).functions.balanceOf(TREASURY).call()


@pytest.fixture
def treasurer(chain, tmp_path, xpub) -> Treasurer:
    return Treasurer(chain, tmp_path, xpub)


@pytest.fixture(scope="module")
def plan(tmp_path_factory, xpub) -> dict:
    """What looking found; signing needs no chain."""
    with Chain(seed=1) as chain:
        chain.faucet(GAS_WALLET)
        treasurer = Treasurer(chain, tmp_path_factory.mktemp("plan"), xpub)
        treasurer.look()
        return json.loads((treasurer.folder / "plan.json").read_text())


def refused_plan(folder, plan: dict, phrase: str = PHRASE, to: str = TREASURY) -> str:
    (folder / "plan.json").write_text(json.dumps(plan))
    way = ("--token", "0x" + "70" * 20, "--to", to)
    done = run("sweep.py", "sign", str(folder / "plan.json"), *way, phrase=phrase, ok=False)
    assert done.stdout == ""
    return done.stderr


def test_three_deposits_come_to_the_treasury_and_a_second_sweep_finds_nothing(treasurer, chain):
    chain.faucet(GAS_WALLET)
    treasurer.look()
    treasurer.sign()
    assert treasurer.send().count("Would top up") == 3
    assert treasurer.treasury() == 0
    assert treasurer.send("--really").count("Done: sweep") == 3
    assert treasurer.treasury() == 124_990_001
    assert treasurer.look().count("has nothing") == 4


def test_without_native_coins_the_gas_wallet_asks_for_them(treasurer):
    assert "Send native coins to the gas wallet" in treasurer.look(ok=False)


def test_another_phrase_signs_nothing(plan, tmp_path):
    other = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    assert "Nothing is signed" in refused_plan(tmp_path, plan, other)


@pytest.mark.parametrize("to", [TREASURY.lower(), TREASURY[:-1], TREASURY[:-1] + "1", "treasury.eth"])
def test_a_treasury_that_is_mistyped_gets_nothing(plan, tmp_path, to):
    assert "Nothing is signed" in refused_plan(tmp_path, plan, to=to)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("top_ups", {"address": "0x" + "bb" * 20}),
        ("top_ups", {"wei": 10**18}),
        ("sweeps", {"address": "0x" + "bb" * 20}),
        ("sweeps", {"gas": 10**9}),
    ],
)
def test_a_plan_that_somebody_changed_on_the_way_is_not_signed(plan, tmp_path, part, change):
    first, *others = plan[part]
    assert "Nothing is signed" in refused_plan(tmp_path, plan | {part: [first | change, *others]})
