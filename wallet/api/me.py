"""The wallet over the API."""

from typing import cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.accounts.models import User
from degentalk.core.api import ReadView
from degentalk.core.fields import StrictIntegerField
from wallet.models import UserWallet

EXAMPLE = {"balance": 240, "held": 0, "debt": 0, "lifetime_earned": 340, "lifetime_spent": 100}


class WalletSerializer(serializers.Serializer):
    """What a member has, in whole DGT."""

    balance = StrictIntegerField(source="dgt_balance", min_value=0, help_text="What may be spent now.")
    held = StrictIntegerField(source="held_dgt", min_value=0, help_text="Set aside; not part of the balance.")
    debt = StrictIntegerField(source="debt_dgt", min_value=0, help_text="Repaid first by what comes in.")
    lifetime_earned = StrictIntegerField(help_text="Transfers between members are not earned.")
    lifetime_spent = StrictIntegerField(help_text="Transfers between members are not spent.")


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
        return Response(WalletSerializer(UserWallet.objects.of(cast(User, request.user))).data)
