"""Facts that XP announces, inside the transaction. Receivers may write rows; they never call outside."""

from django.dispatch import Signal

leveled_up = Signal()
"""A member reached new levels. Sent with `user` and `gain` (xp.services.Gain), whose `levels` ascend."""
