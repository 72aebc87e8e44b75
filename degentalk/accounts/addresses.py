"""E-mail addresses as their page lists them: each only with the acts that would not be refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Act:
    """A button; allauth's view knows it by its name."""

    name: str
    label: Promise
    is_grave: bool = False


MAKE_PRIMARY = Act("action_primary", _("Make primary"))
SEND = Act("action_send", _("Send the confirmation again"))
REMOVE = Act("action_remove", _("Remove"), is_grave=True)


@dataclass(frozen=True)
class Listed:
    """One address of an account."""

    email: str
    is_primary: bool
    is_confirmed: bool
    acts: list[Act]


def listed(rows: Sequence[EmailAddress], *, in_use: str) -> list[Listed]:
    """All addresses of one account, the primary one first. `in_use`: the one that mail goes to."""
    has_confirmed = any(row.verified for row in rows)
    ordered = sorted(rows, key=lambda row: (not row.primary, row.email))
    return [Listed(row.email, row.primary, row.verified, _acts(row, has_confirmed, in_use)) for row in ordered]


def _acts(row: EmailAddress, has_confirmed: bool, in_use: str) -> list[Act]:
    """A confirmed address does not give way to one that is not; the one in use stays."""
    acts = {
        MAKE_PRIMARY: not row.primary and (row.verified or not has_confirmed),
        SEND: not row.verified,
        REMOVE: not row.primary and row.email != in_use,
    }
    return [act for act, works in acts.items() if works]
