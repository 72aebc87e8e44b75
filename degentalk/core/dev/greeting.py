"""What `make dev` prints once the site answers."""

from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from degentalk.core.environment import Environment

# By name, because core imports no other app; ACCOUNTS is a list of (username, password, role).
DEMO_ACCOUNTS = "degentalk.demo.accounts"


def greeting(address: str, environment: Environment, data: Path | None, stripe: str, usdt: str) -> str:
    """Address, accounts, what is configured, and where the data is (None: on servers of the developer's own).

    `stripe` and `usdt` are addresses of sandboxes, empty where another Stripe and other chains are configured.
    """
    lines = ["", f"  Degentalk   {address}", f"  Admin       {address}admin/", f"  API         {address}api/docs"]
    lines += [f"  Payments    {stripe} (Stripe in a sandbox: no money moves)"] if stripe else []
    lines += [f"  Wallet      {usdt} (a chain in a sandbox: nothing on it is worth anything)"] if usdt else []
    lines += [""]
    if data is not None:
        lines += [f"  {account.role:<16} {account.username:<12} {account.password}" for account in _accounts()]
    services = {"Stripe": _where(stripe), "USDT": _where(usdt), "E-mail": _mail(environment)}
    lines += ["", "  " + "    ".join(f"{name}: {what}" for name, what in services.items())]
    lines += [f"  Data: {data or 'on the servers of DATABASE_URL and REDIS_URL'}    Stop: Ctrl-C", ""]
    return "\n".join(lines)


def _accounts() -> list[Any]:
    accounts: list[Any] = import_module(DEMO_ACCOUNTS).ACCOUNTS
    return accounts


def _where(sandbox: str) -> str:
    return "sandbox" if sandbox else "as configured"


def _mail(environment: Environment) -> str:
    url = urlsplit(environment.text("EMAIL_URL", "consolemail://"))
    return "printed in this terminal" if url.scheme == "consolemail" else f"sent through {url.hostname or url.scheme}"
