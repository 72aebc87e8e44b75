"""Payments in the control room: facts are read-only, packages are tuned, reviews decided, by two where it is much."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from degentalk.approvals import services as approvals
from degentalk.approvals.models import Approval
from payments import services as payments
from payments.models import DgtPackage, Order, ProviderEvent, ReconcileCursor, Review, StripeDgtSession
from tests import make
from tests.payments.buying import again, ordered, paid, session, told, wallet, worked
from wallet.models import WalletPolicy

FACTS = [Order, ProviderEvent, Review, StripeDgtSession, ReconcileCursor]


def url_of(model, page, *arguments):
    return reverse(f"admin:payments_{model._meta.model_name}_{page}", args=arguments)


def economist(name):
    member = make.user(name, is_staff=True)
    member.groups.add(Group.objects.get(name="economist"))
    return member


@pytest.fixture
def eve(client, card):
    eve = economist("eve")
    client.force_login(eve)
    return eve


@pytest.fixture
def wrong(card, alice):
    """An order for which another amount was paid."""
    order = ordered(alice)
    card.alter(session(order), amount_total=1_000)
    card.pay(session(order))
    card.alter(session(order), amount_total=1_000)
    told(card)
    return again(order)


def ask(client, row, question, **fields):
    page = url_of(type(row), question, row.pk)
    key = client.get(page).context["adminform"].form["key"].value()
    return client.post(page, {"key": key, "reason": "They paid the rest in cash"} | fields)


def test_w18_facts_are_shown_and_never_changed(client, eve, wrong):
    payments.reconcile("stripe")
    root = make.user("root", is_staff=True, is_superuser=True)
    client.force_login(root)
    for model in FACTS:
        row = model.objects.first()
        before = list(model.objects.order_by("pk").values())
        reads = [client.get(url_of(model, "changelist")), client.get(url_of(model, "change", row.pk))]
        writes = [
            client.post(url_of(model, "add"), {}),
            client.post(url_of(model, "change", row.pk), {"state": "credited"}),
            client.post(url_of(model, "delete", row.pk), {"post": "yes"}),
        ]
        assert [answer.status_code for answer in reads + writes] == [200, 200, 403, 403, 403], model
        assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("model", [Order, ProviderEvent, Review, StripeDgtSession])
def test_a_list_takes_the_same_queries_however_long_it_is(client, eve, card, wrong, model):
    client.get(url_of(model, "changelist"))
    with CaptureQueriesContext(connection) as few:
        client.get(url_of(model, "changelist"))
    for name in ("bob", "carol"):
        paid(card, make.user(name))
        Review.objects.create(provider="stripe", order=Order.objects.last(), reason="wrong_amount", reference=name)
    with CaptureQueriesContext(connection) as many:
        client.get(url_of(model, "changelist"))
    assert len(many) == len(few)


def test_orders_are_found_by_ids_names_and_references(client, eve, card, alice):
    order = paid(card, alice)
    paid(card, make.user("bob"))
    for term in (order.short_id, str(order.public_id), "ALICE", order.reference, session(order)):
        found = client.get(url_of(Order, "changelist"), {"q": term}).context["cl"].queryset
        assert [row.pk for row in found] == [order.pk], term
    assert client.get(url_of(Order, "changelist"), {"q": "\x00'; --"}).status_code == 200


def test_an_order_shows_its_steps_movements_and_what_the_provider_said(client, eve, card, alice):
    order = paid(card, alice)
    page = client.get(url_of(Order, "change", order.pk)).text
    journal = order.movements.get().journal
    for shown in (order.reference, "17.99 USD", reverse("admin:wallet_dgtjournal_change", args=[journal.pk])):
        assert shown in page
    assert [step.get_to_state_display() in page for step in order.changes.all()] == [True] * order.changes.count()


def test_asking_the_provider_again_does_what_a_webhook_does(client, eve, card, alice):
    order = ordered(alice)
    card.pay(session(order))
    url = url_of(Order, "ask", order.pk)
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302
    assert (again(order).state, wallet(alice)[0], LogEntry.objects.count()) == ("credited", 1_300, 1)


def test_s23_asking_while_stripe_is_down_says_so(client, eve, card, alice):
    order = ordered(alice)
    card.fail_next("500", times=3)
    assert "does not answer" in client.post(url_of(Order, "ask", order.pk), follow=True).text


def test_s28_an_event_is_processed_again(client, eve, card, alice):
    order = ordered(alice)
    card.pay(session(order))
    card.deliver_all()
    event = ProviderEvent.objects.get(type="checkout.session.completed")
    ProviderEvent.objects.update(state="done")
    assert client.post(url_of(ProviderEvent, "replay", event.pk)).status_code == 302
    worked()
    assert again(order).state == "credited"
    assert "&quot;checkout.session.completed&quot;" in client.get(url_of(ProviderEvent, "change", event.pk)).text


def test_who_lacks_the_permission_presses_nothing(client, card, wrong):
    client.force_login(make.moderator())
    event, review = ProviderEvent.objects.first(), Review.objects.get()
    answers = [
        client.post(url_of(Order, "ask", wrong.pk)),
        client.post(url_of(ProviderEvent, "replay", event.pk)),
        client.post(url_of(Review, "credit", review.pk), {"reason": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 3


def test_crediting_a_review_settles_the_order(client, eve, wrong, alice):
    assert (wrong.state, wallet(alice)) == ("review", (0, 0, 0))
    review = Review.objects.get()
    assert ask(client, review, "credit", reason="").status_code == 200
    assert ask(client, review, "credit").status_code == 302
    review.refresh_from_db()
    assert (review.decision, review.decided_by, wallet(alice)[0]) == ("credit", eve, 1_300)
    page = client.get(url_of(Review, "change", review.pk)).text
    assert ("/credit/" in page, "/dismiss/" in page) == (False, False)


def test_dismissing_a_review_credits_nothing(client, eve, wrong, alice):
    assert ask(client, Review.objects.get(), "dismiss").status_code == 302
    assert (again(wrong).state, wallet(alice)) == ("dismissed", (0, 0, 0))


def test_a16_nobody_decides_about_their_own_payment(client, wrong, alice):
    alice.is_staff = True
    alice.save()
    alice.groups.add(Group.objects.get(name="economist"))
    client.force_login(alice)
    assert "This is about yourself" in ask(client, Review.objects.get(), "credit").text
    assert again(wrong).state == "review"


def test_w10_above_the_limit_a_second_person_agrees(client, eve, wrong, alice):
    WalletPolicy.objects.update(approval_above_dgt=1_299)
    assert ask(client, Review.objects.get(), "credit").status_code == 302
    assert (again(wrong).state, wallet(alice)[0]) == ("review", 0)
    approvals.approve(approval=Approval.objects.get(), actor=economist("frank"))
    review = Review.objects.get()
    assert (review.decided_by, again(wrong).state, wallet(alice)[0]) == (eve, "credited", 1_300)


def test_w10_what_one_person_credits_in_a_day_is_counted_together(client, eve, card, wrong, alice):
    WalletPolicy.objects.update(approval_above_dgt=2_599)
    ask(client, Review.objects.get(), "credit")
    assert not Approval.objects.exists()
    second = ordered(alice)
    card.pay(session(second))
    card.alter(session(second), amount_total=1_000)
    told(card)
    ask(client, Review.objects.open().get(), "credit")
    assert (Approval.objects.count(), again(second).state) == (1, "review")


def test_money_beside_an_orders_own_payment_stays_on_the_list_and_leaves_the_order_alone(client, eve, card, alice):
    order = ordered(alice)
    Review.objects.create(provider="stripe", order=order, reason="unknown_order", reference="cs_other")
    card.pay(session(order))
    told(card)
    review = Review.objects.open().get()
    assert (again(order).state, payments.may_credit(review)) == ("credited", False)
    assert ask(client, review, "dismiss").status_code == 302
    assert (again(order).state, wallet(alice)[0]) == ("credited", 1_300)


def typed(**fields):
    return {
        "name": "Trader", "description": "", "dgt_amount": 1_500, "bonus_dgt": 0, "price_cents": 1_799,
        "price_usdt": "17.99", "is_active": "on", "position": 30,
    } | fields  # fmt: skip


def test_who_moves_dgt_does_not_set_what_they_cost(client, eve):
    url = url_of(DgtPackage, "change", "trader")
    assert client.get(url).status_code == 200
    assert client.post(url, typed()).status_code == 403
    assert client.post(url_of(DgtPackage, "add"), typed(id="new")).status_code == 403


def test_s24_packages_are_tuned_in_dollars_and_never_deleted(client, card):
    root = make.user("root", is_staff=True, is_superuser=True)
    client.force_login(root)
    url = url_of(DgtPackage, "change", "trader")
    assert client.post(url, typed(id="other", currency="eur")).status_code == 302
    row = DgtPackage.objects.get(pk="trader")
    assert (row.dgt_amount, row.currency, DgtPackage.objects.count()) == (1_500, "usd", 5)
    assert LogEntry.objects.get().user == root
    assert client.post(url_of(DgtPackage, "delete", "trader"), {"post": "yes"}).status_code == 403
    assert client.post(url_of(DgtPackage, "add"), typed(id="new", currency="eur")).status_code == 302
    assert DgtPackage.objects.get(pk="new").currency == "usd"
    for wrong_value in ({"price_cents": 49}, {"price_cents": "1e3"}, {"dgt_amount": 0}, {"price_usdt": "-1"}):
        assert client.post(url, typed(**wrong_value)).status_code == 200
