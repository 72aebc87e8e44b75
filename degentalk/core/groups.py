"""Groups of staff, declared in code and written to Django's tables after every complete migrate."""

from collections.abc import Collection, Mapping

from django.contrib.auth.models import Group, Permission
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, transaction


def sync(declared: Mapping[str, Collection[str]], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Make each group hold exactly its permissions, named like "wallet.view_dgtjournal"; other groups stay as they are.

    Raises CommandError naming each permission that does not exist.
    """
    known = {f"{app}.{codename}": pk for pk, app, codename in _permissions(using)}
    wanted = {name for names in declared.values() for name in names}
    if missing := sorted(wanted - known.keys()):
        raise CommandError(f"The declared groups name permissions that do not exist: {', '.join(missing)}.")
    with transaction.atomic(using=using):
        for group_name, names in declared.items():
            group, _ = Group.objects.using(using).get_or_create(name=group_name)
            group.permissions.set([known[name] for name in names])


def _permissions(using: str) -> list[tuple[int, str, str]]:
    return list(Permission.objects.using(using).values_list("pk", "content_type__app_label", "codename"))
