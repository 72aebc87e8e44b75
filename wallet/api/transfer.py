"""Sending DGT over the API."""

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk.accounts.models import User
from degentalk.accounts.rules import clean_line
from degentalk.core import idempotency, problems
from degentalk.core.api import IDEMPOTENCY_KEY, StrictSerializer
from degentalk.core.fields import StrictIntegerField, StrictTextField
from wallet import services as wallet
from wallet.errors import NoSuchAccount
from wallet.services.sending import MEMO_MAX, SENDING, cost_of, new_key

ENDPOINT = "wallet.transfer"

SENT_EXAMPLE = {
    "journal": "019aac2e-7d3b-7c55-8f0e-3f1f6f2b9c11",
    "receiver_id": 8,
    "amount": 40,
    "fee": 0,
    "memo": "for the audit",
    "balance_after": 200,
}


class MemoField(StrictTextField):
    """One line without control and bidirectional characters; they are dropped."""

    def to_internal_value(self, data: Any) -> str:
        return clean_line(super().to_internal_value(data))


class TransferRequestSerializer(StrictSerializer):
    """What to send to whom."""

    receiver_id = StrictIntegerField(min_value=1, help_text="The member who gets it.")
    amount = StrictIntegerField(min_value=1, max_value=wallet.AMOUNT_MAX, help_text="Whole DGT that the receiver gets.")
    memo = MemoField(max_length=MEMO_MAX, allow_blank=True, default="", help_text="Both read it.")
    fee = StrictIntegerField(
        min_value=0,
        max_value=wallet.AMOUNT_MAX,
        required=False,
        help_text="The fee that you reckon with: where the site takes another, nothing is sent (`fee-changed`).",
    )


class SentSerializer(serializers.Serializer):
    """What was sent."""

    journal = serializers.UUIDField(help_text="The movement; also in the history of both.")
    receiver_id = StrictIntegerField(min_value=1)
    amount = StrictIntegerField(min_value=1, help_text="What the receiver got.")
    fee = StrictIntegerField(min_value=0, help_text="What the sender paid on top; it burns.")
    memo = serializers.CharField(allow_blank=True)
    balance_after = StrictIntegerField(min_value=0, help_text="What the sender had left.")


class Transfer(APIView):
    scope = "wallet:transfer"

    @extend_schema(
        operation_id="wallet_transfer",
        summary="Send DGT",
        parameters=[IDEMPOTENCY_KEY],
        request=TransferRequestSerializer,
        responses={201: OpenApiResponse(SentSerializer, description="Sent.")},
        examples=[
            OpenApiExample("A transfer", {"receiver_id": 8, "amount": 40, "memo": "for the audit"}, request_only=True),
            OpenApiExample("Sent", SENT_EXAMPLE, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """Send DGT to another member, once for each Idempotency-Key. Final. Scope: `wallet:transfer`.

        A refusal (422) moves nothing and stays what it is for its key, also when there is enough DGT later: a new
        attempt takes a new key. At most 30 attempts a minute; answers from memory do not count.
        """
        body = TransferRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted: dict[str, Any] = body.validated_data
        caller = cast(User, request.user)
        answer = idempotency.run(
            actor=caller,
            endpoint=ENDPOINT,
            key=idempotency.key_of(request),
            request=wanted,
            verb=lambda: _send(caller, **wanted),
            status=201,
            limit=SENDING,
        )
        return problems.respond(answer)


def _send(sender: User, *, receiver_id: int, amount: int, memo: str, fee: int | None = None) -> dict[str, Any]:
    receiver = User.objects.filter(pk=receiver_id).first()
    if receiver is None:
        raise NoSuchAccount(_("There is no such member."))
    journal = wallet.send(sender=sender, receiver=receiver, amount=amount, memo=memo, fee=fee, key=new_key())
    cost = cost_of(journal, sender=sender, amount=amount)
    facts = {"fee": cost.fee, "balance_after": cost.balance_after}
    sent = {"journal": journal.public_id, "receiver_id": receiver_id, "amount": amount, "memo": memo}
    return dict(SentSerializer(sent | facts).data)
