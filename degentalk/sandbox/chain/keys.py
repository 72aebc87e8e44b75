"""Keys from the sandbox's own seed: whoever reads this file has them, so they are for play only."""

from functools import cache

from bip_utils import Bip44, Bip44Changes, Bip44Coins
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

OWNER, WALLET, OTHER, STRANGER, BYSTANDER = "owner", "wallet", "other", "stranger", "bystander"
NAMES = (OWNER, WALLET, OTHER, STRANGER, BYSTANDER)


@cache
def account(seed: str, name: str) -> LocalAccount:
    """One of the sandbox's people."""
    found: LocalAccount = Account.from_key(keccak(text=f"degentalk sandbox chain {seed} {name}"))
    return found


@cache
def xpub(seed: str) -> str:
    """An extended public key at m/44'/60'/0'/0 for a site: its deposit addresses are m/44'/60'/0'/0/index."""
    return str(_receiving(seed).PublicKey().ToExtended())


def deposit_key(seed: str, index: int) -> str:
    """The private key of a deposit address, as hex: what a site never has, and a test of sweeping needs."""
    return str(_receiving(seed).AddressIndex(index).PrivateKey().Raw().ToHex())


def _receiving(seed: str) -> Bip44:
    entropy = b"".join(keccak(text=f"degentalk sandbox xpub {seed} {part}") for part in ("left", "right"))
    return Bip44.FromSeed(entropy, Bip44Coins.ETHEREUM).Purpose().Coin().Account(0).Change(Bip44Changes.CHAIN_EXT)
