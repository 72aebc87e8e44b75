"""Answers and delivered messages are kept for a while, not for ever."""

from datetime import timedelta

import pytest
from django.db import transaction

from degentalk.core import clock, idempotency, outbox, tasks
from degentalk.core.models import IdempotencyKey, OutboxMessage
from tests import make


def ago(days):
    return clock.at(clock.database_time() - timedelta(days=days))


def test_answers_are_forgotten_after_the_days_that_the_setting_says(committed_db, settings):
    alice = make.user("alice")
    for days in (91, 89, 0):
        with ago(days):
            idempotency.run(actor=alice, endpoint="test", key=f"k{days}", request={}, verb=dict)
    assert (settings.IDEMPOTENCY_KEYS_KEPT_DAYS, tasks.forget_old(), tasks.forget_old()) == (90, 1, 0)
    assert set(IdempotencyKey.objects.values_list("key", flat=True)) == {"k89", "k0"}


@pytest.mark.django_db
def test_a_message_is_forgotten_long_after_its_delivery_and_never_before():
    for name, days in (("old", 31), ("new", 29), ("waiting", 400)):
        with ago(days), transaction.atomic():
            outbox.send(topic="test", payload={}, key=name)
            if name != "waiting":
                OutboxMessage.objects.filter(key=name).update(delivered_at=clock.database_time())
    assert tasks.forget_old() == 1
    assert set(OutboxMessage.objects.values_list("key", flat=True)) == {"new", "waiting"}
