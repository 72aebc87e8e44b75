"""Refusals are kept for a while, not for ever."""

from datetime import timedelta

import pytest

from degentalk.core import clock, retention
from tests import make
from xp import services as xp
from xp import tasks
from xp.models import XpRefusal

pytestmark = pytest.mark.django_db


def refuse(user, number, *, days_ago):
    """A second reply within the cooldown of the first."""
    with clock.at(clock.database_time() - timedelta(days=days_ago)):
        for half in ("a", "b"):
            key = f"post:{number}{half}"
            xp.award(user=user, action="post_created", key=key, cause=("post", key))


def kept():
    return list(XpRefusal.objects.order_by("id").values_list("key", flat=True))


def test_refusals_are_deleted_after_the_days_that_the_setting_says(settings):
    alice = make.user("alice")
    for number, days_ago in enumerate((40, 31, 29, 0)):
        refuse(alice, number, days_ago=days_ago)
    assert kept() == ["post:0b", "post:1b", "post:2b", "post:3b"]
    assert (settings.XP_REFUSALS_KEPT_DAYS, tasks.forget_refusals(), kept()) == (30, 2, ["post:2b", "post:3b"])
    settings.XP_REFUSALS_KEPT_DAYS = 7
    assert (tasks.forget_refusals(), kept(), tasks.forget_refusals()) == (1, ["post:3b"], 0)


def test_many_are_deleted_in_batches(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(retention, "BATCH", 2)
    alice = make.user("alice")
    for number in range(5):
        refuse(alice, number, days_ago=60 - number)
    with django_assert_num_queries(3):
        assert tasks.forget_refusals() == 5
    assert kept() == []
