"""Awards that other programs ask for: a member's own, or a connected forum's for its members."""

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk.accounts.models import PERMISSION_OF_SCOPE, ApiToken, User
from degentalk.accounts.permissions import require_permission
from degentalk.core import idempotency, problems
from degentalk.core.api import IDEMPOTENCY_KEY, StrictSerializer
from degentalk.core.fields import StrictIntegerField, StrictTextField
from xp import services as xp
from xp.api.shared import WhySerializer
from xp.models import UserXp, XpAction
from xp.rules import Refusal
from xp.services.outside import CAUSE_ID_MAX

XP_TRIGGER = "xp:trigger"
XP_AWARD = "xp:award"
ENDPOINT = "xp.award"
AMOUNT_MAX = 10**12
OTHERS_FIELDS = ("giver_id", "receiver_id", "amount")

GRANTED_EXAMPLE = {
    "granted": True,
    "points": 10,
    "levels": [2],
    "dgt": 20,
    "why": {"scale": None, "base": 10, "multipliers": [], "limit": None, "result": 10},
    "refused": None,
    "again_at": None,
    "replayed": False,
    "user_id": 7,
    "xp": 55,
    "level": 2,
}
REFUSED_EXAMPLE = GRANTED_EXAMPLE | {
    "granted": False,
    "points": 0,
    "levels": [],
    "dgt": 0,
    "why": None,
    "refused": "cooldown",
    "again_at": "2026-11-22T12:19:15Z",
}


class CauseIdField(StrictTextField):
    """A text, or a whole number that reads as one: 91 and "91" are the same cause."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(str(data) if type(data) is int else data)


class CauseRequestSerializer(StrictSerializer):
    """The thing behind an award. It pays an action once, whatever the Idempotency-Key."""

    type = serializers.RegexField(
        r"\A[a-z][a-z0-9_-]{0,39}\Z",
        error_messages={"invalid": "Use up to 40 of a–z, 0–9, _ and -, beginning with a letter."},
        help_text="Such as `post`. Of a connected forum it is another thing than our own `post`.",
    )
    id = CauseIdField(max_length=CAUSE_ID_MAX, help_text="Its number or name in the other program.")


class AwardRequestSerializer(StrictSerializer):
    """What happened."""

    action = StrictTextField(max_length=100, help_text="Its name, from `GET /api/xp/actions`.")
    user_id = StrictIntegerField(
        min_value=1, required=False, help_text="Who earns. Without it oneself, where the caller may."
    )
    cause = CauseRequestSerializer(
        required=False, help_text="The thing behind it, which belongs to one member. Without it every key pays."
    )
    giver_id = StrictIntegerField(
        min_value=1, required=False, help_text="The member who acted on `user_id`: who liked or tipped."
    )
    receiver_id = StrictIntegerField(
        min_value=1, required=False, help_text="The member on whom `user_id` acted: who was tipped."
    )
    amount = StrictIntegerField(
        min_value=1, max_value=AMOUNT_MAX, required=False, help_text="DGT, for the actions that pay by amount."
    )

    def validate_action(self, name: str) -> str:
        if not XpAction.objects.filter(name=name).exists():
            raise ValidationError(_("There is no action called “%(action)s”.") % {"action": name})
        return name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "giver_id" in attrs and "receiver_id" in attrs:
            raise ValidationError({"receiver_id": [_("Name the giver or the receiver, not both.")]})
        return attrs


class AwardAnswerSerializer(serializers.Serializer):
    """What was decided. A refusal by the rules is an answer like any other, and is kept for the member to read."""

    granted = serializers.BooleanField()
    points = StrictIntegerField(min_value=0, help_text="XP granted.")
    levels = serializers.ListField(child=serializers.IntegerField(min_value=2), help_text="Levels reached by it.")
    dgt = StrictIntegerField(min_value=0, help_text="DGT that these levels paid.")
    why = WhySerializer(allow_null=True, help_text="The arithmetic; null where nothing was granted.")
    refused = serializers.ChoiceField(
        choices=[reason.value for reason in Refusal if reason != Refusal.UNKNOWN_ACTION],
        allow_null=True,
        help_text="Why nothing was granted.",
    )
    again_at = serializers.DateTimeField(allow_null=True, help_text="When the action pays again, where that is known.")
    replayed = serializers.BooleanField(
        help_text="Whether the cause had earned this before: then nothing changed, and this is what it did then."
    )
    user_id = StrictIntegerField(help_text="Who earned.")
    xp = StrictIntegerField(min_value=0, help_text="All XP of the member after it.")
    level = serializers.IntegerField(min_value=1, help_text="Their level after it.")


class MayAsk(BasePermission):
    """Signed in; and with a token, one that may trigger for its owner or award to others."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if isinstance(request.auth, ApiToken) and not {XP_TRIGGER, XP_AWARD} & set(request.auth.scopes):
            raise PermissionDenied(
                _("This takes an API token with the scope “xp:trigger” (for its owner) or “xp:award” (for others).")
            )
        return bool(request.user.is_authenticated)


class Award(APIView):
    permission_classes = [MayAsk]

    @extend_schema(
        operation_id="xp_award",
        summary="Award XP",
        parameters=[IDEMPOTENCY_KEY],
        request=AwardRequestSerializer,
        responses={
            201: OpenApiResponse(AwardAnswerSerializer, description="Granted."),
            200: OpenApiResponse(
                AwardAnswerSerializer, description="Refused by the rules, or granted before for the same cause."
            ),
        },
        examples=[
            OpenApiExample(
                "A connected forum",
                {"action": "post_created", "user_id": 7, "cause": {"type": "post", "id": "91"}},
                request_only=True,
            ),
            OpenApiExample(
                "A like there",
                {"action": "like_received", "user_id": 7, "giver_id": 8, "cause": {"type": "post", "id": "91"}},
                request_only=True,
            ),
            OpenApiExample("By a member", {"action": "quiz_solved"}, request_only=True),
            OpenApiExample("Granted", GRANTED_EXAMPLE, response_only=True, status_codes=["201"]),
            OpenApiExample("Refused", REFUSED_EXAMPLE, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """Award XP for something that happened elsewhere, once for each Idempotency-Key and once for each cause.

        Members trigger the actions flagged `is_self_triggered`, for themselves: in a session, or with a token of scope
        `xp:trigger`. A connected forum awards any enabled action to any other member: with a token of scope `xp:award`
        whose owner has the permission `xp.award_any`. What cannot be right is a problem, and nothing is written.
        """
        body = AwardRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted: dict[str, Any] = body.validated_data
        caller = cast(User, request.user)
        key = idempotency.key_of(request) or ""
        for_oneself = _is_for_oneself(request, wanted)

        def verb() -> dict[str, Any]:
            gain = _trigger(caller, wanted, key) if for_oneself else _award(caller, wanted, key)
            return _answer(wanted.get("user_id", caller.pk), gain)

        answer = idempotency.run(actor=caller, endpoint=ENDPOINT, key=key, request=wanted, verb=verb)
        response = problems.respond(answer)
        if not answer.refused and answer.body["granted"] and not answer.body["replayed"]:
            response.status_code = 201
        return response


def _is_for_oneself(request: Request, wanted: dict[str, Any]) -> bool:
    """Whether the caller triggers for himself; if not, that he may award to others."""
    user_id = wanted.get("user_id")
    token = request.auth if isinstance(request.auth, ApiToken) else None
    if token and XP_TRIGGER not in token.scopes and user_id is None:
        raise ValidationError({"user_id": [_("Say which member earns it.")]})
    if user_id in (None, request.user.pk) and (token is None or XP_TRIGGER in token.scopes):
        for field in OTHERS_FIELDS:
            if field in wanted:
                raise ValidationError({field: [_("Only a connected forum can say this.")]})
        return True
    if token is None:
        raise PermissionDenied(_("You may only trigger actions for yourself. A connected forum needs an API token."))
    require_permission(request, scope=XP_AWARD, permission=PERMISSION_OF_SCOPE[XP_AWARD])
    return False


def _trigger(caller: User, wanted: dict[str, Any], key: str) -> xp.Gain:
    return xp.trigger(user=caller, action=wanted["action"], cause=_cause(wanted), request=key)


def _award(caller: User, wanted: dict[str, Any], key: str) -> xp.Gain:
    return xp.award_from_outside(
        by=caller,
        user=_member(wanted["user_id"]),
        action=wanted["action"],
        cause=_cause(wanted),
        request=key,
        giver=_member(wanted["giver_id"]) if "giver_id" in wanted else None,
        receiver=_member(wanted["receiver_id"]) if "receiver_id" in wanted else None,
        amount=wanted.get("amount"),
    )


def _cause(wanted: dict[str, Any]) -> tuple[str, str] | None:
    return (wanted["cause"]["type"], wanted["cause"]["id"]) if "cause" in wanted else None


def _member(user_id: int) -> User:
    """Raised here it is not remembered for the key: a member who comes back can be awarded."""
    member: User | None = User.objects.filter(pk=user_id, is_active=True).first()
    if member is None:
        raise NotFound(_("There is no member with the id %(id)s.") % {"id": user_id})
    return member


def _answer(user_id: int, gain: xp.Gain) -> dict[str, Any]:
    after = UserXp.objects.filter(pk=user_id).first() or UserXp(pk=user_id)
    return dict(
        AwardAnswerSerializer(
            {
                "granted": gain.refused is None,
                "points": gain.points,
                "levels": gain.levels,
                "dgt": gain.dgt,
                "why": gain.why,
                "refused": gain.refused,
                "again_at": gain.again_at,
                "replayed": gain.replayed,
                "user_id": user_id,
                "xp": max(after.xp, 0),
                "level": after.level,
            }
        ).data
    )
