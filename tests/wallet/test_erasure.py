"""Who a member was can be erased; what moved stays, sealed: MONEY.md L27."""

from allauth.account.models import EmailAddress

from degentalk.accounts.models import User
from tests import make
from tests.sealing import seal_everything
from tests.wallet.test_ledger import drift, give
from wallet import services as wallet
from wallet.models import DgtTransaction, UserWallet
from wallet.services import audit


def test_l27_erasing_who_a_member_was_keeps_entries_sums_and_seals(committed_db):
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 100)
    wallet.transfer(sender=alice, receiver=bob, amount=40, key="transfer:1")
    seal_everything()
    before = [
        bytes(canonical) for canonical in DgtTransaction.objects.order_by("id").values_list("canonical", flat=True)
    ]
    erased = {
        "username": f"gone_{alice.pk}",
        "email": f"gone_{alice.pk}@example.invalid",
        "about": "",
        "is_active": False,
    }
    User.objects.filter(pk=alice.pk).update(**erased)
    EmailAddress.objects.filter(user=alice).delete()
    after = [
        bytes(canonical) for canonical in DgtTransaction.objects.order_by("id").values_list("canonical", flat=True)
    ]
    assert (after, drift(), audit.run().is_clean) == (before, [], True)
    assert [UserWallet.objects.of(user).dgt_balance for user in (alice, bob)] == [60, 40]


def test_l27_no_bytes_that_are_sealed_hold_a_name_or_an_address(committed_db):
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 100)
    wallet.send(sender=alice, receiver=bob, amount=40, key="transfer:1", memo="For bob, from alice@example.com")
    sealed = b"".join(bytes(canonical) for canonical in DgtTransaction.objects.values_list("canonical", flat=True))
    assert [word for word in (b"alice", b"bob", b"example") if word in sealed] == []
