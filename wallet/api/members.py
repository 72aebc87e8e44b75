"""The public part of a member's wallet."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.accounts.models import User
from degentalk.core.api import ReadView
from degentalk.core.fields import StrictIntegerField
from wallet.models import UserWallet

OPEN_EXAMPLE = {
    "user_id": 7,
    "username": "alice",
    "balance_is_hidden": False,
    "balance": 240,
    "lifetime_earned": 340,
    "lifetime_spent": 100,
}
HIDDEN_EXAMPLE = OPEN_EXAMPLE | {
    "balance_is_hidden": True,
    "balance": None,
    "lifetime_earned": None,
    "lifetime_spent": None,
}


class PublicWalletSerializer(serializers.Serializer):
    """What everybody may see of a wallet, in whole DGT."""

    user_id = StrictIntegerField()
    username = serializers.CharField()
    balance_is_hidden = serializers.BooleanField(help_text="Whether the member keeps the three figures private.")
    balance = StrictIntegerField(min_value=0, allow_null=True, help_text="Null where it is hidden.")
    lifetime_earned = StrictIntegerField(
        min_value=0, allow_null=True, help_text="What levels and the site paid. Null where the balance is hidden."
    )
    lifetime_spent = StrictIntegerField(
        min_value=0, allow_null=True, help_text="What was paid to the site. Null where the balance is hidden."
    )


class PublicWallet(ReadView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="wallet_user",
        summary="The public part of a member's wallet",
        responses=PublicWalletSerializer,
        examples=[OpenApiExample("Open", OPEN_EXAMPLE), OpenApiExample("Hidden", HIDDEN_EXAMPLE)],
    )
    def get(self, request: Request, user_id: int) -> Response:
        """The same for everybody, the member and staff included; one's own wallet is at `/api/wallet/me`.

        Suspended members are not found.
        """
        member = User.objects.filter(pk=user_id, is_active=True).select_related("wallet").first()
        if member is None:
            raise NotFound(_("There is no such member."))
        return Response(PublicWalletSerializer(_public(member)).data)


def _public(member: User) -> dict[str, object]:
    wallet = getattr(member, "wallet", None) or UserWallet(user=member)
    figures = {
        "balance": wallet.dgt_balance,
        "lifetime_earned": wallet.lifetime_earned,
        "lifetime_spent": wallet.lifetime_spent,
    }
    hidden = member.hides_balance
    shown = dict.fromkeys(figures) if hidden else figures
    return {"user_id": member.pk, "username": member.username, "balance_is_hidden": hidden, **shown}
