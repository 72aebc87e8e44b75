"""What the table of members refuses, whoever writes."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from degentalk.accounts.models import User
from tests import make

pytestmark = pytest.mark.django_db


def test_usernames_that_differ_only_in_case_are_one_name():
    make.user("alice")
    with pytest.raises(IntegrityError, match="users_username_unique"):
        make.user("ALICE", email="other@example.com")


def test_addresses_that_differ_only_in_case_are_one_address():
    make.user("alice", email="alice@example.com")
    with pytest.raises(IntegrityError, match="users_email_unique"):
        make.user("bob", email="Alice@Example.COM")


def test_an_address_with_capitals_is_not_stored_behind_the_managers_back():
    alice = make.user("alice")
    with pytest.raises(IntegrityError, match="users_email_is_lower_case"):
        User.objects.filter(pk=alice.pk).update(email="Alice@example.com")


def test_a_member_is_found_by_name_without_regard_to_case():
    alice = make.user("Alice")
    assert User.objects.get_by_natural_key("aLiCe") == alice


def test_looking_up_a_name_uses_the_unique_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "users_username_unique" in User.objects.filter(username__iexact="alice").explain()


def test_an_unknown_time_zone_does_not_pass_validation():
    with pytest.raises(ValidationError, match="is not a known time zone"):
        make.user("alice", time_zone="Mars/Olympus").full_clean(exclude=["password"])
