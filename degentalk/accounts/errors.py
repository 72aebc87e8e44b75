"""Why `accounts` says no."""

from degentalk.core.errors import Conflict, Refused


class TooManyTokens(Refused):
    """A member holds as many live API tokens as one may."""

    code = "too-many-tokens"


class TokenMadeAlready(Conflict):
    """The same form was sent twice: the token exists, and it is shown only once."""

    code = "token-made-already"


class ScopeNotAllowed(Refused):
    """A token was to have a scope that its owner may not give."""

    code = "scope-not-allowed"


class TimeZoneChangedRecently(Refused):
    """The time zone was changed less than a day ago."""

    code = "time-zone-changed-recently"
