"""Where Stripe tells us things. Nothing is done here but keeping them (S1 to S4, S26)."""

import logging
from typing import Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk.core.errors import MemberError
from degentalk.core.problems import CONTENT_TYPE
from payments import services as payments
from payments.errors import ProviderOff
from payments.models import Provider, ProviderEvent
from payments.providers.stripe.client import API_VERSION, is_configured
from payments.providers.stripe.events import NotFromStripe, read

logger = logging.getLogger(__name__)

BODY_MAX: Final = 512 * 1024
"""Bytes. Stripe's events are far smaller."""

EXAMPLE: Final = {
    "id": "evt_1SabcDEfghIJklMN",
    "object": "event",
    "type": "checkout.session.completed",
    "api_version": API_VERSION,
    "livemode": True,
    "data": {"object": {"id": "cs_live_a1b2c3", "object": "checkout.session"}},
}


class BadWebhook(MemberError):
    """Not from Stripe, or not just now."""

    status = 400
    code = "bad-webhook"


class StripeWebhook(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = ()

    @extend_schema(
        operation_id="webhook_stripe",
        summary="What Stripe tells",
        request={"application/json": {"type": "object"}},
        responses={
            204: OpenApiResponse(description="It is kept, or none of ours."),
            **{
                (status, CONTENT_TYPE): OpenApiResponse({"$ref": "#/components/schemas/Problem"}, description=words)
                for status, words in (
                    (400, "Not signed by Stripe, too old, from the future, too large, or no event."),
                    (503, "Stripe is not set up on this site."),
                )
            },
        },
        auth=[],
        examples=[OpenApiExample("A payment page was paid", EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """For Stripe only: an event, signed over its raw bytes. It is stored and answered; a worker does the rest."""
        if not is_configured():
            raise ProviderOff
        body = _body(request)
        try:
            told = read(body, request.headers.get("Stripe-Signature", ""))
        except NotFromStripe as error:
            logger.warning("a webhook that is not from Stripe: %s", error)
            raise BadWebhook(_("This is not from Stripe.")) from error
        if told.livemode != settings.STRIPE_LIVEMODE or not told.is_ours:
            logger.warning("event %s (%s) of another mode or account is left alone", told.id, told.type)
        else:
            payments.store(Provider.STRIPE, told, body.decode(), source=ProviderEvent.Source.WEBHOOK)
        return Response(status=204)


def _body(request: Request) -> bytes:
    """The raw bytes. Raises BadWebhook where there are too many."""
    too_large = BadWebhook(_("This is too large."))
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_MAX:
            raise too_large
        return bytes(request._request.body)
    except RequestDataTooBig as error:
        raise too_large from error
    except ValueError as error:
        raise BadWebhook(_("This is not from Stripe.")) from error
