"""Versions of the rules: immutable, content-addressed, one more with every change."""

import copy
import hashlib

import psycopg
import pytest
from django.db import Error, connection, transaction

from degentalk.rulebook import services as rulebook
from degentalk.rulebook.errors import RuleError
from degentalk.rulebook.models import RuleSet
from degentalk.rulebook.registry import registry
from tests import make
from tests.threads import together
from xp.models import XpAction


def change_base(points):
    XpAction.objects.filter(name="post_created").update(default_value=points)


@pytest.mark.django_db
def test_a_migrated_database_has_version_one_of_the_rules():
    first = RuleSet.objects.get()
    assert (first.number, first.created_by, first.rules["xp"]["actions"]["post_created"]["base"]) == (1, None, 10)


@pytest.mark.django_db
def test_the_hash_is_that_of_the_canonical_json():
    first = RuleSet.objects.get()
    assert first.sha256 == hashlib.sha256(rulebook.canonical_json(first.rules).encode()).hexdigest()


@pytest.mark.django_db
def test_publishing_unchanged_rules_makes_no_version():
    assert rulebook.publish(actor=None, reason="nothing").number == 1
    assert RuleSet.objects.count() == 1


@pytest.mark.django_db
def test_a_change_makes_the_next_version_with_who_and_why():
    carol = make.user("carol", is_staff=True)
    change_base(12)
    facts = rulebook.publish(actor=carol, reason="Replies are worth more")
    stored = RuleSet.objects.get(number=2)
    assert (facts.number, stored.created_by, stored.reason) == (2, carol, "Replies are worth more")
    assert rulebook.current().rules["xp"]["actions"]["post_created"]["base"] == 12


@pytest.mark.django_db
def test_a_version_keeps_its_rules_after_the_next_one():
    before = rulebook.current()
    change_base(12)
    rulebook.publish(actor=None, reason="more")
    assert rulebook.at(number=1, sha256=before.sha256).rules["xp"]["actions"]["post_created"]["base"] == 10


@pytest.mark.django_db
def test_a_curve_that_does_not_increase_is_refused_in_words():
    draft = copy.deepcopy(rulebook.current().rules)
    draft["xp"]["levels"][4][1] = 1
    with pytest.raises(RuleError, match="Level 5 must need more XP than level 4"):
        registry.validate(draft)


@pytest.mark.parametrize("value", [0.5, {"a": [1, 2.0]}, [{"b": float("nan")}]])
def test_floats_are_refused_in_rules(value):
    with pytest.raises(RuleError):
        rulebook.canonical_json(value)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["update rule_sets set reason = 'x'", "delete from rule_sets"])
def test_the_application_role_cannot_rewrite_a_version(statement):
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", ["update rule_sets set reason = 'x'", "delete from rule_sets"])
def test_the_owner_cannot_rewrite_a_version(committed_db, owner, statement):
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(statement)


def test_parallel_publishers_make_one_version_each_change(committed_db):
    change_base(13)
    versions = together([lambda: rulebook.publish(actor=None, reason="thirteen") for _ in range(8)])
    assert ({version.number for version in versions}, RuleSet.objects.count()) == ({2}, 2)
