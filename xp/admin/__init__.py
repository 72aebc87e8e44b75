"""XP for staff: rules to tune, members' XP, and the logs to look at. One subject a file."""

from xp.admin import actions, boosts, curve, events, levels, log, members, policy, streaks

__all__ = ["actions", "boosts", "curve", "events", "levels", "log", "members", "policy", "streaks"]
