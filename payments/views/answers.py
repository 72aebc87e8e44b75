"""What the pages of buying share: whose order it is, and where their forms may lead."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from payments.models import Order
from wallet.models import UserWallet

View = Callable[..., HttpResponse]


def may_lead_to_checkout(view: View) -> View:
    """Forms of this page may lead to the provider's page to pay: browsers ask the policy about redirects too."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> HttpResponse:
        allowed = csp_update({"form-action": [settings.STRIPE_CHECKOUT_ORIGIN]})
        return cast("HttpResponse", cast("Any", allowed)(view)(*args, **kwargs))

    return answered


def own_order(member: User, public_id: UUID) -> Order:
    """The member's own order. Raises Http404, the same for somebody else's and for none."""
    mine = Order.objects.of(member).at_this_moment().select_related("stripe_session", "usdt_deposit")
    order: Order | None = mine.filter(public_id=public_id).first()
    if order is None:
        raise Http404(_("There is no such order."))
    return order


def wallet_of(member: User) -> UserWallet:
    """The member's wallet; the frame around the page shows its balance and need not ask again."""
    member.wallet = UserWallet.objects.of(member)
    return member.wallet
