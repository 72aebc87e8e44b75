"""One's own standing and log, and what everybody may see of a member."""

from dataclasses import asdict
from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.accounts import time_zones
from degentalk.accounts.models import User
from degentalk.accounts.permissions import has_scope
from degentalk.core.api import ReadView
from degentalk.core.clock import Clock, database_time
from degentalk.core.fields import StrictIntegerField
from degentalk.core.keyset import CURSOR, CURSOR_PARAMETER, Keyset, page_of, paginated
from xp import rules
from xp import services as xp
from xp.api.shared import XP_READ, WhySerializer, XpPlaceSerializer
from xp.boards import XpBoard
from xp.models import StreakFreeze, UserStreak, UserXp, UserXpSummary, XpBoost, XpLog
from xp.rules import streaks

WALLET_READ = "wallet:read"
LOG_PAGE_SIZE = 50
KINDS = ("award", "reversal", "restoration", "adjustment")

STANDING_EXAMPLE = {
    "user_id": 7,
    "username": "alice",
    "xp": 560,
    "level": 5,
    "rank_name": "Shrimp",
    "tier": "shrimp",
    "level_xp": 60,
    "level_span": 250,
    "to_go": 190,
    "next_level": 6,
    "percent": 24,
    "is_max": False,
    "is_listed": True,
    "position": 12,
    "position_is_exact": True,
    "is_tied": False,
    "last_xp_event_at": "2026-11-22T12:19:00Z",
}
ME_EXAMPLE = STANDING_EXAMPLE | {
    "streak": {"current": 6, "longest": 17, "last_day": "2026-11-22", "freezes_left": 1},
    "boosts": [
        {
            "source": "purchase:33",
            "basis_points": 12500,
            "starts_at": "2026-11-22T10:00:00Z",
            "ends_at": "2026-11-29T10:00:00Z",
        }
    ],
}
MEMBER_EXAMPLE = STANDING_EXAMPLE | {
    "dgt": {"balance": 240, "lifetime_earned": 340, "lifetime_spent": 100, "rewards": 340},
}
AWARD_EXAMPLE = {
    "id": 301,
    "kind": "award",
    "action": "post_created",
    "label": "Reply written",
    "points": 12,
    "created_at": "2026-11-22T12:19:00Z",
    "cause": {"type": "post", "id": "91"},
    "rule_set": 1,
    "why": {
        "scale": None,
        "base": 10,
        "multipliers": [{"source": "boost:purchase:33", "basis_points": 12500}],
        "limit": None,
        "result": 12,
    },
    "reason": "",
    "reverses": None,
    "award": None,
    "is_reversed": False,
}


class StandingSerializer(XpPlaceSerializer):
    """Where a member stands: the same figures as the progress bar."""

    xp = StrictIntegerField(min_value=0, help_text="All XP. A negative sum is shown as 0.")
    level_xp = StrictIntegerField(min_value=0, help_text="XP since this level began.")
    level_span = StrictIntegerField(min_value=0, help_text="XP from this level to the next; 0 at the last level.")
    to_go = StrictIntegerField(min_value=0, help_text="XP still missing; 0 at the last level.")
    next_level = serializers.IntegerField(min_value=2, allow_null=True, help_text="Null at the last level.")
    percent = serializers.IntegerField(
        min_value=0, max_value=100, help_text="How far through the level, rounded down; 100 at the last level."
    )
    is_max = serializers.BooleanField(help_text="Whether this is the last level.")
    is_listed = serializers.BooleanField(help_text="Whether leaderboards show this member to others.")
    position = serializers.IntegerField(
        min_value=1,
        allow_null=True,
        help_text="The place by all XP, ties sharing one. Null without XP. Who is not listed sees the place they would"
        " have; others do not.",
    )
    last_xp_event_at = serializers.DateTimeField(allow_null=True)


class StreakSerializer(serializers.Serializer):
    """Days in a row, in the member's own time zone."""

    current = serializers.IntegerField(min_value=0, help_text="0 once it is broken.")
    longest = serializers.IntegerField(min_value=0)
    last_day = serializers.DateField(allow_null=True, help_text="The newest day that counts; null before the first.")
    freezes_left = serializers.IntegerField(min_value=0, help_text="Missed days that will be covered, one each.")


class BoostSerializer(serializers.Serializer):
    """A multiplier in force. The strongest counts; boosts do not add up."""

    source = serializers.CharField(help_text="What granted it.")  # type: ignore[assignment] # DRF takes fields off the class
    basis_points = serializers.IntegerField(source="multiplier_bps", help_text="10,000 is ×1.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="The first instant at which it does not multiply any more.")


class MeSerializer(StandingSerializer):
    """My standing, streak and boosts."""

    streak = StreakSerializer()
    boosts = BoostSerializer(many=True, help_text="Those in force, the strongest first.")


class DgtSerializer(serializers.Serializer):
    """DGT figures of a member, in whole DGT."""

    balance = StrictIntegerField(source="dgt_balance", min_value=0)
    lifetime_earned = StrictIntegerField(min_value=0)
    lifetime_spent = StrictIntegerField(min_value=0)
    rewards = StrictIntegerField(source="rewards_dgt", min_value=0, help_text="What levels have paid so far.")


class MemberSerializer(StandingSerializer):
    """What a profile shows of a member."""

    dgt = DgtSerializer(allow_null=True, help_text="Null where the member keeps it private from the caller.")


class CauseSerializer(serializers.Serializer):
    """The thing behind an award."""

    type = serializers.CharField(
        source="cause_type", help_text="Such as `post`; that of a connected forum: `api:post`."
    )
    id = serializers.CharField(source="cause_id")


class AwardSerializer(serializers.Serializer):
    """One entry of the XP log. Who liked or tipped is not told: the site does not show it either."""

    id = StrictIntegerField()
    kind = serializers.SerializerMethodField(help_text="Granted; taken back; granted again; moved by staff.")
    action = serializers.CharField(
        source="action.name", read_only=True, default=None, allow_null=True, help_text="Null for an adjustment."
    )
    label = serializers.SerializerMethodField(help_text="What members read.")  # type: ignore[assignment] # as above
    points = StrictIntegerField(source="xp_awarded", help_text="XP; negative where it was taken.")
    created_at = serializers.DateTimeField()
    cause = CauseSerializer(source="*")
    rule_set = StrictIntegerField(source="rule_set_id", help_text="The version of the rules that decided.")
    why = WhySerializer(help_text="Of a reversal or restoration: that of the award.")
    reason = serializers.CharField(help_text="What staff said of an adjustment or a reversal; else empty.")
    reverses = StrictIntegerField(
        source="reverses_id", allow_null=True, help_text="The entry whose points this one undoes, exactly."
    )
    award = StrictIntegerField(
        source="origin_id", allow_null=True, help_text="The award that a reversal or restoration is about."
    )
    is_reversed = serializers.SerializerMethodField(help_text="Whether a later entry undoes this one.")

    @extend_schema_field(serializers.ChoiceField(choices=KINDS))
    def get_kind(self, entry: XpLog) -> str:
        if entry.origin is None:
            return "award" if entry.action else "adjustment"
        return "restoration" if entry.xp_awarded == entry.origin.xp_awarded else "reversal"

    def get_label(self, entry: XpLog) -> str:
        return entry.action.label if entry.action else _("Adjustment by staff")

    def get_is_reversed(self, entry: XpLog) -> bool:
        return hasattr(entry, "reversed_by")


class Me(ReadView):
    scope = XP_READ

    @extend_schema(
        operation_id="xp_me",
        summary="My standing",
        responses=MeSerializer,
        examples=[OpenApiExample("Level 5", ME_EXAMPLE)],
    )
    def get(self, request: Request) -> Response:
        """Level, progress, position, streak and boosts of the caller. Scope: `xp:read`."""
        user = cast(User, request.user)
        mine = UserXp.objects.of(user)
        standing = _standing(user, mine.xp, is_listed=not user.hides_from_boards, last_at=mine.last_xp_event_at)
        boosts = XpBoost.objects.of(user).not_over().filter(starts_at__lte=Clock()).order_by("-multiplier_bps", "id")
        return Response(MeSerializer({**standing, "streak": _streak(user), "boosts": boosts}).data)


class MyLog(ReadView):
    scope = XP_READ
    query_parameters = frozenset({CURSOR_PARAMETER})

    @extend_schema(
        operation_id="xp_me_log",
        summary="My XP log",
        parameters=[CURSOR],
        responses=page_of(AwardSerializer),
        examples=[OpenApiExample("One award", {"results": [AWARD_EXAMPLE], "next": None, "previous": None})],
    )
    def get(self, request: Request) -> Response:
        """Every entry of the caller's log with its arithmetic, newest first. Scope: `xp:read`."""
        log = XpLog.objects.of(cast(User, request.user)).with_reversals().select_related("origin")
        return paginated(request, Keyset(log, order=("-id",), size=LOG_PAGE_SIZE), AwardSerializer)


class Member(ReadView):
    permission_classes = [AllowAny]
    scope = XP_READ

    @extend_schema(
        operation_id="xp_user",
        summary="A member's standing",
        responses=MemberSerializer,
        examples=[OpenApiExample("Level 5", MEMBER_EXAMPLE)],
    )
    def get(self, request: Request, user_id: int) -> Response:
        """What the member's profile shows; open to everybody.

        Who hides from leaderboards shows others no position, who keeps their DGT private no `dgt`; to themselves they
        show both, by session or with the scopes `xp:read` and `wallet:read`. Suspended members are not found.
        """
        return Response(MemberSerializer(profile_of(request, user_id)).data)


def profile_of(request: Request, user_id: int) -> dict[str, Any]:
    """What MemberSerializer tells the caller of a member. Raises NotFound."""
    summary = UserXpSummary.objects.filter(pk=user_id, is_active=True).select_related("user").first()
    if summary is None:
        raise NotFound(_("There is no such member."))
    is_own = request.user.pk == summary.pk
    shows_place = summary.is_listed or (is_own and has_scope(request, XP_READ))
    shows_dgt = not summary.user.hides_balance or (is_own and has_scope(request, WALLET_READ))
    standing = _standing(
        summary.user,
        summary.xp,
        is_listed=summary.is_listed,
        last_at=summary.last_xp_event_at,
        shows_place=shows_place,
    )
    return {**standing, "dgt": summary if shows_dgt else None}


def _standing(user: User, points: int, *, is_listed: bool, last_at: Any, shows_place: bool = True) -> dict[str, Any]:
    standing = rules.standing(points, xp.curve())
    place = XpBoard().place_of(user, figure=standing.xp, is_listed=is_listed) if shows_place else None
    return {
        **asdict(standing),
        "user_id": user.pk,
        "username": user.username,
        "percent": standing.percent,
        "is_max": standing.is_max,
        "is_listed": is_listed,
        "position": place.position if place else None,
        "position_is_exact": place is not None and place.position_is_exact,
        "is_tied": place is not None and place.is_tied,
        "last_xp_event_at": last_at,
    }


def _streak(user: User) -> dict[str, Any]:
    streak = UserStreak.objects.of(user).facts
    freezes = StreakFreeze.objects.left_to(user).count()
    zone = time_zones.zone(user.time_zone)
    alive = streaks.is_alive(streak, streaks.local_day(database_time(), zone), zone, freezes=freezes)
    return {**asdict(streak), "current": streak.current if alive else 0, "freezes_left": freezes}
