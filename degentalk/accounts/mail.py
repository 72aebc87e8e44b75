"""Mail leaves through the outbox: written in the caller's transaction, sent by a worker after it commits."""

import hashlib
import uuid
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from degentalk.core import outbox

TOPIC = "mail"


def send(*, to: str, template: str, context: dict[str, Any], key: str) -> None:
    """Promise one mail from `…_subject.txt`, `…_message.txt` and `…_message.html`; a used key changes nothing.

    The templates know `site_url`, since no request says where the site is.
    """
    site = {"domain": urlsplit(settings.SITE_URL).netloc}
    context = {"current_site": site, "site_url": settings.SITE_URL, **context}
    subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
    text = render_to_string(f"{template}_message.txt", context).strip()
    message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [to])
    message.attach_alternative(render_to_string(f"{template}_message.html", context), "text/html")
    enqueue(message, key=key)


def enqueue(message: EmailMessage, *, key: str | None = None) -> None:
    """Promise a mail that is already written. Without a key it counts as a new one."""
    html = [str(content) for content, kind in getattr(message, "alternatives", []) if kind == "text/html"]
    payload = {
        "subject": str(message.subject),
        "text": str(message.body),
        "html": html[0] if html else "",
        "from": message.from_email,
        "to": list(message.to),
        "headers": {name: str(value) for name, value in message.extra_headers.items()},
    }
    with transaction.atomic():
        outbox.send(topic=TOPIC, payload=payload, key=f"mail:{key or uuid.uuid4()}")


@outbox.handler(TOPIC)
def deliver(payload: dict[str, Any], key: str) -> None:
    """Hand one promised mail to Django's e-mail backend."""
    headers = {"Message-ID": _message_id(payload["from"], key), **payload["headers"]}
    message = EmailMultiAlternatives(
        payload["subject"], payload["text"], payload["from"], payload["to"], headers=headers
    )
    if payload["html"]:
        message.attach_alternative(payload["html"], "text/html")
    message.send()


def _message_id(sender: str, key: str) -> str:
    """The same for a repeated delivery, so that mail programs show a mail once that was sent twice."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{_domain(sender)}>"


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
