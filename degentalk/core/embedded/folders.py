"""Folders whose names others can guess, and the system user that the servers run as when we are root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from degentalk.core.embedded.errors import ServerError
from degentalk.core.embedded.places import Places


@dataclass(frozen=True)
class Account:
    """A system user that is not us."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """As root the servers run as `nobody`, because PostgreSQL refuses root; otherwise as ourselves (None)."""
    if os.getuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise ServerError("PostgreSQL refuses to run as root, and there is no system user 'nobody' here.") from None
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)


def prepare(places: Places, account: Account | None) -> None:
    """Make both folders of the servers, or check that those that are there are ours."""
    # 0711: as root, nobody must pass through to its own folders inside.
    own(places.data, 0o700 if account is None else 0o711)
    own(places.sockets, 0o700)
    if account is not None:
        # Owned by us, so that the next start can tell it from a stranger's; the servers write to it as the group.
        os.chown(places.sockets, 0, account.gid)
        places.sockets.chmod(0o770)


def own(folder: Path, mode: int) -> None:
    """Make a folder, or check that it is a real folder of ours: somebody else may have made one of that name first."""
    folder.mkdir(mode=mode, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise ServerError(f"{folder} is not a folder of yours; remove it and start again.")
    folder.chmod(mode)


def hand_over(folder: Path, account: Account | None) -> None:
    """Make a private folder for a server's data."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(folder, account.uid, account.gid)
