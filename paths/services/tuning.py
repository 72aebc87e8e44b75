"""Paths as staff change them over the API: the path, its levels and the rule set, or nothing of it."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import transaction

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
    path = XpPath.objects.select_for_update(no_key=True).filter(pk=path_id).first()
    is_new = path is None
    path = path or XpPath(pk=path_id)
    for name, value in fields.items():
        setattr(path, name, value)
    path.save(force_insert=is_new)
    if levels is not None:
        path.levels.all().delete()
        XpPathLevel.objects.bulk_create(XpPathLevel(path=path, **row) for row in levels)
        follow_new_curve()
    rulebook.publish(actor=actor, reason=reason)
    flag = ADDITION if is_new else CHANGE
    LogEntry.objects.log_actions(actor.pk, [path], flag, f"{', '.join(fields)}. {reason}", single_object=True)
    return path, is_new
