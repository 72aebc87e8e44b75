"""USDT in the admin: nothing is changed there but by questions, and each page costs a fixed number of queries."""

import csv
import io

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from degentalk.approvals import services as approvals
from degentalk.approvals.models import Approval
from payments import services as payments
from payments.models import Review, UsdtChain, UsdtDeposit, UsdtKey, UsdtTransfer, UsdtWallet
from payments.states import State
from tests import make
from tests.payments.buying import spent, wallet
from tests.payments.usdt.buying import FINAL, again, opened, ordered, pay, settled, watched, where

MODELS = (UsdtChain, UsdtKey, UsdtDeposit, UsdtTransfer, UsdtWallet)
pytestmark = pytest.mark.django_db


def url_of(row, question=""):
    name = f"admin:payments_{row._meta.model_name}_{question or 'change'}"
    return reverse(name, args=[row.pk])


def list_of(model):
    return reverse(f"admin:payments_{model._meta.model_name}_changelist")


def economist(name):
    member = make.user(name, is_staff=True)
    member.groups.add(Group.objects.get(name="economist"))
    return member


@pytest.fixture
def eve(client):
    eve = economist("eve")
    client.force_login(eve)
    return eve


@pytest.fixture
def paid(usdt, alice):
    opened()
    order = ordered(alice)
    pay(usdt, order, mode="over")
    UsdtWallet.objects.create(address=usdt.address(), user=alice)
    return settled(usdt, order)


def ask(client, row, question, reason="Because"):
    page = client.get(url_of(row, question)).text
    key = page.split('name="key" value="')[1].split('"')[0]
    return client.post(url_of(row, question), {"reason": reason, "key": key}, follow=True)


@pytest.mark.parametrize("model", MODELS)
def test_pages_show_rows_and_change_nothing(client, eve, paid, model):
    row = model.objects.get()
    listed, page = client.get(list_of(model)), client.get(url_of(row))
    assert (listed.status_code, page.status_code) == (200, 200)
    assert 'name="_save"' not in page.text
    assert client.post(url_of(row), {}).status_code == 403
    assert client.get(reverse(f"admin:payments_{model._meta.model_name}_add")).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_moderators_see_nothing_of_it(client, paid, model):
    client.force_login(make.moderator())
    assert client.get(list_of(model)).status_code == 403


@pytest.mark.parametrize("model", [UsdtDeposit, UsdtTransfer, UsdtWallet])
def test_a_list_costs_the_same_however_long_it_is(client, eve, usdt, paid, alice, model):
    def queries():
        client.get(list_of(model))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(list_of(model)).status_code == 200
        return len(captured)

    before = queries()
    for number in range(3):
        pay(usdt, ordered(alice))
        UsdtWallet.objects.create(address=f"0x{number}", user=alice)
    watched()
    assert queries() == before


def test_u23_a_key_is_approved_by_two_who_press_it_each_for_themselves(client, eve, usdt, alice):
    watched()
    [key] = UsdtKey.objects.all()
    assert "1 key for USDT waits for approval" in client.get(reverse("admin:index")).text
    asked = ask(client, key, "approve", "Compared with the paper")
    assert "takes a second person" in asked.text
    key.refresh_from_db()
    assert key.approved_at is None
    approvals.approve(approval=Approval.objects.get(), actor=economist("frank"))
    assert ordered(alice).state == State.PENDING
    assert "waits for approval" not in client.get(reverse("admin:index")).text


def test_a_chain_with_a_problem_is_told_to_staff(client, eve, paid):
    UsdtChain.objects.update(problem="The token is paused.")
    assert "No orders on Sandbox: The token is paused." in client.get(reverse("admin:index")).text


def test_a_chain_that_is_configured_no_more_troubles_nobody(client, eve, paid, settings):
    UsdtChain.objects.update(problem="The token is paused.")
    settings.USDT_CHAINS = []
    assert "No orders on" not in client.get(reverse("admin:index")).text


def test_an_order_shows_its_money_in_usdt_and_leads_to_its_address(client, eve, paid):
    page = client.get(url_of(paid)).text
    assert "17.99 USDT" in page
    assert "1.799 USDT" in page
    assert url_of(where(paid)) in page


def test_deposits_leave_as_csv_for_sweeping(client, eve, paid, alice):
    ordered(alice)
    chosen = {"action": "as_csv", "_selected_action": list(UsdtDeposit.objects.values_list("pk", flat=True))}
    answer = client.post(list_of(UsdtDeposit), chosen)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(int(row["index"]), row["address"]) for row in rows] == list(
        UsdtDeposit.objects.order_by("index").values_list("index", "address")
    )
    assert [row["state"] for row in rows] == ["credited", "pending"]


def test_u13_a_surplus_is_credited_by_a_press_or_dismissed(client, eve, paid, alice):
    [review] = Review.objects.open()
    ask(client, review, "credit")
    assert again(paid).surplus_dgt == 130
    assert Review.objects.open().count() == 0


def test_u8_what_vanished_is_taken_back_by_a_press(client, eve, usdt, alice):
    opened()
    usdt.mine(9)
    order = ordered(alice)
    tx = pay(usdt, order)
    settled(usdt, order)
    usdt.reorg(FINAL + 3, drop=[tx])
    payments.sweep("usdt")
    [review] = Review.objects.open()
    assert "Take the DGT back" in client.get(url_of(review)).text
    ask(client, review, "take-back")
    assert again(order).state == State.LOST


def test_u13_too_little_is_credited_all_the_same_if_staff_say_so(client, eve, usdt, alice, clock):
    opened()
    order = ordered(alice)
    pay(usdt, order, mode="short")
    settled(usdt, order)
    clock.move(hours=2)
    watched()
    [review] = Review.objects.open()
    ask(client, review, "credit")
    assert (again(order).state, wallet(alice)[0]) == (State.CREDITED, order.total_dgt)
    assert payments.sweep("usdt") == []
    assert again(order).state == State.CREDITED


def test_u13_too_little_is_dismissed_and_stays_so(client, eve, usdt, alice, clock):
    opened()
    order = ordered(alice)
    pay(usdt, order, mode="short")
    settled(usdt, order)
    clock.move(hours=2)
    watched()
    ask(client, Review.objects.open().get(), "dismiss")
    watched()
    assert (again(order).state, Review.objects.open().count()) == (State.DISMISSED, 0)


def test_u13_what_comes_after_staff_closed_an_order_is_told_to_them_again(client, eve, usdt, alice, clock):
    opened()
    order = ordered(alice)
    pay(usdt, order, mode="short")
    settled(usdt, order)
    clock.move(hours=2)
    watched()
    ask(client, Review.objects.open().get(), "dismiss")
    pay(usdt, order)
    settled(usdt, order)
    [review] = Review.objects.open()
    assert (again(order).state, review.reason, review.order_id) == (State.DISMISSED, "unknown_order", order.pk)
    assert "17.99 USDT came after the order was closed" in review.details
    assert not payments.may_credit(review)
    assert payments.sweep("usdt") == []
    assert Review.objects.open().count() == 1


def test_u8_a_debt_where_what_vanished_is_spent_and_a_decision_that_stays(client, eve, usdt, alice):
    opened()
    usdt.mine(9)
    order = ordered(alice)
    tx = pay(usdt, order)
    settled(usdt, order)
    spent(alice, order.total_dgt)
    usdt.reorg(FINAL + 3, drop=[tx])
    payments.sweep("usdt")
    ask(client, Review.objects.open().get(), "dismiss", "We looked at another node")
    payments.sweep("usdt")
    assert (again(order).state, Review.objects.open().count()) == (State.CREDITED, 0)
    review = Review.objects.get()
    Review.objects.filter(pk=review.pk).update(decision="", decided_at=None, decided_by=None)
    ask(client, review, "take-back")
    assert (again(order).state, wallet(alice)) == (State.LOST, (0, 0, order.total_dgt))


def test_u18_a_wallet_is_released_with_a_reason(client, eve, paid):
    row = UsdtWallet.objects.get()
    ask(client, row, "release", "They sold it")
    row.refresh_from_db()
    assert row.released_at is not None
    assert "They sold it" in client.get(reverse("admin:payments_usdtwallet_history", args=[row.pk])).text
