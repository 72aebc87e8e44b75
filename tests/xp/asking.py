"""Asking for awards over the API."""

import json

from django.contrib.auth.models import Permission

from degentalk.core.models import IdempotencyKey
from degentalk.rulebook import services as rulebook
from tests import make
from xp.models import UserXp, XpAction, XpLog, XpRefusal

PATH = "/api/xp/award"
PROBLEM = "application/problem+json"


def publish(name, **fields):
    if fields:
        XpAction.objects.filter(name=name).update(**fields)
    rulebook.publish(actor=None, reason="test")


def bearer(user, *scopes):
    return {"Authorization": f"Bearer {make.api_token(user, *scopes)}"}


def may_award(user):
    user.user_permissions.add(Permission.objects.get(content_type__app_label="xp", codename="award_any"))
    return user


def points(user):
    return UserXp.objects.of(user).xp


def written():
    """How many rows of every kind an award could have written."""
    return [model.objects.count() for model in (XpLog, XpRefusal, IdempotencyKey)]


class Caller:
    """Somebody who asks for awards, each time with a new Idempotency-Key unless one is named."""

    def __init__(self, client, headers):
        self.client, self.headers, self.asked = client, headers, 0

    def ask(self, key=None, **body):
        return self.send(json.dumps(body), key=key)

    def send(self, body, key=None, content_type="application/json"):
        self.asked += 1
        headers = self.headers | {"Idempotency-Key": key or f"ask-{self.asked}"}
        return self.client.post(PATH, body, content_type=content_type, headers=headers)
