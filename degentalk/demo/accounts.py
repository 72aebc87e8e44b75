"""The accounts one signs in with on a developer's machine. Imports nothing, so that anybody may read the list."""

from dataclasses import dataclass
from typing import Final

PASSWORD: Final = "wagmi-demo"


@dataclass(frozen=True)
class Account:
    """One of them, and what it is good for."""

    username: str
    role: str
    """`member`, `admin`, or the name of a group in degentalk/roles.py."""
    purpose: str
    password: str = PASSWORD


ACCOUNTS: Final = (
    Account("vera_onchain", "member", "Has a long history, some DGT and unread notifications."),
    Account("juno_keeper", "moderator", "Keeps the forum in order."),
    Account("otto_supply", "economist", "Watches and tunes XP, levels and DGT."),
    Account("ada_root", "admin", "May do everything in the admin."),
)
