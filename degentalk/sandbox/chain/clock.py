"""The time that blocks carry."""

import time

BLOCK_SECONDS = 12  # between blocks while the clock stands still


class Clock:
    """Seconds since 1970 in UTC: the machine's and what somebody advanced; or from `start` on a step a block."""

    def __init__(self, start: int | None = None) -> None:
        self.stands = start is not None
        self.start = int(time.time()) if start is None else start
        self._offset = 0

    def now(self, head: int) -> int:
        """The time of a person who looks at the chain, whose newest block carries `head`."""
        return (head if self.stands else int(time.time())) + self._offset

    def next(self, head: int) -> int:
        """The timestamp of a block after one that carries `head`: later than it, whatever the machine says."""
        if self.stands:
            found, self._offset = head + BLOCK_SECONDS + self._offset, 0
            return found
        return max(head + 1, int(time.time()) + self._offset)

    def advance(self, seconds: int) -> None:
        """Move on. Raises ValueError for a step back."""
        if seconds < 0:
            raise ValueError("time does not go back")
        self._offset += seconds

    def resume(self, head: int) -> None:
        """Go on from a chain that was made before, perhaps by a clock that had been advanced."""
        if not self.stands:
            self._offset = max(0, head - int(time.time()))
