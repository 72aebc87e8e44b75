"""Special events, and what else multiplies XP, as members see them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Value
from django.urls import reverse
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from xp.figures import times, whole
from xp.models import SpecialEvent, XpBoost, XpLog, XpRefusal
from xp.presentation import why_refused
from xp.rules import ONE
from xp.services import Gain
from xp.services.events import ACTION, participation_key


class State(StrEnum):
    """Where an event stands."""

    COMING = "coming"
    ON = "on"
    ENDED = "ended"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class EventSeen:
    """A special event, ready to show to one viewer."""

    id: int
    name: str
    description: str
    url: str
    join_url: str
    starts_at: datetime
    ends_at: datetime
    state: str
    times: str
    """×1.5, or nothing where the event does not multiply."""
    participation_xp: int
    participants: int
    joined_at: datetime | None
    """When this viewer joined."""
    outcome: str = ""
    """What joining earned them, where a page asks for it."""


def seen(rows: Iterable[SpecialEvent]) -> list[EventSeen]:
    """Rows of `SpecialEvent.objects.seen_by(viewer)`, ready to show."""
    return [_seen(row) for row in rows]


def with_outcome(event: EventSeen, viewer: User | AnonymousUser) -> EventSeen:
    """The same event, with what joining earned the viewer. At most two queries."""
    if event.joined_at is None or not isinstance(viewer, User):
        return event
    key = participation_key(event.id, viewer)
    points = XpLog.objects.filter(key=key, user=viewer).values_list("xp_awarded", flat=True).first()
    refused = None
    if points is None:
        mine = XpRefusal.objects.of(viewer).filter(key=key, action__name=ACTION)
        refused = mine.values_list("reason", flat=True).first()
    return replace(event, outcome=_outcome(points or 0, refused))


def after_joining(event: EventSeen, gain: Gain) -> EventSeen:
    """The same event, with what joining has just earned."""
    return replace(event, outcome=_outcome(gain.points, gain.refused))


def _outcome(points: int, refused: str | None) -> str:
    if points:
        return _("Joining earned you %(points)s XP.") % {"points": whole(points)}
    return _("Joining earned nothing: %(why)s") % {"why": why_refused(refused)} if refused else ""


def _seen(row: SpecialEvent) -> EventSeen:
    facts: Any = row  # with the annotations of `seen_by`
    return EventSeen(
        id=row.pk,
        name=row.name,
        description=row.description,
        url=row.get_absolute_url(),
        join_url=reverse("xp:join-event", args=[row.slug]),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=_state(row, facts.moment),
        times=times(row.multiplier_bps) if row.multiplier_bps != ONE else "",
        participation_xp=row.participation_xp,
        participants=facts.participants,
        joined_at=facts.joined_at,
    )


def _state(event: SpecialEvent, now: datetime) -> State:
    if event.is_cancelled:
        return State.CANCELLED
    if now < event.starts_at:
        return State.COMING
    return State.ON if now < event.ends_at else State.ENDED


# ── What multiplies a member's XP ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class InForce:
    """A boost of the member's, in force or still to come, or an event that is on and that they joined."""

    name: str
    """The event's; empty for a boost."""
    url: str
    times: str
    """×1.5, or nothing for an event that does not multiply."""
    starts_at: datetime
    ends_at: datetime
    is_on: bool
    counts: bool
    """False for a boost while a stronger one is in force: they do not stack."""


def in_force(user: User) -> list[InForce]:
    """All that multiplies what a member earns, with the boosts that are to come. One query."""
    boosts = XpBoost.objects.of(user).not_over().annotate(name=Value(""), slug=Value(""))
    events = SpecialEvent.objects.on_now().filter(participations__user=user).annotate(moment=Clock())
    columns = ("name", "slug", "multiplier_bps", "starts_at", "ends_at", "moment")
    rows = boosts.values_list(*columns).union(events.order_by().values_list(*columns), all=True)
    found = sorted((_Row(*row) for row in rows), key=lambda row: (not row.is_on, not row.name, row.ends_at))
    on = [row for row in found if row.is_on and not row.name]
    strongest = max(on, key=lambda row: row.basis_points, default=None)
    return [row.shown(counts=bool(row.name) or row is strongest) for row in found]


class _Row(NamedTuple):
    name: str
    slug: str
    basis_points: int
    starts_at: datetime
    ends_at: datetime
    moment: datetime

    @property
    def is_on(self) -> bool:
        return self.starts_at <= self.moment

    def shown(self, *, counts: bool) -> InForce:
        return InForce(
            name=self.name,
            url=reverse("xp:event", args=[self.slug]) if self.slug else "",
            times=times(self.basis_points) if self.basis_points != ONE else "",
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            is_on=self.is_on,
            counts=counts,
        )
