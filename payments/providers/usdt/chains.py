"""The chains that this site takes USDT on, as the settings name them. Nothing is asked of anybody here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json import dumps, loads
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from degentalk.core.environment import THIS_MACHINE
from payments.providers.usdt.addresses import BadKey, checked, derive

LEAST_DECIMALS, MOST_DECIMALS = 6, 36
LEAST_PROVIDERS = 2
KNOWN: dict[int, dict[str, Any]] = {
    1: {
        "name": "Ethereum", "token": "0xdAC17F958D2ee523a2206206994597C13D831ec7", "decimals": 6,
        "explorer": "https://etherscan.io/tx/",
    },
    42161: {
        "name": "Arbitrum", "token": "0xFd086bC7CD5C481DCC9C85ebE478A1C0b69FCbb9", "decimals": 6,
        "explorer": "https://arbiscan.io/tx/",
    },
    137: {
        "name": "Polygon", "token": "0xc2132D05D31c914a87C6611C10748AEb04B58e8F", "decimals": 6, "is_poa": True,
        "explorer": "https://polygonscan.com/tx/",
    },
    56: {
        "name": "BSC", "token": "0x55d398326f99059fF775485246999027B3197955", "decimals": 18, "is_poa": True,
        "explorer": "https://bscscan.com/tx/",
    },
}  # fmt: skip
"""What need not be configured. On BSC the token has 18 decimals, on the others 6 (U2). `is_poa`: its blocks have longer
headers than Ethereum's. All four say themselves what is final, by the block tag `finalized`."""

FIELDS = frozenset({"chain_id", "name", "rpc", "token", "decimals", "finality", "xpub", "treasury", "explorer"})


@dataclass(frozen=True)
class Chain:
    """One chain with its token, and where the money goes: to addresses of an xpub, or to one treasury."""

    chain_id: int
    name: str
    rpc: tuple[str, ...]
    token: str
    decimals: int
    finality: int | None
    """None: what the chain itself calls final; else so many blocks behind the newest."""
    xpub: str
    treasury: str
    is_poa: bool = False
    explorer: str = ""
    """What leads to a transaction, put before its hash; "" where nothing is known."""
    symbol: str = "USDT"

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:  # addresses of providers have keys in them
        return f"<Chain {self.chain_id} {self.name}>"


def all_chains() -> tuple[Chain, ...]:
    """Every chain that is configured. Raises ImproperlyConfigured."""
    return _parsed(dumps(settings.USDT_CHAINS))


def chain(chain_id: int) -> Chain:
    """The one with this id. Raises LookupError."""
    for one in all_chains():
        if one.chain_id == chain_id:
            return one
    raise LookupError(chain_id)


@lru_cache(maxsize=16)
def _parsed(text: str) -> tuple[Chain, ...]:
    return parse(loads(text))


def parse(entries: Sequence[Mapping[str, Any]]) -> tuple[Chain, ...]:
    """The chains of a setting. Raises ImproperlyConfigured with one sentence; no address of a provider is in it."""
    found = tuple(_chain(entry) for entry in entries)
    ids = [one.chain_id for one in found]
    for chain_id in ids:
        if ids.count(chain_id) > 1:
            raise ImproperlyConfigured(f"USDT_CHAINS names chain {chain_id} twice.")
    return found


def _chain(entry: Mapping[str, Any]) -> Chain:
    given = {**KNOWN.get(_number(entry, "chain_id", "a chain", 1, 2**53), {}), **entry}
    name = str(given.get("name", f"chain {given['chain_id']}"))[:40]
    unknown = sorted(set(entry) - FIELDS)
    if unknown:
        _refuse(name, unknown[0], "is none of its settings")
    return Chain(
        chain_id=given["chain_id"],
        name=name,
        rpc=_rpc(name, given.get("rpc")),
        token=_address(name, "token", given.get("token")),
        decimals=_number(given, "decimals", name, LEAST_DECIMALS, MOST_DECIMALS),
        finality=None
        if given.get("finality", "finalized") == "finalized"
        else _number(given, "finality", name, 1, 10**6),
        xpub=_xpub(name, given.get("xpub", ""), given.get("treasury", "")),
        treasury=_address(name, "treasury", given["treasury"]) if given.get("treasury") else "",
        is_poa=bool(given.get("is_poa", False)),
        explorer=str(given.get("explorer", "")),
    )


def _refuse(name: str, field: str, why: str) -> None:
    raise ImproperlyConfigured(f"USDT_CHAINS, {name}: {field} {why}.")


def _number(given: Mapping[str, Any], field: str, name: str, least: int, most: int) -> int:
    value = given.get(field)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        _refuse(name, field, f"is a whole number from {least} to {most}")
    return int(given[field])


def _rpc(name: str, value: object) -> tuple[str, ...]:
    """Keys are in these addresses, so they are asked by https, or on this machine."""
    if not isinstance(value, list) or len(value) < LEAST_PROVIDERS or len(set(map(str, value))) != len(value):
        _refuse(name, "rpc", "is a list of at least two different addresses: where one is wrong the other is asked")
        return ()
    for address in value:
        parts = urlsplit(str(address))
        if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in THIS_MACHINE):
            _refuse(name, "rpc", "has an address that is neither https: nor on this machine")
    return tuple(map(str, value))


def _address(name: str, field: str, value: object) -> str:
    try:
        return checked(str(value))
    except BadKey:
        _refuse(name, field, "is no address with the right checksum")
        return ""


def _xpub(name: str, xpub: object, treasury: object) -> str:
    if bool(xpub) == bool(treasury):
        _refuse(name, "xpub or treasury", "is needed, one of the two")
    text = str(xpub)
    try:
        if text:
            derive(text, 0)
    except BadKey as error:
        raise ImproperlyConfigured(f"USDT_CHAINS, {name}, xpub: {error}") from None
    return text
