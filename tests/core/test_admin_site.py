"""The staff's site: one way in, our look, our policy."""

import re

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.test import Client
from django.urls import reverse

from degentalk.core import switches
from tests import make

pytestmark = pytest.mark.usefixtures("db")


def test_visitors_sign_in_where_members_do(client: Client) -> None:
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].split("?")[0] == reverse("account_login")


def test_a_password_cannot_be_tried_at_the_admin(client: Client) -> None:
    make.user("alice", password="correct horse", is_staff=True)
    response = client.post("/admin/login/", {"username": "alice", "password": "correct horse"})
    assert (response.status_code, response.wsgi_request.user.is_authenticated) == (302, False)


def test_members_are_refused(client: Client) -> None:
    client.force_login(make.user("mallory"))
    assert client.get("/admin/login/").status_code == 403
    assert client.get("/admin/", follow=True).status_code == 403


def test_staff_get_our_look(client: Client) -> None:
    client.force_login(make.user("alice", is_staff=True, is_superuser=True, theme="light"))
    html = client.get("/admin/").content.decode()
    assert "theme-light" in html
    assert "css/admin.css" in html
    assert "<style" not in html
    assert " style=" not in html
    assert "theme.js" not in html


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_time_names_its_zone(client: Client, language: str) -> None:
    root = make.user("root", is_staff=True, is_superuser=True, time_zone="Asia/Tokyo")
    client.force_login(root)
    change = switches.set_switch(name="transfers", is_on=False, actor=root, reason="Looking into it")
    assert change is not None
    LogEntry.objects.log_actions(root.pk, [root], CHANGE, "Looked at", single_object=True)
    pages = ["core/switchchange/", f"core/switchchange/{change.pk}/change/", f"accounts/user/{root.pk}/history/"]
    moment = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d JST")
    shown = [client.get(f"/admin/{page}", headers={"accept-language": language}).text for page in pages]
    assert [len(moment.findall(html)) > 0 for html in shown] == [True, True, True]
