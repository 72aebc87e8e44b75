"""Deposit addresses from a watch-only extended public key (BIP-32). No private key is ever read here (U23)."""

import hashlib
import re
from functools import lru_cache
from typing import Any

MOST = 2**31 - 1
"""The last index that a public key can derive: above it keys are hardened."""

PRIVATE = re.compile(r"[xyztuv]prv|^(0x)?[0-9a-f]{64}$", re.IGNORECASE)
PHRASE_WORDS = 12
ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)


class BadKey(ValueError):
    """It is no extended public key. What it is never gets into a sentence."""


def refuse_private(text: str) -> None:
    """Raise BadKey for what can move money: an extended private key, a private key, the words of a wallet."""
    if PRIVATE.search(text.strip()) or len(text.split()) >= PHRASE_WORDS:
        raise BadKey(
            "looks like a private key, which must never be on a server: use the public one, which begins with xpub"
        )


def derive(xpub: str, index: int) -> str:
    """The checksummed address of child `index` of the key. Of the key at m/44'/60'/0'/0, as wallets make it, that is
    account number `index`. Raises BadKey."""
    if not 0 <= index <= MOST:
        raise BadKey("has no such child")
    child = _key(xpub).ChildKey(index).PublicKey().RawUncompressed().ToBytes()
    from eth_utils.address import to_checksum_address
    from eth_utils.crypto import keccak

    return str(to_checksum_address(keccak(child[1:])[-20:]))


@lru_cache(maxsize=16)
def _key(xpub: str) -> Any:
    from bip_utils import Bip32KeyError, Bip32Slip10Secp256k1
    from bip_utils.base58 import Base58ChecksumError

    refuse_private(xpub)
    try:
        key = Bip32Slip10Secp256k1.FromExtendedKey(xpub.strip())
    except (Bip32KeyError, Base58ChecksumError, ValueError) as error:
        raise BadKey("is no extended public key") from error
    if not key.IsPublicOnly():
        raise BadKey("is private, and must never be on a server")
    return key


def fingerprint(key: str) -> str:
    """What two people compare: the first 8 bytes of SHA-256 over an extended public key, or over an address, as text
    (an address in lower case), in groups of four digits."""
    digest = hashlib.sha256(
        key.strip().lower().encode() if ADDRESS.fullmatch(key) else key.strip().encode()
    ).hexdigest()
    return " ".join(digest[place : place + 4] for place in range(0, 16, 4))


def checksummed(address: str) -> str:
    """An address with its checksum (EIP-55). Raises ValueError for what is none, and for a wrong checksum."""
    from eth_utils.address import is_checksum_formatted_address, to_checksum_address

    text = address.strip()
    if not ADDRESS.fullmatch(text):
        raise ValueError("no address")
    found = str(to_checksum_address(text))
    if is_checksum_formatted_address(text) and text != found:
        raise ValueError("a wrong checksum")
    return found
