"""The queue in the admin: who sees what, and buttons that act once."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from degentalk.accounts.models import Notification
from degentalk.approvals.models import Approval
from tests import make
from tests.approvals.asking import ask, economist
from tests.html import html_of

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:approvals_approval_changelist")
INDEX = reverse("admin:index")
ACTS = ["approve", "reject", "withdraw"]


@pytest.fixture
def econ(db):
    return economist("econ")


@pytest.fixture
def otto(client):
    otto = economist("otto")
    client.force_login(otto)
    return otto


@pytest.fixture
def row(econ, otto):
    return ask(econ, make.user("alice"))


def page_of(row, page="change"):
    return reverse(f"admin:approvals_approval_{page}", args=[row.pk])


def press(client, row, act, **fields):
    return client.post(page_of(row, act), fields, follow=True)


def state_of(row):
    return Approval.objects.get(pk=row.pk).state


def buttons(client, row):
    text = client.get(page_of(row)).text
    return [act for act in ACTS if f'action="{page_of(row, act)}"' in text]


def listed(client, **filters):
    return list(client.get(QUEUE, filters).context["cl"].queryset.values_list("key", flat=True))


def greetings():
    return Notification.objects.filter(kind="greeting").count()


# ── the page and its buttons ────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_says_what_why_by_whom_and_about_whom(client, row):
    page = html_of(client.get(page_of(row)))
    assert "Say Hello to alice." in page
    assert "They are new" in page
    assert f'<a href="{reverse("admin:accounts_user_change", args=[row.about_id])}">alice</a>' in page
    assert "&quot;words&quot;: &quot;Hello&quot;" in page


def test_w10_a_second_person_approves_with_a_button(client, row, otto):
    assert buttons(client, row) == ["approve", "reject"]
    page = press(client, row, "approve")
    assert "Approved. Greeted alice." in page.text
    assert (state_of(row), greetings(), buttons(client, row)) == ("approved", 1, [])


def test_a_double_click_approves_once(client, row):
    press(client, row, "approve")
    page = press(client, row, "approve")
    assert "Approved. Greeted alice." in page.text
    assert greetings() == 1


def test_rejecting_takes_a_reason(client, row):
    for reason, sentence in (
        ("  ", "To reject it, say why."),
        ("x" * 501, "Ensure this value has at most 500 characters (it has 501)."),
    ):
        assert sentence in press(client, row, "reject", reason=reason).text
        assert state_of(row) == "pending"
    page = press(client, row, "reject", reason="They are <b>not</b> new")
    assert "They are &lt;b&gt;not&lt;/b&gt; new" in page.text
    assert (state_of(row), greetings()) == ("rejected", 0)


def test_who_asked_can_only_withdraw(client, row, econ):
    client.force_login(econ)
    assert buttons(client, row) == ["withdraw"]
    assert "You asked for this: it takes somebody else." in client.get(page_of(row)).text
    for act in ("approve", "reject"):
        assert "You asked for this: it takes somebody else." in press(client, row, act, reason="x").text
    assert state_of(row) == "pending"
    press(client, row, "withdraw")
    assert state_of(row) == "withdrawn"


def test_a16_whom_it_is_about_reads_why_they_cannot_decide(client, econ, otto):
    row = ask(econ, otto)
    assert buttons(client, row) == []
    assert "This is about yourself: it takes somebody else." in press(client, row, "approve").text
    assert (state_of(row), greetings()) == ("pending", 0)


def test_a_verb_that_refuses_is_told_and_the_request_still_waits(client, econ, otto):
    row = ask(econ, make.user("alice"), impossible=True)
    page = press(client, row, "approve")
    assert "The member does not want it." in page.text
    assert (state_of(row), greetings(), buttons(client, row)) == ("pending", 0, ["approve", "reject"])


def test_who_comes_second_reads_that_it_is_decided(client, row, otto):
    press(client, row, "reject", reason="No")
    client.force_login(economist("third"))
    assert "This does not wait any more: Rejected." in press(client, row, "approve").text
    assert (state_of(row), greetings()) == ("rejected", 0)


@pytest.mark.parametrize("act", ACTS)
def test_looking_decides_nothing(client, row, act):
    assert client.get(page_of(row, act)).status_code == 405
    assert state_of(row) == "pending"


@pytest.mark.parametrize("act", ACTS)
def test_w2_a_button_without_the_csrf_token_is_refused(row, otto, act):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(otto)
    assert browser.post(page_of(row, act), {"reason": "x"}).status_code == 403
    assert state_of(row) == "pending"


def test_a_request_that_is_not_there_is_not_found(client, otto):
    assert client.post(reverse("admin:approvals_approval_approve", args=[99_999])).status_code == 404


def test_w18_rows_are_neither_added_nor_changed_nor_deleted(client, row):
    answers = [
        client.get(reverse("admin:approvals_approval_add")),
        client.post(page_of(row), {"state": "approved"}),
        client.post(page_of(row, "delete"), {"post": "yes"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 3
    client.post(QUEUE, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert state_of(row) == "pending"


# ── the queue ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_waits_comes_first_then_the_newest_decision(client, econ, otto):
    rows = [ask(econ, make.user(f"alice_{n}"), key=f"greeting:{n}") for n in range(4)]
    press(client, rows[2], "approve")
    press(client, rows[1], "reject", reason="No")
    assert [row.pk for row in client.get(QUEUE).context["cl"].result_list][:2] == [rows[3].pk, rows[0].pk]


def test_the_queue_is_filtered_by_state_and_kind_and_by_whom_it_waits_for(client, econ, otto):
    ask(econ, make.user("alice"), key="greeting:1")
    ask(econ, otto, key="greeting:2")
    ask(otto, econ, key="greeting:3")
    press(client, ask(econ, make.user("bob"), key="greeting:4"), "approve")
    assert listed(client) == ["greeting:3", "greeting:2", "greeting:1", "greeting:4"]
    assert listed(client, state__exact="approved") == ["greeting:4"]
    assert listed(client, waiting="me") == ["greeting:1"]
    assert len(listed(client, kind="greeting")) == 4
    assert listed(client, kind="unheard") == []
    assert listed(client, q="BOB") == ["greeting:4"]
    assert listed(client, q="greeting:2") == ["greeting:2"]


def test_the_first_page_counts_what_waits_for_me(client, econ, otto):
    for number in range(3):
        ask(econ, make.user(f"alice_{number}"), key=f"greeting:{number}")
    ask(econ, otto, key="greeting:mine")
    ask(econ, economist("otto_too", same_person_as=otto), key="greeting:double")
    ask(otto, None, key="greeting:asked")
    page = html_of(client.get(INDEX))
    assert f'<a href="{QUEUE}?waiting=me">3 requests wait for you.</a>' in page
    client.force_login(econ)
    assert "1 request waits for you." in client.get(INDEX).text
    client.force_login(make.moderator())
    assert "for you." not in client.get(INDEX).text


def test_staff_see_the_kinds_that_they_may_decide_about(client, row, econ):
    root = make.user("root", is_staff=True, is_superuser=True)
    moderator = make.moderator()
    only_adjusts = make.user("only_adjusts", is_staff=True)
    only_adjusts.user_permissions.add(Permission.objects.get(codename="adjust_xp"))
    seen = {}
    for who in (root, econ, only_adjusts, moderator):
        client.force_login(who)
        seen[who.username] = (listed(client), client.get(page_of(row)).status_code)
    assert seen == {
        "root": (["greeting:1"], 200),
        "econ": (["greeting:1"], 200),
        "only_adjusts": (["greeting:1"], 200),
        "moderator": ([], 302),
    }
    assert press(client, row, "approve").status_code == 404
    assert state_of(row) == "pending"


def test_staff_who_decide_about_nothing_have_no_queue(client, row):
    client.force_login(make.user("watcher", is_staff=True))
    answers = [client.get(QUEUE), client.get(page_of(row)), press(client, row, "approve")]
    assert [answer.status_code for answer in answers] == [403] * 3
    assert QUEUE not in client.get(INDEX).text
    assert state_of(row) == "pending"


def test_what_no_kind_is_registered_for_is_shown_to_an_admin(client, row, monkeypatch):
    from degentalk.approvals import registry

    monkeypatch.delitem(registry.kinds, "greeting")
    client.force_login(make.user("root", is_staff=True, is_superuser=True))
    assert "The site does not know any more how to do this." in client.get(page_of(row)).text
    assert listed(client) == ["greeting:1"]


@pytest.mark.parametrize("page", [QUEUE, INDEX])
def test_pages_take_the_same_queries_however_much_waits(client, econ, otto, page, django_assert_max_num_queries):
    ask(econ, make.user("alice"))
    client.get(page)
    with django_assert_max_num_queries(40) as few:
        client.get(page)
    for number in range(8):
        row = ask(econ, make.user(f"member_{number}"), key=f"more:{number}")
        if number % 2:
            press(client, row, "approve")
    with django_assert_max_num_queries(40) as many:
        client.get(page)
    assert len(many) == len(few)
