"""XP for staff: rules to tune, members' XP, and the logs to look at. One subject a file."""

from xp.admin import actions, levels, log, members

__all__ = ["actions", "levels", "log", "members"]
