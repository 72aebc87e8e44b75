"""A member's paths at a glance: on the profile, on my page, on the home page, and alone for HTMX."""

import pytest

from tests import make
from tests.html import html_of, main_of
from tests.paths.standing import choose, earn, only, pause, waits
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def both():
    made = only(("test-sage", {"post_created": 15_000}), ("test-host", {}))
    waits(0)
    return made


@pytest.fixture
def alice():
    return make.user("alice")


def summary_of(answer):
    return (
        html_of(answer)
        .split(" path</h2>" if " path</h2>" in html_of(answer) else ">Path</h2>")[1]
        .split("</section>")[0]
    )


def test_a_profile_shows_the_primary_path_and_what_others_earned(client, both, alice):
    choose(alice, both[1])
    earn(alice, 45)
    choose(alice, both[0])
    earn(alice, 10)
    shown = summary_of(client.get("/profile/alice"))
    assert ('<a href="/paths/test-sage">Sage</a>' in shown, "<b>Novice</b>" in shown, "20 XP to Adept" in shown) == (
        True,
        True,
        True,
    )
    assert '<span class="title">Host</span><small>Adept, level 2</small>' in shown


def test_a_path_that_was_left_without_xp_is_not_listed(client, both, alice):
    choose(alice, both[1])
    choose(alice, both[0])
    assert "Host" not in summary_of(client.get("/profile/alice"))


def test_a_profile_without_a_path_says_so_and_offers_nothing(client, both, alice):
    shown = summary_of(client.get("/profile/alice"))
    assert ("No path chosen yet" in shown, "Choose a path" in shown) == (True, False)


@pytest.mark.parametrize("address", ["/", "/me", "/profile/alice"])
def test_without_a_path_my_own_pages_lead_to_the_choice(client, both, alice, address):
    sign_in(client, alice)
    shown = summary_of(client.get(address))
    assert '<a class="btn sm" href="/paths">Choose a path</a>' in shown


def test_it_says_what_the_primary_path_multiplies(client, both, alice):
    choose(alice, both[0])
    assert "<b>×1.5</b>Reply written" in summary_of(client.get("/profile/alice"))


@pytest.mark.parametrize("address", ["/", "/me"])
def test_my_own_pages_show_my_path(client, both, alice, address):
    choose(alice, both[0])
    sign_in(client, alice)
    assert '<a href="/paths/test-sage">Sage</a>' in summary_of(client.get(address))


def test_a_paused_path_says_so(client, both, alice):
    choose(alice, both[0])
    earn(alice, 10)
    pause(both[0])
    assert "Paused" in summary_of(client.get("/profile/alice"))


def test_the_summary_alone_is_the_same_for_everybody_but_its_invitation(client, both, alice):
    alone = f"/paths/user/{alice.pk}/summary"
    assert ("Choose a path" in html_of(client.get(alone)), "<html" in html_of(client.get(alone))) == (False, False)
    sign_in(client, alice)
    assert "Choose a path" in html_of(client.get(alone))


def test_progress_alone_is_that_of_one_path(client, both, alice):
    choose(alice, both[0])
    earn(alice, 45)
    assert "15 of 70 XP" in html_of(client.get(f"/paths/user/{alice.pk}/test-sage"))
    assert "0 of 30 XP" in html_of(client.get(f"/paths/user/{alice.pk}/test-host"))
    assert client.get(f"/paths/user/{alice.pk}/moon").status_code == 404


@pytest.mark.parametrize("address", ["/paths/user/{}/summary", "/paths/user/{}/test-sage"])
def test_of_suspended_and_unknown_members_nothing_is_shown(client, both, address):
    gone = make.user("gone", is_active=False)
    assert [client.get(address.format(pk)).status_code for pk in (gone.pk, 2**62)] == [404, 404]


@pytest.mark.parametrize(
    "address", ["/paths/user/1/summary", "/paths/user/1/test-sage", "/paths/test-sage/leaderboard"]
)
def test_components_alone_are_only_read(client, db, address):
    assert client.post(address).status_code == 405


def test_the_leaderboards_lead_to_the_board_of_each_path(client, both):
    page = main_of(client.get("/leaderboards"))
    assert (
        '<a class="link" href="/paths/test-host#board">Host</a><a class="link" href="/paths/test-sage#board">' in page
    )


def test_the_leaderboards_lead_to_no_paused_path(client, both):
    pause(both[0])
    assert "/paths/test-sage" not in main_of(client.get("/leaderboards"))
