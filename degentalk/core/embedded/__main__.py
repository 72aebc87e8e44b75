"""`python -m degentalk.core.embedded run -- CMD…` runs a command with the embedded servers of this checkout."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from degentalk.core.embedded import places, servers
from degentalk.core.embedded.errors import ServerError
from degentalk.core.environment import Environment

CHECKOUT = Path(__file__).resolve().parents[3]
USAGE = "usage: python -m degentalk.core.embedded run -- COMMAND [ARGUMENT…]"


def main(arguments: list[str]) -> int:
    """Run the command; its exit code is ours."""
    if arguments[:2] != ["run", "--"] or len(arguments) < 3:
        print(USAGE, file=sys.stderr)
        return 2
    environment = Environment(CHECKOUT / ".env")
    os.environ["DEBUG"] = "on"
    if environment.uses_own_servers():
        return _run(arguments[2:])
    try:
        with servers.running(places.of_checkout(CHECKOUT)):
            return _run(arguments[2:])
    except ServerError as error:
        print(f"The embedded servers cannot start: {error}", file=sys.stderr)
        return 1


def _run(command: list[str]) -> int:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGINT:  # the terminal sends that to the command as well
            child.send_signal(number)

    with subprocess.Popen(command) as child:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, pass_on)
        return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
