"""Deposit addresses come from a public key alone; whatever could move funds is refused."""

import json
import os
import subprocess
import sys

import pytest
from bip_utils import Bip39SeedGenerator, Bip44, Bip44Changes, Bip44Coins, Bip84, Bip84Coins
from eth_account import Account
from hypothesis import given, settings
from hypothesis import strategies as st

from degentalk.sandbox.chain import keys
from payments.providers.usdt.addresses import BadKey, derive, fingerprint, refuse_private
from tests.databases import ROOT

PHRASE = "test test test test test test test test test test test junk"  # known to everybody
FIRST, SECOND = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
ACCOUNT = Bip44.FromSeed(Bip39SeedGenerator(PHRASE).Generate(), Bip44Coins.ETHEREUM).Purpose().Coin().Account(0)
RECEIVING = ACCOUNT.Change(Bip44Changes.CHAIN_EXT)
XPUB = str(RECEIVING.PublicKey().ToExtended())
XPRV = str(RECEIVING.PrivateKey().ToExtended())
ZPRV = str(Bip84.FromSeed(Bip39SeedGenerator(PHRASE).Generate(), Bip84Coins.BITCOIN).PrivateKey().ToExtended())

Account.enable_unaudited_hdwallet_features()


def test_u10_addresses_are_those_that_everybody_knows_of_the_test_phrase():
    assert [derive(XPUB, 0), derive(XPUB, 1)] == [FIRST, SECOND]


@pytest.mark.parametrize("index", [0, 1, 2, 255, 256, 65_536, 2**31 - 1])
def test_u10_another_library_with_the_private_key_comes_to_the_same_address(index):
    assert derive(XPUB, index) == Account.from_mnemonic(PHRASE, account_path=f"m/44'/60'/0'/0/{index}").address


@pytest.mark.parametrize("index", [0, 7, 4711])
def test_u10_the_keys_of_the_sandbox_open_what_its_public_key_names(index):
    assert derive(keys.xpub("1"), index) == Account.from_key(keys.deposit_key("1", index)).address


def test_u10_no_two_indexes_share_an_address():
    assert len({derive(XPUB, index) for index in range(300)}) == 300


@pytest.mark.parametrize("index", [-1, 2**31, 2**32])
def test_an_index_that_needs_the_private_key_is_refused(index):
    with pytest.raises(BadKey, match="2147483647"):
        derive(XPUB, index)


def test_a_key_of_another_depth_is_taken():
    assert derive(str(ACCOUNT.PublicKey().ToExtended()), 0) != FIRST


@pytest.mark.parametrize(
    "text",
    [
        "",
        "xpub",
        FIRST,
        XPUB[:-1],
        XPUB + "1",
        XPUB[:-1] + ("2" if XPUB[-1] == "1" else "1"),
        "zpub" + XPUB[4:],
        "xpub0OIl" + XPUB[8:],
        "0x" + RECEIVING.PublicKey().RawCompressed().ToHex(),
    ],
)
def test_what_is_no_extended_public_key_is_refused(text):
    with pytest.raises(BadKey):
        derive(text, 0)


@given(st.integers(4, len(XPUB) - 1), st.sampled_from("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"))
@settings(max_examples=50)
def test_one_letter_wrong_is_refused(place, letter):
    wrong = XPUB[:place] + letter + XPUB[place + 1 :]
    if wrong != XPUB:
        with pytest.raises(BadKey):
            derive(wrong, 0)


@pytest.mark.parametrize(
    "text",
    [
        XPRV,
        "key: " + XPRV,
        "y" + XPRV[1:],
        ZPRV,
        "ab" * 32,
        "0x" + "AB" * 32,
        PHRASE,
        PHRASE.upper(),
        PHRASE.replace(" ", "\n"),
        PHRASE.replace(" ", ", "),
        " ".join(f"{number}. {word}" for number, word in enumerate(PHRASE.split(), 1)),
        " ".join(f"{number}.{word}" for number, word in enumerate(PHRASE.split(), 1)),
        PHRASE + " " + PHRASE,
        "的 一 是 在 不 了 有 和 人 这 中 大",
        "あいこくしん あいさつ あいだ あおぞら あかちゃん あきる あけがた あける あこがれる あさい あさひ あしあと",
    ],
)
def test_u23_what_could_move_funds_is_refused_everywhere_and_never_repeated(text):
    for use in (refuse_private, fingerprint, lambda key: derive(key, 0)):
        with pytest.raises(BadKey) as refused:
            use(text)
        said = f"{refused.value!r} {refused.value.__cause__!r}"
        assert not [word for word in text.split() if len(word) > 3 and word in said]


@pytest.mark.parametrize("text", [XPUB, FIRST, FIRST.lower(), "", "xpub of our account", "0x" + "ab" * 33])
def test_u23_what_moves_nothing_is_not_called_private(text):
    refuse_private(text)


def test_u23_a_fingerprint_is_four_groups_of_four_and_the_same_every_time():
    assert fingerprint(XPUB) == "5cbf 02a3 b16f acf6"
    assert fingerprint(FIRST) == "96e6 7602 25b2 3fdf"


def test_u23_the_fingerprint_of_an_address_has_nothing_to_do_with_its_case():
    assert fingerprint(FIRST) == fingerprint(FIRST.lower()) != fingerprint(SECOND)


def test_u23_the_fingerprint_of_another_key_is_another():
    assert len({fingerprint(XPUB), fingerprint(keys.xpub("1")), fingerprint(keys.xpub("2"))}) == 3


@pytest.mark.parametrize("text", ["", "0x", FIRST[:-1], FIRST.replace("f39F", "F39f"), XPUB[:-1]])
def test_a_fingerprint_of_nothing_is_refused(text):
    with pytest.raises(BadKey):
        fingerprint(text)


def test_the_libraries_are_not_imported_before_an_address_is_asked_for():
    """They take seconds, which no command and no worker of the web should wait for."""
    code = (
        "import json, sys, django; django.setup(); from payments import views, api, admin;"
        "names = ('bip_utils', 'eth_account', 'eth_utils', 'web3');"
        "print(json.dumps([name for name in names if name in sys.modules]))"
    )
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "degentalk.settings", "DEBUG": "on"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []
