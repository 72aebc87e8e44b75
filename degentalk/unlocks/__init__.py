"""What the shop can sell, as kinds: what each needs to know, and what it does. Apps add theirs, one file each.

An app that shows an effect has a package `unlocks`; every module in it registers one type. The shop looks them up by
name and knows nothing else of them.
"""

from degentalk.unlocks.data import UnlockData
from degentalk.unlocks.registry import discover, find, register, types
from degentalk.unlocks.types import Data, Delivered, Target, UnlockType, Usable, Wearable

__all__ = [
    "Data",
    "Delivered",
    "Target",
    "UnlockData",
    "UnlockType",
    "Usable",
    "Wearable",
    "discover",
    "find",
    "register",
    "types",
]
