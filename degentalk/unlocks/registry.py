"""The types there are, found in the `unlocks` packages of all apps."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps

from degentalk.unlocks.types import UnlockType

_types: dict[str, UnlockType] = {}


def register(unlock_type: UnlockType) -> UnlockType:
    """Make a type known by its name. Raises ValueError where two types have one name."""
    if _types.setdefault(unlock_type.name, unlock_type) is not unlock_type:
        raise ValueError(f"There are two types of unlocks called “{unlock_type.name}”.")
    return unlock_type


def find(name: str) -> UnlockType | None:
    """The type of that name, or None."""
    return _types.get(name)


def types() -> list[UnlockType]:
    """All types, by name."""
    return [_types[name] for name in sorted(_types)]


def discover() -> None:
    """Import every module of every app's `unlocks` package, so that each registers its type."""
    for app in apps.get_app_configs():
        name = f"{app.name}.unlocks"
        if find_spec(name) is not None:
            for module in iter_modules(import_module(name).__path__):
                import_module(f"{name}.{module.name}")
