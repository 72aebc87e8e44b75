"""Pure decisions about names, texts that members write, complete profiles and time zones."""

import re
import unicodedata
from datetime import datetime, timedelta

NAMES_OF_THE_SITE = """
abuse account accounts admin administrator admins all anonymous api bank billing bot burn buy contact degen
degentalk deleted dgt edit everyone forum ghost guest help helpdesk here hostmaster info leaderboard leaderboards
legal login logout mail me media member members mint mod moderation moderator moderators mods new nobody none
noreply notifications null official operator owner path paths payments postmaster press primary privacy profile
register reward rewards root sales security settings shop signin signup staff static store stripe summary support
sysadmin system team terms thread threads treasury trust tron undefined usdt user username users verified wallet
webmaster www xp
"""
RESERVED_USERNAMES = frozenset(NAMES_OF_THE_SITE.split())
"""Names that could pass for the site itself, or that stand in its addresses. Compared without case and underscores."""

DELETED_USERNAME = re.compile(r"deleted\d+")
"""What an account is called once its owner has deleted it."""

BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They reorder the text around them: a name or memo with them can be made to read as another."""

ABOUT_MIN = 30
"""Characters about oneself that make a profile worth reading: a short sentence."""

REASON_MAX = 500
"""Characters that staff may use to say why."""

TIME_ZONE_PAUSE = timedelta(hours=24)
"""One change of time zone in this time. Streaks and daily XP follow the member's own day: whoever could hop between
zones would have several of them in one."""


def is_reserved(username: str) -> bool:
    """Whether a member may not take this name: `Admin`, `degen_talk` and `__support__` are all refused."""
    folded = username.lower().replace("_", "")
    return folded in RESERVED_USERNAMES or DELETED_USERNAME.fullmatch(folded) is not None


def clean_text(text: str) -> str:
    """Drop control and bidirectional characters, keep line breaks as \\n, trim the ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(character for character in text if character == "\n" or _is_visible(character)).strip()


def clean_line(text: str) -> str:
    """The same for one line: every run of white space becomes a single space."""
    return " ".join(clean_text(text.replace("\t", " ")).split())


def says_enough(about: str) -> bool:
    """Whether the text about oneself counts for a complete profile; white space does not make it longer."""
    return len(clean_line(about)) >= ABOUT_MIN


def is_complete(*, about: str, has_confirmed_address: bool) -> bool:
    """Whether a profile is complete: it says enough, and its primary e-mail address is confirmed."""
    return says_enough(about) and has_confirmed_address


def time_zone_opens_at(changed_at: datetime | None, now: datetime) -> datetime | None:
    """When the time zone may be changed again; None: now. The first choice has nothing to wait for."""
    if changed_at is None or changed_at + TIME_ZONE_PAUSE <= now:
        return None
    return changed_at + TIME_ZONE_PAUSE


def _is_visible(character: str) -> bool:
    # Other format characters stay: emoji and some scripts need the zero-width joiners.
    return character not in BIDI_CONTROLS and unicodedata.category(character) != "Cc"
