"""`python -m degentalk.sandbox.stripe`, as `make dev` runs it: a sandbox that outlives a restart, until it is ended.

It reads STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRETS, which the site reads too, and DEBUG, without which it refuses.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from degentalk.sandbox.stripe import API_KEY, WEBHOOK_SECRET, Options, Sandbox

ON = ("on", "true", "yes", "1")
RETRY_SCALE = 1 / 20  # the first retry after 3 seconds: a developer waits for it


def main() -> int:
    """Serve until a signal; the exit code."""
    arguments = _arguments()
    if os.environ.get("DEBUG", "").lower() not in ON:
        print("The Stripe sandbox is for development: it does not start without DEBUG=on.", file=sys.stderr)
        return 1
    options = Options(
        webhook_url=arguments.webhook_url,
        secrets=os.environ.get("STRIPE_WEBHOOK_SECRETS", WEBHOOK_SECRET).split(","),
        api_key=os.environ.get("STRIPE_SECRET_KEY", API_KEY),
        retry_scale=RETRY_SCALE,
    )
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # in all threads: the main one waits for them
    with Sandbox(options, port=arguments.port, file=arguments.file, delivers=True) as sandbox:
        print(f"A sandbox stands in for Stripe: {sandbox.url}/", flush=True)
        signal.sigwait(signals)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A sandbox that stands in for Stripe. No money moves.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook-url", default="")
    parser.add_argument("--file", type=Path, help="where it remembers everything; without one, it forgets")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
