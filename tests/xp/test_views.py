"""XP's components alone, as HTMX asks for them."""

import json
import re

import pytest
from django.db import connection

from tests import make
from tests.html import html_of
from tests.xp.test_boards import member_with

pytestmark = pytest.mark.django_db

AWARD = """
select xp_post(%s, 'like_received', 4, %s, (select max(number) from rule_sets), %s, 'like', %s)
"""


def awards(user, number):
    """That many likes, through the door for XP."""
    trace = json.dumps({"base": 4, "multipliers": [], "result": 4})
    with connection.cursor() as cursor:
        for serial in range(number):
            cursor.execute(AWARD, [user.pk, f"like:{user.pk}:{serial}", trace, str(serial)])


def test_a_progress_bar_is_the_component_alone(client):
    alice = member_with(29_800, "alice")
    fragment = html_of(client.get(f"/xp/users/{alice.pk}/progress-bar"))
    assert ('<progress class="bar" value="50" max="1750"' in fragment, "<html" in fragment) == (True, False)


def test_a_progress_bar_equals_the_api(client):
    alice = member_with(29_800, "alice")
    client.force_login(alice)
    facts = client.get("/api/xp/me").json()
    fragment = html_of(client.get(f"/xp/users/{alice.pk}/progress-bar"))
    shown = re.search(r'value="(\d+)" max="(\d+)"', fragment)
    assert [int(figure) for figure in shown.groups()] == [facts["level_xp"], facts["level_span"]]


@pytest.mark.parametrize("component", ["progress-bar", "history"])
def test_a_suspended_member_has_no_components(client, component):
    alice = make.user("alice", is_active=False)
    assert client.get(f"/xp/users/{alice.pk}/{component}").status_code == 404


def test_a_history_of_many_awards_offers_more_until_the_last(client):
    alice = make.user("alice")
    awards(alice, 30)
    first = html_of(client.get(f"/xp/users/{alice.pk}/history"))
    more = re.search(r'hx-get="([^"]+)"', first)[1].replace("&amp;", "&")
    second = html_of(client.get(more))
    assert [page.count("Like received</span>") for page in (first, second)] == [50, 10]
    assert "hx-get" not in second


def test_the_board_is_the_component_alone(client):
    client.force_login(member_with(100, "alice"))
    fragment = html_of(client.get("/xp/leaderboard"))
    assert ('<tr class="me">' in fragment, "mebar" in fragment, "<html" in fragment) == (True, True, False)


def test_components_are_only_read(client):
    assert client.post("/xp/leaderboard").status_code == 405
