"""Things that staff switch off within a moment. Nothing is cached, so a switch acts with the next request."""

from dataclasses import dataclass

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from degentalk.core.errors import Refused
from degentalk.core.models import Switch, SwitchChange


@dataclass(frozen=True)
class Known:
    """What an app says of a switch of its own."""

    name: str
    label: str | Promise
    """Stands alone or after a colon: “Transfers between members”."""
    effect: str | Promise
    """What stops while it is off, and what becomes of it: a sentence for staff."""


@dataclass(frozen=True)
class State:
    """How a switch stands, and who made it so. Without a change nobody has ever touched it."""

    known: Known
    is_on: bool
    change: SwitchChange | None


class SwitchedOff(Refused):
    """Staff have switched this off for the moment."""

    code = "switched-off"

    def __init__(self, name: str) -> None:
        label = registered[name].label
        super().__init__(_("Switched off for the moment: %(label)s. Try again later.") % {"label": label})


registered: dict[str, Known] = {}


def register(name: str, *, label: str | Promise, effect: str | Promise) -> None:
    """Let staff switch something off. Apps call it in `ready()`; until somebody switches, it is on."""
    registered[name] = Known(name, label, effect)


def is_on(name: str) -> bool:
    """Whether it is on now, in one small query. Raises LookupError for a name that nobody registered."""
    _known(name)
    with connection.cursor() as cursor:
        cursor.execute("select switch_is_on(%s)", [name])
        return bool(cursor.fetchone()[0])


def require(name: str) -> None:
    """Raise SwitchedOff, in the member's words, unless it is on."""
    if not is_on(name):
        raise SwitchedOff(name)


@transaction.atomic
def set_switch(*, name: str, is_on: bool, actor: AbstractBaseUser, reason: str) -> SwitchChange | None:
    """Switch something on or off, and keep who did and why. None: it was like that already, and nothing changed.

    Raises Refused without a reason and for a switch that does not exist.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the reason is kept."))
    if name not in registered:
        raise Refused(_("There is no such switch."))
    Switch.objects.bulk_create([Switch(name=name, is_on=True)], ignore_conflicts=True)
    # Who comes second waits for the first, and then finds nothing to change.
    if not Switch.objects.filter(name=name, is_on=not is_on).update(is_on=is_on):
        return None
    switch = Switch(name=name, is_on=is_on)
    change = SwitchChange.objects.create(switch=switch, is_on=is_on, by_id=actor.pk, reason=reason)
    message = _("Switched on. Reason: %(reason)s") if is_on else _("Switched off. Reason: %(reason)s")
    LogEntry.objects.log_actions(actor.pk, [switch], CHANGE, message % {"reason": reason}, single_object=True)
    return change


def states() -> list[State]:
    """Every registered switch, also one that nobody has touched."""
    rows = dict(Switch.objects.values_list("name", "is_on"))
    changes = {change.switch_id: change for change in SwitchChange.objects.newest_of_each()}
    return [State(switch, rows.get(name, True), changes.get(name)) for name, switch in sorted(registered.items())]


def _known(name: str) -> Known:
    switch = registered.get(name)
    if switch is None:  # a name that is misspelt would be on for ever
        raise LookupError(f"No app registered a switch called “{name}”.")
    return switch
