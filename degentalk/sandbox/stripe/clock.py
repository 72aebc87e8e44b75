"""The sandbox's own time, which tests move on."""

import time
from collections.abc import Callable


class Clock:
    """Seconds since 1970 in UTC: the machine's plus an offset, or from `start` on only what somebody advances it."""

    def __init__(self, start: int | None = None) -> None:
        self.offset = 0 if start is None else start
        self._source: Callable[[], float] = time.time if start is None else (lambda: 0.0)

    def now(self) -> int:
        """This second."""
        return int(self._source()) + self.offset

    def advance(self, seconds: int) -> None:
        """Move on. Raises ValueError for a step back."""
        if seconds < 0:
            raise ValueError("time does not go back")
        self.offset += seconds
