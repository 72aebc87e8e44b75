"""Making, listing and revoking API tokens."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from degentalk.accounts import services as accounts
from degentalk.accounts.errors import ScopeNotAllowed
from degentalk.accounts.models import SCOPES, ApiToken, Notification
from degentalk.core.errors import NotFound
from degentalk.core.models import OutboxMessage
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/account/tokens"
TOKEN = re.compile(r"dgt_pat_[0-9a-f]{64}")


@pytest.fixture
def alice(client):
    alice = make.user("alice")
    client.force_login(alice)
    return alice


def fields(**changed):
    return {"name": "portfolio", "scopes": ["xp:read"], "lifetime": "30", "key": str(uuid.uuid4())} | changed


def made_token(client, **changed):
    """Make a token on the page; it stands there exactly once."""
    (token,) = TOKEN.findall(client.post(PAGE, fields(**changed)).text)
    return token


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(PAGE).url == f"/account/login/?next={PAGE}"


def test_a_new_token_works(client, alice):
    token = made_token(client)
    client.logout()
    assert client.get("/api/xp/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_token_is_shown_once(client, alice):
    token = made_token(client)
    assert token not in client.get(PAGE).text
    assert not TOKEN.search(client.get(PAGE).text)


def test_a_token_is_stored_nowhere_in_readable_form(client, alice):
    secret = made_token(client).removeprefix("dgt_pat_")
    kept = [str(row) for row in ApiToken.objects.values()] + [str(dict(client.session))]
    kept += [str(message.payload) for message in OutboxMessage.objects.all()]
    kept += [str(row) for row in Notification.objects.values()]
    assert not [text for text in kept if secret in text]


def test_the_answer_with_the_token_is_kept_in_no_cache(client, alice):
    """W16: no-store."""
    assert client.post(PAGE, fields())["Cache-Control"] == "no-store"


def test_sending_the_same_form_again_makes_no_second_token(client, alice):
    form = fields()
    client.post(PAGE, form)
    response = client.post(PAGE, form)
    assert response.status_code == 422
    assert "This token exists already." in response.text
    assert not TOKEN.search(response.text)
    assert ApiToken.objects.count() == 1


def test_a_refused_form_carries_a_new_key_and_what_was_typed(client, alice):
    form = fields(scopes=["xp:read", "wallet:read"])
    client.post(PAGE, form)
    again = client.post(PAGE, form).context["form"]
    assert again["key"].value() != form["key"]
    assert (again["name"].value(), again["scopes"].value()) == ("portfolio", ["xp:read", "wallet:read"])


def test_making_a_token_tells_its_owner_by_mail(client, alice):
    client.post(PAGE, fields(name="<b>bot</b>"))
    mail = OutboxMessage.objects.get(topic="mail").payload
    assert (mail["to"], mail["subject"]) == (["alice@example.com"], "A new API token was made for your account")
    assert "<b>bot</b>" in mail["text"]
    assert "&lt;b&gt;bot&lt;/b&gt;" in mail["html"]


def test_making_a_token_tells_its_owner_at_the_bell(client, alice):
    client.post(PAGE, fields())
    told = Notification.objects.get()
    assert (told.user, told.kind, told.url) == (alice, "security", PAGE)


@pytest.mark.parametrize(("lifetime", "days"), [("7", 7), ("30", 30), ("90", 90), ("365", 365)])
def test_a_token_expires_when_it_was_said(client, alice, lifetime, days):
    client.post(PAGE, fields(lifetime=lifetime))
    token = ApiToken.objects.get()
    assert abs(token.expiry - token.created - timedelta(days=days)) < timedelta(seconds=10)


def test_a_token_may_never_expire(client, alice):
    client.post(PAGE, fields(lifetime="never"))
    assert ApiToken.objects.get().expiry is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\u202e\x1b \t"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["admin:write"]}, "scopes"),
        ({"scopes": ["xp:read", "\x00"]}, "scopes"),
        ({"lifetime": "36500"}, "lifetime"),
        ({"lifetime": "-1"}, "lifetime"),
        ({"key": "1"}, "key"),
        ({"key": ""}, "key"),
    ],
)
def test_hostile_or_missing_input_makes_no_token(client, alice, changed, field):
    response = client.post(PAGE, fields(**changed))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not ApiToken.objects.exists()


def test_a_hostile_name_is_escaped(client, alice):
    client.post(PAGE, fields(name='"><script>alert(1)</script>'))
    assert "<script>alert" not in client.get(PAGE).text


def test_the_list_shows_what_each_token_may(client, alice):
    make.api_token(alice, "xp:read", "wallet:read", name="portfolio")
    text = client.get(PAGE).text
    assert "Read my XP, levels and awards, Read my DGT balance and history" in text
    assert "never used" in text


def test_an_expired_token_says_so(client, alice):
    make.api_token(alice, "xp:read", lifetime=timedelta(days=-1))
    assert ">Expired</span>" in client.get(PAGE).text


def test_other_members_tokens_are_not_listed(client, alice):
    make.api_token(make.user("bob"), "xp:read", name="bobs")
    assert "bobs" not in client.get(PAGE).text


def test_revoking_asks_first(client, alice):
    make.api_token(alice, "xp:read", name="portfolio")
    page = client.get(f"{PAGE}/{ApiToken.objects.get().pk}/revoke")
    assert "Revoke “portfolio”?" in page.text
    assert ApiToken.objects.count() == 1


def test_a_revoked_token_stops_working(client, alice):
    token = make.api_token(alice, "xp:read")
    assert client.post(f"{PAGE}/{ApiToken.objects.get().pk}/revoke").url == PAGE
    assert client.get("/api/xp/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_members_token_is_not_found(client, alice, method):
    """W4: what is another member's is not there."""
    make.api_token(make.user("bob"), "xp:read")
    assert getattr(client, method)(f"{PAGE}/{ApiToken.objects.get().pk}/revoke").status_code == 404
    assert ApiToken.objects.count() == 1


def test_nobody_revokes_another_members_token():
    make.api_token(make.user("bob"), "xp:read")
    with pytest.raises(NotFound):
        accounts.revoke_token(user=make.user("mallory"), token_id=ApiToken.objects.get().pk)
    assert ApiToken.objects.count() == 1


def test_a_twenty_first_live_token_is_refused_in_a_sentence(client, alice):
    for _ in range(accounts.LIVE_TOKENS_MAX):
        make.api_token(alice, "xp:read")
    response = client.post(PAGE, fields())
    assert response.status_code == 422
    assert "You have 20 API tokens, which is the most one can have. Revoke one first." in response.text
    assert ApiToken.objects.count() == 20


def test_expired_tokens_do_not_count(client, alice):
    for _ in range(accounts.LIVE_TOKENS_MAX):
        make.api_token(alice, "xp:read", lifetime=timedelta(days=-1))
    assert client.post(PAGE, fields()).status_code == 200


def test_tokens_that_expired_long_ago_go_when_a_new_one_is_made(client, alice):
    make.api_token(alice, "xp:read", name="old", lifetime=timedelta(days=-31))
    make.api_token(alice, "xp:read", name="recent", lifetime=timedelta(days=-29))
    client.post(PAGE, fields(name="new"))
    assert sorted(ApiToken.objects.values_list("name", flat=True)) == ["new", "recent"]


def test_unknown_scopes_are_not_stored():
    made = accounts.create_token(
        user=make.user("alice"), name="x", scopes=["admin:write", "xp:read"], lifetime=None, key=uuid.uuid4()
    )
    assert made.row.scopes == ["xp:read"]


def test_the_text_of_a_token_is_not_in_its_repr():
    made = accounts.create_token(user=make.user("alice"), name="x", scopes=["xp:read"], lifetime=None, key=uuid.uuid4())
    assert made.text not in repr(made)


def test_a_key_that_another_member_used_makes_nothing(client, alice):
    form = fields()
    client.post(PAGE, form)
    client.force_login(make.user("mallory"))
    assert client.post(PAGE, form).status_code == 422
    assert ApiToken.objects.get().user == alice


def test_the_number_of_queries_does_not_grow_with_rows(client, alice, django_assert_num_queries):
    make.api_token(alice, "xp:read")
    client.get(PAGE)
    with django_assert_num_queries(6) as few:  # two of them read the member's permissions
        client.get(PAGE)
    for _ in range(15):
        make.api_token(alice, "xp:read")
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(PAGE)


def test_last_use_is_shown(client, alice):
    make.api_token(alice, "xp:read")
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(hours=3))
    assert "3 h ago" in client.get(PAGE).text


# ── scopes that take a permission ───────────────────────────────────────────────────────────────────────────────────

AWARD = "xp:award"


def offered(client):
    return [scope for scope, _words in client.get(PAGE).context["form"].fields["scopes"].choices]


def test_a_scope_that_takes_a_permission_is_offered_to_who_holds_it(client, alice):
    assert offered(client) == [scope for scope in SCOPES if scope != AWARD]
    client.force_login(make.user("root", is_superuser=True))
    assert offered(client) == list(SCOPES)


def test_a_scope_that_is_not_offered_is_refused(client, alice):
    response = client.post(PAGE, fields(scopes=["xp:read", AWARD]))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["scopes"]
    assert not ApiToken.objects.exists()


def test_nobody_makes_a_token_with_a_scope_whose_permission_they_lack():
    with pytest.raises(ScopeNotAllowed, match="You may not make tokens with the scope “xp:award”."):
        accounts.create_token(user=make.user("mallory"), name="x", scopes=[AWARD], lifetime=None, key=uuid.uuid4())
    assert not ApiToken.objects.exists()


def test_who_holds_the_permission_makes_the_token(client):
    client.force_login(make.user("root", is_superuser=True))
    made_token(client, scopes=[AWARD])
    assert ApiToken.objects.get().scopes == [AWARD]
    assert "Award XP to members (for a connected forum)" in client.get(PAGE).text
