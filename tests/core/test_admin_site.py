"""The staff's site: one way in, our look, our policy."""

import pytest
from django.test import Client
from django.urls import reverse

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
