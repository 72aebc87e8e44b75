"""What staff can and cannot do to members and tokens."""

import pytest
from django.contrib.auth.models import Group, Permission

from degentalk.accounts import services as accounts
from degentalk.accounts.models import ApiToken, Notification, User
from tests import make

pytestmark = pytest.mark.django_db
MEMBERS = "/admin/accounts/user/"
TOKENS = "/admin/accounts/apitoken/"
NOTIFICATIONS = "/admin/accounts/notification/"


@pytest.fixture
def admin(client):
    admin = make.user("root_of_all", is_staff=True, is_superuser=True)
    client.force_login(admin)
    return admin


@pytest.fixture
def steward(client):
    """Staff who look after members, without being an admin."""
    steward = make.user("steward", is_staff=True)
    steward.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(steward)
    return steward


def member_fields(user, **changed):
    return {
        "username": user.username,
        "email": user.email,
        "about": user.about,
        "time_zone": user.time_zone,
        "theme": user.theme,
        "is_active": "on",
    } | changed


def test_members_are_listed_and_found(client, admin):
    make.user("alice")
    make.user("bob")
    text = client.get(MEMBERS, {"q": "ALI"}).text
    assert "alice@example.com" in text
    assert "bob@example.com" not in text


def test_an_admin_makes_a_member_with_name_and_address(client, admin):
    fields = {
        "username": "carol",
        "email": "Carol@Example.com",
        "usable_password": "true",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
    }
    assert client.post(f"{MEMBERS}add/", fields).status_code == 302
    assert User.objects.get(username="carol").email == "carol@example.com"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"username": "ALICE"}, "That username is taken."),
        ({"email": "ALICE@example.com"}, "An account with this e-mail address exists."),
    ],
)
def test_a_duplicate_is_refused_in_words(client, admin, changed, sentence):
    make.user("alice")
    bob = make.user("bob")
    response = client.post(f"{MEMBERS}{bob.pk}/change/", member_fields(bob, **changed))
    assert response.status_code == 200
    assert sentence in response.text


def test_deactivating_a_member_is_one_tick(client, admin):
    alice = make.user("alice")
    fields = member_fields(alice)
    del fields["is_active"]
    client.post(f"{MEMBERS}{alice.pk}/change/", fields)
    alice.refresh_from_db()
    assert not alice.is_active


def test_nobody_deletes_a_member(client, admin):
    alice = make.user("alice")
    assert client.post(f"{MEMBERS}{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(MEMBERS, {"action": "delete_selected", "_selected_action": [alice.pk], "post": "yes"})
    assert User.objects.filter(pk=alice.pk).exists()


def test_tokens_are_listed_without_their_digests(client, admin):
    make.api_token(make.user("alice"), "xp:read", name="portfolio")
    token = ApiToken.objects.get()
    pages = client.get(TOKENS).text + client.get(f"{TOKENS}{token.pk}/change/").text
    assert "portfolio" in pages
    assert token.digest not in pages


def test_staff_revoke_a_token(client, admin):
    make.api_token(make.user("alice"), "xp:read")
    token = ApiToken.objects.get()
    client.post(TOKENS, {"action": "revoke", "_selected_action": [str(token.pk)]})
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("page", [TOKENS, NOTIFICATIONS])
def test_nobody_makes_tokens_or_notifications_in_the_admin(client, admin, page):
    assert client.get(f"{page}add/").status_code == 403


def test_notifications_are_read_only(client, admin):
    accounts.notify(user=admin, kind="reply", text="Hello", key="post:1")
    told = Notification.objects.get()
    assert client.get(NOTIFICATIONS).status_code == 200
    assert client.post(f"{NOTIFICATIONS}{told.pk}/change/", {"text": "changed"}).status_code == 403
    assert client.post(f"{NOTIFICATIONS}{told.pk}/delete/", {"post": "yes"}).status_code == 403


def test_groups_are_read_only(client, admin):
    groups = "/admin/auth/group/"
    group = Group.objects.get(name="moderator")
    assert client.get(f"{groups}{group.pk}/change/").status_code == 200
    assert client.get(f"{groups}add/").status_code == 403
    assert client.post(f"{groups}{group.pk}/change/", {"name": "kings"}).status_code == 403
    assert client.post(f"{groups}{group.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_steward_deactivates_a_member(client, steward):
    alice = make.user("alice")
    fields = member_fields(alice)
    del fields["is_active"]
    assert client.post(f"{MEMBERS}{alice.pk}/change/", fields).status_code == 302
    alice.refresh_from_db()
    assert not alice.is_active


def test_a_steward_gives_nobody_power(client, steward):
    alice = make.user("alice")
    client.post(f"{MEMBERS}{alice.pk}/change/", member_fields(alice, is_staff="on", is_superuser="on"))
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (False, False)


@pytest.mark.parametrize("page", ["change", "password"])
@pytest.mark.parametrize("powers", [{"is_staff": True}, {"is_superuser": True}])
def test_a_steward_does_not_touch_staff(client, steward, page, powers):
    colleague = make.user("colleague", **powers)
    fields = member_fields(colleague, email="mallory@example.com", password1="x" * 12, password2="x" * 12)
    assert client.post(f"{MEMBERS}{colleague.pk}/{page}/", fields).status_code == 403


def test_a_steward_does_not_give_themselves_power(client, steward):
    assert client.post(f"{MEMBERS}{steward.pk}/change/", member_fields(steward, is_superuser="on")).status_code == 403
