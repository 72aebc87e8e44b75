"""A complete profile: what it takes, and that it is announced when it becomes one."""

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.accounts.signals import profile_completed
from degentalk.core.models import OutboxMessage
from tests import make
from tests.heard import heard
from tests.threads import together

SETTINGS = "/account/settings"
ADDRESSES = "/account/email/"
LONG = "I trade shitcoins so that you do not have to."
SHORT = "gm"


@pytest.fixture
def alice(db, client):
    alice = make.user("alice")
    client.force_login(alice)
    return alice


def confirmed(user, address=None, *, primary=True, verified=True):
    return EmailAddress.objects.create(user=user, email=address or user.email, primary=primary, verified=verified)


def save(user, about):
    settings = {"time_zone": "UTC", "theme": "auto", "hides_balance": False, "hides_from_boards": False}
    return accounts.change_settings(user=user, about=about, **settings)


def confirm(client, email):
    """Follow the link of the confirmation mail."""
    client.post(ADDRESSES, {"email": email, "action_send": ""})
    text = OutboxMessage.objects.latest("pk").payload["text"]
    return client.post(next(word for word in text.split() if "/confirm-email/" in word), follow=True)


def test_a_text_completes_a_profile_whose_address_is_confirmed(client, alice):
    confirmed(alice)
    with heard(profile_completed, "user") as said:
        client.post(SETTINGS, {"about": LONG, "time_zone": "UTC", "theme": "auto"})
    assert said == [(alice,)]


def test_the_text_alone_completes_nothing(alice):
    with heard(profile_completed, "user") as said:
        save(alice, LONG)
    assert said == []


@pytest.mark.parametrize("state", [{"primary": False}, {"verified": False}])
def test_an_address_that_is_not_primary_or_not_confirmed_does_not_count(alice, state):
    confirmed(alice, **state)
    with heard(profile_completed, "user") as said:
        save(alice, LONG)
    assert said == []


def test_confirming_the_address_completes_a_profile_with_a_text(client, alice):
    save(alice, LONG)
    confirmed(alice, verified=False)
    with heard(profile_completed, "user") as said:
        confirm(client, alice.email)
    assert said == [(alice,)]


def test_confirming_the_address_of_a_profile_without_a_text_completes_nothing(client, alice):
    confirmed(alice, verified=False)
    with heard(profile_completed, "user") as said:
        confirm(client, alice.email)
    assert EmailAddress.objects.get().verified
    assert said == []


def test_a_confirmed_second_address_completes_a_profile_once_it_is_primary(client, alice):
    save(alice, LONG)
    confirmed(alice, verified=False)
    confirmed(alice, "new@example.com", primary=False, verified=False)
    with heard(profile_completed, "user") as said:
        confirm(client, "new@example.com")
        assert said == []
        client.post(ADDRESSES, {"email": "new@example.com", "action_primary": ""})
    assert said == [(alice,)]


def test_another_primary_address_completes_nothing_again(client, alice):
    confirmed(alice)
    save(alice, LONG)
    confirmed(alice, "new@example.com", primary=False)
    with heard(profile_completed, "user") as said:
        client.post(ADDRESSES, {"email": "new@example.com", "action_primary": ""})
    assert EmailAddress.objects.get(primary=True).email == "new@example.com"
    assert said == []


def test_a_complete_profile_is_not_announced_by_saving_it_again(alice):
    confirmed(alice)
    save(alice, LONG)
    with heard(profile_completed, "user") as said:
        save(alice, f"{LONG} Really.")
        save(alice, f"{LONG} Really.")
    assert said == []


def test_a_profile_that_is_emptied_and_refilled_becomes_complete_again(alice):
    """Receivers carry a key; what becomes complete is said each time."""
    confirmed(alice)
    with heard(profile_completed, "user") as said:
        for about in (LONG, SHORT, LONG):
            save(alice, about)
    assert said == [(alice,), (alice,)]


def test_it_is_announced_inside_the_transaction_that_saved_it(alice):
    confirmed(alice)

    def fail(**_arguments):
        raise ZeroDivisionError

    profile_completed.connect(fail)
    try:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            save(alice, LONG)
    finally:
        profile_completed.disconnect(fail)
    assert User.objects.get().about == ""


def test_text_and_address_at_the_same_moment_announce_it_once(committed_db):
    """Each waits for the other: neither sees half of it, and not both see all of it."""
    members = [make.user(f"member_{number}") for number in range(8)]
    addresses = {member.pk: confirmed(member, verified=False) for member in members}

    @transaction.atomic
    def confirm_address(member):
        EmailAddress.objects.filter(pk=addresses[member.pk].pk).update(verified=True)
        accounts.address_confirmed(user=member)

    with heard(profile_completed, "user") as said:
        for member in members:
            together([lambda member=member: save(member, LONG), lambda member=member: confirm_address(member)])
    assert said == [(member,) for member in members]


# ── what is missing ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("about", ["", SHORT, LONG])
@pytest.mark.parametrize("verified", [False, True])
def test_the_steps_say_what_is_done_and_where_to_do_the_rest(alice, about, verified):
    confirmed(alice, verified=verified)
    save(alice, about)
    steps = accounts.profile_steps(User.objects.get())
    assert [(step.done, step.url) for step in steps] == [(about == LONG, SETTINGS), (verified, ADDRESSES)]
    assert steps[0].label == "Write at least 30 characters about yourself."


def test_the_steps_take_one_query(alice, django_assert_num_queries):
    with django_assert_num_queries(1):
        accounts.profile_steps(alice)
