"""The Celery application; tasks live in each app's tasks.py."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

from degentalk.core import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "degentalk.settings")

app = Celery("degentalk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_unsafe_database(**_signal: Any) -> None:
    """A worker does not start as a role that could rewrite the ledger."""
    checks.refuse_unsafe_database()
