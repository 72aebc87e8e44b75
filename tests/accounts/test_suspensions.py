"""Keeping a member out, and letting them in again: who, why, and what it ends."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import IntegrityError, ProgrammingError, connection, transaction
from psycopg import errors

from degentalk.accounts import services as accounts
from degentalk.accounts.adapter import AccountAdapter
from degentalk.accounts.models import Suspension, User
from degentalk.accounts.signals import reinstated, suspended
from degentalk.core.errors import Refused
from degentalk.core.models import OutboxMessage
from tests import make
from tests.heard import heard
from tests.threads import together

SIGN_IN = "/account/login/"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def mallory(db):
    return make.user("mallory", password=PASSWORD)


@pytest.fixture
def mod(db):
    return make.user("mod", is_staff=True)


@pytest.fixture
def root(db):
    return make.user("root", is_staff=True, is_superuser=True)


def suspend(member, actor, reason="Spam"):
    return accounts.suspend(member=member, actor=actor, reason=reason)


def reinstate(member, actor, reason="It was a mistake"):
    return accounts.reinstate(member=member, actor=actor, reason=reason)


def is_active(member):
    return User.objects.get(pk=member.pk).is_active


# ── suspending and reinstating ──────────────────────────────────────────────────────────────────────────────────────


def test_a_suspension_says_who_by_whom_and_why(mallory, mod):
    suspend(mallory, mod, "  Spam,\x00 again ")
    row = Suspension.objects.get()
    assert (row.member, row.by, row.reason, row.ended_at) == (mallory, mod, "Spam, again", None)
    assert not is_active(mallory)


def test_reinstating_says_the_same_of_its_end(mallory, mod):
    suspend(mallory, mod)
    reinstate(mallory, mod)
    row = Suspension.objects.get()
    assert (row.ended_by, row.end_reason, row.reason) == (mod, "It was a mistake", "Spam")
    assert row.ended_at >= row.created_at
    assert is_active(mallory)


def test_a_member_can_be_suspended_again(mallory, mod):
    suspend(mallory, mod)
    reinstate(mallory, mod)
    suspend(mallory, mod, "Spam again")
    assert [row.ended_at is None for row in Suspension.objects.order_by("pk")] == [False, True]
    assert not is_active(mallory)


@pytest.mark.parametrize("verb", [suspend, reinstate])
@pytest.mark.parametrize("reason", ["", "  \n", "\x00\u202e"])
def test_without_a_reason_nothing_happens(mallory, mod, verb, reason):
    if verb is reinstate:
        suspend(mallory, mod)
    before = is_active(mallory)
    with pytest.raises(Refused, match="Say why"):
        verb(mallory, mod, reason)
    assert is_active(mallory) == before


def test_nobody_suspends_themselves(mod, root):
    for actor in (mod, root):
        with pytest.raises(Refused, match="You cannot suspend yourself"):
            suspend(actor, actor)
    assert not Suspension.objects.exists()


@pytest.mark.parametrize("powers", [{"is_staff": True}, {"is_superuser": True}])
def test_staff_are_suspended_and_reinstated_by_an_admin_only(mod, root, powers):
    colleague = make.user("carol", **powers)
    with pytest.raises(Refused, match="carol is staff: only an admin may do this."):
        suspend(colleague, mod)
    suspend(colleague, root)
    with pytest.raises(Refused, match="carol is staff"):
        reinstate(colleague, mod)
    assert not is_active(colleague)
    reinstate(colleague, root)
    assert is_active(colleague)


def test_what_is_so_already_is_refused_in_words(mallory, mod):
    with pytest.raises(Refused, match="mallory is not suspended."):
        reinstate(mallory, mod)
    suspend(mallory, mod)
    with pytest.raises(Refused, match="mallory is suspended already."):
        suspend(mallory, mod)
    assert Suspension.objects.count() == 1


def test_who_was_deactivated_by_hand_is_reinstated_with_a_record(mod):
    alice = make.user("alice", is_active=False)
    reinstate(alice, mod)
    row = Suspension.objects.get()
    assert (row.by, row.reason, row.ended_by) == (None, "No reason was recorded.", mod)
    assert is_active(alice)


def test_the_staffs_log_keeps_both(mallory, mod):
    suspend(mallory, mod)
    reinstate(mallory, mod)
    entries = LogEntry.objects.order_by("pk")
    assert [(entry.user, entry.object_id, entry.get_change_message()) for entry in entries] == [
        (mod, str(mallory.pk), "Suspended. Reason: Spam"),
        (mod, str(mallory.pk), "Reinstated. Reason: It was a mistake"),
    ]


def test_both_are_announced_when_they_are_written(mallory, mod):
    with heard(suspended, "suspension") as kept_out, heard(reinstated, "suspension") as let_in:
        row = suspend(mallory, mod)
        reinstate(mallory, mod)
        with pytest.raises(Refused):
            reinstate(mallory, mod)
    assert (kept_out, let_in) == ([(row,)], [(row,)])
    assert (kept_out[0][0].member.is_active, let_in[0][0].member.is_active) == (False, True)


def test_parallel_moderators_suspend_once(committed_db):
    mallory, mods = make.user("mallory"), [make.user(f"staff_{number}", is_staff=True) for number in range(6)]
    answers = together([lambda mod=mod: suspend(mallory, mod) for mod in mods], refusals=Refused)
    assert sum(isinstance(answer, Suspension) for answer in answers) == 1
    assert Suspension.objects.count() == 1


def test_a_suspension_survives_a_password_that_is_changed_at_the_same_moment(client, mallory, mod):
    """The member was read before, and hashing takes long: the rest of the row must not be written back."""
    stale = User.objects.get(pk=mallory.pk)
    suspend(mallory, mod)
    AccountAdapter().set_password(stale, "another horse battery")
    stored = User.objects.get(pk=mallory.pk)
    assert (stored.is_active, stored.check_password("another horse battery")) == (False, True)


# ── what the database keeps ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'Nothing'",
        "created_at = created_at - interval '1 day'",
        "by_id = null",
        "member_id = by_id",
        "ended_at = null, ended_by_id = null, end_reason = ''",
        "end_reason = 'Other'",
        "ended_at = clock()",
    ],
)
def test_the_owner_cannot_rewrite_a_suspension(committed_db, owner, change):
    mallory, mod = make.user("mallory"), make.user("mod", is_staff=True)
    suspend(mallory, mod)
    reinstate(mallory, mod)
    with pytest.raises(errors.RestrictViolation, match="A suspension is ended once and never changed."):
        owner.execute(f"update suspensions set {change}")


@pytest.mark.parametrize("statement", ["delete from suspensions", "truncate suspensions"])
def test_the_owner_cannot_remove_a_suspension(committed_db, owner, statement):
    suspend(make.user("mallory"), make.user("mod"))
    with pytest.raises(errors.RestrictViolation):
        owner.execute(statement)


@pytest.mark.parametrize(
    "statement", ["delete from suspensions", "truncate suspensions", "update suspensions set reason = 'Nothing'"]
)
def test_the_application_role_can_only_end_a_suspension(mallory, mod, statement):
    suspend(mallory, mod)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    "values",
    [
        {"reason": ""},
        {"reason": "Spam", "ended_at": "2026-11-22T12:00:00Z"},
        {"reason": "Spam", "end_reason": "Mistake"},
    ],
)
def test_half_a_suspension_is_refused_by_the_database(mallory, mod, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Suspension.objects.create(member=mallory, by=mod, **values)


def test_two_open_suspensions_of_one_member_are_refused_by_the_database(mallory, mod):
    suspend(mallory, mod)
    with pytest.raises(IntegrityError, match="suspensions_one_open_per_member"), transaction.atomic():
        Suspension.objects.create(member=mallory, by=mod, reason="Twice")


def test_a_suspension_by_oneself_is_refused_by_the_database(mallory):
    with pytest.raises(IntegrityError, match="suspensions_by_another"), transaction.atomic():
        Suspension.objects.create(member=mallory, by=mallory, reason="Holiday")


# ── what it ends ────────────────────────────────────────────────────────────────────────────────────────────────────


def sign_in(client, password=PASSWORD, login="mallory"):
    return client.post(SIGN_IN, {"login": login, "password": password})


def test_a_session_ends_with_the_next_request(client, mallory, mod):
    client.force_login(mallory)
    assert client.get("/account/settings").status_code == 200
    suspend(mallory, mod)
    assert client.get("/account/settings").url == f"{SIGN_IN}?next=/account/settings"
    assert client.get("/api/xp/me").status_code == 401


def test_tokens_are_refused_until_the_member_is_reinstated(client, mallory, mod):
    headers = {"Authorization": f"Bearer {make.api_token(mallory, 'xp:read')}"}
    suspend(mallory, mod)
    assert client.get("/api/xp/me", headers=headers).status_code == 401
    reinstate(mallory, mod)
    assert client.get("/api/xp/me", headers=headers).status_code == 200


@pytest.mark.parametrize("login", ["mallory", "mallory@example.com"])
def test_signing_in_says_that_the_account_is_suspended_and_why(client, mallory, mod, login):
    suspend(mallory, mod, "You sold <b>fake</b> tokens.")
    response = sign_in(client, login=login)
    assert response.status_code == 403
    assert "This account is suspended" in response.text
    assert "You sold &lt;b&gt;fake&lt;/b&gt; tokens." in response.text
    assert "no-store" in response["Cache-Control"]
    assert "_auth_user_id" not in client.session


def test_the_reason_takes_the_right_password(client, mallory, mod):
    """A15: whether there is an account, and what became of it, is told to its owner only."""
    suspend(mallory, mod, "Fake tokens")
    wrong, unknown = sign_in(client, "wrong"), sign_in(client, "wrong", login="nobody")
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert "Fake tokens" not in wrong.text + client.get("/account/inactive/").text


def test_who_was_deactivated_without_a_reason_is_told_so(client, mallory):
    User.objects.update(is_active=False)
    response = sign_in(client)
    assert response.status_code == 403
    assert "No reason was recorded." in response.text


def test_an_ended_suspension_is_not_the_reason(client, mallory, mod):
    suspend(mallory, mod, "Old story")
    reinstate(mallory, mod)
    suspend(mallory, mod, "New story")
    text = sign_in(client).text
    assert ("New story" in text, "Old story" in text) == (True, False)


def test_a_reinstated_member_signs_in(client, mallory, mod):
    suspend(mallory, mod)
    reinstate(mallory, mod)
    assert sign_in(client).status_code == 302
    assert "_auth_user_id" in client.session


def test_a_reset_password_does_not_let_a_suspended_member_in(client, mallory, mod):
    client.post("/account/password/reset/", {"email": mallory.email})
    text = OutboxMessage.objects.latest("pk").payload["text"]
    suspend(mallory, mod)
    form = client.get(next(word for word in text.split() if "/password/reset/key/" in word))
    new = "another horse battery"
    client.post(form.url, {"password1": new, "password2": new})
    assert User.objects.get(pk=mallory.pk).check_password(new)
    assert sign_in(client, new).status_code == 403


@pytest.mark.django_db
def test_the_page_without_a_suspension_names_nobody(client):
    text = client.get("/account/inactive/").text
    assert "Sign in to read why." in text


def test_moderators_hold_the_permission(mod):
    mod.groups.add(Group.objects.get(name="moderator"))
    assert User.objects.get(pk=mod.pk).has_perm("accounts.suspend_user")
