"""The wallet over the API."""

from typing import cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.accounts.models import User
from degentalk.core.api import ReadView
from degentalk.core.fields import StrictIntegerField
from wallet import services as wallet
from wallet.models import UserWallet

EXAMPLE = {
    "balance": 240,
    "held": 0,
    "debt": 0,
    "locked": 100,
    "transferable": 140,
    "daily_left": 200_000,
    "is_frozen": False,
    "lifetime_earned": 340,
    "lifetime_spent": 100,
}


class WalletSerializer(serializers.Serializer):
    """What a member has, in whole DGT."""

    balance = StrictIntegerField(source="wallet.dgt_balance", min_value=0, help_text="What may be spent now.")
    held = StrictIntegerField(source="wallet.held_dgt", min_value=0, help_text="Set aside; not part of the balance.")
    debt = StrictIntegerField(source="wallet.debt_dgt", min_value=0, help_text="Repaid first by what comes in.")
    locked = StrictIntegerField(
        source="standing.locked",
        min_value=0,
        help_text="The part of the balance that was bought lately: not to be sent yet.",
    )
    transferable = StrictIntegerField(
        source="standing.transferable", min_value=0, help_text="The part of the balance that may be sent."
    )
    daily_left = StrictIntegerField(
        source="standing.daily_left", min_value=0, help_text="What may still be sent on this UTC day, tips with it."
    )
    is_frozen = serializers.BooleanField(
        source="wallet.is_frozen", help_text="Whether staff or the audit stopped every movement of it."
    )
    lifetime_earned = StrictIntegerField(
        source="wallet.lifetime_earned", help_text="Transfers between members are not earned."
    )
    lifetime_spent = StrictIntegerField(
        source="wallet.lifetime_spent", help_text="Transfers between members are not spent."
    )


class Me(ReadView):
    scope = "wallet:read"

    @extend_schema(
        operation_id="wallet_me",
        summary="My wallet",
        responses=WalletSerializer,
        examples=[OpenApiExample("After four levels", EXAMPLE)],
    )
    def get(self, request: Request) -> Response:
        """Balance and lifetime figures of the caller. Scope: `wallet:read`."""
        user = cast(User, request.user)
        mine = UserWallet.objects.of(user)
        standing = wallet.transferable_of(user, wallet=mine)
        return Response(WalletSerializer({"wallet": mine, "standing": standing}).data)
