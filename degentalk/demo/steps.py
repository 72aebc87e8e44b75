"""What happens in the demo's history, one step after the other. Each step says when."""

from dataclasses import dataclass
from datetime import datetime

from xp.rules import Multiplier


@dataclass(frozen=True)
class Award:
    """XP for something that this part of the site has no verb for yet."""

    at: datetime
    username: str
    action: str
    key: str
    cause: tuple[str, str]
    """In both, {user} stands for the member's id."""
    multipliers: tuple[Multiplier, ...] = ()


@dataclass(frozen=True)
class Post:
    """A post of a conversation is written; the first opens its thread."""

    at: datetime
    thread: int
    index: int


@dataclass(frozen=True)
class Like:
    """Somebody likes a post, and its author earns XP."""

    at: datetime
    thread: int
    index: int
    liker: str


@dataclass(frozen=True)
class Transfer:
    """A member sends DGT to another, as much of the wish as the wallet allows."""

    at: datetime
    sender: str
    receiver: str
    wish_dgt: int
    description: str


@dataclass(frozen=True)
class Grant:
    """Staff pay a member, with a reason."""

    at: datetime
    receiver: str
    amount_dgt: int
    description: str


Step = Award | Post | Like | Transfer | Grant
