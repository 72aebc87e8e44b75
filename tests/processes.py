"""Looking at other processes from a test."""

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_SECONDS = 20.0


def wait_until(so: Callable[[], object], seconds: float = PATIENCE_SECONDS, what: str = "what it waited for") -> None:
    """Return once it is so; fail if that takes too long."""
    deadline = time.monotonic() + seconds
    while not so():
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {seconds} seconds: {what}")
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The processes that this one started and that still run (Linux)."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for found in lists for child in found.read_text().split()]


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or only waits for somebody to notice it (Linux)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def marked(mark: str) -> list[str]:
    """The command lines of all running processes that have this text in their environment (Linux)."""
    return [command for process in Path("/proc").glob("[0-9]*") if (command := _command_if_marked(process, mark))]


def _command_if_marked(process: Path, mark: str) -> str:
    try:
        if mark.encode() not in (process / "environ").read_bytes():
            return ""
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:  # it ended while we looked
        return ""
