"""What staff can and cannot do to members and tokens."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission

from degentalk.accounts import services as accounts
from degentalk.accounts.models import ApiToken, Notification, Suspension, User
from degentalk.accounts.signals import profile_completed, time_zone_changed
from tests import make
from tests.heard import heard

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
    may = ["view_user", "change_user", "suspend_user", "view_suspension"]
    steward.user_permissions.set(Permission.objects.filter(codename__in=may))
    client.force_login(steward)
    return steward


def member_fields(user, **changed):
    return {
        "username": user.username,
        "email": user.email,
        "about": user.about,
        "time_zone": user.time_zone,
        "theme": user.theme,
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


# ── decisions ───────────────────────────────────────────────────────────────────────────────────────────────────────

DECISIONS = ["suspend", "reinstate", "declare_one_person", "withdraw_one_person"]


@pytest.fixture
def alice(db):
    return make.user("alice")


def page_of(member, decision="change"):
    return f"{MEMBERS}{member.pk}/{decision}/"


def decide(client, member, decision, **fields):
    return client.post(page_of(member, decision), {"reason": "Fake tokens"} | fields, follow=True)


def buttons(client, member):
    text = client.get(page_of(member)).text
    return [decision for decision in DECISIONS if f'href="{page_of(member, decision)}"' in text]


def test_staff_suspend_and_reinstate_with_a_reason(client, steward, alice):
    page = decide(client, alice, "suspend")
    assert "Suspended: alice." in page.text
    suspension = Suspension.objects.get()
    assert (suspension.member, suspension.by, suspension.reason) == (alice, steward, "Fake tokens")
    assert not User.objects.get(pk=alice.pk).is_active
    assert "Reinstated: alice." in decide(client, alice, "reinstate").text
    assert User.objects.get(pk=alice.pk).is_active


def test_the_tick_of_an_active_account_is_for_reading_only(client, admin, alice):
    client.post(page_of(alice), member_fields(alice, is_active=""))
    assert User.objects.get(pk=alice.pk).is_active
    User.objects.filter(pk=alice.pk).update(is_active=False)
    client.post(page_of(alice), member_fields(alice, is_active="on"))
    assert not User.objects.get(pk=alice.pk).is_active


@pytest.mark.parametrize("decision", ["suspend", "declare_one_person"])
@pytest.mark.parametrize("reason", ["", "  ", "\x00", "x" * 501])
def test_a_decision_without_a_usable_reason_changes_nothing(client, steward, alice, decision, reason):
    make.user("bob")
    page = decide(client, alice, decision, other="bob", reason=reason)
    assert list(page.context["adminform"].form.errors) == ["reason"]
    stored = User.objects.get(pk=alice.pk)
    assert (stored.is_active, stored.same_person_as) == (True, None)


def test_a_decision_that_came_late_is_refused_in_words(client, steward, alice):
    decide(client, alice, "suspend")
    page = decide(client, alice, "suspend")
    assert page.context["adminform"].form.non_field_errors() == ["alice is suspended already."]
    assert Suspension.objects.count() == 1


def test_staff_say_that_two_accounts_are_one_person_and_take_it_back(client, steward, alice):
    bob = make.user("Bob")
    assert "One person with another member now: alice." in decide(client, alice, "declare_one_person", other="bOB").text
    assert accounts.accounts_of_person(User.objects.get(pk=alice.pk)) == [alice.pk, bob.pk]
    assert f'href="{page_of(bob)}"' in client.get(page_of(alice)).text
    assert "A person of its own again: alice." in decide(client, alice, "withdraw_one_person").text
    assert accounts.accounts_of_person(User.objects.get(pk=alice.pk)) == [alice.pk]


@pytest.mark.parametrize("name", ["nobody", "<b>x</b>", "\x00", "' OR 1=1 --", "x" * 151])
def test_one_person_with_nobody_is_refused_in_words(client, steward, alice, name):
    page = decide(client, alice, "declare_one_person", other=name)
    assert list(page.context["adminform"].form.errors) == ["other"]
    assert "<b>x</b>" not in page.text


def test_a_member_has_the_buttons_that_make_sense(client, steward, alice):
    assert buttons(client, alice) == ["suspend", "declare_one_person"]
    accounts.declare_one_person(user=alice, other=make.user("bob"), actor=steward, reason="Same device")
    accounts.suspend(member=alice, actor=steward, reason="Spam")
    assert buttons(client, alice) == ["reinstate", "declare_one_person", "withdraw_one_person"]


def test_only_an_admin_decides_about_staff(client, steward):
    colleague = make.user("colleague", is_staff=True)
    assert buttons(client, colleague) == []
    answers = [decide(client, colleague, decision, other="steward").status_code for decision in DECISIONS]
    assert answers == [403] * 4
    assert User.objects.get(pk=colleague.pk).is_active


def test_an_admin_suspends_staff_but_not_themselves(client, admin):
    colleague = make.user("colleague", is_staff=True)
    decide(client, colleague, "suspend")
    assert not User.objects.get(pk=colleague.pk).is_active
    page = decide(client, admin, "suspend")
    assert page.context["adminform"].form.non_field_errors() == ["You cannot suspend yourself."]


@pytest.mark.parametrize(
    ("permissions", "open_pages"),
    [
        ([], []),
        (["view_user"], []),
        (["suspend_user"], []),
        (["view_user", "suspend_user"], ["suspend", "reinstate"]),
        (["view_user", "change_user"], ["declare_one_person", "withdraw_one_person"]),
    ],
)
def test_a_decision_takes_its_permission(client, alice, permissions, open_pages):
    watcher = make.user("watcher", is_staff=True)
    watcher.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(watcher)
    answers = {decision: client.get(page_of(alice, decision)).status_code for decision in DECISIONS}
    assert answers == {decision: 200 if decision in open_pages else 403 for decision in DECISIONS}
    refused = [decision for decision in DECISIONS if decision not in open_pages]
    assert [decide(client, alice, decision).status_code for decision in refused] == [403] * len(refused)
    assert User.objects.get(pk=alice.pk).is_active


@pytest.mark.parametrize("decision", DECISIONS)
def test_members_and_visitors_decide_nothing(client, alice, decision):
    answers = [client.post(page_of(alice, decision), {"reason": "Mine"})]
    client.force_login(make.user("mallory"))
    answers.append(client.post(page_of(alice, decision), {"reason": "Mine"}))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert all("/login/" in answer.url for answer in answers)


@pytest.mark.parametrize("who", ["0", "999999", "x", "1_2", "%00"])
def test_a_decision_about_nobody_is_404(client, admin, who):
    assert client.get(f"{MEMBERS}{who}/suspend/").status_code == 404


def test_suspensions_are_found_by_member_and_read_only(client, admin, alice):
    accounts.suspend(member=alice, actor=admin, reason="Fake tokens")
    accounts.suspend(member=make.user("bob"), actor=admin, reason="Other story")
    suspensions = "/admin/accounts/suspension/"
    row = Suspension.objects.get(member=alice)
    found = client.get(suspensions, {"q": "ALICE"}).context["cl"].queryset
    assert list(found) == [row]
    assert f'href="{suspensions}?member__id__exact={alice.pk}"' in client.get(page_of(alice)).text
    assert client.get(suspensions, {"member__id__exact": alice.pk}).context["cl"].queryset.get() == row
    answers = [
        client.post(f"{suspensions}add/", {"reason": "x"}).status_code,
        client.post(f"{suspensions}{row.pk}/change/", {"reason": "x"}).status_code,
        client.post(f"{suspensions}{row.pk}/delete/", {"post": "yes"}).status_code,
    ]
    assert answers == [403] * 3


def test_the_list_of_suspensions_takes_the_same_queries_however_long(client, admin, django_assert_num_queries):
    suspensions = "/admin/accounts/suspension/"
    accounts.suspend(member=make.user("member_0"), actor=admin, reason="Spam")
    client.get(suspensions)
    with django_assert_num_queries(4) as few:
        client.get(suspensions)
    for number in range(1, 6):
        accounts.suspend(member=make.user(f"member_{number}"), actor=admin, reason="Spam")
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(suspensions)


def test_what_was_decided_while_the_form_was_open_stays(client, admin, alice, monkeypatch):
    """Saving a member writes what was changed, not the whole row as it was read."""
    before = User.objects.get(pk=alice.pk)
    accounts.suspend(member=alice, actor=admin, reason="Spam")
    monkeypatch.setattr("degentalk.accounts.admin.MemberAdmin.get_object", lambda *_arguments: before)
    client.post(page_of(alice), member_fields(alice, about="Edited by staff"))
    password = "another horse battery"
    client.post(page_of(alice, "password"), {"password1": password, "password2": password, "set-password": "yes"})
    stored = User.objects.get(pk=alice.pk)
    assert (stored.about, stored.is_active) == ("Edited by staff", False)
    assert stored.check_password(password)


def test_the_time_zone_is_the_members_own_choice(client, admin, alice):
    with heard(time_zone_changed, "user") as said:
        client.post(page_of(alice), member_fields(alice, time_zone="Asia/Tokyo"))
    assert (User.objects.get(pk=alice.pk).time_zone, said) == ("UTC", [])


def test_a_text_by_staff_that_completes_a_profile_is_announced_too(client, admin, alice):
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    with heard(profile_completed, "user") as said:
        client.post(page_of(alice), member_fields(alice, about="Moderators call her the queen of memes."))
        client.post(page_of(alice), member_fields(alice, about="Moderators call her the king of memes, too."))
    assert said == [(alice,)]


def test_the_history_of_a_member_shows_decisions(client, steward, alice):
    decide(client, alice, "suspend", reason="<b>Spam</b>")
    assert LogEntry.objects.get().user == steward
    assert "Suspended. Reason: &lt;b&gt;Spam&lt;/b&gt;" in client.get(page_of(alice, "history")).text


def test_the_page_of_a_suspended_member_says_why(client, steward, alice):
    assert "Active." in client.get(page_of(alice)).text
    decide(client, alice, "suspend", reason="<b>Fake</b> tokens")
    assert "Suspended: &lt;b&gt;Fake&lt;/b&gt; tokens" in client.get(page_of(alice)).text


@pytest.mark.parametrize(("in_force", "names"), [("yes", ["bob"]), ("no", ["alice"]), ("x", ["bob", "alice"])])
def test_suspensions_in_force_are_a_filter(client, admin, alice, in_force, names):
    bob = make.user("bob")
    for member in (alice, bob):
        accounts.suspend(member=member, actor=admin, reason="Spam")
    accounts.reinstate(member=alice, actor=admin, reason="Sorry")
    found = client.get("/admin/accounts/suspension/", {"in_force": in_force}).context["cl"].queryset
    assert [row.member.username for row in found] == names
