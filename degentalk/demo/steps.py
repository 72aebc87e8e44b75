"""What happens in the demo's history, one step after the other. Each step says when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from degentalk.demo.occasions import Occasion
from xp.rules.streaks import Streak

# ── The forum ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Post:
    """A post of a conversation is written; the first opens its thread."""

    at: datetime
    thread: int
    index: int


@dataclass(frozen=True)
class Edit:
    """Its author adds something to a post."""

    at: datetime
    thread: int
    index: int
    addition: str


@dataclass(frozen=True)
class Delete:
    """Its author deletes a post."""

    at: datetime
    thread: int
    index: int


@dataclass(frozen=True)
class Like:
    """Somebody likes a post, and its author earns XP; or takes the like back."""

    at: datetime
    thread: int
    index: int
    liker: str
    is_liked: bool = True


@dataclass(frozen=True)
class Moderate:
    """The moderator does something about a post."""

    at: datetime
    thread: int
    index: int
    act: Literal["hide", "spam", "restore"]
    reason: str


@dataclass(frozen=True)
class Ban:
    """The moderator keeps a member out."""

    at: datetime
    username: str
    reason: str
    takes_back_xp: bool


# ── XP ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Confirm:
    """A member confirms the e-mail address, which may complete the profile."""

    at: datetime
    username: str


@dataclass(frozen=True)
class Visit:
    """The first visit of a member's day."""

    at: datetime
    username: str
    day: date
    streak: Streak
    """With this visit."""
    frozen: tuple[date, ...]
    """Missed days before it that freezes cover."""
    milestone_xp: int | None


@dataclass(frozen=True)
class Announce:
    """Staff put events on the calendar."""

    at: datetime
    occasions: tuple[Occasion, ...]


@dataclass(frozen=True)
class Join:
    """A member takes part in an event."""

    at: datetime
    username: str
    slug: str


@dataclass(frozen=True)
class Boost:
    """Staff give a member a boost."""

    at: datetime
    username: str
    multiplier_bps: int
    ends_at: datetime
    reason: str


@dataclass(frozen=True)
class Freeze:
    """Staff give a member a streak freeze."""

    at: datetime
    username: str
    reason: str


@dataclass(frozen=True)
class Adjust:
    """Staff change a member's XP, with a reason."""

    at: datetime
    username: str
    points: int
    reason: str


@dataclass(frozen=True)
class AdjustTo:
    """The same by about as much as a member lacks, if anything."""

    at: datetime
    username: str
    xp: int
    reason: str


@dataclass(frozen=True)
class ChoosePath:
    """A member makes a path the primary one."""

    at: datetime
    username: str
    path: str


# ── The shop ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Shop:
    """A member buys something that they can afford, and wears it; or gives it away."""

    at: datetime
    username: str
    luck: float
    """From 0 to below 1: where in the range of what they can afford."""
    to: str | None


# ── DGT ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Transfer:
    """A member sends DGT to another, as much of the wish as the wallet allows."""

    at: datetime
    sender: str
    receiver: str
    wish_dgt: int
    description: str


@dataclass(frozen=True)
class Tip:
    """A member tips a post, as much of the wish as the wallet allows."""

    at: datetime
    thread: int
    index: int
    giver: str
    wish_dgt: int
    message: str


@dataclass(frozen=True)
class UndoTip:
    """The moderator undoes the newest tip between members of whom nobody signs in as one."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class Grant:
    """Staff pay a member, with a reason."""

    at: datetime
    receiver: str
    amount_dgt: int
    description: str


Step = (
    Post
    | Edit
    | Delete
    | Like
    | Moderate
    | Ban
    | Confirm
    | Visit
    | Announce
    | Join
    | Boost
    | Freeze
    | Adjust
    | AdjustTo
    | ChoosePath
    | Shop
    | Transfer
    | Tip
    | UndoTip
    | Grant
)
