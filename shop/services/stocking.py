"""What staff put into the shop, and change there."""

from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from degentalk import unlocks
from degentalk.accounts.models import User
from shop.errors import NoSuchUnlock
from shop.models import DgtUnlock


@transaction.atomic
def stock_shelf(*, actor: User, fields: dict[str, Any], unlock_id: int | None = None) -> DgtUnlock:
    """Add an unlock, or change what `fields` names of one; what members have stays as it is. In the log of staff.

    Held alone, so that a purchase sees all of the change or nothing. Raises NoSuchUnlock, and ValidationError by field,
    for `unlock_data` by key.
    """
    unlock = DgtUnlock()
    if unlock_id is not None:
        found = DgtUnlock.objects.select_for_update(no_key=True).filter(pk=unlock_id).first()
        if found is None:
            raise NoSuchUnlock
        unlock = found
    changed = dict(fields)
    changed["unlock_data"] = _data(unlock, changed)
    before = {name: getattr(unlock, name) for name in changed}
    for name, value in changed.items():
        setattr(unlock, name, value)
    unlock.full_clean()
    # Only what was named: who buys at this moment counts the stock down.
    unlock.save(update_fields=list(changed) if unlock.pk else None)
    said = "; ".join(f"{name}: {before[name]} → {value}" for name, value in changed.items() if before[name] != value)
    flag = ADDITION if unlock_id is None else CHANGE
    LogEntry.objects.log_actions(actor.pk, [unlock], flag, said or _("Nothing changed"), single_object=True)
    return unlock


def _data(unlock: DgtUnlock, changed: dict[str, Any]) -> dict[str, Any]:
    """What its type will know of it. Another type is another unlock: what was sold was of this one."""
    name = changed.get("type", unlock.type)
    if unlock.pk and name != unlock.type:
        raise ValidationError({"type": [_("The type of an unlock does not change. Add another one.")]})
    kind = unlocks.find(name)
    if kind is None:
        known = ", ".join(one.name for one in unlocks.types())
        raise ValidationError({"type": [_("There is no such type. Known: %(names)s.") % {"names": known}]})
    try:
        return kind.data.checked(changed.get("unlock_data", unlock.unlock_data))
    except ValidationError as refused:
        raise ValidationError({"unlock_data": refused.detail}) from refused
