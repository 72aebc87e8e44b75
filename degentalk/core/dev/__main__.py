"""`python -m degentalk.core.dev`: servers, migrations, demo data, web, worker, beat and two sandboxes.

Ctrl-C ends all of it.
"""

import os
import socket
import sys
from pathlib import Path

from degentalk.core.dev import chain, sandbox
from degentalk.core.dev.greeting import greeting
from degentalk.core.dev.once import RefusedError, only_once, wait_for_port
from degentalk.core.dev.supervisor import EndedError, StoppedError, Supervisor
from degentalk.core.embedded import folders, places, servers
from degentalk.core.embedded.errors import ServerError
from degentalk.core.embedded.places import Places
from degentalk.core.environment import Environment

CHECKOUT = Path(__file__).resolve().parents[3]
HOST = "127.0.0.1"


def main() -> int:
    """Run the site until somebody stops it; the exit code."""
    environment = Environment(CHECKOUT / ".env")
    os.environ["DEBUG"] = "on"
    port = environment.number("PORT", 8000)
    here = places.of_checkout(CHECKOUT)
    try:
        folders.prepare(here, folders.server_account())
        with only_once(here.data, f"http://{HOST}:{port}/") as after_a_crash:
            wait_for_port(HOST, port, patient=after_a_crash)
            if sandbox.is_wanted(environment):
                wait_for_port(HOST, sandbox.port_beside(port), patient=after_a_crash)
            if chain.is_wanted(environment):
                wait_for_port(HOST, chain.port_beside(port), patient=after_a_crash)
            _serve(environment, here, port)
    except StoppedError:
        return 0
    except (ServerError, RefusedError, EndedError) as error:
        print(f"make dev: {error}", file=sys.stderr)
        return 1
    return 0


def _serve(environment: Environment, here: Places, port: int) -> None:
    """Everything between the lock and the end. Raises StoppedError when asked to stop, EndedError if a part failed."""
    embedded = not environment.uses_own_servers()
    site = f"http://{HOST}:{port}/"
    stripe = f"http://{HOST}:{sandbox.port_beside(port)}/" if sandbox.is_wanted(environment) else ""
    usdt = f"http://{HOST}:{chain.port_beside(port)}/" if chain.is_wanted(environment) else ""
    lead_back(environment, site)
    if stripe:
        sandbox.configure(stripe)
    if usdt:
        chain.configure(usdt)
    supervisor = Supervisor(CHECKOUT)
    embedded_servers = servers.Servers(here)
    try:
        if embedded:
            supervisor.say("PostgreSQL and Valkey are starting …")
            embedded_servers.start()
        if stripe:  # before the demo, whose members pay there
            supervisor.start("stripe", _python(*sandbox.arguments(site, sandbox.port_beside(port), here.data)))
        if usdt:
            supervisor.start("chain", _python(*chain.arguments(chain.port_beside(port), here.data)))
        supervisor.run("setup", _python("-m", "degentalk.core.dev.setup", *(["--embedded"] if embedded else [])))
        # WhiteNoise serves the static files here as it does in production.
        supervisor.start("web", _python("manage.py", "runserver", "--nostatic", f"{HOST}:{port}"))
        supervisor.watch(until=lambda: _answers(port))  # the first page should not wait for what is started next
        supervisor.start("beat", _celery("beat", "--schedule", str(here.data / "beat-schedule")))
        supervisor.start("worker", _celery("worker", "--pool=threads", "--concurrency=2", *QUIET_WORKER))
        supervisor.say(greeting(site, environment, here.data if embedded else None, stripe, usdt))
        supervisor.watch(servers=embedded_servers)
    finally:
        supervisor.say("Stopping …")
        supervisor.stop()
        embedded_servers.stop()
        supervisor.say("Everything is stopped.")


def lead_back(environment: Environment, site: str) -> None:
    """Mails and the page to pay lead back to where the site runs now, unless the developer named another address."""
    if not environment.text("SITE_URL", ""):
        os.environ["SITE_URL"] = site.rstrip("/")


# In a container everybody is root; here the warning would only hide what matters.
ROOT_WARNING = "You're running the worker with superuser privileges"
# One worker on one machine has nobody to gossip with.
QUIET_WORKER = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=INFO")


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _celery(*arguments: str) -> list[str]:
    return _python("-W", f"ignore:{ROOT_WARNING}", "-m", "celery", "--app", "degentalk", "--quiet", *arguments)


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0


if __name__ == "__main__":
    sys.exit(main())
