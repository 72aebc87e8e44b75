"""Time zones a member can choose."""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def known() -> frozenset[str]:
    """Every name in the IANA database of this machine. Reading it takes a few milliseconds, so once."""
    return frozenset(available_timezones())


def zone(name: str) -> ZoneInfo:
    """The zone of that name; UTC rather than an error for a name that this machine's database no longer has."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@cache
def choices() -> list[tuple[str, str] | tuple[str, list[tuple[str, str]]]]:
    """UTC, then one group per region with its places, for a select."""
    places = sorted(known())
    groups = [(region, [_choice(name) for name in places if name.startswith(f"{region}/")]) for region in REGIONS]
    return [("UTC", "UTC"), *groups]


def _choice(name: str) -> tuple[str, str]:
    """("America/Argentina/Salta", "Argentina / Salta"): a browser finds the option when one types the place."""
    place = name.partition("/")[2]
    return name, place.replace("/", " / ").replace("_", " ")
