"""What one event earns: the action's base, multiplied, capped; or why it earns nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from xp.rules.occasions import occasions

ONE = 10_000
"""A multiplier of 1 in basis points: 12,500 is ×1.25."""
AWARD_MAX = 10**12
"""No single award is larger, whatever staff multiply: sums of XP stay far inside a BIGINT."""
DAY = timedelta(days=1)


class Refusal(StrEnum):
    """Why an event earns nothing."""

    UNKNOWN_ACTION = "unknown-action"
    SWITCHED_OFF = "switched-off"
    SUSPENDED = "suspended"
    SELF = "self"
    ONE_PERSON = "one-person"
    TOO_NEW = "too-new"
    UNVERIFIED = "unverified"
    REPOST = "repost"
    RETURNED = "returned"
    COOLDOWN = "cooldown"
    DAILY_CAP = "daily-cap"
    WEEKLY_CAP = "weekly-cap"
    PAIR_CAP = "pair-cap"
    NOTHING = "nothing"
    """The arithmetic comes to 0, as for a tip that is too small."""


@dataclass(frozen=True)
class Action:
    """What the rules say about one action. Rule sets from before a field existed have its default."""

    name: str
    label: str
    base: int
    cooldown_seconds: int
    is_enabled: bool
    daily_cap_xp: int | None = None
    """XP a member may earn by it in one UTC day; None is unlimited."""
    weekly_cap_xp: int | None = None
    """The same for a UTC week, which begins on Monday."""
    pair_daily_cap_xp: int | None = None
    """XP a member may earn by it from one other member in one UTC day."""
    min_account_age_hours: int = 0
    """Of whoever acts: the member, or who liked or tipped."""
    needs_verified_email: bool = False
    """Of whoever acts."""
    is_self_triggered: bool = False
    """Whether a member may trigger it for himself over the API."""
    amount_step: int | None = None
    """DGT per base; None pays the base whatever the amount."""
    half_after: int | None = None
    """DGT of a pair and day after which more counts half."""

    @classmethod
    def of(cls, rules: Mapping[str, Any], name: str) -> Action | None:
        """The action of that name in a rule set, or None."""
        row = rules["xp"]["actions"].get(name)
        return None if row is None else cls(name=name, **row)


@dataclass(frozen=True)
class Multiplier:
    """Something that multiplies an award: a path, a boost, an event."""

    source: str
    basis_points: int


@dataclass(frozen=True)
class Counterparty:
    """The other member of a like or a tip."""

    is_self: bool = False
    is_one_person: bool = False
    """Staff know the two accounts to be one person."""
    is_suspended: bool = False
    joined_at: datetime | None = None
    is_verified: bool = True
    day_xp: int = 0
    """XP the member has earned from them by this action this UTC day."""
    day_amount: int = 0
    """DGT behind that XP."""


@dataclass(frozen=True)
class MemberState:
    """What the rules may know about the member at the moment of the event."""

    last_awarded_at: datetime | None = None
    """When this action last earned this member XP."""
    is_suspended: bool = False
    joined_at: datetime | None = None
    is_verified: bool = True
    day_xp: int = 0
    """XP by this action this UTC day; what was taken back still counts."""
    week_xp: int = 0
    path: Multiplier | None = None
    boosts: tuple[Multiplier, ...] = ()
    """Those in force. They do not stack with each other: the strongest counts."""
    joined: frozenset[int] = frozenset()
    """Special events this member has joined."""
    counterparty: Counterparty | None = None


@dataclass(frozen=True)
class Event:
    """Something a member did, and when, by the database's clock."""

    action: str
    at: datetime
    base: int | None = None
    """What this occasion pays instead of the action's base: a milestone, a special event."""
    amount: int | None = None
    """DGT moved, where the action pays by amount."""
    is_repost: bool = False
    is_returned: bool = False
    """All of the amount only returns what the other member had tipped before."""
    other_acts: bool = False
    """The counterparty did it, as with a like received: then the limits of new accounts are theirs."""


@dataclass(frozen=True)
class Scale:
    """How an amount became a base. Telescopes: what is paid for a sum of tips is what one tip of that sum pays."""

    per_step: int
    step: int
    half_after: int | None
    before: int
    amount: int

    def points(self) -> int:
        """XP for `amount` after `before` had already counted."""
        return self._total(self.before + self.amount) - self._total(self.before)

    def _total(self, amount: int) -> int:
        full = amount if self.half_after is None else min(amount, self.half_after)
        return self.per_step * (2 * full + (amount - full)) // (2 * self.step)

    def as_json(self) -> list[int | None]:
        return [self.per_step, self.step, self.half_after, self.before, self.amount]


@dataclass(frozen=True)
class Limit:
    """The cap that cut an award, and what it had left."""

    name: str
    left: int


@dataclass(frozen=True)
class Trace:
    """The arithmetic of an award, complete: it recomputes to its result."""

    base: int
    multipliers: tuple[Multiplier, ...]
    result: int
    scale: Scale | None = None
    limit: Limit | None = None

    def recomputed(self) -> int:
        """The result once more from the beginning: base or scale, all multipliers, one floor, the cap."""
        base = self.base if self.scale is None else self.scale.points()
        product = multiply(base, self.multipliers)
        return product if self.limit is None else min(product, self.limit.left)

    def as_json(self) -> dict[str, Any]:
        stored: dict[str, Any] = {
            "base": self.base,
            "multipliers": [[m.source, m.basis_points] for m in self.multipliers],
            "result": self.result,
        }
        if self.scale is not None:
            stored["scale"] = self.scale.as_json()
        if self.limit is not None:
            stored["limit"] = [self.limit.name, self.limit.left]
        return stored

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Trace:
        """A trace as it was stored with an award."""
        return cls(
            stored["base"],
            tuple(Multiplier(source, bps) for source, bps in stored["multipliers"]),
            stored["result"],
            scale=Scale(*stored["scale"]) if "scale" in stored else None,
            limit=Limit(*stored["limit"]) if "limit" in stored else None,
        )


@dataclass(frozen=True)
class Decision:
    """Granted, with points and the arithmetic; or refused, with a reason and, where known, when it pays again."""

    points: int
    trace: Trace | None
    refused: Refusal | None = None
    again_at: datetime | None = None

    @property
    def granted(self) -> bool:
        return self.refused is None


@dataclass(frozen=True)
class _No:
    """A reason not to pay, and until when."""

    reason: Refusal
    again_at: datetime | None = None


def evaluate(rules: Mapping[str, Any], state: MemberState, event: Event) -> Decision:
    """Decide one event under a rule set. Total: every event gets a decision, nothing raises.

    Base × path × the strongest boost × every special event that is on and joined, floored once, then cut to what the
    caps have left: the action's of the UTC day, of the UTC week, and of the pair's UTC day.
    """
    action = Action.of(rules, event.action)
    if action is None:
        return Decision(0, None, refused=Refusal.UNKNOWN_ACTION)
    no = next(_reasons_against(action, state, event), None)
    if no is not None:
        return Decision(0, None, refused=no.reason, again_at=no.again_at)
    trace = _arithmetic(rules, action, state, event)
    if trace.result <= 0:
        return Decision(0, None, refused=Refusal.NOTHING)
    return Decision(trace.result, trace)


def multiply(base: int, multipliers: Sequence[Multiplier]) -> int:
    """base × every multiplier, in exact integers, floored once at the end: so their order cannot matter."""
    numerator, denominator = base, 1
    for multiplier in multipliers:
        numerator *= multiplier.basis_points
        denominator *= ONE
    return numerator // denominator


def next_day(moment: datetime) -> datetime:
    """When the UTC day after this moment begins."""
    return datetime.combine(moment.astimezone(UTC).date() + DAY, time(), UTC)


def next_week(moment: datetime) -> datetime:
    """When the UTC week after this moment begins: on Monday."""
    today = moment.astimezone(UTC).date()
    return datetime.combine(today + DAY * (7 - today.weekday()), time(), UTC)


def _reasons_against(action: Action, state: MemberState, event: Event) -> Iterator[_No]:
    """Every reason that refuses the event, the one that matters most first."""
    other = state.counterparty
    if not action.is_enabled:
        yield _No(Refusal.SWITCHED_OFF)
    if other is not None and other.is_self:
        yield _No(Refusal.SELF)
    if other is not None and other.is_one_person:
        yield _No(Refusal.ONE_PERSON)
    if state.is_suspended or (other is not None and other.is_suspended):
        yield _No(Refusal.SUSPENDED)
    yield from _against_who_acts(action, other if event.other_acts and other is not None else state, event)
    if event.is_repost:
        yield _No(Refusal.REPOST)
    if event.is_returned:
        yield _No(Refusal.RETURNED)
    if action.cooldown_seconds and state.last_awarded_at is not None:
        again_at = state.last_awarded_at + timedelta(seconds=action.cooldown_seconds)
        if event.at < again_at:
            yield _No(Refusal.COOLDOWN, again_at)
    for limit, again_at in _limits(action, state, event.at):
        if limit.left <= 0:
            yield _No(Refusal(limit.name), again_at)


def _against_who_acts(action: Action, who: MemberState | Counterparty, event: Event) -> Iterator[_No]:
    if action.min_account_age_hours and who.joined_at is not None:
        old_enough_at = who.joined_at + timedelta(hours=action.min_account_age_hours)
        if event.at < old_enough_at:
            yield _No(Refusal.TOO_NEW, old_enough_at)
    if action.needs_verified_email and not who.is_verified:
        yield _No(Refusal.UNVERIFIED)


def _limits(action: Action, state: MemberState, moment: datetime) -> Iterator[tuple[Limit, datetime]]:
    """What each cap has left, and when it is whole again."""
    if action.weekly_cap_xp is not None:
        yield Limit(Refusal.WEEKLY_CAP, action.weekly_cap_xp - state.week_xp), next_week(moment)
    if action.daily_cap_xp is not None:
        yield Limit(Refusal.DAILY_CAP, action.daily_cap_xp - state.day_xp), next_day(moment)
    if action.pair_daily_cap_xp is not None and state.counterparty is not None:
        left = action.pair_daily_cap_xp - state.counterparty.day_xp
        yield Limit(Refusal.PAIR_CAP, left), next_day(moment)


def _arithmetic(rules: Mapping[str, Any], action: Action, state: MemberState, event: Event) -> Trace:
    scale = _scale(action, state, event)
    base = scale.points() if scale is not None else action.base if event.base is None else event.base
    multipliers = tuple(_multipliers(rules, state, event))
    product = multiply(base, multipliers)
    limits = [Limit("award-max", AWARD_MAX), *(limit for limit, _again_at in _limits(action, state, event.at))]
    tightest = min(limits, key=lambda limit: limit.left)
    limit = tightest if product > tightest.left else None
    return Trace(base, multipliers, min(product, tightest.left), scale, limit)


def _scale(action: Action, state: MemberState, event: Event) -> Scale | None:
    if event.amount is None or not action.amount_step:
        return None
    before = state.counterparty.day_amount if state.counterparty is not None else 0
    return Scale(action.base, action.amount_step, action.half_after, before, event.amount)


def _multipliers(rules: Mapping[str, Any], state: MemberState, event: Event) -> Iterator[Multiplier]:
    if state.path is not None:
        yield state.path
    if state.boosts:
        yield max(state.boosts, key=lambda boost: boost.basis_points)
    if not state.joined:
        return
    known = occasions(rules)
    for number in sorted(state.joined & known.keys()):
        if known[number].is_on(event.at) and known[number].multiplier_bps != ONE:
            yield Multiplier(f"event:{known[number].name}", known[number].multiplier_bps)
