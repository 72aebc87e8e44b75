"""`python -m degentalk.sandbox.chain`, as `make dev` runs it: a chain that outlives a restart, until it is ended.

It reads DEBUG, without which it refuses.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from degentalk.sandbox.chain import Chain

ON = ("on", "true", "yes", "1")


def main() -> int:
    """Serve until a signal; the exit code."""
    arguments = _arguments()
    if os.environ.get("DEBUG", "").lower() not in ON:
        print("The chain sandbox is for development: it does not start without DEBUG=on.", file=sys.stderr)
        return 1
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # in all threads: the main one waits for them
    with Chain(port=arguments.port, file=arguments.file, interval=arguments.interval) as chain:
        print(f"A sandbox stands in for the chains of USDT: {chain.home}/", flush=True)
        signal.sigwait(signals)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A local EVM chain. Nothing on it is worth anything.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--file", type=Path, help="what it grows again from; without one, it begins anew")
    parser.add_argument("--interval", type=float, help="seconds from block to block; without it, one per transaction")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
