"""What is sold for money."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.core import switches
from degentalk.core.api import ReadView
from degentalk.core.fields import StrictIntegerField
from payments.models import DgtPackage, Provider
from payments.providers.usdt.chains import Chain
from payments.providers.usdt.opening import is_configured, open_chains

PACKAGE_EXAMPLE = {
    "id": "trader",
    "name": "Trader",
    "description": "For the shop and for tips.",
    "dgt": 1_300,
    "dgt_amount": 1_200,
    "bonus_dgt": 100,
    "price_cents": 1_799,
    "currency": "usd",
    "price_usdt": "17.99",
}


CHAIN_EXAMPLE = {
    "chain_id": 1,
    "name": "Ethereum",
    "symbol": "USDT",
    "token": "0xdAC17F958D2ee523a2206206994597C13D831ec7",
    "decimals": 6,
}


class PackageSerializer(serializers.Serializer[DgtPackage]):
    """An amount of DGT with its price."""

    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    dgt = StrictIntegerField(source="total_dgt", min_value=1, help_text="Whole DGT that the buyer gets, bonus and all.")
    dgt_amount = StrictIntegerField(min_value=1, help_text="Of them without the bonus.")
    bonus_dgt = StrictIntegerField(min_value=0, help_text="Of them the bonus.")
    price_cents = StrictIntegerField(min_value=1, help_text="By card, in cents of `currency`.")
    currency = serializers.CharField(help_text="Always `usd`.")
    price_usdt = serializers.DecimalField(max_digits=12, decimal_places=2, help_text="In USDT.")


class ChainSerializer(serializers.Serializer[Chain]):
    """Where it can be paid with USDT now."""

    chain_id = StrictIntegerField()
    name = serializers.CharField()
    symbol = serializers.CharField()
    token = serializers.CharField(help_text="The contract of the token.")
    decimals = StrictIntegerField()


class PackagesSerializer(serializers.Serializer[object]):
    results = PackageSerializer(many=True)
    chains = ChainSerializer(many=True, help_text="Empty where nothing can be paid with USDT.")


class Packages(ReadView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="dgt_packages",
        summary="What DGT cost",
        responses=PackagesSerializer,
        examples=[OpenApiExample("One of them", {"results": [PACKAGE_EXAMPLE], "chains": [CHAIN_EXAMPLE]})],
    )
    def get(self, request: Request) -> Response:
        """Every package on sale, in the site's order, in one piece, and chains to pay on; open to everybody."""
        chains = open_chains() if is_configured() and switches.is_on(Provider.USDT) else []
        return Response(PackagesSerializer({"results": DgtPackage.objects.on_sale(), "chains": chains}).data)
