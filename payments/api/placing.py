"""What ordering is over the API, whoever is paid: which package, what the caller saw of it, and once for each key."""

from typing import Any, ClassVar, cast

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from degentalk.accounts.models import User
from degentalk.core import idempotency
from degentalk.core.api import StrictSerializer
from degentalk.core.fields import StrictIntegerField, StrictTextField
from payments import services as payments
from payments.models import Order, Provider
from payments.models.packages import DGT_MAX

DGT_PURCHASE = "dgt:purchase"


class PackageSerializer(StrictSerializer):
    """Which package, and what the caller saw of it. Who inherits has a field for the price, and names it."""

    price_field: ClassVar[str]

    package_id = StrictTextField(max_length=50, help_text="Of `GET /api/dgt/packages`.")
    dgt = StrictIntegerField(
        required=False, min_value=1, max_value=2 * DGT_MAX, help_text="What it gives; with the price."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What was seen is named whole, or not at all."""
        missing = {self.price_field, "dgt"} - attrs.keys()
        if len(missing) == 1:
            raise ValidationError({missing.pop(): [_("Name both the price and the DGT that you saw, or neither.")]})
        return attrs

    @property
    def quoted(self) -> tuple[int, int] | None:
        """Price and DGT as the caller saw them, if they said so."""
        seen = self.validated_data
        return (seen[self.price_field], seen["dgt"]) if "dgt" in seen else None


def place_once(
    request: Request, body: PackageSerializer, *, provider: Provider, chain_id: int | None = None
) -> idempotency.Answer:
    """Order once for each Idempotency-Key. What is remembered for the key is which order it was: the payment is opened
    when that is committed (S15). Raises ProviderOff, which is no answer to keep."""
    payments.require_way(provider)
    buyer, package_id = cast(User, request.user), body.validated_data["package_id"]

    def place() -> dict[str, Any]:
        order = payments.place(
            user=buyer, package_id=package_id, provider=provider, quoted=body.quoted, chain_id=chain_id
        )
        return {"order": str(order.public_id)}

    return idempotency.run(
        actor=buyer,
        endpoint=f"payments.purchase.{provider.value}",
        key=idempotency.key_of(request),
        request=dict(body.validated_data),
        verb=place,
        status=201,
        limit=payments.ORDERING,
    )


def placed(request: Request, answer: idempotency.Answer) -> Order:
    """The order of an answer that was not refused, as it stands now."""
    return Order.objects.of(cast(User, request.user)).get(public_id=answer.body["order"])
