"""Who decides about a payment is staff at the moment when it happens, and staff's lists stay as fast as they grow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from degentalk.approvals import services as approvals
from degentalk.approvals.models import Approval
from payments import services as payments
from payments.models import Order, Review
from payments.states import State
from tests import make
from tests.payments.buying import again, paid, wallet
from tests.wallet.test_staff import economist
from wallet.errors import NotForYou
from wallet.models import WalletPolicy


@pytest.mark.parametrize("lost", ["is_staff", "is_active"])
def test_w10_what_somebody_asked_for_who_is_no_staff_any_more_is_not_credited(card, alice, lost):
    order = payments.place(user=alice, package_id="trader", provider="stripe")
    Order.objects.filter(pk=order.pk).update(state=State.REVIEW, reference="pi_1", paid=1_000)
    review = Review.objects.create(provider="stripe", order=order, reason="wrong_amount", reference="pi_1")
    WalletPolicy.objects.update(approval_above_dgt=1)
    mallory = economist("mallory")
    payments.decide_or_ask(review=review, decision="credit", actor=mallory, note="A friend", key="review:1")
    setattr(mallory, lost, False)
    mallory.save()
    with pytest.raises(NotForYou, match="Only staff can do this"):
        approvals.approve(approval=Approval.objects.get(), actor=economist())
    assert (Order.objects.get(pk=order.pk).state, wallet(alice)) == (State.REVIEW, (0, 0, 0))
    assert Approval.objects.get().is_pending


def test_the_list_of_events_does_not_read_them_all_for_its_filters(card, alice, client):
    assert again(paid(card, alice)).events.exists()
    client.force_login(make.user("root", is_staff=True, is_superuser=True))
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/admin/payments/providerevent/").status_code == 200
    assert [query["sql"] for query in queries if "DISTINCT" in query["sql"]] == []
