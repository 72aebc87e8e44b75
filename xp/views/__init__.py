"""XP's pages, and its components alone for HTMX."""

from xp.views.boards import BOARD_PAGE_SIZE, board_page, leaderboard, my_place
from xp.views.members import history, history_page, progress_bar

__all__ = [
    "BOARD_PAGE_SIZE",
    "board_page",
    "history",
    "history_page",
    "leaderboard",
    "my_place",
    "progress_bar",
]
