"""What can be asked for: kinds, registered by the apps in `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from degentalk.accounts.models import User
from degentalk.approvals.models import Approval


@dataclass(frozen=True)
class Kind:
    """One thing that takes two people."""

    name: str
    label: str | Promise
    permission: str
    """Who asks needs it, and who decides needs it too."""
    execute: Callable[[Approval, User], str]
    """Calls the verb for who decided, in the transaction of the decision; says in a sentence what was done.

    It is given the request as it was asked, and the approval's key to hand on. If it raises MemberError, nothing was
    done and the approval goes on waiting.
    """


kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let staff ask for this."""
    kinds[kind.name] = kind


def names_for(user: User) -> list[str]:
    """The kinds that this member of staff may ask for and decide about."""
    return [kind.name for kind in kinds.values() if user.has_perm(kind.permission)]
