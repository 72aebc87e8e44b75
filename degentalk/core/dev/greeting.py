"""What `make dev` prints once the site answers."""

from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from degentalk.core.environment import Environment

# By name, because core imports no other app; ACCOUNTS is a list of (username, password, role).
DEMO_ACCOUNTS = "degentalk.demo.accounts"


def greeting(address: str, environment: Environment, data: Path | None, stripe: str) -> str:
    """Address, accounts, what is configured, and where the data is (None: on servers of the developer's own).

    `stripe` is the address of its sandbox, empty where another Stripe is configured.
    """
    lines = ["", f"  Degentalk   {address}", f"  Admin       {address}admin/", f"  API         {address}api/docs"]
    lines += [f"  Payments    {stripe} (Stripe in a sandbox: no money moves)", ""] if stripe else [""]
    if data is not None:
        lines += [f"  {account.role:<16} {account.username:<12} {account.password}" for account in _accounts()]
    lines += ["", f"  Stripe: {'sandbox' if stripe else 'as configured'}    USDT: off    E-mail: {_mail(environment)}"]
    lines += [f"  Data: {data or 'on the servers of DATABASE_URL and REDIS_URL'}    Stop: Ctrl-C", ""]
    return "\n".join(lines)


def _accounts() -> list[Any]:
    accounts: list[Any] = import_module(DEMO_ACCOUNTS).ACCOUNTS
    return accounts


def _mail(environment: Environment) -> str:
    url = urlsplit(environment.text("EMAIL_URL", "consolemail://"))
    return "printed in this terminal" if url.scheme == "consolemail" else f"sent through {url.hostname or url.scheme}"
