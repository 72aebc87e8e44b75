"""Composes the apps of Degentalk; owns nothing itself."""

from degentalk.celery import app as celery_app

__all__ = ["celery_app"]
