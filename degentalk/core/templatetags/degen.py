"""How figures, moments and faces are shown, everywhere the same. Built in: no template needs to load it."""

import hashlib
from datetime import datetime, timedelta
from typing import TypeGuard

from django import template
from django.utils import timezone
from django.utils.formats import date_format, get_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

MINUS = "\u2212"  # a hyphen is narrower than a digit and breaks columns of figures
MILLION = 10**6
BILLION = 10**9
RELATIVE_FOR = timedelta(days=30)
FACE_COLOURS = (
    "#1f6b6f",
    "#31304a",
    "#3a63cf",
    "#3fbf83",
    "#7d3b57",
    "#9d7df0",
    "#e07fb4",
    "#e6e1d3",
    "#e8a33d",
    "#ef6a64",
)


@register.filter
def number(value: object) -> object:
    """A whole number, exact and grouped: −3,575. Anything else comes back as it is."""
    if not _is_whole(value):
        return value
    return _with_minus(number_format(value, use_l10n=True, force_grouping=True))


@register.filter
def short(value: object) -> object:
    """Grouped below a million, then 48.21M. Never rounded up: a balance must not look larger than it is."""
    if not _is_whole(value) or abs(value) < MILLION:
        return number(value)
    unit, letter = (BILLION, "B") if abs(value) >= BILLION else (MILLION, "M")
    hundredths = abs(value) * 100 // unit
    whole = number_format(hundredths // 100, use_l10n=True, force_grouping=True)
    sign = MINUS if value < 0 else ""
    return f"{sign}{whole}{get_format('DECIMAL_SEPARATOR')}{hundredths % 100:02d}{letter}"


@register.filter
def signed(value: object) -> object:
    """A change: +45, −1,000 or 0."""
    if not _is_whole(value):
        return value
    return f"+{number(value)}" if value > 0 else number(value)


@register.filter
def is_short(value: object) -> bool:
    """Whether `short` leaves digits out, so that the full figure belongs in a title."""
    return _is_whole(value) and abs(value) >= MILLION


@register.filter
def is_positive(value: object) -> bool:
    """Whether an amount came in."""
    return _is_whole(value) and value > 0


@register.filter
def ago(value: datetime | None) -> str:
    """How long ago, in words, for 30 days; after that the date in the viewer's time zone."""
    if value is None:
        return ""
    passed = timezone.now() - value
    if abs(passed) >= RELATIVE_FOR:
        return date_format(timezone.localtime(value), "j M Y")
    if passed < timedelta(0):
        return _until(-passed)
    return _since(passed)


@register.filter
def moment(value: datetime | None) -> str:
    """The exact minute in the viewer's time zone: 22 Nov 2026, 12:19 UTC."""
    return "" if value is None else date_format(timezone.localtime(value), "j M Y, H:i T")


@register.filter
def avatar(member_id: int | str | None) -> SafeString:
    """A member's generated face: the same for an id on every page, drawn without inline style."""
    if not member_id:
        return format_html('<svg viewBox="0 0 64 64" aria-hidden="true">{}</svg>', _nobody())
    dice = hashlib.sha256(f"face:{member_id}".encode()).digest()
    ground, first, second, spot = _distinct_colours(dice)
    tilted = (
        (first, dice[4] % 37 - 18, dice[5] % 37 - 18, dice[6] * 360 // 256),
        (second, dice[7] % 37 - 18, dice[8] % 37 - 18, dice[9] * 360 // 256),
    )
    sheets = format_html_join(
        "",
        '<rect width="64" height="64" fill="{}" transform="translate({} {}) rotate({} 32 32)"/>',
        ((colour, str(x), str(y), str(turn)) for colour, x, y, turn in tilted),
    )
    return format_html(
        '<svg viewBox="0 0 64 64" aria-hidden="true"><rect width="64" height="64" fill="{}"/>{}'
        '<circle cx="{}" cy="{}" r="{}" fill="{}"/></svg>',
        ground,
        sheets,
        str(20 + dice[10] % 25),
        str(20 + dice[11] % 25),
        str(9 + dice[12] % 7),
        spot,
    )


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _with_minus(text: str) -> str:
    return text.replace("-", MINUS, 1)


def _since(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("%(count)d min ago") % {"count": minutes}
    if minutes < 24 * 60:
        return _("%(count)d h ago") % {"count": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}


def _until(left: timedelta) -> str:
    minutes = int(left.total_seconds() // 60)
    if minutes < 1:
        return _("in a moment")
    if minutes < 60:
        return _("in %(count)d min") % {"count": minutes}
    if minutes < 24 * 60:
        return _("in %(count)d h") % {"count": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}


def _distinct_colours(dice: bytes) -> tuple[str, str, str, str]:
    """Four different colours, so that the spot never vanishes into its ground."""
    left = list(FACE_COLOURS)
    first, second, third, fourth = (left.pop(roll % len(left)) for roll in dice[:4])
    return first, second, third, fourth


def _nobody() -> SafeString:
    """A grey outline for an account that is gone."""
    return format_html(
        '<rect width="64" height="64" fill="{0}"/><circle cx="32" cy="26" r="11" fill="{1}"/>'
        '<circle cx="32" cy="60" r="21" fill="{1}"/>',
        "#6a6a78",
        "#bcbdc7",
    )
