"""XP's pages, and its components alone for HTMX."""

from xp.views.boards import XpBoardShown, board_shown, leaderboard
from xp.views.members import history, history_page, progress_bar
from xp.views.occasions import event, events, join_event
from xp.views.refused import refusals, refusals_page

__all__ = [
    "XpBoardShown",
    "board_shown",
    "event",
    "events",
    "history",
    "history_page",
    "join_event",
    "leaderboard",
    "progress_bar",
    "refusals",
    "refusals_page",
]
