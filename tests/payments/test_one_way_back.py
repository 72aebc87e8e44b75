"""What an order did to the ledger is taken back by what became of its payment, and in no other way."""

import pytest

from degentalk.core.errors import Refused
from tests.payments.buying import again, paid, session, told, wallet
from tests.wallet.test_ledger import drift
from tests.wallet.test_staff import economist
from wallet.services.staff import reverse_by_staff


def reversed_by_hand(order):
    newest = order.movements.latest("id")
    return reverse_by_staff(
        journal_id=newest.journal_id, key="reversal:1", reason="They got it back", actor=economist(), into_debt=True
    )


def test_s17_a_credit_is_not_reversed_by_hand_and_then_taken_back_a_second_time(card, alice):
    order = paid(card, alice)
    with pytest.raises(Refused, match="refund that at the provider"):
        reversed_by_hand(order)
    card.refund(session(order))
    told(card)
    assert (again(order).state, wallet(alice), drift()) == ("refunded", (0, 0, 0), [])


def test_s17_who_got_the_money_back_does_not_get_the_dgt_back_by_hand(card, alice):
    order = paid(card, alice)
    card.refund(session(order))
    told(card)
    with pytest.raises(Refused, match="refund that at the provider"):
        reversed_by_hand(order)
    assert wallet(alice) == (0, 0, 0)


def test_the_page_of_an_orders_journal_says_why_it_has_no_button(card, alice, client):
    journal = paid(card, alice).movements.get().journal_id
    client.force_login(economist())
    page = client.post(f"/admin/wallet/dgtjournal/{journal}/reverse/", {"reason": "x", "key": "k"}, follow=True)
    assert "refund that at the provider" in page.text
    assert wallet(alice) == (1_300, 0, 0)
