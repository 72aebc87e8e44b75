"""Child processes that never outlive us."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from degentalk.core.embedded.folders import Account

PR_SET_PDEATHSIG = 1


def spawn(
    command: Sequence[str | Path],
    *,
    account: Account | None = None,
    if_we_die: signal.Signals = signal.SIGTERM,
    output: int | IO[bytes] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches only us and we decide the order of stopping.

    Call it from the main thread: the kernel sends `if_we_die` when the thread that started the child ends.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=folder,
        start_new_session=True,
        preexec_fn=_tether(os.getpid(), if_we_die),
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
    )


def stop(child: subprocess.Popen[bytes], polite: signal.Signals, seconds: float) -> None:
    """End a child with its whole session: politely first, by force after so many seconds."""
    if child.poll() is None:
        child.send_signal(polite)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    # What the child left behind in its session (the reloader's own child, say) goes too.
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _tether(parent: int, if_we_die: signal.Signals) -> Callable[[], None]:
    """Ask the kernel to end the child if we are killed so hard that we cannot do it. Linux only; elsewhere nothing."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl = ctypes.CDLL(None).prctl  # loaded before the fork: only plain calls are safe after it

    def tether() -> None:
        prctl(PR_SET_PDEATHSIG, int(if_we_die))
        if os.getppid() != parent:  # we died before the line above
            os.kill(os.getpid(), if_we_die)

    return tether
