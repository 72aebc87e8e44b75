"""Journeys go through all apps: what the tests of one app have for it is here too."""

from tests.payments.conftest import card, quick

__all__ = ["card", "quick"]
