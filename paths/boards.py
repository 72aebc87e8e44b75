"""The board of a path in pages: listed members by the XP they have in it, whichever path is their primary one now."""

from typing import Any

from degentalk.accounts.boards import PAGE_SIZE, Board, Centre
from degentalk.accounts.models import User
from paths.models import PathLeaderboardRow, UserPath, XpPath


class PathBoard(Board):
    """Listed members with XP in a path, most first."""

    def __init__(self, path: XpPath, *, size: int = PAGE_SIZE, around: Centre | None = None) -> None:
        self.path = path
        rows: Any = PathLeaderboardRow.objects.filter(path_id=path.pk)
        self.members: Any = UserPath.objects.filter(path_id=path.pk)
        super().__init__(
            rows, self.members.on_board(), figure="path_xp", name=f"path:{path.pk}", size=size, around=around
        )

    def xp_of(self, user: User) -> int:
        """A member's XP in the path; 0 without any."""
        return int(self.members.filter(user_id=user.pk).values_list("path_xp", flat=True).first() or 0)
