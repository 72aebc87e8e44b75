"""What fills the gaps of a text: {chain} stays the same within a thread, {usd} and [this|that] are drawn anew."""

import random
import re
from collections.abc import Callable, Mapping
from typing import Final

# Invented, except for the assets that everybody knows: no real project is praised or blamed here.
NAMES: Final = {
    "asset": ("BTC", "ETH", "SOL", "ETH", "BTC", "AVAX"),
    "token": ("LNTRN", "DRIFT9", "QRM", "HLO", "KELP", "NOMI", "ORBT", "TIDE", "PYRE", "VLT"),
    "chain": ("Tessera", "Northbeam", "Obol Hill", "Kestrel", "Lumen Road", "Farrow", "Arc Nine"),
    "protocol": ("Lantern", "Driftswap", "Quorum Vaults", "Halcyon", "Kelpwood", "Tidepool", "Orbital", "Foxglove"),
    "exchange": ("Brightdesk", "Coinharbor", "Meridian X", "Pactum", "Blue Anchor"),
    "wallet": ("Pocketkey", "Cinder", "Satchel", "Plainwallet", "Moss"),
    "stable": ("USDC", "USDT", "DAI", "USDC"),
    "month": ("January", "February", "March", "April", "May", "June", "July", "September", "October", "November"),
    "country": ("Germany", "Portugal", "Canada", "Poland", "Australia", "Brazil", "Spain", "the Netherlands"),
}
NUMBERS: Final[Mapping[str, Callable[[random.Random], str]]] = {
    "percent": lambda draw: str(draw.choice((2, 3, 4, 5, 6, 8, 11, 12, 15, 18, 22))),
    "few": lambda draw: str(draw.randint(2, 6)),
    "some": lambda draw: str(draw.randint(7, 40)),
    "many": lambda draw: f"{draw.randint(12, 96) * 100:,}",
    "usd": lambda draw: f"${draw.choice((40, 60, 120, 180, 250, 300, 450, 700, 900, 1200, 2500)):,}",
    "gwei": lambda draw: str(draw.choice((3, 4, 7, 9, 12, 18, 25, 31, 60))),
    "hour": lambda draw: f"{draw.randint(0, 23):02d}:{draw.choice((0, 10, 15, 30, 40, 45)):02d}",
    "year": lambda draw: str(draw.randint(2014, 2023)),
}
GAP: Final = re.compile(r"\{(" + "|".join((*NAMES, *NUMBERS)) + r")\}")

EITHER_OR: Final = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")


def choose(draw: random.Random) -> dict[str, str]:
    """The names that one conversation is about."""
    return {gap: draw.choice(names) for gap, names in NAMES.items()}


def fill(text: str, chosen: Mapping[str, str], draw: random.Random) -> str:
    """The text without gaps. Other braces and brackets, as in code and links, stay."""
    text = EITHER_OR.sub(lambda ways: draw.choice(ways[1].split("|")), text)
    return GAP.sub(lambda gap: chosen.get(gap[1]) or NUMBERS[gap[1]](draw), text)
