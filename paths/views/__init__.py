"""Choosing a path, and the components of paths alone for HTMX. The pages themselves are composed in degentalk.pages."""

from paths.views.boards import PathBoardShown, board_shown, leaderboard
from paths.views.choosing import choose
from paths.views.members import progress, summary

__all__ = ["PathBoardShown", "board_shown", "choose", "leaderboard", "progress", "summary"]
