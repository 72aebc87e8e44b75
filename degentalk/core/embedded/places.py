"""Where the embedded servers of one checkout live: a pure function of the checkout's path."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

OWNER_ROLE = "degentalk_owner"
APP_ROLE = "degentalk_app"
DATABASE = "degentalk"


@dataclass(frozen=True)
class Places:
    """The folders of one set of servers."""

    data: Path
    """Data of PostgreSQL and Valkey."""
    sockets: Path
    """Unix sockets; short, because a socket's path may have 107 bytes at most."""

    def database_url(self, role: str, database: str = DATABASE) -> str:
        """A postgres:// URL through the Unix socket, which only this user can reach: no password."""
        return f"postgres://{role}@{quote(str(self.sockets), safe='')}/{database}"

    def redis_url(self) -> str:
        """A unix:// URL for clients of the Redis protocol."""
        return f"unix://{self.sockets}/valkey.sock?db=0"


def of_checkout(checkout: Path) -> Places:
    """Places for `make dev`: data in `.local` of the checkout; as root in a folder of its own (see README of core).

    PostgreSQL refuses to run as root, so as root its data belongs to another system user, who could not reach a
    checkout below a private home. Opening those folders would be wrong, so the data goes where everybody may pass.
    """
    name = f"degentalk-{os.getuid()}-{hashlib.sha256(str(checkout).encode()).hexdigest()[:10]}"
    data = Path("/var/tmp") / name if os.getuid() == 0 else checkout / ".local"  # noqa: S108 - checked to be ours in folders.own
    return Places(data=data, sockets=Path(tempfile.gettempdir()) / name)
