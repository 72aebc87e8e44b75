"""Webhooks of a test's own making, signed as Stripe signs them."""

import json
import time

from django.test import Client
from stripe import WebhookSignature

SECRET = "whsec_one"
URL = "/api/webhook/stripe"


def event(identity: str = "evt_1", **changes) -> dict:
    """An event about a session."""
    return {
        "id": identity,
        "object": "event",
        "type": "checkout.session.completed",
        "api_version": "2026-10-28.endive",
        "livemode": False,
        "data": {"object": {"id": "cs_test_1", "object": "checkout.session"}},
    } | changes


def signature(body: bytes, *secrets: str, at: float | None = None) -> str:
    """A header with one signature for each secret."""
    moment = int(time.time() if at is None else at)
    headers = [WebhookSignature.generate_signature_header(body.decode("latin-1"), one, moment) for one in secrets]
    return ",".join([f"t={moment}", *(header.split(",", 1)[1] for header in headers)])


def posted(body: bytes | dict, *secrets: str, at: float | None = None, header: str | None = None):
    """The answer to a webhook. Without secrets it is signed with ours."""
    raw = json.dumps(body).encode() if isinstance(body, dict) else body
    signed = signature(raw, *(secrets or (SECRET,)), at=at) if header is None else header
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return client.post(URL, raw, content_type="application/json", headers={"Stripe-Signature": signed})
