"""Switches in the admin: all on one page, each asks why, and what is off is said to whoever comes in."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from degentalk.core import switches
from degentalk.core.models import SwitchChange
from tests import make
from tests.html import html_of

pytestmark = pytest.mark.django_db
LIST = reverse("admin:core_switch_changelist")
CHANGES = reverse("admin:core_switchchange_changelist")
INDEX = reverse("admin:index")
TRANSFERS = reverse("admin:core_switch_change", args=["transfers"])


@pytest.fixture
def economist(client):
    economist = make.user("econ", is_staff=True)
    economist.groups.add(Group.objects.get(name="economist"))
    client.force_login(economist)
    return economist


@pytest.fixture
def moderator(client):
    moderator = make.moderator()
    client.force_login(moderator)
    return moderator


def press(client, turn="off", reason="Somebody farms the fee"):
    return client.post(TRANSFERS, {"turn": turn, "reason": reason}, follow=True)


def test_every_switch_is_listed_with_state_who_and_why(client, economist):
    before = html_of(client.get(LIST))
    assert "Transfers between members" in before
    assert "Members cannot send each other DGT. Tips go on." in before
    press(client)
    after = html_of(client.get(LIST))
    assert '<h2>Transfers between members<span class="is-off">Off</span></h2>' in after
    assert ", by econ: Somebody farms the fee</p>" in after
    assert after.count('<span class="is-on">On</span>') == len(switches.registered) - 1


def test_a17_staff_switch_off_and_on_again_with_a_reason(client, economist):
    assert "Members cannot send each other DGT." in client.get(TRANSFERS).text
    assert "Switched off: Transfers between members." in press(client).text
    assert not switches.is_on("transfers")
    assert client.get(TRANSFERS).context["adminform"].form["turn"].value() == "on"
    assert "Switched on: Transfers between members." in press(client, "on", "The hole is closed").text
    assert switches.is_on("transfers")
    changes = SwitchChange.objects.order_by("id").values_list("is_on", "by", "reason")
    assert list(changes) == [
        (False, economist.pk, "Somebody farms the fee"), (True, economist.pk, "The hole is closed"),
    ]  # fmt: skip


def test_a_double_click_does_not_switch_back(client, economist):
    press(client)
    page = press(client)
    assert "Nothing changed: it was like that already." in page.text
    assert (switches.is_on("transfers"), SwitchChange.objects.count()) == (False, 1)


@pytest.mark.parametrize("fields", [{"reason": "  "}, {"reason": "x" * 501}, {"reason": "\x00"}, {"turn": "maybe"}])
def test_a_form_that_is_refused_switches_nothing(client, economist, fields):
    page = press(client, **fields)
    assert list(page.context["adminform"].form.errors) == list(fields)
    assert switches.is_on("transfers")


def test_looking_at_the_page_switches_nothing(client, economist):
    client.get(TRANSFERS, {"turn": "off", "reason": "x"})
    assert switches.is_on("transfers")


def test_a_switch_that_is_not_there_is_not_found(client, economist):
    assert client.get(reverse("admin:core_switch_change", args=["everything"])).status_code == 404


def test_staff_without_the_permission_neither_see_nor_switch(client, moderator):
    answers = [client.get(LIST), client.get(TRANSFERS), press(client), client.get(CHANGES)]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert switches.is_on("transfers")


def test_a_switch_is_neither_added_nor_deleted(client, economist):
    press(client)
    answers = [
        client.post(reverse("admin:core_switch_add"), {"name": "free", "is_on": "on"}),
        client.post(reverse("admin:core_switch_delete", args=["transfers"]), {"post": "yes"}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403]


def test_who_switched_what_is_listed_and_read_only(client, economist):
    press(client)
    change = SwitchChange.objects.get()
    url = reverse("admin:core_switchchange_change", args=[change.pk])
    assert "Somebody farms the fee" in client.get(CHANGES).text
    assert "Somebody farms the fee" in client.get(url).text
    assert client.post(url, {"reason": "Nothing"}).status_code == 403
    assert [found.pk for found in client.get(CHANGES, {"q": "ECON"}).context["cl"].queryset] == [change.pk]


@pytest.mark.parametrize("page", [LIST, CHANGES, INDEX])
def test_pages_take_the_same_queries_however_much_was_switched(client, economist, page, django_assert_max_num_queries):
    def switched(times):
        for number in range(times):
            switches.set_switch(name="transfers", is_on=bool(number % 2), actor=economist, reason="again")

    switched(1)
    client.get(page)
    with django_assert_max_num_queries(40) as few:
        client.get(page)
    switched(8)
    with django_assert_max_num_queries(40) as many:
        client.get(page)
    assert len(many) == len(few)


def test_a17_what_is_off_stands_on_the_first_page_of_all_staff(client, moderator):
    assert 'class="notices"' not in client.get(INDEX).text
    root = make.user("root", is_staff=True, is_superuser=True)
    switches.set_switch(name="transfers", is_on=False, actor=root, reason="<b>Rings</b>")
    page = html_of(client.get(INDEX))
    assert "Switched off: Transfers between members. Since" in page
    assert "by root: &lt;b&gt;Rings&lt;/b&gt;" in page
    assert f'href="{LIST}"' not in page.split('class="notices"')[1].split("</ul>")[0]
    client.force_login(root)
    assert f'<li class="alarm"><a href="{LIST}">Switched off' in html_of(client.get(INDEX))
