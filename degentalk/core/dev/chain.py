"""The chain that stands in for those of USDT while somebody develops, unless they named chains of their own."""

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from degentalk.core.environment import THIS_MACHINE, Environment

# By name, because core imports no other package; what the sandbox makes of its seed, and says under `site_settings`.
MODULE = "degentalk.sandbox.chain"
CHAIN_ID, DECIMALS = 31337, 6
TOKEN = "0xf60d15C1C32e93A6403DF49aB349ca190D2E7457"  # noqa: S105 the address of a contract
XPUB = "xpub6EV3d68CcNEC18F93Yy3eYBFZWziNPn6NXqL2h6ymbC241DurCHdKEqEvyV2o84WR3VfgzLMYkU1ZLj99xpZDpht2EFngJbieeGMt7yrr3C"
STATE = "chain-sandbox.jsonl"
BLOCK_SECONDS = 5
PORTS_ABOVE = 2
MAIN = "/rpc/main"


def is_wanted(environment: Environment) -> bool:
    """Whether nobody configured other chains."""
    return not environment.text("USDT_CHAINS", "")


def port_beside(port: int) -> int:
    """Its port, above the site's and that of the sandbox of Stripe; below them where there is none above."""
    return port + PORTS_ABOVE if port + PORTS_ABOVE <= 65535 else port - PORTS_ABOVE


def configure(address: str) -> None:
    """Make the processes of the site use it: they read their environment as in production."""
    os.environ["USDT_CHAINS"] = json.dumps([entry(address.rstrip("/"))])


def entry(address: str) -> dict[str, object]:
    """The chain as the site is told of it: two providers, and addresses from a key that is no secret."""
    return {
        "name": "Sandbox",
        "chain_id": CHAIN_ID,
        "rpc": [f"{address}{MAIN}", f"{address}/rpc/second"],
        "token": TOKEN,
        "decimals": DECIMALS,
        "finality": "finalized",
        "xpub": XPUB,
    }


def arguments(port: int, data: Path) -> list[str]:
    """What Python is started with."""
    return ["-m", MODULE, "--port", str(port), "--file", str(data / STATE), "--interval", str(BLOCK_SECONDS)]


def home_of(chains: list[dict[str, object]]) -> str:
    """The address of the sandbox that settings name as a chain; "" where they name real ones only."""
    for chain in chains:
        providers = chain.get("rpc")
        first = str(providers[0]) if isinstance(providers, list) and providers else ""
        if first.endswith(MAIN) and urlsplit(first).hostname in THIS_MACHINE:
            return first.removesuffix(MAIN)
    return ""
