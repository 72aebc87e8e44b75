#!/usr/bin/env python3
"""Make the extended public key (xpub) that a site derives its USDT deposit addresses from. Run it offline.

    python make_xpub.py --new     makes a recovery phrase and shows it once: write it on paper
    python make_xpub.py           asks for a phrase that you have; it is not shown and nowhere kept

Needs nothing of the site: Python 3.11 or newer, and the package `bip-utils`. Writes no file. Only the xpub leaves the
computer it ran on. A hardware wallet that exports the xpub at m/44'/60'/0'/0 is better: its phrase is in no computer.
"""

import argparse
import getpass
import hashlib
import sys
from collections.abc import Iterator

try:
    from bip_utils import (
        Base58Decoder,
        Bip39MnemonicGenerator,
        Bip39MnemonicValidator,
        Bip39SeedGenerator,
        Bip39WordsNum,
        Bip44,
        Bip44Changes,
        Bip44Coins,
    )
except ModuleNotFoundError:
    sys.exit("The package “bip-utils” is needed to derive keys: python -m pip install bip-utils")


def asked_phrase() -> str:
    """From the keyboard without being shown, or from a pipe."""
    given = getpass.getpass("Recovery phrase: ") if sys.stdin.isatty() else sys.stdin.readline()
    phrase = " ".join(given.split())
    if not Bip39MnemonicValidator().IsValid(phrase):
        sys.exit("This is not a BIP-39 recovery phrase: a word or their order is wrong.")
    return phrase


def described(phrase: str) -> Iterator[str]:
    """What may be shown to others, line by line."""
    account = Bip44.FromSeed(Bip39SeedGenerator(phrase).Generate(), Bip44Coins.ETHEREUM).Purpose().Coin().Account(0)
    receiving = account.Change(Bip44Changes.CHAIN_EXT)
    xpub = receiving.PublicKey().ToExtended()
    digest = hashlib.sha256(Base58Decoder.CheckDecode(xpub)).hexdigest()
    yield f"xpub at m/44'/60'/0'/0: {xpub}"
    yield f"Fingerprint: {' '.join(digest[start : start + 4] for start in range(0, 16, 4))}"
    for index in range(3):
        yield f"Address {index}: {receiving.AddressIndex(index).PublicKey().ToAddress()}"
    gas = account.Change(Bip44Changes.CHAIN_INT).AddressIndex(0).PublicKey().ToAddress()
    yield f"Gas wallet (m/44'/60'/0'/1/0): {gas}"


def main() -> None:
    """Show what the site is told, and what two people compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--new", action="store_true", help="make a new phrase of 24 words")
    if parser.parse_args().new:
        phrase = str(Bip39MnemonicGenerator().FromWordsNumber(Bip39WordsNum.WORDS_NUM_24))
        print("Recovery phrase, shown this once. Whoever has it has the money:", phrase, "", sep="\n")
    else:
        phrase = asked_phrase()
    print(*described(phrase), sep="\n")


if __name__ == "__main__":
    main()
