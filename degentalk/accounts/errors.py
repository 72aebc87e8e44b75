"""Why `accounts` says no."""

from degentalk.core.errors import Conflict, Refused


class TooManyTokens(Refused):
    """A member holds as many live API tokens as one may."""

    code = "too-many-tokens"


class TokenMadeAlready(Conflict):
    """The same form was sent twice: the token exists, and it is shown only once."""

    code = "token-made-already"
