"""Special events and boosts as members see them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
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


# ── Boosts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class BoostSeen:
    """A boost of a member that is in force or still to come."""

    times: str
    starts_at: datetime
    ends_at: datetime
    is_on: bool
    counts: bool
    """The strongest of those in force: they do not stack."""


def boosts_of(user: User) -> list[BoostSeen]:
    """A member's boosts that are not over. One query."""
    rows = list(XpBoost.objects.of(user).not_over())
    on = [row for row in rows if row.starts_at <= row.moment]
    strongest = max(on, key=lambda row: row.multiplier_bps, default=None)
    return [
        BoostSeen(
            times=times(row.multiplier_bps),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            is_on=row in on,
            counts=row is strongest,
        )
        for row in rows
    ]


def joined_now(user: User) -> list[EventSeen]:
    """The events that are on and that this member has joined. One query."""
    return seen(SpecialEvent.objects.on_now().seen_by(user).filter(joined_at__isnull=False))
