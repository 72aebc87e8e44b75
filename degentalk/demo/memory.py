"""What every member has earned so far, as far as cooldowns and caps ask; what `xp_read` reads from the log."""

from collections import Counter
from datetime import date, datetime

from degentalk.accounts.models import User
from xp.models import XpBoost
from xp.rules import Counterparty, MemberState, Multiplier
from xp.rules.periods import span_at


class Memory:
    """Of awards that do not go through `xp.award`. Other actions than theirs are none of its business."""

    def __init__(self) -> None:
        self.verified: set[int] = set()
        self.suspended: set[int] = set()
        self.paths: dict[int, str] = {}
        """Of each member who chose one, the primary path."""
        self._boosts: dict[int, list[XpBoost]] = {}
        self._joined: dict[int, list[tuple[int, datetime]]] = {}
        self._last: dict[tuple[int, str], datetime] = {}
        self._days: Counter[tuple[int, str, date | None]] = Counter()
        self._weeks: Counter[tuple[int, str, date | None]] = Counter()
        self._pairs: Counter[tuple[int, int, str, date | None]] = Counter()

    def boosted(self, boost: XpBoost) -> None:
        self._boosts.setdefault(boost.user_id, []).append(boost)

    def joined(self, user: User, event_id: int, ends_at: datetime) -> None:
        """Counts from the next award on."""
        self._joined.setdefault(user.pk, []).append((event_id, ends_at))

    def earned(self, user: User, action: str, points: int, at: datetime, other: User | None) -> None:
        day, week = (span_at(name, at).starts_on for name in ("day", "week"))
        self._last[user.pk, action] = at
        self._days[user.pk, action, day] += points
        self._weeks[user.pk, action, week] += points
        if other is not None:
            self._pairs[user.pk, other.pk, action, day] += points

    def state(self, user: User, action: str, at: datetime, other: User | None, path: Multiplier | None) -> MemberState:
        """What the rules may know of a member at that moment; `path` is what theirs multiplies the action by."""
        day, week = (span_at(name, at).starts_on for name in ("day", "week"))
        return MemberState(
            last_awarded_at=self._last.get((user.pk, action)),
            is_suspended=user.pk in self.suspended,
            joined_at=user.date_joined,
            is_verified=user.pk in self.verified,
            day_xp=self._days[user.pk, action, day],
            week_xp=self._weeks[user.pk, action, week],
            path=path,
            boosts=self._boosts_of(user, at),
            joined=frozenset(event for event, ends_at in self._joined.get(user.pk, ()) if ends_at > at),
            counterparty=self._counterparty(other, self._pairs[user.pk, other.pk, action, day]) if other else None,
        )

    def _boosts_of(self, user: User, at: datetime) -> tuple[Multiplier, ...]:
        boosts = self._boosts.get(user.pk, ())
        in_force = [boost for boost in boosts if boost.starts_at <= at < boost.ends_at]
        return tuple(Multiplier(f"boost:{boost.source}", boost.multiplier_bps) for boost in in_force)

    def _counterparty(self, other: User, day_xp: int) -> Counterparty:
        return Counterparty(
            is_suspended=other.pk in self.suspended,
            joined_at=other.date_joined,
            is_verified=other.pk in self.verified,
            day_xp=day_xp,
        )
