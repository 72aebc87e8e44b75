"""Paths as staff change them over the API: the path, its levels and the rule set, or nothing of it."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import IntegrityError, transaction

from degentalk.accounts.models import User
from degentalk.rulebook import services as rulebook
from paths.models import XpPath, XpPathLevel
from paths.services.levels import follow_new_curve


@transaction.atomic
def save_path(
    *, path_id: str, fields: dict[str, Any], levels: Sequence[dict[str, Any]] | None, actor: User, reason: str
) -> tuple[XpPath, bool]:
    """Make or change a path; `fields` are columns, `levels` the whole curve (None: as it is). The path, and whether it
    is new. Everybody's level follows a new curve. Raises RuleError if the rules refuse the draft.
    """
    path, is_new = _locked(path_id, fields)
    for name, value in fields.items():
        setattr(path, name, value)
    path.save()
    if levels is not None:
        path.levels.all().delete()
        XpPathLevel.objects.bulk_create(XpPathLevel(path=path, **row) for row in levels)
        follow_new_curve()
    rulebook.publish(actor=actor, reason=reason)
    flag = ADDITION if is_new else CHANGE
    LogEntry.objects.log_actions(actor.pk, [path], flag, f"{', '.join(fields)}. {reason}", single_object=True)
    return path, is_new


def _locked(path_id: str, fields: dict[str, Any]) -> tuple[XpPath, bool]:
    """The path for this transaction alone, and whether it is new. Of two who make it at once the second changes it."""
    known = XpPath.objects.select_for_update(no_key=True).filter(pk=path_id)
    path = known.first()
    if path is not None:
        return path, False
    try:
        with transaction.atomic():
            return XpPath.objects.create(pk=path_id, **fields), True
    except IntegrityError:
        path = known.first()
        if path is None:  # it is not the id that somebody else has
            raise
        return path, False
