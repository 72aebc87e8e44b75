"""What a member ordered: all of it, and one order, which is the receipt once it is paid."""

from typing import Final
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from degentalk.accounts.views import MemberRequest
from degentalk.core.keyset import CURSOR_PARAMETER, Keyset
from payments.models import Order
from payments.paying import blank_forms, paying_of
from payments.presentation import order_shown
from payments.states import CLOSED_UNPAID, OPEN, SETTLED, State
from payments.views.answers import may_lead_to_checkout, own_order, wallet_of

LISTS: Final = {
    "": (gettext_lazy("All"), tuple(State)),
    "unpaid": (gettext_lazy("Not paid yet"), OPEN),
    "paid": (gettext_lazy("Paid"), (State.CONFIRMED, State.REVIEW, *SETTLED)),
    "closed": (gettext_lazy("Closed"), (*CLOSED_UNPAID, State.DISMISSED)),
}
"""What `?show=` may ask for: its name, and the states in it."""

LIVE: Final = "usdt-live"
"""The part of an order's page that asks for itself again."""

WHOLE: Final = {"HX-Retarget": "#order", "HX-Reselect": "#order", "HX-Reswap": "outerHTML"}
"""The page of an order that cannot be paid any more takes the place of all that was shown while it could."""


@require_safe
@login_required
def orders(request: MemberRequest) -> HttpResponse:
    """My orders, newest first, as the address asks for them: `?show=paid`."""
    wallet_of(request.user)
    show = request.GET.get("show", "")
    if show not in LISTS:
        raise BadRequest(_("There is no such list of orders."))
    mine = Order.objects.of(request.user).at_this_moment()
    if show:
        mine = mine.filter(state__in=LISTS[show][1])
    page = Keyset(mine, order=("-id",), name=f"orders:{show}").page(request.GET.get(CURSOR_PARAMETER))
    lists = [{"show": name, "label": label, "is_current": name == show} for name, (label, _states) in LISTS.items()]
    return render(request, "payments/orders.html", {"page": page, "lists": lists, "show": show})


@require_safe
@may_lead_to_checkout
@login_required
def order(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """One order of mine: where it stands, what happened, and the way to pay it while it can be paid."""
    mine = own_order(request.user, public_id)
    shown, paying = order_shown(mine, wallet_of(request.user)), paying_of(mine) if mine.provider == "usdt" else None
    context = {"shown": shown, "paying": paying, "wallet": request.user.wallet, **blank_forms(paying)}
    response = render(request, "payments/order.html", context)
    if request.headers.get("HX-Target") == LIVE and paying is not None and not paying.is_open:
        for header, value in WHOLE.items():
            response[header] = value
    return response
