"""S14 to S16, S23: opening sessions at Stripe, once, whatever it answers; S24: what may be sold at all."""

import logging
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from degentalk.core import clock
from payments import services as payments
from payments.errors import OrderClosed, ProviderUnreachable
from payments.models import DgtPackage, Order, StripeDgtSession
from payments.providers.stripe import client as stripe_client
from payments.states import State
from tests.payments.buying import TRADER, again, ordered, session, told, wallet
from tests.processes import wait_until
from tests.threads import beside, together

OTHERS_OPEN = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'
"""


@pytest.fixture
def quick(monkeypatch):
    """What waits for Stripe gives up within moments, and retries at once."""
    monkeypatch.setattr(stripe_client, "TIMEOUT_SECONDS", (0.5, 0.5))
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_args, **_more: 0.01)
    stripe_client._client.cache_clear()
    yield
    stripe_client._client.cache_clear()


def placed(user) -> Order:
    return payments.place(user=user, package_id=TRADER[0], provider="stripe")


def sessions_at(card) -> list[str]:
    return [one.id for one in stripe_client.client().v1.checkout.sessions.list().data]


@pytest.mark.parametrize("failure", ["hang", "close"])
def test_s14_a_retry_after_the_work_was_done_finds_the_same_session(card, alice, quick, failure):
    order = placed(alice)
    card.fail_next(failure, moment="after", seconds=2)
    url = payments.pay(order)
    assert [session(again(order))] == sessions_at(card)
    assert url == again(order).stripe_session.url


def test_s14_a_failure_that_stripe_remembers_for_the_key_is_healed_by_the_reconciler(card, alice, quick):
    order = placed(alice)
    card.fail_next("500", moment="after")
    for _ in range(2):  # Stripe repeats its first answer to a key, and that was an error
        with pytest.raises(ProviderUnreachable):
            payments.pay(order)
    payments.reconcile("stripe")
    assert payments.pay(again_plain(order)) == again(order).stripe_session.url
    assert [session(again(order))] == sessions_at(card)


def test_s14_everybody_who_asks_at_once_is_led_to_the_same_session(card, alice):
    order = placed(alice)
    urls = together([lambda: payments.pay(again_plain(order)) for _ in range(5)])
    assert len(set(urls)) == 1
    assert len(sessions_at(card)) == StripeDgtSession.objects.count() == 1


def again_plain(order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_s14_the_key_is_the_orders(card, alice):
    order = placed(alice)
    requests = []
    _recording(requests, lambda: payments.pay(order))
    assert [one["headers"]["Idempotency-Key"] for one in requests if one["method"] == "post"] == [
        f"order:{order.public_id}"
    ]


def test_s14_after_a_day_the_stored_session_is_read_and_none_is_opened(card, alice, settings):
    settings.ORDER_MINUTES = 3 * 24 * 60
    with_page, without = ordered_for_days(alice), placed(alice)
    with clock.at(without.created_at + timedelta(hours=24, seconds=1)):
        assert payments.pay(with_page) == with_page.stripe_session.url
        with pytest.raises(OrderClosed):
            payments.pay(without)
    assert sessions_at(card) == [session(with_page)]


def ordered_for_days(user) -> Order:
    """With a session whose own time is shorter: Stripe takes a day at most."""
    order = placed(user)
    from payments.providers.stripe import sessions

    wanted = sessions.request_for(order) | {"expires_at": int((order.created_at + timedelta(hours=20)).timestamp())}
    made = stripe_client.client().v1.checkout.sessions.create(params=wanted)
    sessions.attach(order, made)
    return again(order)


def test_s15_the_order_is_committed_and_nothing_is_open_while_stripe_thinks(card, alice, quick):
    order = placed(alice)
    card.fail_next("hang", times=3, seconds=1)
    wait = beside(lambda: _refused(order))
    seen = []
    for _ in range(40):
        with connection.cursor() as cursor:
            cursor.execute(OTHERS_OPEN)
            seen.append(cursor.fetchone()[0])
        time.sleep(0.02)
    assert again_plain(order).state == State.CREATED
    assert wait()
    assert max(seen) == 0


def _refused(order) -> bool:
    try:
        payments.pay(order)
    except ProviderUnreachable:
        return True
    return False


@pytest.mark.django_db
def test_s15_nobody_can_open_a_session_inside_a_transaction(alice_alone, settings):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS = "sk_test_x", ["whsec_x"]
    order = placed(alice_alone)
    with transaction.atomic(), pytest.raises(RuntimeError, match="never called inside a transaction"):
        payments.pay(order)


@pytest.fixture
def alice_alone(db):
    from tests import make

    return make.verified(make.user("alice"))


def test_s16_every_request_names_the_version_that_is_in_the_code(card, alice):
    requests = []

    def life():
        order = ordered(alice)
        card.pay(session(order))
        told(card)
        payments.sweep("stripe")

    _recording(requests, life)
    assert len(requests) > 6
    assert {one["headers"]["Stripe-Version"] for one in requests} == {stripe_client.API_VERSION}


@pytest.mark.parametrize("version", ["2019-12-03", "2030-01-01.future", None])
def test_s16_what_an_event_of_another_version_is_about_is_fetched_anew(card, alice, version):
    order = ordered(alice)
    card.pay(session(order))
    card.set_webhook_faults(drop=1.0)
    card.deliver_all()
    card.clear_faults()
    old = {"id": session(order), "object": "checkout.session", "payment_status": "unpaid", "amount_total": 1}
    card.announce("checkout.session.completed", old, api_version=version)
    told(card)
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (TRADER[2], 0, 0))


# ── Stripe is down ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("failure", ["500", "429", "hang", "close"])
def test_s23_what_stripe_does_not_answer_leaves_an_order_that_can_be_paid_later(card, alice, quick, failure):
    order = placed(alice)
    card.fail_next(failure, times=3, seconds=2)
    with pytest.raises(ProviderUnreachable, match="Nothing was charged. Try again in a moment"):
        payments.pay(order)
    assert (again_plain(order).state, StripeDgtSession.objects.count()) == (State.CREATED, 0)
    card.clear_faults()
    wait_until(lambda: not _refused(order))  # Stripe still has the request that hangs, and says so
    assert again(order).state == State.PENDING


def test_s23_two_failures_in_a_row_are_not_noticed(card, alice, quick):
    card.fail_next("500", times=2)
    assert payments.pay(placed(alice)).startswith(card.url)


def test_s23_the_page_says_to_try_again_and_the_button_works(card, alice, quick, window):
    page = window(alice)
    order = placed(alice)
    card.fail_next("500", times=3)
    answer = page.post(f"{order.get_absolute_url()}/pay", follow=True)
    assert "Nothing was charged. Try again in a moment." in answer.content.decode()
    again_sent = page.post(f"{order.get_absolute_url()}/pay")
    assert (again_sent.status_code, again_sent["Location"]) == (303, again(order).stripe_session.url)


def test_s23_calls_end_soon_and_are_repeated_twice(card):
    made = stripe_client.client()
    assert stripe_client.TIMEOUT_SECONDS == (3, 10)
    assert made._requestor._options.max_network_retries == 2
    assert made._requestor._client._timeout == (3, 10)


def test_s23_an_event_that_could_not_be_looked_into_is_tried_again(card, alice, quick, caplog):
    caplog.set_level(logging.CRITICAL)
    order = ordered(alice)
    card.pay(session(order))
    card.deliver_all()
    card.fail_next("500", times=200)
    told(card)
    assert (again(order).state, wallet(alice)) == (State.PENDING, (0, 0, 0))
    card.clear_faults()
    with clock.at(order.created_at + timedelta(minutes=5)):
        told(card)
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (TRADER[2], 0, 0))


# ── S24 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_s24_the_database_takes_packages_in_dollars_only(db):
    with pytest.raises(IntegrityError, match="dgt_packages_in_dollars"), transaction.atomic():
        DgtPackage.objects.create(
            id="euro", name="Euro", dgt_amount=1, price_cents=100, price_usdt="1", currency="eur", position=1
        )


def test_s24_the_form_of_staff_has_no_other_currency(card):
    from tests import make

    staff = Client()
    make.signed_in(staff, make.user("root", is_staff=True, is_superuser=True))
    sent = {"id": "euro", "name": "Euro", "dgt_amount": "1", "bonus_dgt": "0", "price_cents": "100", "price_usdt": "1"}
    answer = staff.post("/admin/payments/dgtpackage/add/", sent | {"currency": "eur", "position": "1"})
    assert answer.status_code == 302
    assert DgtPackage.objects.get(pk="euro").currency == "usd"


def _recording(requests, call):
    """Do it, and note what the official library sent."""
    import stripe

    real = stripe.RequestsClient.request

    def request(self, method, url, headers, *args, **more):
        requests.append({"method": method, "url": url, "headers": dict(headers)})
        return real(self, method, url, headers, *args, **more)

    patch = pytest.MonkeyPatch()
    patch.setattr(stripe.RequestsClient, "request", request)
    try:
        call()
    finally:
        patch.undo()
