"""XP's pages, and its components alone for HTMX."""

from xp.views.boards import BOARD_PAGE_SIZE, board_page, leaderboard, my_place
from xp.views.members import history, history_page, progress_bar
from xp.views.occasions import event, events, join_event
from xp.views.refused import refusals, refusals_page

__all__ = [
    "BOARD_PAGE_SIZE",
    "board_page",
    "event",
    "events",
    "history",
    "history_page",
    "join_event",
    "leaderboard",
    "my_place",
    "progress_bar",
    "refusals",
    "refusals_page",
]
