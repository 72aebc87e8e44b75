"""What base.html shows around every page. Nothing is read before a template asks for it."""

from functools import cached_property

from django.conf import settings
from django.db.models import OuterRef
from django.http import HttpRequest

from degentalk.accounts.models import Notification, User
from degentalk.accounts.views import THEME_COOKIE
from degentalk.core.subqueries import Counted
from degentalk.pages import economy
from payments import providers


class Frame:
    """The member's own figures and the economy's. Pages that do not extend base.html pay nothing for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def wallet_balance(self) -> int:
        return self._figures[1]

    @property
    def unread(self) -> int:
        return self._figures[0]

    @cached_property
    def theme(self) -> str:
        """The member's choice; for a visitor the one this browser last showed."""
        member = self._member
        chosen = member.theme if member else self._request.COOKIES.get(THEME_COOKIE)
        return str(chosen) if chosen in User.Theme.values else User.Theme.AUTO.value

    @cached_property
    def strip(self) -> list[tuple[str, int]]:
        return economy.recent().strip()

    @cached_property
    def _figures(self) -> tuple[int, int]:
        """The member's unread notifications, from an index of only those, and balance. One query."""
        if self._member is None:
            return 0, 0
        unread = Counted(Notification.objects.filter(user=OuterRef("pk")).unread().values("user"))
        found, balance = User.objects.filter(pk=self._member.pk).values_list(unread, "wallet__dgt_balance").get()
        return found, balance or 0  # no wallet before the first movement

    @property
    def sells_dgt(self) -> bool:
        """Whether this site can take money for DGT, in some way."""
        return any(providers.way(name).is_configured() for name in providers.NAMES)

    @property
    def is_sandbox(self) -> bool:
        """Whether no real money moves here."""
        return bool(settings.IS_SANDBOX or settings.USDT_SANDBOX_URL)

    @property
    def _member(self) -> User | None:
        # Requests that failed before the session was read have no user.
        user = getattr(self._request, "user", None)
        return user if isinstance(user, User) else None


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` in every template."""
    return {"frame": Frame(request)}
