"""What base.html shows around every page. Nothing is read before a template asks for it."""

from functools import cached_property

from django.conf import settings
from django.http import HttpRequest

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.accounts.views import THEME_COOKIE
from degentalk.pages import economy
from payments import providers


class Frame:
    """The member's own figures and the economy's. Pages that do not extend base.html pay nothing for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def wallet_balance(self) -> int:
        member = self._member
        wallet = getattr(member, "wallet", None)  # a page that knows it has put it there
        return wallet.dgt_balance if wallet else 0

    @cached_property
    def unread(self) -> int:
        member = self._member
        return accounts.unread_count(member) if member else 0

    @cached_property
    def theme(self) -> str:
        """The member's choice; for a visitor the one this browser last showed."""
        member = self._member
        chosen = member.theme if member else self._request.COOKIES.get(THEME_COOKIE)
        return str(chosen) if chosen in User.Theme.values else User.Theme.AUTO.value

    @cached_property
    def strip(self) -> list[tuple[str, int]]:
        return economy.recent().strip()

    @property
    def sells_dgt(self) -> bool:
        """Whether this site can take money for DGT, in some way."""
        return any(providers.way(name).is_configured() for name in providers.NAMES)

    @property
    def is_sandbox(self) -> bool:
        """Whether no real money moves here."""
        return settings.IS_SANDBOX

    @property
    def _member(self) -> User | None:
        # Requests that failed before the session was read have no user.
        user = getattr(self._request, "user", None)
        return user if isinstance(user, User) else None


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` in every template."""
    return {"frame": Frame(request)}
