"""Deposit addresses, derived from a public key that can receive and never send (BIP-32, BIP-44).

bip-utils and eth-utils are slow to import, so they are imported where they are used.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Any

HARDENED = 2**31  # indexes from here on need the private key
SHORTEST_PHRASE = 12  # words, BIP-39
ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
PRIVATE_KEY = re.compile(r"(?<![0-9a-f])(0x)?[0-9a-f]{64}(?![0-9a-f])", re.IGNORECASE)
EXTENDED_PRIVATE_KEY = re.compile(r"[tuvxyz]prv[1-9A-HJ-NP-Za-km-z]{20,}", re.IGNORECASE)


class BadKey(ValueError):
    """This is no key or index that a site may have. The sentence never repeats what was given."""


def derive(xpub: str, index: int) -> str:
    """The checksummed address of child `index` (0 to 2^31 - 1) of an account's receiving key.

    The key is meant to be the one at m/44'/60'/0'/0, so that wallets show the same addresses. Its depth is not checked,
    because some wallets export others: version, checksum and the point on the curve are. Raises BadKey.
    """
    if not 0 <= index < HARDENED:
        raise BadKey("An index is a number from 0 to 2147483647.")
    from bip_utils import EthAddrEncoder

    child = _parsed(xpub).ChildKey(index)
    return str(EthAddrEncoder.EncodeKey(child.PublicKey().KeyObject()))


def fingerprint(xpub_or_address: str) -> str:
    """What two people compare: the first 8 bytes of SHA-256 over what the text stands for, as "3f2a 91c0 55d1 0b7e".

    Of an address its 20 bytes, so upper and lower case are the same; of an extended key its 78. Raises BadKey.
    """
    refuse_private(xpub_or_address)
    if xpub_or_address.startswith("0x"):
        decoded = bytes.fromhex(checked(xpub_or_address)[2:])
    else:
        _parsed(xpub_or_address)
        from bip_utils import Base58Decoder

        decoded = Base58Decoder.CheckDecode(xpub_or_address)
    digest = hashlib.sha256(decoded).hexdigest()
    return " ".join(digest[start : start + 4] for start in range(0, 16, 4))


def checked(address: str) -> str:
    """The address with its checksum (EIP-55). Raises BadKey for what is none, or has another; all lower case has none.

    `is_address` of eth-utils 6 takes a wrong checksum.
    """
    from eth_utils.address import to_checksum_address

    if ADDRESS.fullmatch(address):
        right = str(to_checksum_address(address))
        if address[2:] in (right[2:], right[2:].lower(), right[2:].upper()):
            return right
    raise BadKey("This is not an address: 0x and 40 hex digits, with the right checksum.")


def refuse_private(text: str) -> None:
    """Raises BadKey for what could move funds: an extended private key, 32 bytes in hex, 12 words or more."""
    if EXTENDED_PRIVATE_KEY.search(text):
        raise BadKey(
            "This is an extended private key. The site takes the public one only; take this one off the machine."
        )
    if PRIVATE_KEY.search(text):
        raise BadKey("This looks like a private key. The site takes an extended public key only.")
    if _words(text) >= SHORTEST_PHRASE:
        raise BadKey("This looks like a recovery phrase. The site takes an extended public key only.")


def _words(text: str) -> int:
    """How many words there are, in any language, numbered or not. (Japanese accents are letters once composed.)"""
    parts = re.split(r"[\s,;]+", unicodedata.normalize("NFKC", text))
    return sum(part.strip("0123456789.:()\"'").isalpha() for part in parts)


@lru_cache(maxsize=16)
def _parsed(xpub: str) -> Any:  # of bip-utils, which has no types
    refuse_private(xpub)
    from bip_utils import Base58ChecksumError, Bip32KeyError, Bip32Slip10Secp256k1

    try:
        key = Bip32Slip10Secp256k1.FromExtendedKey(xpub)
    except (Base58ChecksumError, Bip32KeyError, ValueError):  # the last: a letter that base58 does not have
        raise BadKey("This is not an extended public key: xpub…, with its checksum.") from None
    if not key.IsPublicOnly():
        raise BadKey("This is an extended private key. The site takes the public one only.")
    return key
